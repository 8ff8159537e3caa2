"""Plans of people, the queue, loads and sums of a report, held against commands, records and adding up."""

import json
import math
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from dashboard.reports.asked import Asked
from dashboard.reports.model import Report
from dashboard.services.analysis.asks import Ask, as_arguments
from metrics.model import Scope
from tests.dashboard.reports.held import Held, Row, printed
from tests.dashboard.reports.records import DAY, database, instant, rows_of, table_of


def plans_held(made: Report, root: Path, held: Held) -> None:
    """The plan of each day and queue is what `floorwalker staff` prints to four digits, added up; each stretch, too."""
    needs, stretches = rows_of(made, "staffing_needs"), rows_of(made, "staffing_peaks")
    if table_of(made, "staffing_needs") is None:
        return
    told = [{**row, "at": datetime.fromisoformat(str(row["starts_at"]))} for row in printed(root, ["staff"])
            if row["is_open"]]  # fmt: skip
    days: dict[tuple[date, str], list[Row]] = {}
    for one in told:
        days.setdefault((one["at"].date(), one["queue"]), []).append(one)
    held.hold("staff", "rows", len(needs), len(days))
    for row in needs:
        where = (row["day"], row["queue"])
        for name, value in _day_of(days.get(where, [])).items():
            near = 1e-9 if name.startswith("required") else 0.01
            held.cell("staff", "staffing_needs", name, where, row[name], value, near=near)
        held.cell("staff", "staffing_needs", "day", where, where in days, True)
    queues = {row["name"]: row["queue"] for row in needs}
    for row in stretches:
        _stretch_held(row, [one for one in told if one["queue"] == queues[row["name"]]], held)


def _stretch_held(row: Row, told: Sequence[Row], held: Held) -> None:
    """One stretch in which people are short, of the intervals of its queue; its numbers are those of one of them."""
    inside = [one for one in told if row["begins_at"] <= one["at"] < row["ends_at"]]
    hours = sum(one["gap"] for one in inside) / 2
    first, last = min(one["at"] for one in inside), max(one["at"] for one in inside) + timedelta(minutes=30)
    where = (row["name"], row["begins_at"])
    held.cell("staff", "staffing_peaks", "hours", where, row["hours"], hours, near=0.01)
    held.cell("staff", "staffing_peaks", "begins_at", where, row["begins_at"] == first, True)
    held.cell("staff", "staffing_peaks", "ends_at", where, row["ends_at"] == last, True)
    alike = [one for one in inside if one["required"] == row["required"]
             and abs(one["rostered"] - row["rostered"]) < 1e-4]  # fmt: skip
    worst = min(alike, key=lambda one: abs((one["service"] or 0) - (row["service"] or 0)), default=None)
    for name in ("required", "rostered", "service"):
        there = None if worst is None else worst[name]
        held.cell("staff", "staffing_peaks", name, where, row[name], there, near=1e-4)
    short = None if worst is None else math.ceil(worst["required"] - worst["rostered"] - 0.25)
    held.cell("staff", "staffing_peaks", "short", where, row["short"], short)


def _day_of(rows: Sequence[Row]) -> dict[str, float | None]:
    """What a day of a queue comes to."""
    came, known = sum(row["arrivals"] for row in rows), [row for row in rows if row["service"] is not None]
    served = sum(row["service"] * row["arrivals"] for row in known)
    there = [row["rostered"] for row in rows if row["rostered"] is not None]
    gaps = [max(row["gap"], 0.0) for row in rows if row["gap"] is not None]
    return {
        "arrivals": came, "required": max((row["required"] for row in rows), default=None),
        "required_hours": sum(row["required"] for row in rows) / 2, "rostered_hours": sum(there) / 2 if there else None,
        "gap_hours": sum(gaps) / 2 if gaps else None, "service": served / came if came and known else None,
    }  # fmt: skip


def queue_held(made: Report, root: Path, asked: Asked, held: Held) -> None:
    """The figures of the queue are what `floorwalker show` prints, of all and by team."""
    whole, teams = rows_of(made, "triage_figures"), table_of(made, "triage_team")
    if not whole or teams is None:
        return
    ask = Ask(tuple(row["metric"] for row in whole), Scope(asked.period))
    told = {row["metric"]: row for row in printed(root, as_arguments(ask))}
    for row in whole:
        for name in ("value", "low", "high", "n"):
            held.cell("show", "triage_figures", name, row["metric"], row[name], told[row["metric"]][name])
    ids = tuple(column.name for column in teams.columns if column.name != "team")
    by = {(row["metric"], row["team"]): row["value"] for row in
          printed(root, as_arguments(Ask(ids, Scope(asked.period), ("team",))))}  # fmt: skip
    for row in rows_of(made, "triage_team"):
        for id in ids:
            held.cell("show", "triage_team", id, row["team"], row[id], by.get((id, row["team"])))


def loads_held(made: Report, root: Path, asked: Asked, held: Held) -> None:
    """The loads as the ledger has them, and how many tickets lack what, counted in what `tickets` prints."""
    with database(root) as book:
        ledger = {row[0]: (row[1], json.loads(row[2])) for row in book.execute("SELECT id, at, files FROM loads")}
    for row in rows_of(made, "data_loads"):
        at, files = ledger[row["id"]]
        held.cell("ledger", "data_loads", "id", row["id"], row["id"] in ledger, True)
        held.cell("ledger", "data_loads", "at", row["id"], row["at"], instant(at))
        for name in ("rows_read", "loaded", "rejected"):
            held.cell("ledger", "data_loads", name, row["id"], row[name], sum(one[name] for one in files))
    days = ["--from", str(asked.period.start), "--to", str(asked.period.end)]
    tickets = printed(root, ["tickets", *days])
    (aside,) = printed(root, ["show", "tickets_set_aside", *days])
    lacking = [sum(row.get(name) is None for row in tickets) for name in
               ("first_response_calendar_seconds", "full_resolution_calendar_seconds", "team", "type")]  # fmt: skip
    rows = rows_of(made, "data_left_out")
    for row, told in zip(rows, [int(aside["value"] or 0), *lacking], strict=False):
        held.cell("tickets", "data_left_out", "n", row["what"], row["n"], told)


def summary_held(made: Report, root: Path, asked: Asked, held: Held) -> None:
    """The year before as `show` prints the same weekdays; goals for all tickets as their straight way has them then."""
    rows = {row["metric"]: row for row in rows_of(made, "summary")}
    first, end = (day - timedelta(days=364) for day in (asked.period.start, asked.period.end))
    if rows and "year" in next(iter(rows.values())):
        for told in printed(root, ["show", *rows, "--from", str(first), "--to", str(end)]):
            held.cell("show", "summary", "year", told["metric"], rows[told["metric"]]["year"], told["value"])
    with database(root) as book:
        book.row_factory = sqlite3.Row
        goals = {row["metric"]: row for row in book.execute("SELECT * FROM goals WHERE ended_at IS NULL")
                 if not json.loads(row["where"])}  # fmt: skip
    for id, goal in goals.items():
        start, due = date.fromisoformat(goal["starts_on"]), date.fromisoformat(goal["due_on"])
        if id in rows and start < asked.period.end and due >= asked.period.start:
            part = min(max((asked.period.end - DAY - start) / (due - start), 0.0), 1.0)
            told = goal["start_value"] + part * (goal["goal_value"] - goal["start_value"])
            held.cell("goals", "summary", "target", id, rows[id]["target"], told)


def sums_held(made: Report, held: Held) -> None:
    """Parts of a whole, added up by hand."""
    for _sheet, table in made.tables():
        rows = list(table.frame.iter_rows(named=True))
        if table.key.startswith("types_"):
            whole, so_far = sum(row["n"] for row in rows), 0
            for row in rows:
                so_far += row["n"]
                held.cell("sums", table.key, "share", row["n"], row["share"], row["n"] / whole)
                held.cell("sums", table.key, "cumulative", row["n"], row["cumulative"], so_far / whole)
        elif table.key.startswith("sla_") and "part" in table.frame.columns:
            whole = sum(row["breached"] for row in rows)
            for row in rows:
                held.cell("sums", table.key, "breached", row["value"], row["breached"],
                          round(row["n"] * (1 - row["share"])))  # fmt: skip
                held.cell(
                    "sums", table.key, "part", row["value"], row["part"], row["breached"] / whole if whole else None
                )
        elif table.key == "peaks_map":
            for row in rows:
                held.cell(
                    "sums", table.key, "all", row["hour"], row["all"], sum(row[str(day)] or 0 for day in range(1, 8))
                )
        elif table.key == "questions":
            for row in rows:  # three of ten find the article
                held.cell("sums", table.key, "saved", row["question"], row["saved"], 0.3 * row["per_week"])
                replies = None if row["replies"] is None else row["replies"] / row["n"] * row["saved"]
                held.cell("sums", table.key, "replies_saved", row["question"], row["replies_saved"], replies)
