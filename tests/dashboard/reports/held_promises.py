"""Targets under review and missed promises in a report, each running counted by hand, minute by minute."""

import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.reports.asked import Asked
from dashboard.reports.model import Report
from dashboard.services.facts.figures import facts_of
from dashboard.settings import settings_through
from metrics.desk import DeskSettings
from tests.dashboard.reports.held import Held, Row
from tests.dashboard.reports.records import DAY, rows_of
from tests.oracles.business_minutes import Desk as Opening
from tests.oracles.business_minutes import MinuteOracle


def targets_held(made: Report, root: Path, asked: Asked, held: Held) -> None:
    """Each running of a promise by hand: how long it took, and whether that is within 3/4 and 5/4 of its time."""
    rows = rows_of(made, "quarter_targets")
    if not rows:
        return
    desk = open_desk(root)
    settings, facts = settings_through(desk.zone() or "UTC", desk.agreement_versions()), facts_of(COMMAND_LINE, desk)
    zone, took = ZoneInfo(facts.zone), dict[int, list[tuple[float, bool]]]()
    clocks = Openings(settings, facts.sla_instances["started_at"].min(), facts.as_of)  # type: ignore[arg-type]
    for run in facts.sla_instances.drop_nulls("decided_at").iter_rows(named=True):
        if asked.period.start <= run["decided_at"].astimezone(zone).date() < asked.period.end:
            long = clocks.took(run, facts.as_of)
            if long is not None:
                took.setdefault(run["target"], []).append((long, run["done_at"] is not None))
    for row in rows:
        times, limit = took[row["target"]], row["seconds"]
        for name, most in (("stricter", 0.75 * limit), ("looser", 1.25 * limit)):
            judged = [long <= most for long, is_over in times if is_over or long > most]
            told = sum(judged) / len(judged) if judged else None
            held.cell("targets", "quarter_targets", name, row["of"], row[name], told)
        order = sorted(long if is_over else math.inf for long, is_over in times)
        enough = order[math.ceil(0.9 * (len(order) - 1))]
        held.cell("targets", "quarter_targets", "enough_seconds", row["of"], row["enough_seconds"],
                  None if math.isinf(enough) else enough)  # fmt: skip
        held.cell("targets", "quarter_targets", "seconds", row["of"], limit, settings.targets[row["target"]].seconds)


class Openings:
    """The opening hours of each calendar, minute by minute."""

    def __init__(self, settings: DeskSettings, first: datetime, last: datetime) -> None:
        begin, end = first.date() - 2 * DAY, last.date() + 400 * DAY
        names = {one.name for one in settings.calendars}
        self.of = {
            name: MinuteOracle(
                [Opening(settings.zone, one.weekly, one.days, one.valid_from) for one in settings.calendars
                 if one.name == name], begin, end)
            for name in names
        }  # fmt: skip

    def took(self, run: Row, as_of: datetime) -> float | None:
        """The seconds on its own clock, pauses not counted; of what nobody has done, so far."""
        stop = run["done_at"] or min(run["ended_at"] or as_of, as_of)
        if run["clock"] == "calendar":
            return float((stop - run["started_at"]).total_seconds() - (run["paused_calendar_seconds"] or 0))
        if run["paused_business_seconds"] is None and run["pauses_known"]:
            return None
        return float(self.of[run["calendar"]].elapsed(run["started_at"], stop) - (run["paused_business_seconds"] or 0))


def breaches_held(made: Report, root: Path, tickets: Mapping[tuple[str, str], Row], held: Held) -> None:
    """What is late is so from its due instant to its end, minute by minute; first responses are those of `tickets`."""
    rows = rows_of(made, "sla_breaches")
    if not rows:
        return
    desk = open_desk(root)
    facts = facts_of(COMMAND_LINE, desk)
    settings = settings_through(desk.zone() or "UTC", desk.agreement_versions())
    clocks = Openings(settings, facts.sla_instances["started_at"].min(), facts.as_of)  # type: ignore[arg-type]
    calendars = {(row["ticket_id"], row["thing"], row["started_at"]): row["calendar"] for row in
                 facts.sla_instances.iter_rows(named=True)}  # fmt: skip
    known = {id: row for (_source, id), row in tickets.items()}
    for row in rows:
        where = (row["ticket_id"], row["thing"])
        if row["thing"] == "first_response":
            there = known.get(row["ticket_id"])
            for name, theirs in (("started_at", "created_at"), ("due_at", "first_response_due_at"),
                                 ("done_at", "first_response_at")):  # fmt: skip
                if there is not None:
                    held.cell("tickets", "sla_breaches", name, where, row[name], _instant_of(there[theirs]))
        if row["done_at"] is None:
            continue
        late = (row["done_at"] - row["due_at"]).total_seconds()
        over = row["sla_overrun_calendar_seconds"]
        is_unpaused = row["thing"] in ("first_response", "next_response")
        held.cell("breaches", "sla_breaches", "sla_overrun_calendar_seconds", where,
                  over == late if is_unpaused else 0 < over <= late, True)  # fmt: skip
        key = (*where, row["started_at"])
        if is_unpaused and key in calendars and row["sla_overrun_business_seconds"] is not None:
            held.cell("breaches", "sla_breaches", "sla_overrun_business_seconds", where,
                      row["sla_overrun_business_seconds"],
                      clocks.of[calendars[key]].elapsed(row["due_at"], row["done_at"]))  # fmt: skip


def _instant_of(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text)).astimezone(ZoneInfo("UTC"))
