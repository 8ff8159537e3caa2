"""A written workbook held against what pages show and commands print, number by number."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from dashboard.cli import main
from dashboard.reports.grids import EPOCH, Plain, grids_of, table_below
from dashboard.reports.model import UNIT, Column, Report, Table
from dashboard.services.analysis.asks import Ask, as_arguments
from metrics.model import Unit

NUMBERS = ("count", "number", "share", "length", "figure", "change", "day", "instant")
PARTS = ("value", "low", "high", "n")
Row = Mapping[str, Any]


@dataclass
class Held:
    """What was held against what: how many numbers agree by the kind of their origin, and each that does not."""

    counts: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)
    """Tables with the columns of theirs that were held against something outside the report."""

    def cell(
        self, kind: str, table: str, column: str, row: object, found: object, told: object, *, near: float = 1e-9
    ) -> None:  # fmt: skip
        """Hold a cell of a table against what is told of it elsewhere."""
        self.seen.add((table, column))
        self.hold(kind, f"{table} {row} {column}", found, told, near=near)

    def hold(self, kind: str, where: str, found: object, told: object, *, near: float = 1e-9) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if not is_same(found, told, near=near):
            self.wrong.append(f"{kind} {where}: {found!r} in the workbook, {told!r} there")


MILLISECOND = 0.001 / 86_400
"""As exactly are lengths of time read from a file."""


def is_same(one: object, other: object, *, near: float = 1e-9) -> bool:
    """Equal as far as a cell keeps a number."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=near)
    return (one is None) == (other is None) and (one is None or str(one) == str(other))


def cells_held(report: Report, file: Path, zone: str, held: Held) -> None:
    """Every number of every table stands in the file, in the unit that its header or format names."""
    grids = grids_of(file)
    for sheet, table in report.tables():
        if not any(column.kind in NUMBERS for column in table.columns):
            continue
        rows = table_below(grids[sheet.title], table.title)
        held.hold("rows", table.key, len(rows), table.frame.height)
        for number, (cells, row) in enumerate(zip(rows, table.frame.iter_rows(named=True), strict=False)):
            for place, column in enumerate(table.columns):
                if column.kind in NUMBERS:
                    found = cells[place] if place < len(cells) else None
                    near = MILLISECOND if _is_time(column, row) else 1e-9
                    told = _cell(column, row, zone)
                    held.hold("cells", f"{table.key}[{number}].{column.name}", found, told, near=near)


def _is_time(column: Column, row: Row) -> bool:
    is_mixed = column.kind in ("figure", "change")
    return column.kind == "length" or (is_mixed and Unit(row[UNIT]) is Unit.SECONDS)


def _cell(column: Column, row: Row, zone: str) -> Plain:
    """The number that a spreadsheet must keep: days and parts of days for times, minutes for differences of them."""
    value = row[column.name]
    if value is None:
        return None
    if isinstance(value, datetime):
        local = value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return float((local - EPOCH).total_seconds() / 86_400)
    if isinstance(value, date):
        return float((value - EPOCH.date()).days)
    return float(value) / (1 if not _is_time(column, row) else 60 if column.kind == "change" else 86_400)


def asks_held(report: Report, desk: Path, held: Held) -> None:
    """Every figure that a table was asked for is what `floorwalker show` prints."""
    for _sheet, table in report.tables():
        for ask in table.asks:
            told = {_key(row, ask): row for row in printed(desk, as_arguments(ask))}
            for key, id, part, value in figures_of(table, ask):
                row = told.get((id, *key))
                held.seen |= {
                    (table.key, _column(table, id, part, key)),
                    *([(table.key, "period")] if ask.every else []),
                }
                where = f"{table.key} {id} {key} {part}"
                held.hold("show", where, value, "nothing of it" if row is None else row[part])


def _column(table: Table, id: str, part: str, key: tuple[object, ...]) -> str:
    """In which column of the table that number stands."""
    if table.key == "peaks_map":
        return str(key[-1])
    names = {column.name for column in table.columns}
    if part != "value":
        return f"{id}.{part}" if f"{id}.{part}" in names else part
    if table.key.startswith("sla_") and "share" in names:
        return "share"
    return next(name for name in (id, "value", "n") if name in names)


def printed(desk: Path, arguments: Sequence[str]) -> list[Row]:
    """What a command prints as JSON."""
    answer = CliRunner().invoke(main, ["--data", str(desk), *arguments, "--format", "json"])
    assert answer.exit_code == 0, f"{arguments}: {answer.output}"
    rows: list[Row] = json.loads(answer.stdout)
    return rows


def _key(row: Row, ask: Ask) -> tuple[object, ...]:
    keys = [row[name] for name in ask.by]
    return (row["metric"], *keys, *([str(row["period"])] if ask.every else []))


def figures_of(table: Table, ask: Ask) -> Iterator[tuple[tuple[object, ...], str, str, object]]:
    """Every figure of a table that the question is about: the values that it is of, its id, which number, the value."""
    if table.key == "peaks_map":
        for row in table.frame.iter_rows(named=True):
            yield from (((row["hour"], day), ask.ids[0], "value", row[day] or None) for day in map(str, range(1, 8))
                        if row[day])  # fmt: skip
        return
    for row in table.frame.iter_rows(named=True):
        key = tuple(str(row["period"]) if name == "period" else row[name if name in row else "value"]
                    for name in (*ask.by, *(["period"] if ask.every else [])))  # fmt: skip
        yield from ((key, *one) for one in _of_row(table, row, ask))


def _of_row(table: Table, row: Row, ask: Ask) -> Iterator[tuple[str, str, object]]:
    if "metric" in row:
        if row["metric"] in ask.ids:
            yield from ((row["metric"], part, row[part]) for part in PARTS if part in row)
    elif table.key.startswith("sla_") and "share" in row:
        yield from ((ask.ids[0], part, row["share" if part == "value" else part]) for part in PARTS)
    elif table.key == "sla_attainment":
        yield from ((ask.ids[0], part, row[part]) for part in PARTS)
    elif table.key.startswith("types_"):
        yield ask.ids[0], "value", row["n"]
    else:
        for column in table.columns:
            id, _dot, part = column.name.partition(".")
            if id in ask.ids:
                yield id, part or "value", row[column.name]


def changes_held(report: Report, desk: Path, held: Held) -> None:
    """What the summary says of the days before, and of the change, is what `show` and `compare` print."""
    (table,) = (table for _sheet, table in report.tables() if table.key == "summary")
    (ask,) = table.asks
    now = ask.scope.period
    assert now is not None
    length = now.end - now.start
    before = f"{now.start - length}..{now.start}"
    arguments = ["compare", *ask.ids, "--of", before, "--to", f"{now.start}..{now.end}"]
    told = {row["metric"]: row for row in printed(desk, arguments)}
    past = ["show", *ask.ids, "--from", str(now.start - length), "--to", str(now.start)]
    usual = {row["metric"]: row["value"] for row in printed(desk, past)}
    for row in table.frame.iter_rows(named=True):
        if not row["verdict"].endswith("*"):  # of figures that settle late only the settled days are compared
            held.cell("compare", "summary", "change", row["metric"], row["change"], told[row["metric"]]["difference"])
        held.cell("show", "summary", "before", row["metric"], row["before"], usual[row["metric"]])


@dataclass(frozen=True)
class OnPage:
    """Where a page shows what a table holds: which page, with which choices in its link, by which name it is taken
    home.

    key: the column that tells its rows, "" where both have them in the same order · columns: of the table, with their
    names on the page where these are others.
    """

    table: str
    page: str
    name: str
    columns: Mapping[str, str]
    key: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    theirs: str = ""
    """The page's name for the key, where it is another."""


def _same_names(*names: str) -> dict[str, str]:
    return {name: name for name in names}


SPREAD = _same_names("n", "within", "late", "undecided", "below")
GROWTH = _same_names("weekly", "past_weekly", "ratio", "low", "high")
FAIR = {**_same_names("raw", "expected", "fair"), "n": "fair_n", "low": "fair_low", "high": "fair_high"}
ON_PAGES: tuple[OnPage, ...] = (
    OnPage("first_response_spread", "response_times", "waits", SPREAD, choices={"thing": "first_response"}),
    OnPage("next_response_spread", "response_times", "waits", SPREAD, choices={"thing": "next_response"}),
    OnPage("sla_opening", "sla", "sla-causes", _same_names("share", "low", "high", "n", "breached", "part"), "value",
           {"cause": "opening"}),
    OnPage("sla_targets", "sla", "targets", _same_names("seconds", "since", "until", "n", "met", "share", "open")),
    OnPage("quarter_targets", "sla", "targets", _same_names("seconds", "n", "share", "low", "high"), "target"),
    OnPage("sla_attainment", "sla", "sla-states",
           _same_names("met", "breached", "running", "at_risk", "paused", "cancelled"), "thing"),
    OnPage("growth_type", "types", "growth", GROWTH, "type", {"grown": "type"}),
    OnPage("growth_product", "types", "growth", GROWTH, "product", {"grown": "product"}),
    OnPage("questions", "types", "questions",
           _same_names("n", "per_week", "ratio", "first_response", "fcr", "cycle_calendar")),
    OnPage("agents_load", "team_load", "load", _same_names("open", "old", "at_risk", "replies", "tickets_resolved")),
)  # fmt: skip


def on_pages(report: Report) -> Iterator[OnPage]:
    """Where pages show what tables hold that no single command prints."""
    keys = {table.key: table for _sheet, table in report.tables()}
    yield from (one for one in ON_PAGES if one.table in keys and keys[one.table].frame.height)
    for key in keys:
        if key.startswith("agents_") and key != "agents_load":
            yield OnPage(key, "team_load", "fair", FAIR, "person", {"fair": key.removeprefix("agents_")}, "agent")
    if "why" in keys:
        for row in keys["why"].frame.iter_rows(named=True):
            yield OnPage("why", "compare", "explained", _same_names("effect", "rate", "mix"), row["metric"],
                         {"explain": row["metric"]})  # fmt: skip


def rows_held(one: OnPage, ours: Iterable[Row], theirs: Iterable[Row], held: Held) -> None:
    """Every number of these rows stands on the page."""
    mine, shown = list(ours), list(theirs)
    if one.key:
        known = {row[one.theirs or one.key]: row for row in shown}
        pairs = [(row, known.get(row[one.key])) for row in mine]
    else:
        held.hold("pages", f"{one.table} rows", len(mine), len(shown))
        pairs = list(zip(mine, shown, strict=False))
    for number, (row, there) in enumerate(pairs):
        for name, other in one.columns.items():
            told = "no such row" if there is None else there[other]
            held.cell("pages", one.table, name, str(number), row[name], told)


def unheld(report: Report, held: Held) -> list[str]:
    """The columns of numbers that were held against nothing but the file."""
    return [
        f"{table.key}.{column.name}"
        for _sheet, table in report.tables()
        for column in table.columns
        if column.kind in NUMBERS and table.frame[column.name].null_count() < table.frame.height
        and (table.key, column.name) not in held.seen
    ]  # fmt: skip
