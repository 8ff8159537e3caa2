"""What a course over time amounts to: which tail may still change, and whether a change is more than noise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.presets import Against, against_of
from metrics.catalog import metric
from metrics.comparison import compare
from metrics.compute import compute
from metrics.facts import Facts
from metrics.intervals import Z
from metrics.maturity import is_provisional, provisional_from
from metrics.model import Every, Metric, Period, Scope, Total
from metrics.movement import SIGMAS, controlled

DAYS_OF_NOISE = 56
"""From so many days before a period its usual noise is learnt: eight of each weekday."""


@dataclass(frozen=True)
class Verdict:
    """A figure of a period beside that of an equally long one before; unknown is None.

    low and high bound the difference with 95 %. enough: both sides have the n from which the metric is judged.
    """

    metric: Metric
    period: Period
    against: Period
    before: float | None
    after: float | None
    n_before: int
    n_after: int
    low: float | None
    high: float | None

    @property
    def enough(self) -> bool:
        return min(self.n_before, self.n_after) >= self.metric.minimum_n

    @property
    def is_more_than_noise(self) -> bool | None:
        """Whether the interval of the difference leaves 0 out; None where it cannot be told."""
        if self.low is None or self.high is None or not self.enough:
            return None
        return self.low > 0 or self.high < 0


def verdict(facts: Facts, scope: Scope, metric_id: str, *, against: Against = "previous") -> Verdict | None:
    """The settled part of the scope's period beside the equally long one just before, or of the same weekdays.

    None where no period is asked, where nothing of it is settled yet, or nothing is known of one side.
    """
    one = metric(metric_id)
    now = settled(one, facts, scope.period)
    if now is None:
        return None
    before = against_of(now, against)
    sides = [replace(scope, period=period) for period in (before, now)]
    row = compare([one], facts, *sides).row(0, named=True)
    if row["before"] is None or row["after"] is None or not min(row["n_before"], row["n_after"]):
        return None
    low, high = row["low"], row["high"]
    if isinstance(one.value, Total) and low is not None:
        low, high = as_noisy_as_usual(one, facts, scope, now, before, row["difference"], (low, high))
    return Verdict(
        one, now, before, row["before"], row["after"], row["n_before"], row["n_after"], low, high
    )  # fmt: skip


def settled(one: Metric, facts: Facts, period: Period | None) -> Period | None:
    """The days of a period of which nothing can change any more; None where there are none."""
    if period is None:
        return None
    young = provisional_from(one, as_of=facts.as_of, zone=facts.zone)
    end = min(period.end, today_of(facts) + timedelta(days=1), young or period.end)
    return Period(period.start, end) if period.start < end else None


def today_of(facts: Facts) -> date:
    """The local day of the newest stamp."""
    return facts.as_of.astimezone(ZoneInfo(facts.zone)).date()


def first_provisional(metrics: Sequence[Metric], facts: Facts, periods: Sequence[date], every: Every) -> date | None:
    """The first of these periods in which one of the figures may still change."""
    young = [
        period
        for period in periods
        if any(is_provisional(one, period, every, as_of=facts.as_of, zone=facts.zone) for one in metrics)
    ]
    return min(young, default=None)


def cut_periods(periods: Sequence[date], every: Every, scope: Scope, facts: Facts) -> tuple[date, ...]:
    """The weeks or months of which the scope, or what is known by now, holds only a part."""
    if every not in ("week", "month"):
        return ()
    first = scope.period.start if scope.period else date.min
    last = min(scope.period.end if scope.period else date.max, today_of(facts) + timedelta(days=1))
    return tuple(start for start in periods if start < first or end_of(start, every) > last)


def end_of(start: date, every: Every) -> date:
    """The day after the last one of a period that begins on *start*."""
    if every == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if every == "week" else 1)


def as_noisy_as_usual(
    one: Metric, facts: Facts, scope: Scope, now: Period, before: Period, change: float, counted: tuple[float, float]
) -> tuple[float, float]:
    """Bounds of a change of counts, no narrower than the days of this desk usually scatter around their weekdays.

    Requests come in waves, so that counts scatter more than chance alone would let them.
    """
    days = Period(now.start - timedelta(days=DAYS_OF_NOISE), now.end)
    daily = compute([one], facts, replace(scope, period=days), every="day").select("period", "value")
    limits = controlled(daily, since=now.start).select((pl.col("high") - pl.col("centre")) / SIGMAS).to_series()
    sigma = limits.drop_nulls().max()
    if not isinstance(sigma, float):
        return counted
    half = Z * sigma * math.sqrt((now.end - now.start).days + (before.end - before.start).days)
    return min(counted[0], change - half), max(counted[1], change + half)
