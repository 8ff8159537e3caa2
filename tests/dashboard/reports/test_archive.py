"""The archive of reports: made beside the server, fetched whole or not at all, and what became of each."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, ONE_PERSON, SERVER, Actor
from dashboard.people.accounts import actor_of, add, person_called, today_at
from dashboard.reports.asked import Asked, as_plain, asked_of
from dashboard.reports.files import path_of
from dashboard.reports.grids import grids_of
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.reports.apart import begin, make_ordered
from dashboard.services.reports.archive import (
    BROKEN_OFF,
    ArchiveError,
    Entry,
    call_off,
    columns_of,
    entries,
    fetched,
    keep_columns,
    order,
)
from dashboard.services.reports.making import report
from dashboard.store import AuditRow
from tests.dashboard.reports.test_report import ASKED, WEEK
from tests.pages.conftest import small_export

FEW = Asked("weekly", WEEK, "en", {"channel": ("email",)}, columns=("ticket_id", "created_at"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("archived")
    (folder / "export.csv").write_bytes(small_export())
    made = open_desk(folder / "desk")
    load_files(COMMAND_LINE, made, [folder / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    add(COMMAND_LINE, made, "root", name="Root", role="administrator")
    add(COMMAND_LINE, made, "mei", name="Mei", role="manager")
    add(COMMAND_LINE, made, "li", name="Li", role="supervisor", teams=["甲组"])
    return made


def person(desk: Desk, account: str) -> Actor:
    with desk.reading() as session:
        return actor_of(session, person_called(session, account), today_at(desk))


def told(desk: Desk, actor: Actor, id: int) -> Entry:
    return next(one for one in entries(actor, desk) if one.id == id)


def acts(desk: Desk, id: int) -> list[str]:
    with desk.reading() as session:
        asked = select(AuditRow.action).where(AuditRow.subject == f"report:{id}").order_by(AuditRow.id)
        return list(session.scalars(asked))


def test_a_question_is_kept_to_the_letter() -> None:
    for asked in (ASKED, FEW):
        assert asked_of(json.loads(json.dumps(as_plain(asked)))) == asked


def test_a_report_is_made_beside_and_fetched_by_who_may(desk: Desk, tmp_path: Path) -> None:
    mei, li = person(desk, "mei"), person(desk, "li")
    id = order(li, desk, FEW)
    assert told(desk, li, id).state == "waiting"
    with pytest.raises(ArchiveError):
        fetched(li, desk, id)
    begin(li, desk, id).join()
    assert told(desk, li, id).state == "done"
    content = fetched(mei, desk, id)
    (tmp_path / "got.xlsx").write_bytes(content)
    head = next(row for row in grids_of(tmp_path / "got.xlsx")["Tickets"] if row[0] == "Ticket")
    assert [cell for cell in head if cell] == ["Ticket", "Created at"]
    of_mei = order(mei, desk, FEW)
    assert id in {one.id for one in entries(mei, desk)}
    assert of_mei not in {one.id for one in entries(li, desk)}
    with pytest.raises(ArchiveError):
        fetched(li, desk, of_mei)
    entry = told(desk, li, id)
    assert entry.fetches == 1
    assert entry.last is not None
    assert entry.last[0] == "Mei"
    assert acts(desk, id) == ["report.order", "report.make", "report.fetch"]


def test_what_was_called_off_is_not_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.services.reports.apart.TOLD_EVERY", 0.0)
    waiting = order(ONE_PERSON, desk, FEW)
    call_off(ONE_PERSON, desk, waiting)
    make_ordered(SERVER, desk, waiting)
    assert told(desk, ONE_PERSON, waiting).state == "cancelled"

    id = order(ONE_PERSON, desk, FEW)

    def called_off_meanwhile(*args: object, **named: object) -> object:
        call_off(ONE_PERSON, desk, id)
        return report(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("dashboard.services.reports.files.report", called_off_meanwhile)
    make_ordered(SERVER, desk, id)
    assert told(desk, ONE_PERSON, id).state == "cancelled"
    assert not path_of(desk, id).exists()


def test_a_full_disk_is_told_and_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dashboard.reports.writing.os.fsync", full)
    id = order(ONE_PERSON, desk, FEW)
    make_ordered(SERVER, desk, id)
    entry = told(desk, ONE_PERSON, id)
    assert entry.state == "failed"
    assert "No space left on device" in str(entry.problem)
    assert not [path for path in (desk.root / "reports").iterdir() if f"{id}.xlsx" in path.name]


def test_a_report_whose_process_was_killed_is_told_so_and_never_offered(desk: Desk) -> None:
    id = order(ONE_PERSON, desk, ASKED)
    command = [sys.executable, "-m", "dashboard.services.reports.apart", str(Path("/proc/self").resolve().name)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8") as child:
        assert child.stdin is not None
        child.stdin.write(json.dumps({"root": str(desk.root), "report": id}))
        child.stdin.close()
        deadline = time.monotonic() + 60
        while told(desk, ONE_PERSON, id).state != "making":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert told(desk, ONE_PERSON, id).state == "making"  # its process lives, so that nobody calls it broken
        child.send_signal(signal.SIGKILL)
        child.wait()
    entry = told(desk, ONE_PERSON, id)
    assert (entry.state, entry.problem) == ("failed", BROKEN_OFF)
    assert not path_of(desk, id).exists()
    with pytest.raises(ArchiveError):
        fetched(ONE_PERSON, desk, id)


def test_a_file_that_was_changed_on_disk_is_not_handed_out(desk: Desk) -> None:
    id = order(ONE_PERSON, desk, FEW)
    make_ordered(SERVER, desk, id)
    path_of(desk, id).write_bytes(b"another")
    with pytest.raises(ArchiveError, match="not the one that was made"):
        fetched(ONE_PERSON, desk, id)
    path_of(desk, id).unlink()
    assert not told(desk, ONE_PERSON, id).is_there


def test_everybody_keeps_his_own_columns(desk: Desk) -> None:
    mei, li = person(desk, "mei"), person(desk, "li")
    keep_columns(mei, desk, ["ticket_id", "channel"])
    keep_columns(mei, desk, ["ticket_id"])
    assert columns_of(mei, desk) == ("ticket_id",)
    assert columns_of(li, desk) is None
    keep_columns(mei, desk, None)
    assert columns_of(mei, desk) is None
