"""What would have been forecast on the eve of each of the last days: by this a forecast is held to account."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from metrics.desk import DeskSettings
from metrics.staffing.arrivals import Interval, history_of
from metrics.staffing.effects import days_of_events
from metrics.staffing.forecast import on_the_clock
from metrics.staffing.model import FORECAST_FRAME, Event, Minutes
from metrics.staffing.origins import Look, best, judged, looks_back
from metrics.staffing.past import Floats, Past, Rows
from metrics.staffing.spread import conformal, factors_of

EVES: dict[str, pl.DataType] = {name: dtype for name, dtype in FORECAST_FRAME.items() if name != "is_open"}


def eve_forecasts(
    arrivals: pl.DataFrame, desk: DeskSettings, *, minutes: Minutes, until: date, events: Sequence[Event] = ()
) -> pl.DataFrame:  # fmt: skip
    """queue, starts_at, mean, low, high of the last 16 weeks' days before `until`, each by what came before it.

    By the method that is in use now; a day of an event is not there, since nothing usual was expected of it. The band
    of each half of these weeks is made of the errors of the other half; NaN where these are too few.
    """
    found = [pl.DataFrame(schema=EVES)]
    for queue in arrivals["queue"].unique().sort().to_list():
        history = history_of(arrivals, queue, desk, minutes=minutes, until=until)
        past = history.past.without(days_of_events(history.past.rows.days, events, queue))
        if past.seen.any() and not history.ended:
            found.append(_of_queue(queue, past, desk.zone, minutes))
    return pl.concat(found)


def _of_queue(queue: str, past: Past, zone: str, minutes: Minutes) -> pl.DataFrame:
    looks = [look for look in looks_back(past, horizon=past.week) if past.usable[look.origin]]
    if not looks:
        return pl.DataFrame(schema=EVES)
    order = tuple(looks[-1].means)
    method = best(judged(past, looks, order, days=past.week), order, week=past.week)
    told = [look for look in looks if method in look.means]
    rows = past.rows
    at = [look.origin for look in told]
    mean = np.stack([look.means[method][0] for look in told])
    low, high = _bands(past, told, mean, method)
    chosen = Rows(tuple(rows.days[i] for i in at), rows.weekday[at], rows.closed[at], rows.tags[at])
    grid = Interval(zone, minutes, chosen.days[0], chosen.days[-1] + timedelta(days=1)).frame()
    placed = on_the_clock(queue, chosen, {"mean": mean, "low": low, "high": high}, grid)
    local = pl.col("starts_at").dt.convert_time_zone(zone).dt.date()
    return placed.filter(local.is_in(list(chosen.days))).select(*EVES)


def _bands(past: Past, looks: Sequence[Look], mean: Floats, method: str) -> tuple[Floats, Floats]:
    """Each half by the errors of the other; NaN where these are too few."""
    half = len(looks) // 2
    low, high = np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    for mine, others in ((slice(0, half), looks[half:]), (slice(half, None), looks[:half])):
        factors = factors_of(past, others, method, 1)  # type: ignore[arg-type]  # one of the looks' methods
        if factors is not None:
            day = factors[0]
            for one in range(*mine.indices(len(looks))):
                band = conformal(mean[one : one + 1], [day])
                low[one], high[one] = band[0][0], band[1][0]
    return low, high
