"""Every number of a workbook is the page's and the command's.

    pytest -m slow -s tests/acceptance/test_workbooks_and_pages.py

Reports of the generated desk and of a public event log, written and read back: each number in the file, each figure
as `floorwalker show`, `compare`, `tickets` and `staff` print it, and as pages of these days show it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from dashboard.components import card, files
from dashboard.components.takeaway import Takeaway
from dashboard.demo import NEWEST, ensure_demo
from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.reports.asked import Asked, ReportKind
from dashboard.reports.model import Report, Table
from dashboard.services.analysis.asks import Ask
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.reports.files import make_file
from dashboard.services.reports.making import days_of, report
from dashboard.triage.now import CLOCK
from metrics.model import Scope
from tests.dashboard.reports.held import (
    Held,
    OnPage,
    asks_held,
    cells_held,
    changes_held,
    on_pages,
    printed,
    rows_held,
)
from tests.pages.conftest import Visit

UNPAUSED = ("first_response", "next_response")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure_demo(tmp_path_factory.mktemp("demo") / "desk").root


@pytest.fixture(scope="module")
def log(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("log") / "desk"
    file = shared_data / "servicenow" / "incident_event_log.csv.gz"
    load_files(COMMAND_LINE, open_desk(root), [file], options=LoadOptions(source="servicenow", zone="UTC"))
    return root


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    monkeypatch.setenv(CLOCK, NEWEST.isoformat())
    return Visit(monkeypatch)


@pytest.mark.parametrize("kind", ["weekly", "quarterly"])
def test_the_generated_desks_workbook_tells_what_its_pages_tell(
    kind: ReportKind, demo: Path, visit: Visit, tmp_path: Path
) -> None:
    found = walked(demo, kind, None, visit, tmp_path)
    assert not found.wrong, "\n".join([str(found.counts), *found.wrong[:40]])
    assert found.counts["cells"] > 100_000
    assert found.counts["show"] > 2_000
    assert found.counts["pages"] > 2_000


def test_a_public_event_logs_workbook_tells_what_its_pages_tell(log: Path, visit: Visit, tmp_path: Path) -> None:
    found = walked(log, "quarterly", date(2016, 5, 1), visit, tmp_path)
    assert not found.wrong, "\n".join([str(found.counts), *found.wrong[:40]])
    assert found.counts["cells"] > 100_000
    assert found.counts["show"] > 1_000
    assert found.counts["pages"] > 1_000


def walked(root: Path, kind: ReportKind, ending: date | None, visit: Visit, folder: Path) -> Held:
    """Everything held against everything; what was counted is printed."""
    desk, held = open_desk(root), Held()
    asked = Asked(kind, days_of(COMMAND_LINE, desk, kind, ending), "en")
    make_file(COMMAND_LINE, desk, asked, folder / "report.xlsx")
    made = report(COMMAND_LINE, desk, asked)
    zone = desk.zone() or "UTC"
    cells_held(made, folder / "report.xlsx", zone, held)
    asks_held(made, root, held)
    changes_held(made, root, held)
    _pages_held(made, root, asked, visit, held)
    _tickets_held(made, root, asked, held)
    _breaches_held(made, held)
    _staffing_held(made, root, held)
    _queue_held(made, root, asked, held)
    print(f"{root.parent.name} {kind} {asked.period.start}: {held.counts}, {len(held.wrong)} differ")
    return held


def _table(made: Report, key: str) -> Table | None:
    return next((table for _sheet, table in made.tables() if table.key == key), None)


def _pages_held(made: Report, root: Path, asked: Asked, visit: Visit, held: Held) -> None:
    """What pages show of the same days; a page's own choices are in its link."""
    days = {"period": "custom", "from": asked.period.start.isoformat(), "to": asked.period.end.isoformat()}
    with taken_home() as shown:
        for one in on_pages(made):
            shown.clear()
            app = visit(root, one.page, **days, **_choices(made, one))
            assert not app.exception, (one.page, app.exception)
            takeaway = next((each for each in shown if each.name == one.name), None)
            held.hold("pages", f"{one.table} is on {one.page}", takeaway is not None, True)
            if takeaway is not None:
                _one_held(made, one, takeaway, held)


def _choices(made: Report, one: OnPage) -> dict[str, str]:
    if one.table != "why":
        return dict(one.choices)
    return {**one.choices, "explain_by": _part(made, one.key)[1]}


def _part(made: Report, id: str) -> tuple[dict[str, object], str]:
    """The row of a change, and the dimension by which it was split."""
    from dashboard.format import dimension
    from dashboard.reports.parts.summary import CAUSES

    table = _table(made, "why")
    assert table is not None
    row = table.frame.filter(metric=id).row(0, named=True)
    return row, next(name for name in CAUSES if dimension(name) == row["by"])


def _one_held(made: Report, one: OnPage, shown: Takeaway, held: Held) -> None:
    if one.table == "why":
        row, by = _part(made, one.key)
        parts = shown.figures.filter(pl.col("effect").is_not_null()).unique(by, maintain_order=True)
        top = max(parts.iter_rows(named=True), key=lambda part: abs(part["effect"]))
        for name in one.columns:
            held.hold("pages", f"why {one.key} {name}", row[name], top[name])
        return
    table = _table(made, one.table)
    assert table is not None
    theirs = shown.figures
    if one.theirs and "metric" in theirs.columns:
        theirs = theirs.filter(pl.col("fair").is_not_null() | pl.col("raw").is_not_null())
    rows_held(one, table.frame.iter_rows(named=True), theirs.iter_rows(named=True), held)


@contextmanager
def taken_home() -> Iterator[list[Takeaway]]:
    """Whatever pages offer to take home."""
    shown: list[Takeaway] = []
    with pytest.MonkeyPatch.context() as patch:
        for module in (files, card):
            patch.setattr(module, "download", shown.append)
        yield shown


def _tickets_held(made: Report, root: Path, asked: Asked, held: Held) -> None:
    """Each ticket's numbers as `floorwalker tickets` prints them."""
    table = _table(made, "tickets")
    assert table is not None
    days = ["--from", str(asked.period.start), "--to", str(asked.period.end)]
    known = {(row["source"], row["ticket_id"]): row for row in printed(root, ["tickets", *days])}
    held.hold("tickets", "rows", table.frame.height, len(known))
    names = [one.name for one in table.columns if one.kind in ("length", "count") or one.name.endswith("_at")]
    for row in table.frame.iter_rows(named=True):
        there = known[row["source"], row["ticket_id"]]
        for name in (name for name in names if name in there):
            mine = row[name]
            told = there[name]
            if isinstance(mine, datetime) and told is not None:
                mine, told = mine.timestamp(), datetime.fromisoformat(str(told)).timestamp()
            held.hold("tickets", f"{row['ticket_id']} {name}", mine, told)


def _breaches_held(made: Report, held: Held) -> None:
    """What is late is late from its due instant to its end, without the pauses that a clock may make."""
    table = _table(made, "sla_breaches")
    for row in table.frame.filter(pl.col("done_at").is_not_null()).iter_rows(named=True) if table else ():
        late = (row["done_at"] - row["due_at"]).total_seconds()
        over = row["sla_overrun_calendar_seconds"]
        is_right = over == late if row["thing"] in UNPAUSED else 0 < over <= late
        held.hold("breaches", f"{row['ticket_id']} {row['thing']} {over} of {late}", is_right, True)


def _staffing_held(made: Report, root: Path, held: Held) -> None:
    """The plan of each day and queue is what `floorwalker staff` prints, added up."""
    table = _table(made, "staffing_needs")
    if table is None:
        return
    asked = printed(root, ["staff"])
    if not asked:
        held.hold("staff", "rows", table.frame.height, 0)
        return
    rows = pl.DataFrame(asked, infer_schema_length=None)
    day = pl.col("starts_at").str.slice(0, 10).str.to_date()
    told = rows.filter("is_open").group_by(day.alias("day"), "queue").agg(
        pl.col("arrivals").sum(), required_hours=pl.col("required").sum() / 2, required=pl.col("required").max()
    )  # fmt: skip
    mine = table.frame.select("day", "queue", "arrivals", "required_hours", "required")
    held.hold("staff", "rows", mine.height, told.height)
    known = {(row["day"], row["queue"]): row for row in told.iter_rows(named=True)}
    for row in mine.iter_rows(named=True):
        there = known.get((row["day"], row["queue"]), {})
        for name in ("required_hours", "required"):
            held.hold("staff", f"{row['day']} {row['queue']} {name}", row[name], there.get(name, "no such row"))
        near = abs(row["arrivals"] - there.get("arrivals", 0.0)) < 0.01  # the command prints four digits an interval
        held.hold("staff", f"{row['day']} {row['queue']} arrivals", near, True)


def _queue_held(made: Report, root: Path, asked: Asked, held: Held) -> None:
    """The figures of the queue are what `floorwalker show` prints."""
    table = _table(made, "triage_figures")
    if table is None:
        return
    ids = tuple(table.frame["metric"])
    told = {row["metric"]: row for row in printed(root, _arguments(ids, asked))}
    for row in table.frame.iter_rows(named=True):
        for name in ("value", "low", "high", "n"):
            held.hold("show", f"{row['metric']} {name}", row[name], told[row["metric"]][name])


def _arguments(ids: Sequence[str], asked: Asked) -> list[str]:
    from dashboard.services.analysis.asks import as_arguments

    return as_arguments(Ask(tuple(ids), Scope(asked.period)))
