"""Which groups truly grew: counts of days against each group's own past, with its own noise, all looked at together."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import exp, lgamma, log, log1p

import polars as pl

from metrics.intervals import ratio_of_counts
from metrics.multiple import DISCOVERIES, benjamini_hochberg

WEEK = 7
PAST_WEEKS = 12
LEAST_WEEKS = 4
"""Below so many weeks of past nobody knows how much a group varies by itself."""
LEAST_COUNT = 5
"""Fewer tickets than this, past and present together, are no growth of anything."""
STEPS, PRECISION, TINY = 500, 1e-13, 1e-300


@dataclass(frozen=True)
class Window:
    """Days `[past, start)` in whole weeks, against which the days `[start, end)` are held."""

    past: date
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def past_weeks(self) -> int:
        return (self.start - self.past).days // WEEK


def window(start: date, end: date, *, first: date, today: date) -> Window | None:
    """The whole days of a period that are over, and up to 12 weeks of past; None where there are fewer than 4.

    *first* is the first day of the data, *today* the day that is not over yet.
    """
    end = min(end, today)
    weeks = min(PAST_WEEKS, (start - first).days // WEEK)
    if end <= start or weeks < LEAST_WEEKS:
        return None
    return Window(start - timedelta(days=WEEK * weeks), start, end)


def growth(days: pl.DataFrame, spans: Window, *, by: str, of_all: bool = False) -> pl.DataFrame:
    """What each group's count of the present is against its own past, from daily counts *by*, period, value.

    Gives *by*, n (present), past (count), weekly and past_weekly (tickets a week), noise (how many times the spread
    of chance its weeks spread), ratio (weekly ÷ past_weekly), low and high (95 %), p (of so much growth by chance)
    and is_growing: named after Benjamini–Hochberg over all groups. *of_all*: the group's share of all groups is held
    against its past share instead, so that what grows with everything is not named, and `ratio` is that of the shares.
    Quasi-Poisson: the noise is taken from the distances of neighbouring weeks, which a slow trend leaves alone, and is
    at least that of chance and of the middle group.
    """
    rows = days.filter((pl.col("period") >= spans.past) & (pl.col("period") < spans.end)).with_columns(
        week=((pl.col("period") - spans.past).dt.total_days() // WEEK).clip(upper_bound=spans.past_weeks)
    )
    weekly = _by_week(rows, spans, by)
    is_past = pl.col("week") < spans.past_weeks
    groups = weekly.group_by(by, maintain_order=True).agg(
        n=pl.col("value").filter(~is_past).sum().cast(pl.Int64),
        past=pl.col("value").filter(is_past).sum().cast(pl.Int64),
        own=_spread(pl.col("level" if of_all else "value").filter(is_past)),
    )
    middle = groups.filter(pl.col("past") >= spans.past_weeks)["own"].median()
    least = max(1.0, float(middle)) if isinstance(middle, float) else 1.0
    weeks = spans.days / WEEK
    told = groups.with_columns(
        noise=pl.max_horizontal(pl.col("own"), pl.lit(least)),
        weekly=pl.col("n") / weeks,
        past_weekly=pl.col("past") / spans.past_weeks,
    ).drop("own")
    if not of_all:
        return _judged(told, spans.past_weeks / weeks)
    now, before = int(told["n"].sum()), int(told["past"].sum())
    return _judged(told, before / now if now else 0.0)


def _spread(level: pl.Expr) -> pl.Expr:
    """How many times the spread of chance neighbouring weeks differ; null where there is nothing."""
    mean = level.mean()
    return pl.when(mean > 0).then((level.diff() ** 2).mean() / 2 / mean)


def _by_week(rows: pl.DataFrame, spans: Window, by: str) -> pl.DataFrame:
    """value of every group in each week of the past and, the last one, in the present; level: at the usual total."""
    grid = (
        rows.select(by)
        .unique(maintain_order=True)
        .join(pl.DataFrame({"week": range(spans.past_weeks + 1)}, schema={"week": pl.Int64}), how="cross")
    )
    summed = rows.group_by(by, pl.col("week").cast(pl.Int64)).agg(pl.col("value").sum())
    joined = grid.join(summed, on=[by, "week"], how="left", nulls_equal=True, maintain_order="left")
    filled = joined.with_columns(pl.col("value").fill_null(0.0))
    whole = pl.col("value").sum().over("week")
    usual = pl.col("value").filter(pl.col("week") < spans.past_weeks).sum() / spans.past_weeks
    return filled.with_columns(level=pl.when(whole > 0).then(pl.col("value") * usual / whole))


def _judged(groups: pl.DataFrame, past_to_present: float) -> pl.DataFrame:
    """ratio with its interval, p, is_growing; counts are taken as so many fewer as their noise is larger.

    past_to_present: how many times the present's chance of a ticket the past had.
    """
    now, before = pl.col("n") / pl.col("noise"), pl.col("past") / pl.col("noise")
    low, high = ratio_of_counts(now, before)
    held = groups.with_columns(
        ratio=pl.when(pl.col("past") > 0).then(pl.col("n") / pl.col("past") * past_to_present),
        low=low * past_to_present,
        high=high * past_to_present,
    )
    share = 1 / (1 + past_to_present)
    counts = groups.select("n", "past", "noise").iter_rows(named=True)
    p = pl.Series("p", [_chance(row, share) for row in counts], dtype=pl.Float64)
    named = (benjamini_hochberg(p) <= DISCOVERIES).fill_null(False)
    return held.with_columns(p, named.alias("is_growing")).sort("p", "n", descending=[False, True], nulls_last=True)


def _chance(row: dict[str, float], share: float) -> float | None:
    """How likely so many or more of all its tickets fall into the present by chance; null where there are too few."""
    now, whole = row["n"] / row["noise"], (row["n"] + row["past"]) / row["noise"]
    if row["n"] + row["past"] < LEAST_COUNT:
        return None
    # P(Binomial(n, q) ≥ x) is the incomplete beta function, which also knows counts that are not whole.
    return 1.0 if now <= 0 else incomplete_beta(now, max(whole - now, 0.0) + 1, share)


@cache
def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction."""
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return min(1.0, front * _fraction(a, b, x))


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of I_x(a, b) by Lentz's way, two steps at a time."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, STEPS):
        for part in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / _not_zero(1 + part * d), _not_zero(1 + part / c)
            value *= c * d
        if abs(c * d - 1) < PRECISION:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
