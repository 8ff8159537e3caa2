"""Reports that are due reach their people once, whatever fails on the way; of what failed it is told how."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Denied
from dashboard.people.accounts import Change, add, change, set_disabled
from dashboard.reports.files import path_of
from dashboard.reports.grids import grids_of
from dashboard.reports.timing import Timing
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.reports import mailing
from dashboard.services.reports.archive import Entry, entries
from dashboard.services.reports.due import MOST_TRIES, is_anything_due, state_of, want_now
from dashboard.services.reports.mailing import Mailed
from dashboard.services.reports.mailing_apart import send_beside
from dashboard.services.reports.mails import mails_of_reports
from dashboard.services.reports.schedules import (
    Schedule,
    ScheduleError,
    keep_schedule,
    pause_schedule,
    remove_schedule,
    schedules,
)
from dashboard.services.triage.channels import channels, remove_channel
from dashboard.triage.now import standing_at
from tests.conftest import ROOT
from tests.dashboard.reports.mailed import (
    MONDAY,
    SUNDAY,
    attached,
    desk_of_three,
    mails_of,
    people_and_mail,
    person,
    scheduled,
    send,
    set_mail,
    small_report,
    text_of,
)
from tests.dashboard.sending.servers import Mailbox, mail_server
from tests.pages.conftest import small_export

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
    assert [one.state for one in mails_of_reports(person(here, "li@a.example"), here).values()] == ["sent"]
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
    (there,) = channels(COMMAND_LINE, desk)
    remove_channel(COMMAND_LINE, desk, there.id, expected=there.version)
    set_mail(desk, port)


def test_where_the_line_breaks_in_the_hand_over_nobody_tries_again_by_himself(
    desk: tuple[Desk, dict[str, int]], box: Mailbox
) -> None:
    here, people = desk
    id = scheduled(here, people["boss"], people["li"])
    box.is_curt = True
    assert send(here) == Mailed(wanted=2, uncertain=2)
    box.is_curt = False
    assert send(here, minutes=120) == Mailed()
    assert states(here, minutes=120) == ["uncertain"] * 2
    assert sorted(box.recipients) == ["boss@a.example", "li@a.example"]
    with standing_at(MONDAY + timedelta(hours=3)):
        assert want_now(COMMAND_LINE, here, id, only=[f"person:{people['li']}"]) == 1
    assert send(here, minutes=180) == Mailed(sent=1)
    assert box.recipients.count("li@a.example") == 2
    assert box.recipients.count("boss@a.example") == 1


def being_made(desk: Desk) -> list[Entry]:
    return [one for one in entries(COMMAND_LINE, desk) if one.state == "making"]


@pytest.mark.parametrize("moment", ["making", "handing"])
def test_a_process_that_is_killed_sends_nothing_twice_and_leaves_no_half_file(
    moment: str, desk: tuple[Desk, dict[str, int]], box: Mailbox
) -> None:
    here, people = desk
    scheduled(here, people["boss"])
    box.is_silent = moment == "handing"
    command = [sys.executable, "-m", "tests.dashboard.reports.mailed", str(here.root), moment]
    with subprocess.Popen(command, cwd=ROOT) as child:
        deadline = time.monotonic() + 60
        while not (box.mails if moment == "handing" else being_made(here)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        child.kill()
    box.is_silent = False
    assert send(here, minutes=4) == Mailed()  # it may still be alive
    assert send(here, minutes=6) == (Mailed(sent=1) if moment == "making" else Mailed())
    assert send(here, minutes=600) == Mailed()
    assert box.recipients == ["boss@a.example"]
    assert states(here, minutes=600) == ["sent" if moment == "making" else "uncertain"]
    (entry,) = entries(COMMAND_LINE, here)
    assert entry.state == "done"
    assert [path.name for path in (here.root / "reports").iterdir() if "xlsx" in path.name] == [f"{entry.id}.xlsx"]


def test_a_process_that_lives_is_not_overtaken_while_it_makes_a_report(
    desk: tuple[Desk, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, people = desk
    scheduled(here, people["boss"])
    meanwhile: list[Mailed] = []

    def slow(*args: object, **named: object) -> object:
        meanwhile.append(send(here, minutes=30))
        return small_report(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("dashboard.services.reports.files.report", slow)
    assert send(here) == Mailed(wanted=1, sent=1)
    assert meanwhile == [Mailed()]


def test_a_full_disk_is_told_to_nobody_as_a_report_and_tried_again(
    desk: tuple[Desk, dict[str, int]], box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    here, people = desk
    scheduled(here, people["boss"])
    with monkeypatch.context() as patched:
        patched.setattr("dashboard.reports.writing.os.fsync", full)
        assert send(here) == Mailed(wanted=1, failed=1)
    assert "No space left on device" in str(mails_of(here)[0].error)
    assert not box.mails
    assert entries(COMMAND_LINE, here)[0].state == "failed"
    assert send(here, minutes=1) == Mailed(sent=1)
    assert [one.state for one in entries(COMMAND_LINE, here)] == ["done"]


def test_it_is_given_up_after_so_many_tries(desk: tuple[Desk, dict[str, int]], box: Mailbox) -> None:
    here, people = desk
    scheduled(here, people["boss"])
    box.refuse = lambda _to: True
    at, tries = 0.0, 0
    while tries < MOST_TRIES and at < 40 * 60:
        tries += send(here, minutes=at).failed
        at += 61
    assert tries == MOST_TRIES
    assert states(here, minutes=at) == ["given_up"]
    assert send(here, minutes=at + 120) == Mailed()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_at_once_send_each_mail_once(
    kind: str, tmp_path: Path, quick: None, request: pytest.FixtureRequest
) -> None:
    del quick
    url = request.getfixturevalue("database_url") if kind == "postgresql" else None
    with mail_server() as box:
        here = open_desk(tmp_path / "desk", database=url)
        people = people_and_mail(here, box.port)
        with standing_at(SUNDAY):
            scheduled(here, *people.values())
        others = [open_desk(tmp_path / "desk", database=url) for _process in range(4)]
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(send, others))
        assert sum(one.sent for one in done) == 3
        assert sum(one.wanted for one in done) == 3
        assert sorted(box.recipients) == ["boss@a.example", "li@a.example", "wu@a.example"]
        for one in (here, *others):
            one.engine.dispose()


def test_who_may_not_have_it_any_more_gets_nothing_and_the_others_do(
    desk: tuple[Desk, dict[str, int]], box: Mailbox
) -> None:
    here, people = desk
    scheduled(here, *people.values())
    set_disabled(COMMAND_LINE, here, "li@a.example", True)
    change(COMMAND_LINE, here, "wu@a.example", Change(role="agent"))
    assert send(here) == Mailed(wanted=3, sent=1, failed=2)
    assert box.recipients == ["boss@a.example"]
    assert [str(row.error) for row in mails_of(here)[1:]] == [
        f"{name} may not have reports; an administrator can give another role." for name in ("Li", "Wu")
    ]


def test_each_gets_what_he_may_see(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(small_export())
    here = open_desk(tmp_path / "desk")
    load_files(COMMAND_LINE, here, [tmp_path / "export.csv"], options=LoadOptions(zone="UTC"))
    with mail_server() as box:
        people = people_and_mail(here, box.port)
        with standing_at(SUNDAY):
            scheduled(here, people["boss"], people["li"], where={"channel": ("email",)})
        assert send(here) == Mailed(wanted=2, sent=2)
    got = {to[0]: _teams(attached(mail), tmp_path) for to, mail in box.mails}
    assert got == {"boss@a.example": {"甲组", "乙组"}, "li@a.example": {"甲组"}}
    for _to, mail in box.mails:
        assert "Tickets created: " in text_of(mail)
        assert "1. " in text_of(mail)
    here.engine.dispose()


def _teams(content: bytes, folder: Path) -> set[str]:
    (folder / "got.xlsx").write_bytes(content)
    rows = grids_of(folder / "got.xlsx")["Tickets"]
    head = next(place for place, row in enumerate(rows) if row[0] == "Ticket")
    column = list(rows[head]).index("Team")
    return {str(row[column]) for row in rows[head + 1 :] if row[0]}


def test_a_workbook_that_is_too_large_for_a_mail_is_named_by_its_number(
    desk: tuple[Desk, dict[str, int]], box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "ATTACHED_AT_MOST", 100)
    here, people = desk
    scheduled(here, people["boss"])
    send(here)
    ((_to, mail),) = box.mails
    assert not list(mail.iter_attachments())
    assert f"number {mails_of(here)[0].report_id}" in text_of(mail)


def test_who_leads_a_team_keeps_schedules_for_himself_only(desk: tuple[Desk, dict[str, int]]) -> None:
    here, people = desk
    li = person(here, "li@a.example")
    mine = Schedule("Mine", Timing("monthly", 2), "zh_CN", (people["li"],))
    id = keep_schedule(li, here, mine)
    of_boss = scheduled(here, people["boss"])
    assert [one.id for one in schedules(li, here)] == [id]
    assert {one.id for one in schedules(COMMAND_LINE, here)} == {id, of_boss}
    with pytest.raises(ScheduleError, match="for others"):
        keep_schedule(li, here, replace(mine, people=(people["boss"],)))
    for forbidden in (lambda: remove_schedule(li, here, of_boss), lambda: want_now(li, here, of_boss)):
        with pytest.raises(ScheduleError, match="not there"):
            forbidden()
    with pytest.raises(ScheduleError, match="changed this schedule"):
        pause_schedule(li, here, id, False, version=7)
    with pytest.raises(Denied):
        keep_schedule(person(here, "li@a.example", role="agent"), here, mine)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"name": " "}, "needs a name"), ({"timing": Timing("weekly", 8)}, "1 to 7"), ({"people": ()}, "Name somebody"),
        ({"timing": Timing("monthly", 1, 1440)}, "00:00"), ({"addresses": ("x@a.example",)}, "people who have one"),
    ],
)  # fmt: skip
def test_a_schedule_that_cannot_be_is_refused_in_a_sentence(
    told: dict[str, object], said: str, desk: tuple[Desk, dict[str, int]]
) -> None:
    here, people = desk
    with pytest.raises(ScheduleError, match=said):
        scheduled(here, people["boss"], **told)


def test_on_a_desk_without_accounts_it_goes_to_addresses_until_there_are_accounts(tmp_path: Path, quick: None) -> None:
    del quick
    here = open_desk(tmp_path / "desk")
    with mail_server() as box, standing_at(SUNDAY):
        set_mail(here, box.port)
        with pytest.raises(ScheduleError, match="no e-mail address"):
            scheduled(here, addresses=("nobody",))
        scheduled(here, addresses=("boss@b.example",))
        assert send(here) == Mailed(wanted=1, sent=1)
        add(COMMAND_LINE, here, "root", name="Root", role="administrator")
        assert send(here, minutes=7 * 24 * 60) == Mailed(wanted=1, failed=1)
    assert box.recipients == ["boss@b.example"]
    assert "people who have one" in str(mails_of(here)[1].error)
    here.engine.dispose()


def test_a_process_of_its_own_sends_for_the_server(desk: tuple[Desk, dict[str, int]], box: Mailbox) -> None:
    here, people = desk
    scheduled(here, people["boss"])
    with standing_at(MONDAY):
        assert is_anything_due(COMMAND_LINE, here)
        send_beside(COMMAND_LINE, here).join(60)
    assert mails_of(here)[0].tries == 1
    assert "nothing to report" in str(mails_of(here)[0].error)  # this desk has no data
    assert not box.mails
