"""What the staffing page asks of the facts: arrivals, forecasts of any day, measured rules, who does what."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.services.staffing.forecast_snapshots import Run
from dashboard.services.staffing.forecasts import arrivals_of_facts, counted_by_queue
from dashboard.staffing.rules import in_turn
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.model import Scope
from metrics.staffing.arrivals import with_opening
from metrics.staffing.changes import Changes, Override, changed, changed_rules, overridden
from metrics.staffing.forecast import forecast_of
from metrics.staffing.groups import Size, onto_channel, queue_of, sizes
from metrics.staffing.intraday import Today, moved
from metrics.staffing.levers import Means, Slot
from metrics.staffing.measured import rules_of_days
from metrics.staffing.model import (
    FORECAST_FRAME,
    DatedRules,
    Event,
    Forecast,
    Minutes,
    Needs,
    QueueForecast,
    StaffingRules,
    UnusualDay,
)
from metrics.staffing.peaks import Peak
from metrics.staffing.requirement import needs_of
from metrics.staffing.rosters import Weights, shared
from metrics.staffing.seen import SeenEffect, days_of, seen_effect, weights_of
from metrics.staffing.unusual import unusual_days

LEAST_A_DAY = 1.0
"""For queues of fewer requests nobody is planned: whoever is there answers them too."""
NEAR = timedelta(hours=2)
"""Shifts that end so soon before a stretch, or begin so soon after it, can be made longer."""


def days_in(first: date, last: date) -> tuple[date, ...]:
    """Every day from one to another, both included."""
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def today_in(facts: Facts) -> date:
    """The local day up to which the data tell."""
    return facts.as_of.astimezone(ZoneInfo(facts.zone)).date()


def arrivals(facts: Facts, settings: DeskSettings, scope: Scope, *, minutes: Minutes) -> pl.DataFrame:
    """ARRIVAL_FRAME of all that the reader may see; the scope's days and filters do not matter."""
    del scope
    return arrivals_of_facts(facts, settings, minutes=minutes)


def queue_sizes(facts: Facts, settings: DeskSettings, scope: Scope) -> tuple[Size, ...]:
    """How many requests a day each queue has that the desk's groups of types make, however small."""
    del scope
    return sizes(counted_by_queue(facts, settings, minutes=60), facts.as_of)


def expected(
    facts: Facts, settings: DeskSettings, scope: Scope, *, minutes: Minutes, days: int, events: Sequence[Event] = (),
    since: date | None = None,
) -> Forecast:  # fmt: skip
    """The forecast of so many days from today on, or from the morning of another day with what was known then."""
    came = arrivals(facts, settings, scope, minutes=minutes)
    morning = None if since is None else datetime.combine(since, time(), ZoneInfo(facts.zone))
    origin = morning or facts.as_of
    known = came.filter(pl.col("starts_at") < origin)
    return forecast_of(known, settings, minutes=minutes, origin=origin, days=days, events=events)


def unusual(
    facts: Facts, settings: DeskSettings, scope: Scope, *, minutes: Minutes, events: Sequence[Event] = ()
) -> tuple[UnusualDay, ...]:
    """Past days that were far off what level, weekday and calendar let expect, and are no events, the newest first."""
    came = arrivals(facts, settings, scope, minutes=minutes)
    return unusual_days(came, settings, minutes=minutes, until=today_in(facts), events=events)


def measured(
    facts: Facts, settings: DeskSettings, scope: Scope, *, queues: Sequence[str], days: Sequence[date]
) -> dict[date, dict[str, StaffingRules]]:  # fmt: skip
    """The rules of each queue as the data tell them and the desk has agreed for each of these days, or as shipped."""
    del scope
    return rules_of_days(list(queues), facts.calls, facts.agent_time, settings, as_of=facts.as_of, days=days)


def weights(facts: Facts, settings: DeskSettings, scope: Scope, *, queues: Sequence[str]) -> Weights:
    """Team -> queue -> share of the work of these queues that the team does."""
    del scope
    until = today_in(facts)
    return weights_of(facts.tickets, zone=facts.zone, until=until, groups=settings.queue_groups, queues=queues)


def waiting(
    facts: Facts, settings: DeskSettings, scope: Scope, *, queues: Sequence[str]
) -> dict[str, float]:  # fmt: skip
    """Queue -> tickets of days before today that wait for a first answer now; those of today are in its forecast.

    Tickets that wait for the customer, or for somebody else, do not wait for us.
    """
    del scope
    waits = pl.col("is_waiting") & pl.col("ended_at").is_null() & (pl.col("created_on") < today_in(facts))
    rows = facts.tickets.filter(
        waits.fill_null(value=False), ~pl.col("status").is_in(["pending", "on_hold"]).fill_null(value=False)
    )
    placed = rows.select(queue=queue_of(settings.queue_groups), starts_at="created_at", offered=pl.lit(1.0))
    counted = onto_channel(placed, pl.col("queue").is_in(list(queues))).group_by("queue").agg(pl.col("offered").sum())
    return {queue: n for queue, n in counted.iter_rows() if queue in queues}


def effects(facts: Facts, came: pl.DataFrame, events: Mapping[int, Event]) -> dict[int, SeenEffect]:
    """What each event that is over had against the usual, by its number."""
    days = days_of(came, facts.zone, today_in(facts))
    found = {id: seen_effect(days, event, tuple(events.values())) for id, event in events.items()}
    return {id: effect for id, effect in found.items() if effect is not None}


def of_kept(kept: pl.DataFrame, run: Run, settings: DeskSettings, *, minutes: Minutes) -> Forecast:
    """A kept forecast as one to plan by."""
    frame = with_opening(kept.select("queue", "starts_at", "mean", "low", "high"), settings, minutes=minutes)
    bare = tuple(QueueForecast(queue, run.methods[queue], 0.0) for queue in frame["queue"].unique().sort())
    return Forecast(frame.select(*FORECAST_FRAME), run.days, run.queues or bare, run.origin, minutes, settings.zone)


def cut(forecast: Forecast, first: date, last: date) -> Forecast:
    """The local days of a forecast from one day to another, both included, without queues of next to nothing."""
    day = pl.col("starts_at").dt.convert_time_zone(forecast.zone).dt.date()
    frame = forecast.frame.filter(day.is_between(first, last))
    least = LEAST_A_DAY * ((last - first).days + 1)
    some = frame.group_by("queue").agg(pl.col("mean").sum()).filter(pl.col("mean") >= least)["queue"].to_list()
    return replace(
        forecast, frame=frame.filter(pl.col("queue").is_in(some)),
        days=tuple(one for one in forecast.days if first <= one.day <= last and one.queue in some),
        queues=tuple(one for one in forecast.queues if one.queue in some),
    )  # fmt: skip


def planned(
    forecast: Forecast, of_days: DatedRules, *, overrides: Sequence[Override] = (),
    changes: Changes | None = None, present: pl.DataFrame | None = None, weights: Weights | None = None,
    rests: Sequence[Today] = (), backlog: Mapping[str, float] | None = None,
) -> tuple[Forecast, Needs]:  # fmt: skip
    """The forecast as today moved it, people overrode it and it was changed; its need against who is there (HEADS).

    of_days: the rules of each of its days, so that each is planned by those of its time · rests: how today goes so far
    (metrics.staffing.intraday) · backlog: queue -> requests that lie there.
    """
    what, here = changes or Changes(), {one.queue for one in forecast.queues}
    known, later = in_turn(
        {day: {queue: rule for queue, rule in rules.items() if queue in here} for day, rules in of_days.items()}
    )
    updated = overridden(moved(forecast.frame, rests, forecast), overrides)
    meant = replace(forecast, frame=changed(updated, known, what))
    ruled, then = changed_rules(known, what), {day: changed_rules(rules, what) for day, rules in later.items()}
    bare = needs_of(meant, ruled, later=then, backlog=backlog)
    if present is None or present.is_empty():
        return meant, bare
    there = shared(present, bare.frame, weights or {})
    return meant, needs_of(meant, ruled, later=then, rostered=there, backlog=backlog)


def slots_of(needs: Needs, peak: Peak) -> tuple[Slot, ...]:
    """The intervals of a stretch."""
    rows = needs.frame.filter(
        pl.col("queue") == peak.queue, pl.col("starts_at").is_between(peak.begins_at, peak.ends_at, closed="left")
    )
    return tuple(Slot(*row) for row in rows.select("arrivals", "rostered", "required").iter_rows())


def means_at(needs: Needs, peak: Peak) -> Means:
    """What is at hand by the plan itself: its reserve, people whose shifts could be longer, people over elsewhere.

    How many part-time and outsourced people could come nobody has told; half of what is short is taken of each.
    """
    rules, frame = needs.rules_at(peak.queue, peak.begins_at), needs.frame
    during = pl.col("starts_at").is_between(peak.begins_at, peak.ends_at, closed="left")
    mine = frame.filter(queue=peak.queue)
    inside = mine.filter(during)
    around = mine.filter(pl.col("starts_at").is_between(peak.begins_at - NEAR, peak.ends_at + NEAR), ~during)
    beside = frame.filter(during, pl.col("queue") != peak.queue).group_by("queue").agg(over=-pl.col("gap").max())
    most, least = around["rostered"].max(), inside["rostered"].min()
    longer = float(most) - float(least) if isinstance(most, float) and isinstance(least, float) else 0.0
    over = sum(int(one) for one in beside["over"].drop_nulls() if one >= 1)
    reserve = round((inside["with_reserve"] - inside["with_cap"]).max() or 0)  # type: ignore[arg-type]
    half = -(-max(1, peak.short) // 2)
    return Means(
        reserve=reserve if rules.reserve else 0, longer_shifts=max(0, int(longer)), part_time=half, outsourced=half,
        borrowed=min(over, max(1, peak.short)),
    )  # fmt: skip
