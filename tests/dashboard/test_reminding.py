"""Pages see to reminders beside them, once a minute at most, and only where a channel is set up."""

from datetime import timedelta
from pathlib import Path

from dashboard import reminding
from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.triage.channels import Channel, Secrets, keep_channel
from dashboard.triage.now import now
from tests.dashboard.sending.servers import robot_server
from tests.dashboard.triage.made import clock, item


def test_a_page_reminds_beside_itself_once_a_minute_where_a_person_set_a_channel_up(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    late = item(desk, "T1", now() - timedelta(hours=5), is_complaint=True)
    clock(desk, late, now() - timedelta(hours=5), now() - timedelta(hours=1))
    assert reminding.remind_beside(desk) is None
    reminding._LAST.clear()
    with robot_server() as group:
        keep_channel(COMMAND_LINE, desk, Channel("Group", "wecom"), Secrets(f"{group.address}/hook"))
        beside = reminding.remind_beside(desk)
        assert beside is not None
        beside.join(30)
        assert ["T1" in body["text"]["content"] for _path, body in group.told] == [True]
        assert reminding.remind_beside(desk) is None
    desk.engine.dispose()
