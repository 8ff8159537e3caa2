"""What a stand-up begins with: the days since the last working day, beside the same days a week before."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.services.analysis.waiting import Waiting, waiting
from metrics.catalog import metric
from metrics.compute import compute
from metrics.desk import DeskSettings, Minutes
from metrics.facts import Facts
from metrics.model import Metric, Period, Scope, Unit

HEADLINES = (
    "tickets_created",
    "tickets_resolved",
    "backlog",
    "first_response_calendar_p50",
    "first_response_calendar_p90",
    "first_response_within_target",
    "resolution_within_target",
    "csat",
)
TEAM_FIGURES = (
    "tickets_created",
    "tickets_resolved",
    "backlog",
    "first_response_calendar_p50",
    "first_response_calendar_p90",
    "first_response_within_target",
)
PARTS = ("channel", "type", "team")
WEEK = timedelta(days=7)
DAYS_BACK_AT_MOST = 15
"""Longer than any run of holidays."""
LEAST_CHANGE = 0.05
"""A count or a duration that changed by less than this is not worth a sentence, however certain it is."""


@dataclass(frozen=True)
class Days:
    """The days that a stand-up looks back on, and the same weekdays of the week before."""

    morning: date
    now: Period
    before: Period


@dataclass(frozen=True)
class Reading:
    """One figure over both periods; unknown is None."""

    metric: Metric
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    value_before: float | None = None
    n_before: int = 0
    low_before: float | None = None
    high_before: float | None = None

    @property
    def moved(self) -> bool:
        """Whether the figure changed by more than its own noise."""
        if self.value is None or self.value_before is None or min(self.n, self.n_before) < self.metric.minimum_n:
            return False
        if self.metric.unit is Unit.COUNT:
            noise = 2 * math.sqrt(self.value + self.value_before)
            return abs(self.value - self.value_before) > max(noise, LEAST_CHANGE * self.value_before)
        if self.low is None or self.high is None or self.low_before is None or self.high_before is None:
            return False
        return self.low > self.high_before or self.high < self.low_before


@dataclass(frozen=True)
class Movement:
    """A headline that moved, and the part that moved most with it: dimension, value, its change."""

    reading: Reading
    dimension: str | None = None
    part: str | None = None
    part_now: float | None = None
    part_before: float | None = None


@dataclass(frozen=True)
class StandUp:
    """All that a stand-up looks at. `teams`: a result by team; empty where the source names no team."""

    days: Days
    readings: tuple[Reading, ...]
    movements: tuple[Movement, ...]
    teams: pl.DataFrame
    waiting: Waiting


def stand_up(facts: Facts, settings: DeskSettings, scope: Scope, *, on: date) -> StandUp:
    """The stand-up of the morning *on*; the scope's own period is not used."""
    days = days_of(on, settings)
    found = readings(facts, scope, days)
    teams = compute([metric(id_) for id_ in TEAM_FIGURES], facts, replace(scope, period=days.now), by=("team",))
    return StandUp(
        days, found, movements(facts, scope, days, found), teams, waiting(facts, replace(scope, period=None))
    )


def days_of(morning: date, settings: DeskSettings) -> Days:
    """The days from the last working day before *morning* up to *morning* itself, and those whole weeks before."""
    start = morning - timedelta(days=1)
    while not is_working_day(start, settings) and (morning - start).days < DAYS_BACK_AT_MOST:
        start -= timedelta(days=1)
    back = WEEK * math.ceil((morning - start) / WEEK)
    return Days(morning, Period(start, morning), Period(start - back, morning - back))


def is_working_day(day: date, settings: DeskSettings) -> bool:
    """Whether the desk opens on that day: make-up days count, holidays do not; without a calendar every day does."""
    opening = opening_of(day, settings)
    return opening is None or bool(opening)


def opening_of(day: date, settings: DeskSettings) -> tuple[Minutes, ...] | None:
    """The hours of a day, in minutes after midnight, by the desk's usual calendar in force then; None without one."""
    usual = settings.calendars[0].name if settings.calendars else None
    in_force = [one for one in settings.calendars if one.name == usual and one.valid_from <= day]
    if not in_force:
        return None
    calendar = max(in_force, key=lambda one: one.valid_from)
    return calendar.days.get(day, calendar.weekly[day.weekday()])


def morning_of(as_of: datetime, settings: DeskSettings) -> date:
    """The stand-up that data up to *as_of* is for: the next morning once the desk has closed for the day."""
    local = as_of.astimezone(ZoneInfo(settings.zone))
    opening = opening_of(local.date(), settings) or ()
    closes = max((end for _start, end in opening), default=12 * 60)
    is_over = local.hour * 60 + local.minute >= min(closes, 24 * 60 - 1)
    return local.date() + timedelta(days=1) if is_over else local.date()


def next_opening(at: datetime, settings: DeskSettings) -> datetime:
    """When the desk opens on its next working day after this instant's; midnight where it has no calendar."""
    zone = ZoneInfo(settings.zone)
    day = at.astimezone(zone).date() + timedelta(days=1)
    for _later in range(DAYS_BACK_AT_MOST):
        if is_working_day(day, settings):
            break
        day += timedelta(days=1)
    begins = min((start for start, _end in opening_of(day, settings) or ()), default=0)
    return datetime(day.year, day.month, day.day, begins // 60 % 24, begins % 60, tzinfo=zone)


def readings(facts: Facts, scope: Scope, days: Days, ids: Sequence[str] = HEADLINES) -> tuple[Reading, ...]:
    """Each headline over the days and over the same days a week before."""
    wanted = [metric(id_) for id_ in ids]
    now = _by_metric(compute(wanted, facts, replace(scope, period=days.now)))
    before = _by_metric(compute(wanted, facts, replace(scope, period=days.before)))
    return tuple(_reading(one, now[one.id], before[one.id]) for one in wanted)


def _by_metric(result: pl.DataFrame) -> dict[str, dict[str, object]]:
    return {str(row["metric"]): row for row in result.iter_rows(named=True)}


def _reading(one: Metric, now: dict[str, object], before: dict[str, object]) -> Reading:
    values = [_number(row[name]) for row in (now, before) for name in ("value", "low", "high")]
    value, low, high, value_before, low_before, high_before = values
    return Reading(
        one,
        value,
        int(str(now["n"] or 0)),
        low,
        high,
        value_before,
        int(str(before["n"] or 0)),
        low_before,
        high_before,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def movements(facts: Facts, scope: Scope, days: Days, found: Iterable[Reading]) -> tuple[Movement, ...]:
    """The headlines that moved by more than noise, each with the part that explains most of it."""
    return tuple(_explained(facts, scope, days, reading) for reading in found if reading.moved)


def _explained(facts: Facts, scope: Scope, days: Days, reading: Reading) -> Movement:
    best, best_size = Movement(reading), 0.0
    rising = (reading.value or 0.0) > (reading.value_before or 0.0)
    for dimension in PARTS:
        for part in _parts(facts, scope, days, reading.metric, dimension).iter_rows(named=True):
            size = part["pull"] if rising else -part["pull"]
            if size > best_size:
                best_size = size
                best = Movement(reading, dimension, part[dimension], part["value"], part["value_before"])
    return best


def _parts(facts: Facts, scope: Scope, days: Days, one: Metric, dimension: str) -> pl.DataFrame:
    """The change of each part, weighted by how much of the whole the part is."""
    now = compute([one], facts, replace(scope, period=days.now), by=(dimension,))
    before = compute([one], facts, replace(scope, period=days.before), by=(dimension,))
    joined = now.join(before, on=dimension, how="inner", suffix="_before", nulls_equal=True)
    weight = pl.lit(1.0) if one.unit is Unit.COUNT else pl.min_horizontal("n", "n_before") / joined["n"].sum()
    enough = pl.min_horizontal("n", "n_before") >= (0 if one.unit is Unit.COUNT else one.minimum_n)
    known = pl.col("value").is_not_null() & pl.col("value_before").is_not_null()
    return joined.filter(enough & known & (pl.len() > 1)).with_columns(
        pull=(pl.col("value") - pl.col("value_before")) * weight
    )
