"""Periods as people name them, seen from the data's own last day, and the periods that they are compared with."""

from datetime import date, timedelta
from typing import Literal

from dashboard.wording import N_
from metrics.model import Period

Preset = Literal[
    "last_working_day", "last_7", "last_28", "last_90", "this_week", "last_week", "this_month", "last_month",
    "this_quarter", "last_quarter", "all", "custom",
]  # fmt: skip
PRESETS: dict[Preset, str] = {
    "last_working_day": N_("Last working day"),
    "last_7": N_("Last 7 days"),
    "last_28": N_("Last 28 days"),
    "last_90": N_("Last 90 days"),
    "this_week": N_("This week"),
    "last_week": N_("Last week"),
    "this_month": N_("This month"),
    "last_month": N_("Last month"),
    "this_quarter": N_("This quarter"),
    "last_quarter": N_("Last quarter"),
    "all": N_("All data"),
    "custom": N_("Choose days"),
}
DEFAULT: Preset = "last_28"
Against = Literal["previous", "weekdays"]
AGAINST: dict[Against, str] = {
    "previous": N_("the days just before"),
    "weekdays": N_("the same weekdays before"),
}
EARLIEST, LATEST = date(1970, 1, 1), date(2200, 1, 1)
"""Stand for an end of a period that nobody named."""
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def period_of(
    preset: Preset, today: date, custom: Period | None = None, *, working: Period | None = None
) -> Period | None:
    """The days that a preset means; None is all the data. working: the last working day, and idle days since."""
    if preset == "last_working_day":
        return working or Period(today, today + DAY)
    if preset in ("last_7", "last_28", "last_90"):
        return Period(today + DAY - timedelta(days=int(preset.removeprefix("last_"))), today + DAY)
    span, _, unit = preset.partition("_")
    if unit in ("week", "month", "quarter"):
        begin = _begin(today, unit)
        return Period(begin, today + DAY) if span == "this" else Period(_begin(begin - DAY, unit), begin)
    return custom if preset == "custom" else None


def _begin(day: date, unit: str) -> date:
    """The first day of the week (Monday), month or quarter that a day lies in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = day.month if unit == "month" else day.month - (day.month - 1) % 3
    return day.replace(month=month, day=1)


def against_of(period: Period, against: Against) -> Period:
    """The equally long period before: just before, or so many whole weeks earlier that the weekdays are the same."""
    length = period.end - period.start
    back = length if against == "previous" else WEEK * -(-length // WEEK)
    return Period(period.start - back, period.end - back)
