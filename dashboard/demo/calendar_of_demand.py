"""When customers of the demo desk write: trend, week, day, promotions, holidays. All times are local seconds.

A local second counts from `START` 00:00 in Asia/Shanghai, which has kept UTC+8 without summer time since 1991.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from metrics.tables import CHANNELS

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

ZONE = "Asia/Shanghai"
START = date(2025, 5, 20)
NEWEST = datetime(2026, 11, 20, 0, 55, tzinfo=UTC)
"""Friday 08:55 in Shanghai, just before the stand-up."""
DAY = 86_400
UTC_OFFSET = 8 * 3600
EPOCH_OF_START = int(datetime(START.year, START.month, START.day, tzinfo=UTC).timestamp()) - UTC_OFFSET
NOW = int(NEWEST.timestamp()) - EPOCH_OF_START
DAYS = NOW // DAY + 1
TICKETS_WANTED = 150_000
STAFFING_MARGIN = 1.2
"""People on duty against the mean demand, so that the usual hour has pressure 1."""

USED_CHANNELS = CHANNELS[:7]
CHANNEL_SHARE = {
    "chat": 0.38, "wechat": 0.22, "email": 0.09, "phone": 0.16, "social": 0.05, "web_form": 0.06, "store": 0.04,
}  # fmt: skip

HOLIDAYS = (
    (date(2025, 5, 31), date(2025, 6, 2), 0.90), (date(2025, 10, 1), date(2025, 10, 8), 0.72),
    (date(2026, 1, 1), date(2026, 1, 3), 0.80), (date(2026, 2, 15), date(2026, 2, 23), 0.36),
    (date(2026, 4, 4), date(2026, 4, 6), 0.85), (date(2026, 5, 1), date(2026, 5, 5), 0.75),
    (date(2026, 6, 19), date(2026, 6, 21), 0.92), (date(2026, 9, 25), date(2026, 9, 27), 0.85),
    (date(2026, 10, 1), date(2026, 10, 7), 0.74),
)  # fmt: skip
"""First day, last day, demand against an ordinary day."""

PROMOTIONS = tuple(
    (date(year, month, day), height, before, after)
    for year in (2025, 2026)
    for month, day, height, before, after in (
        (3, 8, 0.35, 2.0, 4.0), (6, 18, 1.9, 5.0, 6.0), (11, 1, 0.7, 4.0, 3.0), (11, 11, 2.5, 3.0, 5.5),
        (12, 12, 0.6, 2.0, 4.0),
    )
)  # fmt: skip
"""Peak day, extra demand on it, and the days over which it swells and fades."""

WEEK = np.array([1.13, 1.06, 1.02, 1.00, 1.02, 0.91, 0.86])
OFFICE_WEEK = np.array([1.24, 1.16, 1.12, 1.10, 1.06, 0.72, 0.60])
OFFICE_CHANNELS = ("email", "phone", "web_form")

# fmt: off
_CHAT = (
    1.2, 0.7, 0.4, 0.3, 0.2, 0.3, 0.6, 1.4, 3.0, 6.4, 7.4, 6.6,
    4.4, 4.6, 6.8, 7.2, 6.6, 4.8, 4.2, 5.6, 6.8, 6.2, 4.0, 2.3,
)
_PHONE = (0, 0, 0, 0, 0, 0, 0, 0, 0.1, 9.4, 10.6, 8.6, 4.6, 5.2, 9.4, 9.8, 8.8, 6.2, 3.8, 3.2, 2.6, 1.6, 0.05, 0)
_MAIL = (
    1.0, 0.6, 0.4, 0.3, 0.3, 0.4, 0.9, 2.2, 5.2, 8.4, 8.8, 7.4,
    4.2, 5.4, 7.8, 7.8, 7.0, 5.6, 4.0, 3.8, 4.2, 4.0, 3.0, 1.9,
)
_STORE = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 9, 7, 7, 9, 10, 9, 8, 8, 9, 8, 5, 0, 0)
# fmt: on
HOURS = {"phone": _PHONE, "email": _MAIL, "web_form": _MAIL, "store": _STORE}


@dataclass(frozen=True)
class Arrivals:
    """Every request: when, by which channel, and how hard the desk was pressed in that hour (1: as planned)."""

    second: Whole
    channel: Whole
    pressure: Floats


def day_number(day: date) -> int:
    """Days since the demo desk opened."""
    return (day - START).days


def weekday() -> Whole:
    """Weekday of every day, Monday 0."""
    return (np.arange(DAYS) + START.weekday()) % 7


def promotion_surge() -> Floats:
    """Extra demand by day from promotions, as a share of an ordinary day."""
    days = np.arange(DAYS, dtype=np.float64)
    surge = np.zeros(DAYS)
    for peak, height, before, after in PROMOTIONS:
        distance = days - day_number(peak)
        surge += height * np.where(distance < 0, np.exp(distance / before), np.exp(-distance / after))
    return surge


def holiday_factor() -> Floats:
    """Demand on public holidays against an ordinary day."""
    factor = np.ones(DAYS)
    for first, last, share in HOLIDAYS:
        factor[max(day_number(first), 0) : day_number(last) + 1] = share
    eve = day_number(date(2026, 2, 9))
    factor[eve : eve + 6] = np.linspace(0.9, 0.55, 6)
    return factor


def trend() -> Floats:
    """The desk's steady growth."""
    return np.linspace(0.88, 1.14, DAYS)


def hour_profile(channel: str) -> Floats:
    profile = np.array(HOURS.get(channel, _CHAT), dtype=np.float64)
    return np.asarray(profile / profile.sum())


def intensity(rng: np.random.Generator) -> Floats:
    """Expected requests by channel, day and hour; adds up to the number of tickets wanted."""
    weather = rng.gamma(400.0, 1 / 400.0, DAYS)
    days = trend() * (1 + promotion_surge()) * holiday_factor() * weather
    by_channel = np.stack(
        [
            CHANNEL_SHARE[name]
            * np.outer(days * (OFFICE_WEEK if name in OFFICE_CHANNELS else WEEK)[weekday()], hour_profile(name))
            for name in USED_CHANNELS
        ]
    )
    by_channel[:, -1, :] *= _part_of_last_day()
    return np.asarray(by_channel * (TICKETS_WANTED / by_channel.sum()))


def _part_of_last_day() -> Floats:
    return np.clip((NOW % DAY - np.arange(24) * 3600) / 3600, 0.0, 1.0)


def pressure(expected: Floats) -> Floats:
    """Demand over staffing by day and hour: staffing follows promotions and peak hours only in part."""
    hours = expected.sum(axis=(0, 1)) / expected.sum()
    staffed_hours = 0.6 * hours + 0.4 * hours[9:22].mean()
    staffed_days = trend() * (1 + 0.5 * promotion_surge()) * np.maximum(holiday_factor() ** 1.15, 0.25)
    staffed = np.outer(staffed_days, staffed_hours)
    demand = expected.sum(axis=0)
    demand[-1] = demand[-2]
    usual = demand.sum() / staffed.sum() * STAFFING_MARGIN
    return np.asarray(np.clip(demand / staffed / usual, 0.3, 3.0))


def arrivals(rng: np.random.Generator) -> Arrivals:
    """All requests up to the newest instant, in the order of arrival; the last one stands exactly on it."""
    expected = intensity(rng)
    counts = rng.poisson(expected)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    channel, slot = np.divmod(cell, DAYS * 24)
    second = slot * 3600 + rng.integers(0, 3600, slot.size)
    kept = second < NOW
    order = np.argsort(second[kept], kind="stable")
    second, channel = second[kept][order], channel[kept][order]
    second[-1] = NOW
    return Arrivals(second, channel, pressure(expected).ravel()[second // 3600])


def newest_day() -> date:
    """The last local day of the demo desk."""
    return START + timedelta(days=DAYS - 1)
