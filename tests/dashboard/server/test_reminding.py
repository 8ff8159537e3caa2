"""The server's clock sees to reminders, where a channel is set up."""

from datetime import timedelta
from pathlib import Path

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.server.reminding import remind
from dashboard.services.triage.channels import Channel, Secrets, keep_channel
from dashboard.triage.now import now
from tests.dashboard.sending.servers import robot_server
from tests.dashboard.triage.made import clock, item


def test_what_is_late_is_told_once_where_a_person_set_a_channel_up(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    late = item(desk, "T1", now() - timedelta(hours=5), is_complaint=True)
    clock(desk, late, now() - timedelta(hours=5), now() - timedelta(hours=1))
    remind(desk)
    with robot_server() as group:
        keep_channel(COMMAND_LINE, desk, Channel("Group", "wecom"), Secrets(f"{group.address}/hook"))
        for _minute in range(2):
            remind(desk)
        assert ["T1" in body["text"]["content"] for _path, body in group.told] == [True]
    desk.engine.dispose()
