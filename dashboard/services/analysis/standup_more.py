"""What else a stand-up has to know: ins and outs of the backlog, broken promises, who waits longest, who is full."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.services.analysis.backlog import CAME, LEFT, by_age, standing
from dashboard.services.analysis.satisfaction import recent_low
from dashboard.services.analysis.standup import Days, opening_of
from dashboard.services.analysis.team_load import bots
from metrics.catalog import metric
from metrics.compute import compute, rows_that
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.durations import calendar_seconds
from metrics.model import Scope
from metrics.selection import midnight
from metrics.tables import INSTANT

PROMISES = "sla_attainment"
MUCH, MANY_MORE = 1.5, 5
"""Who has so many times what is usual in his team, and at least so many tickets more, is full."""
CONFIRMED_WITHIN = timedelta(days=3)
"""A ticket that has been resolved for longer and was not confirmed is told."""


@dataclass(frozen=True)
class Morning:
    """What a supervisor finds in the morning, since the last working day.

    ages: band and n of what stands open · broken, of_the_night: promises that were broken, and of these after the desk
    had closed on that day · due_today: open tickets a promise of which is up before midnight · unconfirmed: resolved
    for three days and more · oldest: team, source, ticket_id, waiting_seconds, one row per team, the longest first ·
    full: team, agent, open, usual · low: the newest low ratings.
    """

    came: int
    left: int
    open: int
    ages: tuple[tuple[str, int], ...]
    broken: int
    of_the_night: int
    due_today: int
    unconfirmed: int
    oldest: pl.DataFrame
    full: pl.DataFrame
    low: pl.DataFrame
    n_low: int


def this_morning(facts: Facts, settings: DeskSettings, scope: Scope, *, days: Days) -> Morning:
    """What the days of a stand-up left behind; the scope's own period is not used."""
    now, since = replace(scope, period=None), replace(scope, period=days.now)
    counted = dict(compute([metric(id) for id in (CAME, *LEFT)], facts, since).select("metric", "value").iter_rows())
    broken = _broken(facts, since)
    closed = _closing(days, settings).astimezone(UTC)
    low, still_open = recent_low(facts, since), standing(facts, now)
    return Morning(
        came=round(counted[CAME] or 0),
        left=round(sum(counted[id] or 0 for id in LEFT)),
        open=still_open.height,
        ages=tuple(by_age(still_open).iter_rows()),
        broken=broken.height,
        of_the_night=broken.filter(pl.col("decided_at") >= pl.lit(closed, INSTANT)).height,
        due_today=_due_by(facts, now, midnight(days.morning + timedelta(days=1), facts.zone)),
        unconfirmed=_unconfirmed(facts, now),
        oldest=oldest_by_team(facts, now),
        full=full(still_open, bots(facts)),
        low=low.rows,
        n_low=low.total,
    )


def _closing(days: Days, settings: DeskSettings) -> datetime:
    """When the desk closed on the last working day; its midnight where it has no calendar."""
    ends = [end for _start, end in opening_of(days.now.start, settings) or ()]
    start = midnight(days.now.start, settings.zone)
    local = start.astimezone(ZoneInfo(settings.zone)).replace(tzinfo=None)
    return (local + timedelta(minutes=max(ends, default=24 * 60))).replace(tzinfo=ZoneInfo(settings.zone))


def _broken(facts: Facts, since: Scope) -> pl.DataFrame:
    """The promises whose time was up in these days, and that were not kept by then."""
    if since.period is None:
        raise ValueError("a stand-up looks at days")
    days = (since.period.start, since.period.end)
    begin, end = (pl.lit(midnight(day, facts.zone).astimezone(UTC), INSTANT) for day in days)
    within = pl.col("decided_at").is_between(begin, end, closed="left")
    return rows_that(pl.col("is_met").eq(False) & within, metric(PROMISES), facts, since, columns=("decided_at",))


def _due_by(facts: Facts, now: Scope, end: datetime) -> int:
    """How many tickets have a promise that runs and is up by then, and is not broken yet."""
    running = (pl.col("state") == "running") & (pl.col("due_at") <= pl.lit(end.astimezone(UTC), INSTANT))
    rows = rows_that(running, metric(PROMISES), facts, now, columns=("source", "ticket_id"))
    return rows.n_unique() if rows.height else 0


def _unconfirmed(facts: Facts, now: Scope) -> int:
    """How many tickets were resolved some days ago and neither confirmed nor closed since."""
    long_ago = pl.col("resolved_at") < pl.lit(facts.as_of - CONFIRMED_WITHIN, INSTANT)
    is_open = (pl.col("status") == "resolved") & pl.col("closed_at").is_null()
    return rows_that(is_open & long_ago, metric(CAME), facts, now, columns=("ticket_id",)).height


def oldest_by_team(facts: Facts, now: Scope) -> pl.DataFrame:
    """Of each team the ticket that waits longest for a first answer: team, source, ticket_id, waiting_seconds."""
    columns = ("team", "source", "ticket_id", "start_at")
    fit = pl.col("is_waiting") & pl.col("start_at").is_not_null()
    waiting = rows_that(fit, metric(CAME), facts, now, columns=columns)
    first = waiting.sort("start_at", "source", "ticket_id").unique("team", keep="first", maintain_order=True)
    seconds = calendar_seconds(pl.col("start_at"), pl.lit(facts.as_of, INSTANT))
    return first.select("team", "source", "ticket_id", waiting_seconds=seconds)


def full(still_open: pl.DataFrame, bots: Sequence[str]) -> pl.DataFrame:
    """Who has much more open than is usual in his team: team, agent, open, usual (the team's median); no bots."""
    had = still_open.filter(pl.col("agent").is_not_null() & ~pl.col("agent").is_in(bots))
    counted = had.group_by("team", "agent").agg(open=pl.len().cast(pl.Int64))
    beside = counted.with_columns(usual=pl.col("open").median().over("team"), people=pl.len().over("team"))
    is_full = (pl.col("open") >= MUCH * pl.col("usual")) & (pl.col("open") >= pl.col("usual") + MANY_MORE)
    found = beside.filter(is_full & (pl.col("people") > 2))
    return found.select("team", "agent", "open", "usual").sort(["open", "agent"], descending=[True, False])
