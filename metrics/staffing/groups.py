"""Queues by groups of inquiry types: which request waits in which queue, and which groups are too small for their own.

A group with next to no requests is planned with the rest of its channel: its shape of the day would be noise, and
people who serve two small queues together do so in less time than apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from metrics.desk import QueueGroup
from metrics.staffing.model import Queue

LEAST_A_DAY = 10.0
"""A group of fewer requests a day, over its last weeks, has no queue of its own: of ten a day a half-hour's forecast
is off by more than it says, by chance alone."""
LATELY = timedelta(weeks=8)
_DAY = timedelta(days=1)


def queue_of(groups: Sequence[QueueGroup]) -> pl.Expr:
    """The name of the queue that a ticket waits in: its channel, and the group of its type where there is one."""
    channel = pl.col("channel").fill_null("other")
    name = channel
    for group in reversed(groups):
        mine = pl.col("type").is_in(list(group.types))
        if group.channels:
            mine &= channel.is_in(list(group.channels))
        name = pl.when(mine.fill_null(value=False)).then(channel + f"/{group.name}").otherwise(name)
    return name


def channel_of(queue: str = "queue") -> pl.Expr:
    """The channel of a queue, by its name."""
    return pl.col(queue).str.split("/").list.first()


def shared_out(counted: pl.DataFrame, tickets: pl.DataFrame, zone: str) -> pl.DataFrame:
    """What a switch counted by channel as queues of groups, in the proportion of the channel's tickets of that day.

    Both have queue, starts_at, offered. On a day without tickets the proportion is that of all days; a channel of which
    no ticket is known stays whole.
    """
    day = pl.col("starts_at").dt.convert_time_zone(zone).dt.date()
    sums = tickets.group_by("queue", day.alias("day")).agg(pl.col("offered").sum()).with_columns(channel=channel_of())
    daily = sums.with_columns(part=pl.col("offered") / pl.col("offered").sum().over("channel", "day"))
    whole = sums.group_by("channel", "queue").agg(pl.col("offered").sum())
    usual = whole.with_columns(usual=pl.col("offered") / pl.col("offered").sum().over("channel"))
    rows = counted.select(pl.col("queue").alias("channel"), "starts_at", "offered", day=day)
    known = sums.select("channel", "day", is_known=pl.lit(value=True)).unique()
    spread = (
        rows.join(usual.select("channel", "queue", "usual"), on="channel", how="left")
        .join(known, on=["channel", "day"], how="left")
        .join(daily.select("queue", "day", "part"), on=["queue", "day"], how="left")
    )
    part = pl.when("is_known").then(pl.col("part").fill_null(0.0)).otherwise(pl.col("usual")).fill_null(1.0)
    return spread.select(
        pl.col("queue").fill_null(pl.col("channel")), "starts_at", offered=pl.col("offered") * part
    ).sort("queue", "starts_at")  # fmt: skip


def folded(counted: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """The same with groups too small for a queue of their own in that of their channel."""
    small = [one.queue for one in sizes(counted, until) if one.is_small]
    return onto_channel(counted, ~pl.col("queue").is_in(small)) if small else counted


def onto_channel(counted: pl.DataFrame, stays: pl.Expr) -> pl.DataFrame:
    """queue, starts_at, offered with the queues that do not stay added to that of their channel."""
    named = counted.with_columns(queue=pl.when(stays).then("queue").otherwise(channel_of()))
    return named.group_by("queue", "starts_at").agg(pl.col("offered").sum()).sort("queue", "starts_at")


@dataclass(frozen=True)
class Size:
    """How many requests a day a queue had lately, over the days since its first."""

    queue: str
    a_day: float

    @property
    def is_small(self) -> bool:
        return Queue.named(self.queue).group is not None and self.a_day < LEAST_A_DAY


def sizes(counted: pl.DataFrame, until: datetime) -> tuple[Size, ...]:
    """The size of every queue over its last eight weeks before *until*, or since it began."""
    recent = counted.filter(pl.col("starts_at") >= until - LATELY)
    rows = recent.group_by("queue").agg(pl.col("offered").sum(), first=pl.col("starts_at").min()).sort("queue")
    gone = counted.select("queue").unique().join(rows, on="queue", how="anti")["queue"].sort()
    lately = [
        Size(queue, offered / max((until - first) / _DAY, 1.0)) for queue, offered, first in rows.iter_rows()
    ]  # fmt: skip
    return (*lately, *(Size(queue, 0.0) for queue in gone))
