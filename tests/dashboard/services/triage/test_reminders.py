"""Reminders reach whom they should, once, at their step; nobody is told of what he may not see."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.people.accounts import add
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.triage import acts as triage
from dashboard.services.triage.channels import Channel, Secrets, keep_channel
from dashboard.services.triage.reminders import NEEDLESS, Reminded, deliver, remind
from dashboard.store.triage import ReminderClaim
from tests.conftest import ROOT
from tests.dashboard.sending.servers import Mailbox, mail_server, robot_server
from tests.dashboard.services.settings.test_changes import desk as both_kinds
from tests.dashboard.triage.made import clock, item

both = both_kinds
"""On SQLite and PostgreSQL."""
NINE = datetime(2026, 3, 20, 9, tzinfo=UTC)
"""A Friday."""
ALWAYS_OPEN = '[[calendar]]\nname = "day and night"\nvalid_from = 1970-01-01\ndaily = "00:00-24:00"\n'


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def desk(tmp_path: Path, box: Mailbox) -> Iterator[Desk]:
    made = open_desk(tmp_path / "desk")
    furnish(made, box)
    yield made
    made.engine.dispose()


def furnish(desk: Desk, box: Mailbox) -> None:
    """People of two teams who have accounts that are addresses, and a mail server."""
    add(COMMAND_LINE, desk, "root", name="Root", role="administrator")
    add(COMMAND_LINE, desk, "fang@a.example", name="Fang", role="agent", teams=["甲组"], agent="王芳")
    add(COMMAND_LINE, desk, "li@a.example", name="Li", role="supervisor", teams=["甲组"])
    add(COMMAND_LINE, desk, "wu@a.example", name="Wu", role="supervisor", teams=["乙组"])
    add(COMMAND_LINE, desk, "boss@a.example", name="Boss", role="manager")
    server = {"host": "127.0.0.1", "port": box.port, "sender": "desk@a.example", "security": "none"}
    keep_channel(COMMAND_LINE, desk, Channel("Mail", "mail", settings=server))
    keep_agreements(COMMAND_LINE, desk, ALWAYS_OPEN, since=date.min, reason="no nights")


def taken(desk: Desk, ticket_id: str, **columns: object) -> int:
    """An item that 王芳 has taken, with a time of two hours since nine."""
    number = item(
        desk, ticket_id, NINE, **{"state": "acknowledged", "owner": "王芳", "acknowledged_at": NINE} | columns
    )
    clock(desk, number, NINE, NINE + hours(2))
    return number


def run(desk: Desk, at: datetime) -> Reminded:
    return deliver(COMMAND_LINE, desk, at=at)


def test_each_step_tells_whom_it_names_once(desk: Desk, box: Mailbox) -> None:
    taken(desk, "T1")
    got = []
    for share in (0.7, 0.8, 0.9, 1.0, 1.2, 1.6, 2.1, 3.0):
        run(desk, NINE + hours(2 * share))
        run(desk, NINE + hours(2 * share))
        got.append(sorted(box.recipients))
        box.mails.clear()
    fang, li, boss = "fang@a.example", "li@a.example", "boss@a.example"
    assert got == [[], [fang], [], [fang, li], [], [li], [boss], []]


def test_a_run_that_comes_late_tells_of_all_steps_in_one_message(desk: Desk, box: Mailbox) -> None:
    for number in range(5):
        taken(desk, f"T{number}")
    assert run(desk, NINE + hours(5)) == Reminded(claimed=5 * 5, sent=3)
    (to_li,) = [mail for to, mail in box.mails if to == ("li@a.example",)]
    assert "5" in to_li["Subject"]
    assert Counter(name for name in ("T0", "T1", "T2", "T3", "T4") if to_li.get_content().count(name) == 1).total() == 5
    assert run(desk, NINE + hours(5.1)) == Reminded()


def test_nobody_is_told_of_what_he_may_not_see(desk: Desk, box: Mailbox) -> None:
    taken(desk, "SECRET-1", team="乙组", owner="王芳", agent="赵强")
    taken(desk, "SECRET-2", team=None, owner=None, agent=None, state="new", acknowledged_at=None)
    run(desk, NINE + hours(9))
    told = {to[0]: mail.get_content() for to, mail in box.mails}
    assert set(told) == {"fang@a.example", "wu@a.example", "boss@a.example"}  # Fang owns the first
    assert "SECRET-2" not in told["wu@a.example"] + told["fang@a.example"]
    assert "SECRET-2" in told["boss@a.example"]


def test_a_group_is_told_of_its_own_teams_and_an_empty_one_of_all(desk: Desk) -> None:
    with robot_server() as own, robot_server() as all_teams:
        for name, teams, group in (("甲", ("甲组",), own), ("全部", (), all_teams)):
            keep_channel(COMMAND_LINE, desk, Channel(name, "wecom", teams=teams), Secrets(f"{group.address}/hook"))
        taken(desk, "T-A")
        taken(desk, "T-B", team="乙组")
        run(desk, NINE + hours(3))
    (said,), (whole,) = ([body["text"]["content"] for _path, body in group.told] for group in (own, all_teams))
    assert "T-A" in said
    assert "T-B" not in said
    assert "T-A" in whole
    assert "T-B" in whole


def test_without_a_channel_that_a_person_set_up_nothing_is_claimed(tmp_path: Path) -> None:
    bare = open_desk(tmp_path / "bare")
    taken(bare, "T1")
    assert run(bare, NINE + hours(9)) == Reminded()
    assert claims(bare) == []
    bare.engine.dispose()


def claims(desk: Desk) -> list[ReminderClaim]:
    with desk.reading() as session:
        return list(session.scalars(select(ReminderClaim).order_by(ReminderClaim.id)))


def test_outside_opening_hours_only_complaints_and_urgent_tickets_are_told(desk: Desk, box: Mailbox) -> None:
    day = '[[calendar]]\nname = "day"\nvalid_from = 1970-01-01\nweekdays = "09:00-18:00"\n'
    keep_agreements(COMMAND_LINE, desk, day, since=date.min, reason="nights off")
    for number, (ticket, more) in enumerate(
        (("CALM", {}), ("HOT", {"priority": "urgent"}), ("ANGRY", {"is_complaint": True}))
    ):
        own = item(desk, ticket, NINE, state="acknowledged", owner="王芳", acknowledged_at=NINE, **more)  # type: ignore[arg-type]
        clock(desk, own, NINE, NINE + hours(11 + number))
    night = run(desk, NINE + hours(14))
    assert night.held > 0
    said = "".join(mail.get_content() for _to, mail in box.mails)
    assert "HOT" in said
    assert "ANGRY" in said
    assert "CALM" not in said
    box.mails.clear()
    run(desk, NINE + timedelta(days=2))  # a Sunday
    assert "CALM" not in "".join(mail.get_content() for _to, mail in box.mails)
    run(desk, NINE + timedelta(days=3))  # Monday
    assert "CALM" in "".join(mail.get_content() for _to, mail in box.mails)


def test_after_so_many_messages_in_an_hour_the_rest_comes_together(desk: Desk, box: Mailbox) -> None:
    keep_agreements(
        COMMAND_LINE, desk, ALWAYS_OPEN + "\n[reminders]\nmost_an_hour = 2\n", since=date.min, reason="calm"
    )
    for number in range(5):
        own = item(desk, f"T{number}", NINE, state="acknowledged", owner="王芳", acknowledged_at=NINE)
        clock(desk, own, NINE, NINE + hours(2) + timedelta(minutes=number))
        run(desk, NINE + hours(2) + timedelta(minutes=number))
    to_li = [mail.get_content() for to, mail in box.mails if to == ("li@a.example",)]
    assert len(to_li) == 2
    run(desk, NINE + hours(3.1))
    last = [mail.get_content() for to, mail in box.mails if to == ("li@a.example",)][2]
    assert all(f"T{number}" in last for number in (2, 3, 4))


def test_what_stays_very_late_is_told_again_each_morning_and_not_more_often(desk: Desk, box: Mailbox) -> None:
    taken(desk, "T1")
    run(desk, NINE + hours(5))
    box.mails.clear()
    for days in (1, 1.1, 2):
        run(desk, NINE + timedelta(days=days))
    assert Counter(box.recipients) == {"li@a.example": 2, "boss@a.example": 2}


def test_a_failing_server_is_tried_again_and_nothing_is_told_twice_or_never(desk: Desk, box: Mailbox) -> None:
    first = taken(desk, "T1")
    taken(desk, "T2")
    box.refuse = lambda to: to.startswith("li")
    assert run(desk, NINE + hours(2)).failed == 1
    assert [row.error is None for row in claims(desk) if row.sent_at is None] == [False, False]
    run(desk, NINE + hours(2.01))
    triage.resolve(COMMAND_LINE, desk, first, 1, decision="refunded", reason="slip", at=NINE + hours(2.02))
    box.refuse = lambda _to: False
    run(desk, NINE + hours(2.2))
    run(desk, NINE + hours(2.3))
    assert Counter(box.recipients) == {"fang@a.example": 1, "li@a.example": 1}
    assert "T1" not in box.mails[-1][1].get_content()  # it is not late any more
    assert [row.error for row in claims(desk) if row.sent_at is None] == [NEEDLESS]


def test_what_its_process_left_behind_is_sent_after_five_minutes(desk: Desk, box: Mailbox) -> None:
    taken(desk, "T1")
    run(desk, NINE + hours(2))
    box.mails.clear()
    with desk.keeping() as session:
        session.execute(update(ReminderClaim).values(sent_at=None))
    run(desk, NINE + hours(2) + timedelta(minutes=4))
    assert box.mails == []
    run(desk, NINE + hours(2) + timedelta(minutes=6))
    assert sorted(box.recipients) == ["fang@a.example", "li@a.example"]


def test_who_may_not_does_not_remind(desk: Desk) -> None:
    with pytest.raises(Denied):
        remind(Actor(5, "Li", "supervisor", teams=frozenset({"甲组"})), desk)


def test_four_processes_claim_two_hundred_clocks_two_hundred_times(both: Desk, box: Mailbox) -> None:
    """Each clock has one reminder by one way; all four begin at once."""
    furnish(both, box)
    for number in range(200):
        taken(both, f"T{number:03d}")
    url = [both.engine.url.render_as_string(hide_password=False)] if both.engine.dialect.name == "postgresql" else []
    at = (NINE + hours(1.6)).isoformat()
    command = [sys.executable, "-m", "tests.dashboard.services.reminding", str(both.root), at, *url]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _process in range(4)]
    told = [process.communicate(timeout=120)[0].split() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    assert sum(int(claimed) for claimed, _sent, _failed in told) == 200
    assert len(claims(both)) == 200
    assert all(row.sent_at is not None and row.tries == 1 for row in claims(both))
    assert box.recipients == ["fang@a.example"] * len(box.mails)
    assert len(box.mails) == sum(int(sent) for _claimed, sent, _failed in told)
