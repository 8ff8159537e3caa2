"""What every fact can be split by: local day, weekday, hour, peak, beside the ticket's own words."""

from collections.abc import Callable, Sequence

import polars as pl

from metrics.desk import DeskSettings, EarlierRules, Minutes
from metrics.local_time import local_times
from metrics.model import DIMENSIONS
from metrics.tables import SOURCE_FIELD_PREFIX

TICKET_DIMENSIONS = tuple(name for name in DIMENSIONS if name not in {"peak", "weekday", "hour"})

HOURS = pl.Series([f"{hour:02}" for hour in range(24)], dtype=pl.String)
WEEKDAYS = pl.Series([str(day) for day in range(8)], dtype=pl.String)
"""By ISO number, Monday 1. A look-up is many times faster than writing each number out."""


def source_fields(frame: pl.DataFrame | pl.LazyFrame) -> list[str]:
    """The columns that a source brought of its own."""
    return [name for name in frame.collect_schema().names() if name.startswith(SOURCE_FIELD_PREFIX)]


def with_moments(frame: pl.DataFrame, at: str, desk: DeskSettings, *, is_day: pl.Expr) -> pl.DataFrame:
    """Add weekday ("1" Monday – "7"), hour ("00" – "23"), peak ("yes", "no") of an instant in the desk's zone.

    Where the instant is only a day there is no hour, and peak is known only on event days.
    """
    local = frame.select(local_times(frame, [at], desk.zone)[at].alias("at"), is_day.alias("is_day"))
    day, second = pl.col("day"), pl.col("second")
    in_peak = ruled(desk, day, lambda rules: _inside(second // 60, rules.peak_hours))
    on_event = day.is_in(sorted(desk.event_days)) if desk.event_days else pl.lit(False)
    timed = ~pl.col("is_day") & second.is_not_null()
    # Each step in columns of its own: nested, the local time would be found anew for each of them.
    placed = local.with_columns(
        day=pl.col("at").dt.date(), second=(pl.col("at").dt.epoch("s") % 86_400).cast(pl.Int32)
    ).select(
        weekday=pl.lit(WEEKDAYS).gather(day.dt.weekday()),
        hour=pl.when(timed).then(pl.lit(HOURS).gather((second // 3600).cast(pl.UInt32))),
        peak=pl.when(on_event | (timed & in_peak)).then(pl.lit("yes")).when(timed).then(pl.lit("no")),
    )
    return frame.with_columns(placed.get_columns())


def _inside(minute: pl.Expr, hours: Sequence[Minutes]) -> pl.Expr:
    inside = ((minute >= begin) & (minute < end) | (minute + 1440 < end) for begin, end in hours)
    return pl.any_horizontal(pl.lit(False), *inside)


def ruled(desk: DeskSettings, day: pl.Expr, of: Callable[[DeskSettings | EarlierRules], pl.Expr]) -> pl.Expr:
    """What the rules in force on a local day say."""
    said = of(desk)
    for rules in reversed(desk.earlier):
        said = pl.when(day < rules.until).then(of(rules)).otherwise(said)
    return said


def is_day(name: str) -> pl.Expr:
    """Whether that instant of the row is known as a day only."""
    return pl.col("date_only").list.contains(name).fill_null(False)
