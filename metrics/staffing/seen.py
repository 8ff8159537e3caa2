"""What events that are over had against the usual, and which team does what of each queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from metrics.desk import QueueGroup
from metrics.staffing.arrivals import requests_of
from metrics.staffing.groups import channel_of
from metrics.staffing.model import Event, is_meant
from metrics.staffing.rosters import work_of_teams

WEEKS = 8
LATELY = timedelta(weeks=8)


@dataclass(frozen=True)
class SeenEffect:
    """The requests of an event's days that are over ÷ those of the same weekdays in the eight weeks before it."""

    times: float
    days: int


def seen_effect(days: pl.DataFrame, event: Event, events: Sequence[Event]) -> SeenEffect | None:
    """What came on an event's days against the usual; None where no day of it is over or nothing was before it.

    days: queue, day, offered (null where not recorded) of whole days. Days of other events are none of the usual.
    """
    mine = days.filter(pl.col("queue").is_in([one for one in days["queue"].unique() if is_meant(one, event.queues)]))
    totals = mine.drop_nulls("offered").group_by("day").agg(pl.col("offered").sum())
    during = totals.filter(pl.col("day").is_between(event.first, event.last))
    taken = [day for one in events for day in _span(one)]
    before = totals.filter(
        pl.col("day").is_between(event.first - timedelta(weeks=WEEKS), event.first, closed="left"),
        ~pl.col("day").is_in(taken),
    )  # fmt: skip
    weekday = pl.col("day").dt.weekday().alias("weekday")
    usual = before.group_by(weekday).agg(usual=pl.col("offered").mean())
    both = during.with_columns(weekday).join(usual, on="weekday")
    expected, offered = (float(both[name].sum()) for name in ("usual", "offered"))
    return SeenEffect(offered / expected, both.height) if both.height and expected > 0 else None


def _span(event: Event) -> list[date]:
    return [event.first + timedelta(days=step) for step in range((event.last - event.first).days + 1)]


def days_of(arrivals: pl.DataFrame, zone: str, until: date) -> pl.DataFrame:
    """queue, day, offered of whole local days before *until*, out of an ARRIVAL_FRAME."""
    day = pl.col("starts_at").dt.convert_time_zone(zone).dt.date().alias("day")
    dated = arrivals.with_columns(day).filter(pl.col("day") < until)
    some = pl.col("offered").is_not_null().any()
    return dated.group_by("queue", "day").agg(offered=pl.when(some).then(pl.col("offered").sum())).sort("day", "queue")


def weights_of(
    tickets: pl.DataFrame, *, zone: str, until: date, groups: Sequence[QueueGroup] = (),
    queues: Sequence[str] = (),
) -> dict[str, dict[str, float]]:  # fmt: skip
    """Team -> queue -> share of the queue's requests of the last eight weeks that the team had.

    queues: those that are planned for; what groups would place in any other counts for its channel.
    """
    day = pl.col("created_at").dt.convert_time_zone(zone).dt.date()
    recent = requests_of(tickets.filter(day >= until - LATELY), groups, of=["team"])
    planned = pl.when(pl.col("queue").is_in(list(queues))).then("queue").otherwise(channel_of())
    return work_of_teams(recent.group_by("team", queue=planned).agg(requests=pl.len().cast(pl.Float64)))
