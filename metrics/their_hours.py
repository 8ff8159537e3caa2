"""Which opening hours a source counts by, found from its own business times: no export says them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import polars as pl

DAYS = (5, 6, 7)
"""Open from Monday on so many days a week."""
OPENS, CLOSES = range(7 * 60, 11 * 60, 30), range(16 * 60, 24 * 60 + 1, 30)
ENOUGH, SHARE, ROUNDING = 5, 0.9, 60
SAMPLE = 400


@dataclass(frozen=True)
class Hours:
    """The same hours from Monday on `days` days, in minutes of the day; they give `same` of `of` told times."""

    days: int
    opens: int
    closes: int
    same: int
    of: int

    @property
    def clock(self) -> str:
        """`09:00–18:00`."""
        return "–".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (self.opens, self.closes))


def hours_behind(spans: pl.DataFrame, zone: str) -> Hours | None:
    """The hours that give most of the told times: rows begin, end (UTC), theirs (seconds); None where none do.

    Holidays are not looked for: spans over one stay apart. At least nine of ten must fit, of five that span something.
    """
    known = spans.drop_nulls(["begin", "end", "theirs"]).filter(pl.col("end") > pl.col("begin")).head(SAMPLE)
    if known.height < ENOUGH or (known["theirs"] > 0).sum() < ENOUGH:
        return None
    local = known.select(
        pl.col("begin", "end").dt.convert_time_zone(zone).dt.replace_time_zone(None), "theirs"
    )  # fmt: skip
    found = local.select(_fits(*one).alias(f"{place}") for place, one in enumerate(_candidates())).row(0)
    best = max(range(len(found)), key=lambda place: (found[place], -place))
    days, opens, closes = list(_candidates())[best]
    return Hours(days, opens, closes, found[best], known.height) if found[best] >= SHARE * known.height else None


def within(hours: Hours, begin: str, end: str, zone: str) -> pl.Expr:
    """Seconds between two columns of instants within these hours."""
    local = [pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None) for name in (begin, end)]
    return _open_until(local[1], hours.days, hours.opens, hours.closes) - _open_until(
        local[0], hours.days, hours.opens, hours.closes
    )


def _candidates() -> Iterator[tuple[int, int, int]]:
    return ((days, opens, closes) for days, opens, closes in product(DAYS, OPENS, CLOSES))


def _fits(days: int, opens: int, closes: int) -> pl.Expr:
    took = _open_until(pl.col("end"), days, opens, closes) - _open_until(pl.col("begin"), days, opens, closes)
    return ((took - pl.col("theirs")).abs() < ROUNDING).sum()


def _open_until(local: pl.Expr, days: int, opens: int, closes: int) -> pl.Expr:
    """Seconds open since a Monday long ago: whole weeks, the days of this one, the hours of this day."""
    day = local.dt.date().cast(pl.Int64) + 3  # the first of January 1970 was a Thursday
    weekday = day % 7
    length = (closes - opens) * 60
    second = local.dt.hour().cast(pl.Int64) * 3600 + local.dt.minute().cast(pl.Int64) * 60 + local.dt.second()
    today = pl.when(weekday < days).then((second - opens * 60).clip(0, length)).otherwise(0)
    return ((day // 7) * days + pl.min_horizontal(weekday, pl.lit(days))) * length + today
