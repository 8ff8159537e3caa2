"""Goals, measures, events and ratings of a report, held against pages, commands and plain counting."""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.reports.asked import Asked
from dashboard.reports.model import Report
from dashboard.services.analysis.asks import Ask, as_arguments
from dashboard.services.facts.figures import facts_of
from dashboard.services.staffing.forecasts import arrivals_of_facts
from dashboard.settings import settings_through
from metrics.model import Period, Scope
from tests.dashboard.reports.held import Held, Row, printed
from tests.dashboard.reports.records import DAY, Shown, database, of_days, rows_of, table_of


def goals_held(made: Report, root: Path, held: Held) -> None:
    """Each goal's newest settled week as `show` prints it, beside the straight way to it."""
    rows = rows_of(made, "quarter_goals")
    if not rows:
        return
    with database(root) as book:
        book.row_factory = sqlite3.Row
        kept = {row["title"]: row for row in book.execute("SELECT * FROM goals WHERE ended_at IS NULL")}
    for row in rows:
        goal = kept[row["title"]]
        start, due = date.fromisoformat(goal["starts_on"]), date.fromisoformat(goal["due_on"])
        for name, told in (("start", goal["start_value"]), ("goal", goal["goal_value"]), ("due", due)):
            held.cell("goals", "quarter_goals", name, row["title"], row[name], told)
        monday = _newest_week(root, goal["metric"], start, due)
        if monday is None:
            held.hold("goals", row["title"], row["value"], None)
            continue
        where = {name: tuple(values) for name, values in json.loads(goal["where"]).items()}
        week = Period(monday, monday + 7 * DAY)
        (told,) = printed(root, as_arguments(Ask((goal["metric"],), Scope(week, where))))
        for name in ("value", "low", "high"):
            held.cell("show", "quarter_goals", name, row["title"], row[name], told[name])
        part = min(max((week.end - DAY - start) / (due - start), 0.0), 1.0)
        wanted = goal["start_value"] + part * (goal["goal_value"] - goal["start_value"])
        held.cell("goals", "quarter_goals", "wanted", row["title"], row["wanted"], wanted)


def _newest_week(root: Path, id: str, start: date, due: date) -> date | None:
    """The newest Monday whose week is over, settled, and within the goal's days."""
    settled = _settled_until(root, id)
    monday = min(settled, due + DAY) - 7 * DAY
    monday -= timedelta(days=monday.weekday())
    return monday if monday >= start else None


def _settled_until(root: Path, id: str) -> date:
    from metrics.catalog import metric

    facts = facts_of(COMMAND_LINE, open_desk(root))
    lag = metric(id).settles_after_days or 0
    return (facts.as_of - timedelta(days=lag)).astimezone(ZoneInfo(facts.zone)).date()


def measures_held(made: Report, root: Path, shown: Shown, held: Held) -> None:
    """Each measure as `compare` prints the equally many weeks before and after it; those weeks as the page has them."""
    rows = rows_of(made, "quarter_measures")
    if not rows:
        return
    page = shown("compare", sides="measures")
    for one in page.values():
        if not one.name.startswith("measure-"):
            continue
        (ask,) = one.asks
        whole = ask.scope.period
        assert whole is not None
        since = whole.start + (whole.end - whole.start) / 2
        row = next((row for row in rows if (row["since"], row["metric"]) == (since, ask.ids[0])), None)
        if row is None:
            continue
        where = [text for name, values in ask.scope.where.items() for value in values
                 for text in ("--where", f"{name}={value}")]  # fmt: skip
        (told,) = printed(root, ["compare", row["metric"], "--of", f"{whole.start}..{since}", "--to",
                                 f"{since}..{whole.end}", *where])  # fmt: skip
        settled = _settled_until(root, row["metric"])
        weeks = min((settled - since).days, 56) // 7
        held.hold("measures", f"{row['title']} weeks", (whole.end - since).days, 7 * weeks)
        pairs = {"before": "before", "after": "after", "change": "difference", "low": "low", "high": "high"}
        for name, theirs in pairs.items():
            held.cell("compare", "quarter_measures", name, row["title"], row[name], told[theirs])
        held.cell("pages", "quarter_measures", "since", row["title"], row["since"], since)


def events_held(made: Report, root: Path, shown: Shown, held: Held) -> None:
    """Each event as the page has it, and its days against the same weekdays of the eight weeks before, by hand."""
    rows = rows_of(made, "staffing_events")
    if not rows:
        return
    page = list(shown("staffing", part="events")["staffing-events"].figures.iter_rows())
    with database(root) as book:
        events = book.execute("SELECT name, first_day, last_day FROM staffing_events WHERE ended_at IS NULL").fetchall()
    kept = [(name, date.fromisoformat(first), date.fromisoformat(last)) for name, first, last in events]
    came = _came(root)
    for row in rows:
        event = min((one for one in kept if one[0] == row["name"]), key=lambda one: abs(one[1] - row["first"]))
        for name, told in (("first", event[1]), ("last", event[2])):
            held.cell("events", "staffing_events", name, row["name"], row[name], told)
        said = next(one for one in page if one[0] == row["name"] and f"{row['last'].year}" in one[2]
                    and _days_said(row) == one[2])  # fmt: skip
        shows = re.search(r"×([\d.]+), n = (\d+)", said[5])
        held.cell("pages", "staffing_events", "days", row["name"], row["days"], int(shows[2]) if shows else None)
        held.cell("pages", "staffing_events", "times", row["name"],
                  row["times"] and round(row["times"], 2), float(shows[1]) if shows else None)  # fmt: skip
        _event_counted(row, kept, came, held)


def _came(root: Path) -> dict[date, float]:
    """What came to all queues on each local day that is over."""
    desk = open_desk(root)
    facts, zone = facts_of(COMMAND_LINE, desk), ZoneInfo(desk.zone() or "UTC")
    settings = settings_through(desk.zone() or "UTC", desk.agreement_versions())
    days: dict[date, float] = {}
    for row in arrivals_of_facts(facts, settings, minutes=60).iter_rows(named=True):
        day = row["starts_at"].astimezone(zone).date()
        if day < facts.as_of.astimezone(zone).date():
            days[day] = days.get(day, 0.0) + (row["offered"] or 0)
    return days


def _event_counted(row: Row, kept: Sequence[tuple[Any, ...]], came: Mapping[date, float], held: Held) -> None:
    """What came on its days that are over, against the same weekdays of the eight weeks before that are no event's."""
    taken = {first + step * DAY for _name, first, last in kept for step in range((last - first).days + 1)}
    before = [day for day in came if row["first"] - 56 * DAY <= day < row["first"] and day not in taken]
    pairs = []
    for day in sorted(came):
        same = [came[other] for other in before if other.weekday() == day.weekday()]
        if row["first"] <= day <= row["last"] and same:
            pairs.append((came[day], sum(same) / len(same)))
    usual = sum(one for _came, one in pairs)
    held.cell("events", "staffing_events", "times", row["name"], row["times"],
              sum(one for one, _usual in pairs) / usual if usual else None)  # fmt: skip
    held.cell("events", "staffing_events", "days", row["name"], row["days"], len(pairs) or None)


def _days_said(row: Row) -> str:
    from dashboard.components.staffing.events import days_of
    from metrics.staffing.model import Event

    return days_of(Event(row["name"], "other", row["first"], row["last"]))


def low_held(made: Report, asked: Asked, shown: Shown, held: Held) -> None:
    """The newest low ratings are those that the page lists, in its order."""
    rows = rows_of(made, "satisfaction_low")
    if not rows:
        return
    page = shown("satisfaction", **of_days(asked))["low-ratings-tickets"].figures
    held.hold("pages", "satisfaction_low rows", len(rows), page.height)
    for row, there in zip(rows, page.iter_rows(named=True), strict=False):
        for name in ("ticket_id", "rated_at", "score5"):
            held.cell("pages", "satisfaction_low", name, row["ticket_id"], row[name], there[name])


def stars_held(made: Report, asked: Asked, shown: Shown, held: Held) -> None:
    """The ratings of each score are those of the page's bars, added up."""
    rows = rows_of(made, "satisfaction_stars")
    if not rows:
        return
    page = shown("satisfaction", **of_days(asked))["stars"].figures
    told = dict(page.group_by("stars").agg(pl.col("n").sum()).iter_rows())
    for row in rows:
        n = told.get(int(row["stars"][0]), 0)
        held.cell("pages", "satisfaction_stars", "n", row["stars"], row["n"], n)
        held.cell("pages", "satisfaction_stars", "share", row["stars"], row["share"], n / sum(told.values()))


def scores_held(made: Report, root: Path, held: Held) -> None:
    """The score of each ticket is that of its newest rating."""
    table = table_of(made, "tickets")
    if table is None or "score5" not in table.frame.columns:
        return
    newest: dict[tuple[str, str], Row] = {}
    for row in facts_of(COMMAND_LINE, open_desk(root)).ratings.filter("is_given").iter_rows(named=True):
        key = (row["source"], row["ticket_id"])
        if key not in newest or row["rated_at"] >= newest[key]["rated_at"]:
            newest[key] = row
    for row in table.frame.iter_rows(named=True):
        told = newest.get((row["source"], row["ticket_id"]), {}).get("score5")
        held.cell("ratings", "tickets", "score5", row["ticket_id"], row["score5"], told)
