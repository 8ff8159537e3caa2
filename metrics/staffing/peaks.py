"""Where people are short: stretches of intervals, the worst first, and the windows that a desk calls its peaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

import polars as pl

from metrics.desk import Minutes as Window

SHORT_FROM = 0.5
"""From half a person on an interval is short; less is rounding."""
DIGITS = 6
"""What differs by less is a tie: sums of the same parts differ in their last digits from one making to the next."""


@dataclass(frozen=True)
class Peak:
    """A stretch in which a queue is short of people; `worst_at` is its worst interval, which the figures are of:
    where most people are short, among the intervals that miss the goal where any does.

    begins_at, ends_at: the whole stretch · hours: people-hours short in it · required, rostered: people · service:
    expected share served in time, None where no roster is known · requests: in the whole stretch · is_missed: over the
    whole stretch fewer are served in time than the goal wants; else it is only the reserve that is short.
    """

    queue: str
    begins_at: datetime
    ends_at: datetime
    worst_at: datetime
    required: int
    rostered: float
    service: float | None
    hours: float
    requests: float
    is_missed: bool = True

    @property
    def short(self) -> int:
        """How many people are missing at the worst."""
        return ceil(self.required - self.rostered - SHORT_FROM / 2)


def peaks(needs: pl.DataFrame, minutes: int) -> tuple[Peak, ...]:
    """Every stretch of a REQUIREMENT_FRAME in which people are short: those that miss their goal first, then by hours.

    A stretch of which no goal or no service is known misses it.
    """
    step = timedelta(minutes=minutes)
    short = needs.filter(pl.col("is_open"), pl.col("gap") >= SHORT_FROM).sort("queue", "starts_at")
    before = (pl.col("queue", "starts_at").shift(1)).name.suffix("_before")
    goes_on = (pl.col("queue") == pl.col("queue_before")) & (pl.col("starts_at") == pl.col("starts_at_before") + step)
    goal = pl.col("goal_share").fill_null(2.0)
    misses = (pl.col("service") < goal - 1e-9) | pl.col("service").is_null()
    runs = short.with_columns(before, misses=misses).with_columns(run=(~goes_on).fill_null(True).cum_sum())
    rows = runs.group_by("run", maintain_order=True).agg(
        pl.col("queue").first(), begins=pl.col("starts_at").min(), last=pl.col("starts_at").max(),
        at=_at_worst("starts_at"), required=_at_worst("required"), rostered=_at_worst("rostered"),
        service=_at_worst("service"),
        hours=pl.col("gap").sum() * minutes / 60, requests=pl.col("arrivals").sum(),
        served=(pl.col("service") * pl.col("arrivals")).sum(), wanted=(goal * pl.col("arrivals")).sum(),
    )  # fmt: skip
    missed = (pl.col("served") < pl.col("wanted") - 1e-9) | pl.col("service").is_null()
    rows = rows.with_columns(missed=missed)
    found = [
        Peak(row["queue"], row["begins"], row["last"] + step, row["at"], row["required"], row["rostered"],
             row["service"], row["hours"], row["requests"], row["missed"])
        for row in rows.sort(
            "missed", pl.col("hours").round(DIGITS), "begins", "queue", descending=[True, True, False, False]
        ).iter_rows(named=True)
    ]  # fmt: skip
    return tuple(found)


def _at_worst(name: str) -> pl.Expr:
    """Of a stretch, the cell of the interval where most are short among those that miss the goal, where any does."""
    gap = pl.col("gap").round(DIGITS)
    return pl.col(name).sort_by("misses", gap, descending=True, maintain_order=True).first()


@dataclass(frozen=True)
class WindowLoad:
    """What a peak window of a day is like in one queue: requests, most people required, fewest rostered, most short."""

    queue: str
    day: date
    window: Window
    requests: float
    required: int
    rostered: float | None
    short: float
    service: float | None


def window_loads(needs: pl.DataFrame, windows: Sequence[Window], zone: str) -> tuple[WindowLoad, ...]:
    """The desk's peak windows, by day and queue, of a REQUIREMENT_FRAME's open intervals."""
    local = pl.col("starts_at").dt.convert_time_zone(zone)
    dated = needs.filter("is_open").with_columns(
        day=local.dt.date(), minute=local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute()
    )
    found = []
    for begin, end in windows:
        inside = dated.filter(pl.col("minute").is_between(begin, end, closed="left"))
        served = (pl.col("service") * pl.col("arrivals")).sum() / pl.col("arrivals").sum()
        rows = inside.group_by("queue", "day").agg(
            requests=pl.col("arrivals").sum(), required=pl.col("required").max(), rostered=pl.col("rostered").min(),
            short=pl.col("gap").max(), service=served.fill_nan(None),
        )  # fmt: skip
        found += [
            WindowLoad(row["queue"], row["day"], (begin, end), row["requests"], row["required"], row["rostered"],
                       max(0.0, row["short"] or 0.0), row["service"])
            for row in rows.iter_rows(named=True)
        ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.day, one.window, one.queue)))
