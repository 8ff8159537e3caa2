"""Series of arrivals for tests, drawn from known rates, as ticket-like counts per interval."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.desk import Calendar, DeskSettings
from metrics.tables import INSTANT

Rate = Callable[[date, int], float]
"""Expected arrivals of a local day and hour."""
OFFICE_DAY = (0,) * 9 + (1.0, 1.3, 1.2, 0.8, 0.9, 1.1, 1.2, 1.0, 0.7) + (0,) * 6
WEEKDAY = (1.3, 1.1, 1.0, 1.0, 0.95, 0.5, 0.4)


def usual(level: float) -> Rate:
    """A desk with weekdays and hours of the day; `level` arrivals in a usual hour."""
    return lambda day, hour: level * WEEKDAY[day.weekday()] * OFFICE_DAY[hour]


def counted(
    rate: Rate, *, first: date, days: int, zone: str = "UTC", seed: int = 1, queue: str = "phone"
) -> pl.DataFrame:
    """queue, starts_at, offered per half-hour, a row only where somebody came."""
    dice, rows = np.random.default_rng(seed), []
    at, local = datetime.combine(first, time.min, ZoneInfo(zone)).astimezone(UTC), ZoneInfo(zone)
    end = datetime.combine(first + timedelta(days=days), time.min, local).astimezone(UTC)
    while at < end:
        here = at.astimezone(local)
        came = int(dice.poisson(rate(here.date(), here.hour) / 2))
        if came:
            rows.append((queue, at, float(came)))
        at += timedelta(minutes=30)
    schema = {"queue": pl.String, "starts_at": INSTANT, "offered": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def desk(zone: str = "UTC", *, hours: tuple[int, int] = (540, 1080), closed: tuple[date, ...] = ()) -> DeskSettings:
    """Open every day at these minutes, closed on some days."""
    return DeskSettings(zone, (Calendar("service", zone, ((hours,),) * 7, dict.fromkeys(closed, ())),), ())
