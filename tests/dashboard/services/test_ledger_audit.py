"""What is loaded, taken back, brought back, handed out and denied stands in the audit, with whoever did it."""

from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select

from dashboard.charts.drawing import Drawing
from dashboard.desk import Desk, open_desk
from dashboard.people import Actor
from dashboard.people.policy import Denied
from dashboard.reports.single import Handed
from dashboard.services.analysis.exports import figures_file, figures_picture, tickets_file
from dashboard.services.loading.ledger import history, redo_last, undo_last
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.store import AuditRow

MEI = Actor(7, "Mei", "manager")
SUN = Actor(8, "Sun", "supervisor", frozenset({"alpha"}))
ANN = Actor(9, "Ann", "agent", agent="Ann")
ROWS = "工单编号,创建时间,客服\n1,2026-03-01 09:00:00,Ann\n2,some day,Ann\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk")


def load(desk: Desk, folder: Path, actor: Actor = MEI) -> None:
    (folder / "customer Li.csv").write_text(ROWS, encoding="utf-8")
    load_files(actor, desk, [folder / "customer Li.csv"], options=LoadOptions(zone="UTC"))


def told(desk: Desk) -> list[tuple[int | None, str, str, str]]:
    with desk.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
        return [(row.actor_id, row.actor, row.action, row.subject) for row in rows]


def test_a_load_and_its_way_back_and_forth_are_told_with_the_name_of_the_person(desk: Desk, tmp_path: Path) -> None:
    load(desk, tmp_path)
    undo_last(MEI, desk)
    redo_last(MEI, desk)
    assert told(desk) == [
        (7, "Mei", "mapping.keep", "mapping:generic"), (7, "Mei", "data.load", "load:1"),
        (None, "server", "triage.evaluate", "triage"),
        (7, "Mei", "data.undo", "load:1"), (7, "Mei", "data.redo", "load:1"),
    ]  # fmt: skip
    assert {entry.actor for entry in history(MEI, desk)} == {"Mei"}


def test_the_audit_of_a_load_counts_and_names_no_file(desk: Desk, tmp_path: Path) -> None:
    load(desk, tmp_path)
    with desk.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "data.load")).one()
    assert row.details == {"files": 1, "sources": ["generic"], "rows": 1, "rejected": 1}
    assert "Li" not in str(row.details)


def test_a_load_that_cannot_be_told_is_not_made(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("dashboard.services.loading.loads.record", broken)
    with pytest.raises(RuntimeError):
        load(desk, tmp_path)
    assert desk.head() is None
    assert told(desk) == []


def test_what_is_denied_is_told_once_a_minute_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    for _again in range(3):
        with pytest.raises(Denied):
            load(desk, tmp_path, SUN)
    assert told(desk) == [(8, "Sun", "denied", "services.loading.loads.load_files")]
    assert desk.head() is None


def test_files_are_told_with_how_much_they_hold(desk: Desk) -> None:
    rows = pl.DataFrame({"ticket_id": ["1", "2"], "subject": ["a", "b"]})
    of_figures, of_tickets = (Handed(name, "csat", rows, "all tickets") for name in ("csat", "behind csat"))
    assert figures_file(SUN, desk, of_figures).startswith("\ufeff".encode())
    assert figures_file(SUN, desk, of_figures, "xlsx").startswith(b"PK")
    assert figures_picture(SUN, desk, of_figures, Drawing().made(), "png")["title"] == "csat"
    tickets_file(SUN, desk, of_tickets)
    for service in (figures_file, tickets_file):
        with pytest.raises(Denied):
            service(ANN, desk, of_figures)
    with pytest.raises(Denied):
        figures_picture(ANN, desk, of_figures, Drawing().made(), "png")
    assert told(desk) == [
        *[(8, "Sun", "figures.export", "figures:csat")] * 3, (8, "Sun", "tickets.export", "tickets:behind csat"),
        (9, "Ann", "denied", "services.analysis.exports.figures_file"),
        (9, "Ann", "denied", "services.analysis.exports.tickets_file"),
        (9, "Ann", "denied", "services.analysis.exports.figures_picture"),
    ]  # fmt: skip
