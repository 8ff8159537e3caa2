"""Every number of a workbook is the page's and the command's.

    pytest -m slow -s tests/acceptance/test_workbooks_and_pages.py

Reports of the generated desk and of a public event log, written and read back: each number in the file, each figure
as `floorwalker show`, `compare`, `tickets` and `staff` print it, and as pages of these days show it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from dashboard.components import card, drawn, files
from dashboard.components.takeaway import Takeaway
from dashboard.demo import NEWEST, ensure_demo
from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.reports.asked import Asked, ReportKind
from dashboard.reports.model import Report
from dashboard.services.analysis.goals import Goal, set_goal
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.quality.results import span_of
from dashboard.services.reports.files import make_file
from dashboard.services.reports.making import days_of, report
from dashboard.triage.now import CLOCK
from metrics.model import Period
from tests.dashboard.reports.held import (
    Held,
    OnPage,
    Row,
    asks_held,
    cells_held,
    changes_held,
    on_pages,
    printed,
    rows_held,
    unheld,
)
from tests.dashboard.reports.held_beside import beside_held
from tests.dashboard.reports.held_promises import breaches_held
from tests.dashboard.reports.held_quality import quality_page_held
from tests.dashboard.reports.records import Shown, table_of
from tests.pages.conftest import Visit

LATE_RESOLUTIONS = frozenset(
    f"sla_breaches.{name}" for name in ("started_at", "due_at", "done_at", "sla_overrun_business_seconds")
)
"""Held against the file alone where only resolutions are late: no command prints their pauses and later runnings."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


GOALS = (
    Goal("first answers of chats", "first_response_within_target", 0.84, 0.9, date(2026, 7, 1), date(2026, 12, 31),
         {"channel": ("chat",)}),
    Goal("fewer come back", "reopen_rate", 0.06, 0.04, date(2026, 7, 1), date(2026, 9, 30)),
    Goal("satisfied", "csat", 0.78, 0.85, date(2026, 9, 1), date(2026, 11, 1)),
)  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = ensure_demo(tmp_path_factory.mktemp("demo") / "desk")
    for goal in GOALS:
        set_goal(COMMAND_LINE, desk, goal)
    return desk.root


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
    desk = open_desk(demo)
    found = walked(demo, Asked(kind, days_of(COMMAND_LINE, desk, kind, None), "en"), visit, tmp_path)
    assert not found.wrong, "\n".join([str(found.counts), *found.wrong[:40]])
    assert found.counts["cells"] > 100_000
    assert found.counts["show"] > 2_000
    assert found.counts["pages"] > 2_000


def test_a_public_event_logs_workbook_tells_what_its_pages_tell(log: Path, visit: Visit, tmp_path: Path) -> None:
    days = days_of(COMMAND_LINE, open_desk(log), "quarterly", date(2016, 5, 1))
    found = walked(log, Asked("quarterly", days, "en"), visit, tmp_path, alone=LATE_RESOLUTIONS)
    assert not found.wrong, "\n".join([str(found.counts), *found.wrong[:40]])
    assert found.counts["cells"] > 100_000
    assert found.counts["show"] > 1_000
    assert found.counts["pages"] > 1_000


def test_spot_checks_are_those_that_their_page_and_command_show(demo: Path, visit: Visit) -> None:
    """Of the last four whole weeks, as the page shows them, with an event in them and a goal under way."""
    held, desk = Held(), open_desk(demo)
    asked = Asked("quarterly", Period(*span_of("weeks", NEWEST.date())), "en")
    made = report(COMMAND_LINE, desk, asked)
    beside_held(made, demo, asked, _showing(demo, visit), held)
    quality_page_held(made, demo, _showing(demo, visit), "weeks", held)
    print(f"four weeks from {asked.period.start}: {held.counts}, {len(held.wrong)} differ")
    assert not held.wrong, "\n".join([str(held.counts), *held.wrong[:40]])
    sheet = {"quality_plans", "quality_strata", "quality_lines", "quality_causes", "quality_draws", "quarter_goals"}
    assert sheet <= {table for table, _column in held.seen}
    assert not [one for one in unheld(made, held) if one.split(".")[0] in sheet]


def walked(root: Path, asked: Asked, visit: Visit, folder: Path, *, alone: frozenset[str] = frozenset()) -> Held:
    """Everything held against everything; what was counted is printed."""
    desk, held = open_desk(root), Held()
    make_file(COMMAND_LINE, desk, asked, folder / "report.xlsx")
    made = report(COMMAND_LINE, desk, asked)
    cells_held(made, folder / "report.xlsx", desk.zone() or "UTC", held)
    asks_held(made, root, held)
    changes_held(made, root, held)
    _pages_held(made, root, asked, visit, held)
    breaches_held(made, root, _tickets_held(made, root, asked, held), held)
    beside_held(made, root, asked, _showing(root, visit), held)
    print(f"{root.parent.name} {asked.kind} {asked.period.start}: {held.counts}, {len(held.wrong)} differ")
    rest = [one for one in unheld(made, held) if one not in alone]
    held.hold("unheld", "numbers that nothing else was held against", rest, [])
    return held


def _showing(root: Path, visit: Visit) -> Shown:
    """What pages of this desk offer to take home, by name."""

    def shown(page: str, **choices: str) -> Mapping[str, Takeaway]:
        with taken_home() as found:
            app = visit(root, page, **choices)
            assert not app.exception, (page, app.exception)
            return {one.name: one for one in found}

    return shown


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

    table = table_of(made, "why")
    assert table is not None
    row = table.frame.filter(metric=id).row(0, named=True)
    return row, next(name for name in CAUSES if dimension(name) == row["by"])


def _one_held(made: Report, one: OnPage, shown: Takeaway, held: Held) -> None:
    if one.table == "why":
        row, by = _part(made, one.key)
        parts = shown.figures.filter(pl.col("effect").is_not_null()).unique(by, maintain_order=True)
        top = max(parts.iter_rows(named=True), key=lambda part: abs(part["effect"]))
        for name in one.columns:
            held.cell("pages", "why", name, one.key, row[name], top[name])
        held.cell("pages", "why", "change", one.key, row["change"], parts["effect"].sum())
        return
    table = table_of(made, one.table)
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
        for module in (files, card, drawn):
            patch.setattr(module, "download", shown.append)
        yield shown


def _tickets_held(made: Report, root: Path, asked: Asked, held: Held) -> Mapping[tuple[str, str], Row]:
    """Each ticket's numbers as `floorwalker tickets` prints them, which it gives back."""
    table = table_of(made, "tickets")
    assert table is not None
    days = ["--from", str(asked.period.start), "--to", str(asked.period.end)]
    known = {(row["source"], row["ticket_id"]): row for row in printed(root, ["tickets", *days])}
    held.hold("tickets", "rows", table.frame.height, len(known))
    names = [one.name for one in table.columns if one.kind in ("length", "count", "number") or one.name.endswith("_at")]
    for row in table.frame.iter_rows(named=True):
        there = known[row["source"], row["ticket_id"]]
        for name in (name for name in names if name in there):
            mine = row[name]
            told = there[name]
            if isinstance(mine, datetime) and told is not None:
                mine, told = mine.timestamp(), datetime.fromisoformat(str(told)).timestamp()
            held.cell("tickets", "tickets", name, row["ticket_id"], mine, told)
    return known
