"""The rest of a day that has begun: its forecast by what has come so far, shrunk by how much that tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.staffing.model import Forecast
from metrics.staffing.past import Floats
from metrics.words import N_

ENOUGH = 0.25
"""From this share of the day's expected requests on the morning tells more than it misleads."""
TOO_EARLY = N_("Only {share} of the day's requests were due by now; the forecast is not moved before {enough}.")


@dataclass(frozen=True)
class Update:
    """What the day has shown.

    factor: of the rest of the day, 1 where it is too early · share: of the day's expected requests that were due so far
    · came, expected: so far · rest: intervals still to come, moved by the factor.
    """

    factor: float
    share: float
    came: float
    expected: float
    rest: Floats

    @property
    def is_moved(self) -> bool:
        return self.share >= ENOUGH


@dataclass(frozen=True)
class Today:
    """A queue's day so far and what is left of it. before, after: the rest's requests as forecast, and as moved."""

    queue: str
    update: Update
    before: float
    after: float


def todays(forecast: Forecast, arrivals: pl.DataFrame) -> tuple[Today, ...]:
    """Each queue's first day of a forecast, moved by what came in it up to the forecast's origin (ARRIVAL_FRAME)."""
    first = forecast.origin.astimezone(ZoneInfo(forecast.zone)).date()
    local = pl.col("starts_at").dt.convert_time_zone(forecast.zone).dt.date()
    whole = pl.col("starts_at") + pl.duration(minutes=forecast.minutes) <= forecast.origin
    known = arrivals.filter(whole).select("queue", "starts_at", "offered")
    day = forecast.frame.filter(local == first).join(known, on=["queue", "starts_at"], how="left")
    return tuple(_today(forecast, one.queue, day.filter(queue=one.queue).sort("starts_at")) for one in forecast.queues)


def moved(frame: pl.DataFrame, rests: Sequence[Today], forecast: Forecast) -> pl.DataFrame:
    """A forecast's frame with what is left of its first day times each queue's factor."""
    factors = {one.queue: one.update.factor for one in rests if one.update.is_moved}
    if not factors:
        return frame
    first = forecast.origin.astimezone(ZoneInfo(forecast.zone)).date()
    begun = pl.col("starts_at") > forecast.origin - timedelta(minutes=forecast.minutes)
    is_rest = begun & (pl.col("starts_at").dt.convert_time_zone(forecast.zone).dt.date() == first)
    times = pl.col("queue").replace_strict(factors, default=1.0, return_dtype=pl.Float64)
    return frame.with_columns(
        pl.when(is_rest).then(pl.col(name) * times).otherwise(pl.col(name)).alias(name)
        for name in ("mean", "low", "high")
    )


def _today(forecast: Forecast, queue: str, day: pl.DataFrame) -> Today:
    told = forecast.of(queue)
    over = day["starts_at"] <= forecast.origin - timedelta(minutes=forecast.minutes)
    mean, came = day["mean"].to_numpy(), day.filter(over)["offered"].cast(pl.Float64).to_numpy()
    update = updated(mean, came.astype(np.float64), spread=told.spread, noise=told.noise)
    return Today(queue, update, float(mean[came.size :].sum()), float(update.rest.sum()))


def updated(mean: Floats, came: Floats, *, spread: float, noise: float = 0.0) -> Update:
    """Move the rest of a day. mean: all its intervals · came: those that are over, NaN where nothing was recorded.

    The day's own factor has spread `spread` (log); of what came so far chance and the intervals' own noise tell how
    much it says: factor = (k + g · came ÷ expected) ÷ (k + g), k = 1 ÷ spread², g = expected² ÷ its variance. The plain
    ratio of the two follows every slow first hour.
    """
    over = np.flatnonzero(~np.isnan(came[: mean.size]))
    expected, seen, whole = float(mean[over].sum()), float(came[over].sum()), float(mean.sum())
    rest = mean[came.size :]
    if whole <= 0 or expected <= 0:
        return Update(1.0, 0.0, seen, expected, rest)
    share = expected / whole
    told = expected**2 / (expected + noise * float((mean[over] ** 2).sum()))
    steady = 1 / max(spread, 1e-3) ** 2
    factor = (steady + told * seen / expected) / (steady + told) if share >= ENOUGH else 1.0
    return Update(factor, share, seen, expected, rest * factor)
