"""How many breaches a month can still afford: what a goal allows, what is used up, where the last weeks' pace leads."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

import polars as pl

from metrics.catalog import metric
from metrics.compute import compute
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.intervals import Z
from metrics.model import Period, Scope

ATTAINMENT = "sla_attainment"
WEEKS_OF_PACE = 4
"""How many of each weekday the pace of the days to come is taken from."""


@dataclass(frozen=True)
class Goal:
    """The attainment to keep: wished by the desk, or what the month before reached (then with its n)."""

    share: float
    n: int | None = None

    @property
    def is_wish(self) -> bool:
        return self.n is None


@dataclass(frozen=True)
class BurnDown:
    """A month's allowance of breaches.

    budget: what the goal allows over all decisions of the month, those to come by the pace of the last four weeks ·
    spent: breaches so far · heading, low, high: breaches by the end of the month at that pace, with the range in which
    95 of 100 months end whose days vary as those weeks did · days: `day`, `n`, `breached` (so far, else null), `left`
    of the budget, `even` (what would be left at the goal exactly), `ahead`, `ahead_low`, `ahead_high` (to come).
    """

    month: Period
    today: date
    goal: Goal
    decided: int
    expected: float
    budget: float
    spent: int
    heading: float
    low: float
    high: float
    days: pl.DataFrame

    @property
    def left(self) -> float:
        return self.budget - self.spent

    @property
    def days_to_come(self) -> int:
        """Whole days after today."""
        return max((self.month.end - self.today).days - 1, 0)

    @property
    def is_over(self) -> bool:
        """Whether the month has ended at the end of the data."""
        return self.today >= self.month.end

    @property
    def attainment(self) -> float:
        return 1 - self.spent / self.decided


def month_of(facts: Facts, scope: Scope) -> Period:
    """The month in which the period of the scope ends, at the latest that of the end of the data."""
    today = _today(facts)
    last = min(today, scope.period.end - timedelta(days=1)) if scope.period else today
    first = last.replace(day=1)
    return Period(first, _next_month(first))


def burn_down(facts: Facts, settings: DeskSettings, scope: Scope, *, wish: float | None = None) -> BurnDown | None:
    """The allowance of the month in which the scope's period ends; None where nothing was decided or no goal is known.

    The pace of the days to come is taken from days that are no event days.
    """
    month = month_of(facts, scope)
    goal = Goal(wish) if wish is not None else _last_month(facts, scope, month)
    today = _today(facts)
    so_far = _by_day(facts, scope, month)
    decided, spent = int(so_far["n"].sum()), int(so_far["breached"].sum())
    if goal is None or not decided:
        return None
    pace = _pace(facts, scope, min(today, month.end), settings.event_days)
    days = _with_days_to_come(so_far, pace, today)
    expected = decided + float(days["n_to_come"].sum())
    rest = float(days["breached_to_come"].sum())
    noise = Z * pace.deviation * sqrt(days.filter(pl.col("breached_to_come") > 0).height)
    budget = (1 - goal.share) * expected
    return BurnDown(
        month, today, goal, decided, expected, budget, spent, spent + rest, spent + max(rest - noise, 0),
        spent + rest + noise, _lines(days, budget, goal, pace.deviation, today),
    )  # fmt: skip


def _today(facts: Facts) -> date:
    return facts.as_of.astimezone(ZoneInfo(facts.zone)).date()


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _last_month(facts: Facts, scope: Scope, month: Period) -> Goal | None:
    before = Period((month.start - timedelta(days=1)).replace(day=1), month.start)
    one = metric(ATTAINMENT)
    row = compute([one], facts, replace(scope, period=before)).row(0, named=True)
    return Goal(row["value"], row["n"]) if row["n"] >= one.minimum_n else None


def _by_day(facts: Facts, scope: Scope, period: Period) -> pl.DataFrame:
    """`day`, `n`, `breached` of each day of a period; 0 for days still to come."""
    found = compute([metric(ATTAINMENT)], facts, replace(scope, period=period), every="day").drop_nulls("period")
    breached = ((1 - pl.col("value").fill_null(1)) * pl.col("n")).round().cast(pl.Int64)
    return found.select(pl.col("period").alias("day"), pl.col("n").fill_null(0), breached=breached)


@dataclass(frozen=True)
class _Pace:
    """By ISO weekday the mean n and breaches of a day, and by how much breaches of a day differ from their mean."""

    means: dict[int, tuple[float, float]]
    deviation: float


def _pace(facts: Facts, scope: Scope, end: date, unusual: Collection[date]) -> _Pace:
    """From the whole days of the four weeks before *end*."""
    weeks = Period(end - timedelta(weeks=WEEKS_OF_PACE), end)
    usual = _by_day(facts, scope, weeks).filter(~pl.col("day").is_in(sorted(unusual)))
    days = usual.with_columns(weekday=pl.col("day").dt.weekday())
    mean = days.with_columns(pl.col("n", "breached").mean().over("weekday").name.suffix("_mean"))
    rows = mean.select("weekday", "n_mean", "breached_mean").unique().rows()
    free = max(days.height - len(rows), 1)
    squares = mean.select(((pl.col("breached") - pl.col("breached_mean")) ** 2).sum()).item() or 0.0
    return _Pace({weekday: (n, breached) for weekday, n, breached in rows}, sqrt(squares / free))


def _with_days_to_come(days: pl.DataFrame, pace: _Pace, today: date) -> pl.DataFrame:
    """Add what is expected beyond what was seen: nothing of past days, of today what its weekday still lacks."""
    expected = [pace.means.get(day.isoweekday(), (0.0, 0.0)) for day in days["day"]]
    wanted = days.with_columns(
        _n=pl.Series([n for n, _breached in expected], dtype=pl.Float64),
        _breached=pl.Series([breached for _n, breached in expected], dtype=pl.Float64),
    )
    to_come = pl.when(pl.col("day") >= today)
    return wanted.with_columns(
        n_to_come=to_come.then((pl.col("_n") - pl.col("n")).clip(0)).otherwise(0.0),
        breached_to_come=to_come.then((pl.col("_breached") - pl.col("breached")).clip(0)).otherwise(0.0),
    ).drop("_n", "_breached")


def _lines(days: pl.DataFrame, budget: float, goal: Goal, deviation: float, today: date) -> pl.DataFrame:
    """The lines of the chart at the end of each day."""
    past, at_today = pl.col("day") <= today, pl.col("day") == today
    whole_n = (pl.col("n") + pl.col("n_to_come")).cum_sum()
    seen, coming = pl.col("breached").cum_sum(), pl.col("breached_to_come").cum_sum()
    spread = Z * deviation * (pl.col("breached_to_come") > 0).cum_sum().sqrt()
    ahead = budget - seen - coming
    lines = days.with_columns(
        left=pl.when(past).then(budget - seen), even=budget - (1 - goal.share) * whole_n,
        ahead=pl.when(~past).then(ahead), ahead_low=pl.when(~past).then(ahead - spread),
        ahead_high=pl.when(~past).then(pl.min_horizontal(ahead + spread, budget - seen)),
    )  # fmt: skip
    # The line of what comes begins where the line of what was ends.
    joined = [
        pl.when(at_today).then("left").otherwise(name).alias(name) for name in ("ahead", "ahead_low", "ahead_high")
    ]
    return lines.with_columns(joined).select(
        "day", pl.when(past).then("n").alias("n"), pl.when(past).then("breached").alias("breached"), "left", "even",
        "ahead", "ahead_low", "ahead_high",
    )  # fmt: skip
