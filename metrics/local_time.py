"""The local clock of a zone for the instants of a frame: where its offset is the same all the while, it is just added.

Looking up the offset of every single instant costs ten times as much as all else that is done with its day.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2037, 12, 30, tzinfo=UTC)
"""Outside, what zones do is told differently by different programs."""
MOST = 4
"""With more changes of the offset than these Polars' own conversion is as quick."""
DAY = timedelta(days=1)


def local_times(frame: pl.DataFrame, names: Sequence[str], zone: str) -> dict[str, pl.Expr]:
    """Each of these columns of instants as naive local time."""
    if not names:
        return {}
    reach = frame.select(
        *(pl.col(name).min().name.prefix("min:") for name in names),
        *(pl.col(name).max().name.prefix("max:") for name in names),
    ).row(0, named=True)
    return {name: _local(name, zone, reach[f"min:{name}"], reach[f"max:{name}"]) for name in names}


def _local(name: str, zone: str, first: datetime | None, last: datetime | None) -> pl.Expr:
    at = pl.col(name)
    if first is None or last is None:
        return at.dt.replace_time_zone(None)
    offsets = offsets_between(zone, first.date(), last.date()) if first >= EARLIEST and last <= LATEST else None
    if offsets is None or len(offsets) > MOST:
        return at.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    (_, latest), *earlier = reversed(offsets)
    moved = pl.lit(latest)
    for (_, offset), (until, _) in zip(earlier, reversed(offsets), strict=False):
        moved = pl.when(at < until).then(pl.lit(offset)).otherwise(moved)
    return at.dt.replace_time_zone(None) + moved


@lru_cache(maxsize=256)
def offsets_between(zone: str, first: date, last: date) -> list[tuple[datetime, timedelta]]:
    """Since when the clocks of a zone have been so much ahead of UTC, from a day to another; the first since ever."""
    info = ZoneInfo(zone)
    at, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last))
    found = [(at, _offset(at, info))]
    while at <= end:
        if _offset(at + DAY, info) != found[-1][1]:
            since = _change(at, at + DAY, info)
            found.append((since, _offset(since, info)))
        else:
            at += DAY
    return found


def _change(same: datetime, other: datetime, info: ZoneInfo) -> datetime:
    """The first whole second after which the offset is no longer that of the first instant."""
    low, high = 0, int((other - same).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(same + timedelta(seconds=middle), info) == _offset(same, info):
            low = middle
        else:
            high = middle
    return same + timedelta(seconds=high)


def _offset(at: datetime, info: ZoneInfo) -> timedelta:
    return at.astimezone(info).utcoffset() or timedelta()
