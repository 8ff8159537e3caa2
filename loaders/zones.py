"""Local stamps to UTC, over clock changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl


def to_utc(local: pl.Series, zone: str) -> tuple[pl.Series, pl.Series | None, int]:
    """Local stamps as UTC; the rows whose local time does not exist; how many exist twice (the earlier is taken)."""
    lowest, highest = local.min(), local.max()
    if not isinstance(lowest, datetime) or not isinstance(highest, datetime):
        return local.dt.replace_time_zone("UTC"), None, 0
    if (offset := _constant_offset(lowest, highest, zone)) is not None:
        return (local - offset).dt.replace_time_zone("UTC"), None, 0
    early = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    late = local.dt.replace_time_zone(zone, ambiguous="latest", non_existent="null")
    gone = early.is_null() & local.is_not_null()
    return early.dt.convert_time_zone("UTC"), gone if gone.any() else None, int((early != late).sum())


def _constant_offset(lowest: datetime, highest: datetime, zone: str) -> timedelta | None:
    """The zone's offset where it is the same on all days between the two, so that plain subtraction is exact."""
    info, day = ZoneInfo(zone), timedelta(days=1)
    moment, end = lowest - day, highest + day
    if (end - moment).days > 40_000:
        return None
    offset = info.utcoffset(moment)
    while moment < end:
        moment += day
        if info.utcoffset(moment) != offset:
            return None
    return offset
