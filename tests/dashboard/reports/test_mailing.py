"""Reports that are due reach their people once, whatever fails on the way; of what failed it is told how."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.reports.files import path_of
from dashboard.services.reports.archive import entries
from dashboard.services.reports.mailing import Mailed, is_anything_due, state_of
from dashboard.services.reports.schedules import (
    pause_schedule,
    remove_schedule,
    schedules,
)
from dashboard.triage.now import standing_at
from tests.dashboard.reports.mailed import (
    MONDAY,
    SUNDAY,
    attached,
    desk_of_three,
    mails_of,
    scheduled,
    send,
    set_mail,
    small_report,
    text_of,
)
from tests.dashboard.sending.servers import Mailbox, mail_server

WEEK = timedelta(days=7)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.services.reports.files.report", small_report)


@pytest.fixture
def desk(tmp_path: Path, box: Mailbox, quick: None) -> Iterator[tuple[Desk, dict[str, int]]]:  # noqa: ARG001
    made = desk_of_three(tmp_path, box)
    with standing_at(SUNDAY):
        yield made
    made[0].engine.dispose()


def states(desk: Desk, *, minutes: float = 0) -> list[str]:
    return [state_of(row, MONDAY + timedelta(minutes=minutes)) for row in mails_of(desk)]


def test_each_gets_the_report_of_the_week_once_when_it_is_due(desk: tuple[Desk, dict[str, int]], box: Mailbox) -> None:
    here, people = desk
    scheduled(here, people["boss"], people["li"])
    assert send(here, minutes=-1) == Mailed()
    assert not is_anything_due(COMMAND_LINE, here, at=MONDAY - timedelta(minutes=1))
    assert is_anything_due(COMMAND_LINE, here, at=MONDAY)
    assert send(here) == Mailed(wanted=2, sent=2)
    assert send(here, minutes=1) == Mailed()
    assert not is_anything_due(COMMAND_LINE, here, at=MONDAY)
    assert sorted(box.recipients) == ["boss@a.example", "li@a.example"]
    for (to,), mail in box.mails:
        name = to.partition("@")[0].title()
        assert f"for {name}" in text_of(mail)
        assert mail["Subject"] == "Weekly report · Mon 9 Mar – Sun 15 Mar 2026"
        assert attached(mail) == path_of(here, entry_for(here, name)).read_bytes()
    assert send(here, minutes=7 * 24 * 60) == Mailed(wanted=2, sent=2)


def entry_for(desk: Desk, name: str) -> int:
    return next(one.id for one in entries(COMMAND_LINE, desk) if one.made_by == name)


def test_what_was_due_before_it_was_kept_paused_or_changed_is_not_sent(desk: tuple[Desk, dict[str, int]]) -> None:
    here, people = desk
    with standing_at(MONDAY + timedelta(hours=1)):
        id = scheduled(here, people["boss"])
        assert send(here, minutes=60) == Mailed()
        pause_schedule(COMMAND_LINE, here, id, False)
    assert send(here, minutes=WEEK.total_seconds() / 60) == Mailed()
    with standing_at(MONDAY + WEEK + timedelta(hours=1)):
        pause_schedule(COMMAND_LINE, here, id, True)
    assert send(here, minutes=(WEEK.total_seconds() / 60) + 61) == Mailed()
    assert send(here, minutes=2 * WEEK.total_seconds() / 60) == Mailed(wanted=1, sent=1)
    remove_schedule(COMMAND_LINE, here, id)
    assert send(here, minutes=3 * WEEK.total_seconds() / 60) == Mailed()
    assert schedules(COMMAND_LINE, here) == ()


def test_one_address_that_is_refused_stops_nobody_and_is_tried_again_with_growing_waits(
    desk: tuple[Desk, dict[str, int]], box: Mailbox
) -> None:
    here, people = desk
    scheduled(here, *people.values())
    box.refuse = lambda to: to.startswith("boss")
    assert send(here) == Mailed(wanted=3, sent=2, failed=1)
    assert states(here) == ["failed", "sent", "sent"]
    assert "every address was refused" in str(mails_of(here)[0].error)
    assert [send(here, minutes=at).failed for at in (0, 0.5, 1, 2, 2.9, 3.1)] == [1, 0, 1, 0, 0, 1]
    made_at = path_of(here, mails_of(here)[0].report_id or 0).stat().st_mtime_ns
    box.refuse = lambda _to: False
    assert send(here, minutes=8) == Mailed(sent=1)
    assert sorted(box.recipients) == ["boss@a.example", "li@a.example", "wu@a.example"]
    assert path_of(here, mails_of(here)[0].report_id or 0).stat().st_mtime_ns == made_at  # made once


def test_a_server_that_is_not_there_is_asked_once_a_run_and_everybody_gets_his_mail_later(
    tmp_path: Path, quick: None
) -> None:
    del quick
    with mail_server() as gone:
        here, people = desk_of_three(tmp_path, gone)
    with standing_at(SUNDAY):
        scheduled(here, *people.values())
    assert send(here) == Mailed(wanted=3, failed=3)
    assert states(here) == ["failed"] * 3
    assert sum(row.report_id is not None for row in mails_of(here)) == 1
    with mail_server() as box:
        here.engine.dispose()
        again = open_desk(tmp_path / "desk")
        change_server(again, box.port)
        assert send(again, minutes=2) == Mailed(sent=3)
        assert len(box.mails) == 3
    again.engine.dispose()


def change_server(desk: Desk, port: int) -> None:
    from dashboard.services.triage.channels import channels, remove_channel

    (there,) = channels(COMMAND_LINE, desk)
    remove_channel(COMMAND_LINE, desk, there.id, expected=there.version)
    set_mail(desk, port)
