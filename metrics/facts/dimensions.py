"""What every fact can be split by: local day, weekday, hour, peak, beside the ticket's own words."""

from collections.abc import Callable, Sequence

import polars as pl

from metrics.desk import DeskSettings, EarlierRules, Minutes
from metrics.model import DIMENSIONS
from metrics.tables import SOURCE_FIELD_PREFIX

TICKET_DIMENSIONS = tuple(name for name in DIMENSIONS if name not in {"peak", "weekday", "hour"})

HOURS = pl.Series([f"{hour:02}" for hour in range(24)], dtype=pl.String)
WEEKDAYS = pl.Series([str(day) for day in range(8)], dtype=pl.String)
"""By ISO number, Monday 1. A look-up is many times faster than writing each number out."""


def source_fields(frame: pl.DataFrame | pl.LazyFrame) -> list[str]:
    """The columns that a source brought of its own."""
    return [name for name in frame.collect_schema().names() if name.startswith(SOURCE_FIELD_PREFIX)]


def moments(at: str, desk: DeskSettings, *, is_day: pl.Expr) -> list[pl.Expr]:
    """weekday ("1" Monday – "7"), hour ("00" – "23"), peak ("yes", "no") of an instant in the desk's zone.

    Where the instant is only a day there is no hour, and peak is known only on event days.
    """
    local = pl.col(at).dt.convert_time_zone(desk.zone)
    minute = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute().cast(pl.Int32)
    in_peak = ruled(desk, local.dt.date(), lambda rules: _inside(minute, rules.peak_hours))
    on_event = local.dt.date().is_in(sorted(desk.event_days)) if desk.event_days else pl.lit(False)
    peak = pl.when(on_event).then(pl.lit("yes")).when(is_day).then(None)
    return [
        pl.lit(WEEKDAYS).gather(local.dt.weekday()).alias("weekday"),
        pl.when(~is_day).then(pl.lit(HOURS).gather(local.dt.hour())).alias("hour"),
        peak.when(in_peak & local.is_not_null()).then(pl.lit("yes")).when(local.is_not_null()).then(pl.lit("no"))
        .alias("peak"),
    ]  # fmt: skip


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
