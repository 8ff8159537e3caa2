"""Minutes say the same as text, as Markdown and as mail, and to nobody more than he may know."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.people.accounts import add
from dashboard.services.triage.channels import Channel, keep_channel
from dashboard.services.triage.meetings import end, leave, meeting, start
from dashboard.services.triage.minutes import as_markdown, as_text, minutes, readers, send_minutes
from dashboard.triage.meetings import Leaving, MeetingError
from dashboard.wording import speaking
from tests.dashboard.sending.servers import mail_server
from tests.dashboard.triage.made import item

FRIDAY = datetime(2026, 3, 20, 1, tzinfo=UTC)
BOSS = Actor(9, "Boss", "manager")
HOSTILE = "退款 **粗** [x](http://example.com)\n# 标题 13800138000"
HELD = [
    Leaving("goes_on", HOSTILE, owner="王芳", next_step="打电话 1. `x`", promised_at=FRIDAY + timedelta(hours=3)),
    Leaving("noted", "只给乙组看"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "desk")
    yield made
    made.engine.dispose()


def held(desk: Desk) -> int:
    """A meeting about two teams, with two decisions and a point that it did not come to."""
    item(desk, "T-A", FRIDAY - timedelta(hours=5), is_complaint=True)
    item(desk, "T-B", FRIDAY - timedelta(hours=4), team="乙组")
    item(desk, "T-C", FRIDAY - timedelta(hours=3))
    number = start(BOSS, desk, at=FRIDAY)
    for point, leaving in zip(meeting(BOSS, desk, number).points, HELD, strict=False):
        leave(BOSS, desk, point.id, leaving, expected=1, at=FRIDAY + timedelta(minutes=1))
    end(BOSS, desk, number, expected=1, at=FRIDAY + timedelta(minutes=10))
    return number


def bare(text: str) -> list[str]:
    """The lines of a text without what marks them."""
    plain = [re.sub(r"^(#+ |- |\s+)", "", line).replace("\\", "").strip() for line in text.splitlines()]
    return [line for line in plain if line]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_text_and_markdown_say_the_same(desk: Desk, language: str) -> None:
    number = held(desk)
    with speaking(language):  # type: ignore[arg-type]
        lines = minutes(BOSS, desk, number)
    assert bare(as_markdown(lines)) == bare(as_text(lines)) == [" ".join(line.text.split()) for line in lines]
    assert [line.level for line in lines].count("heading") == 2
    assert "T-C" in lines[-1].text


def test_what_people_typed_marks_nothing_and_shows_no_customers_number(desk: Desk) -> None:
    lines = minutes(BOSS, desk, held(desk))
    told = as_markdown(lines)
    assert "13800138000" not in told + as_text(lines)
    assert "138****8000" in as_text(lines)
    assert re.search(r"(?<!\\)(\*\*粗|\[x\])", told) is None
    assert not re.search(r"^# 标题", told, re.MULTILINE)


def test_mail_says_the_same_and_to_each_what_he_may_know(desk: Desk) -> None:
    number = held(desk)
    add(COMMAND_LINE, desk, "root", name="Root", role="administrator")
    for account, role, teams in (("li@a.example", "supervisor", ["甲组"]), ("boss@a.example", "manager", []),
                                 ("fang@a.example", "agent", ["甲组"])):  # fmt: skip
        add(COMMAND_LINE, desk, account, name=account, role=role, teams=teams)
    people = {name: id for id, name in readers(BOSS, desk, number).items()}
    assert set(people) == {"li@a.example", "boss@a.example"}
    with pytest.raises(MeetingError, match="No mail server"):
        send_minutes(BOSS, desk, number, list(people.values()))
    with mail_server() as box:
        server = {"host": "127.0.0.1", "port": box.port, "sender": "desk@a.example", "security": "none"}
        keep_channel(COMMAND_LINE, desk, Channel("Mail", "mail", settings=server))
        assert len(send_minutes(BOSS, desk, number, list(people.values())).to) == 2
    told = {to[0]: mail.get_content().replace("\r\n", "\n") for to, mail in box.mails}
    assert told["boss@a.example"] == as_text(minutes(BOSS, desk, number))
    assert "只给乙组看" in told["boss@a.example"]
    assert "T-B" not in told["li@a.example"]
    assert "只给乙组看" not in told["li@a.example"]
    assert "T-A" in told["li@a.example"]
