"""Over which days a plan draws, and the frame of a window: every conversation that it can draw, with its stratum."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk
from dashboard.quality.plans import Cycle, Plan
from dashboard.settings import shipped_text
from dashboard.triage.now import now
from dashboard.triage.settings import triage_settings
from metrics.facts import Facts
from metrics.quality import sampling
from metrics.quality.risks import COMPLAINTS, Window, conversations

LOOKED_AT: Mapping[Cycle, int] = {"day": 14, "week": 4}
"""A preview tries a plan on so many of the last windows."""


def newest_known(desk: Desk) -> datetime:
    """The instant from which the last weeks are counted: now, or the end of data that reach no further."""
    head, moment = desk.head(), now()
    return moment if head is None or head.as_of is None else min(moment, head.as_of)


def frame_of(facts: Facts, plan: Plan, window: Window, complaints: Sequence[str]) -> pl.DataFrame:
    """All conversations that the plan can draw in the window, each with its stratum."""
    rows = conversations(facts, window, risks=plan.risks, where=plan.where, complaints=complaints)
    if plan.purpose == "coaching":
        return sampling.by_agent(rows)
    return sampling.stratified(rows, plan.allocation, by_channel=plan.by_channel)


def counts_of(frame: pl.DataFrame, plan: Plan) -> dict[str, int]:
    """How many of each stratum the plan draws."""
    if plan.purpose == "coaching":
        return sampling.each_agent(frame, plan.min_per_agent)
    return sampling.allocated(frame, plan.allocation)


def complaints_of(desk: Desk) -> tuple[str, ...]:
    """Which types are complaints: as triage has it."""
    versions = desk.agreement_versions()
    rules = triage_settings(versions[-1][1] if versions else shipped_text()).rules
    return next((rule.values for rule in rules if rule.kind == "complaint"), COMPLAINTS)


def window_of(day: date, cycle: Cycle, zone: str) -> Window:
    """The day, or the week from its Monday on, in the desk's zone."""
    start = day if cycle == "day" else day - timedelta(days=day.weekday())
    end = start + timedelta(days=1 if cycle == "day" else 7)
    known = ZoneInfo(zone)
    return Window(*(datetime.combine(one, time.min, known).astimezone(ZoneInfo("UTC")) for one in (start, end)))


def last_windows(facts: Facts, cycle: Cycle) -> tuple[Window, ...]:
    """The newest windows that the data cover to their end, the newest first."""
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    step = timedelta(days=1 if cycle == "day" else 7)
    found = [window_of(today - step * back, cycle, facts.zone) for back in range(1, LOOKED_AT[cycle] + 1)]
    begun = facts.tickets["created_at"].min()
    return tuple(one for one in found if isinstance(begun, datetime) and one.end > begun)
