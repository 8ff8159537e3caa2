"""From which day on a figure is provisional: its youngest rows may still change sides."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from metrics.model import Every, Metric

LENGTHS = {"hour": timedelta(0), "day": timedelta(days=1), "week": timedelta(days=7)}


def provisional_from(metric: Metric, *, as_of: datetime, zone: str) -> date | None:
    """The first local day whose rows are not all settled at *as_of*; None for a figure that settles at once."""
    if metric.settles_after_days is None:
        return None
    return (as_of - timedelta(days=metric.settles_after_days)).astimezone(ZoneInfo(zone)).date()


def is_provisional(metric: Metric, period: date, every: Every, *, as_of: datetime, zone: str) -> bool:
    """Whether a period, given by its local start, holds days that are provisional."""
    since = provisional_from(metric, as_of=as_of, zone=zone)
    return since is not None and _next(period, every) > since


def provisional(metrics: Sequence[Metric], *, as_of: datetime, zone: str) -> dict[str, date]:
    """The metrics that have a provisional tail, by id, with the day on which it begins."""
    found = {metric.id: provisional_from(metric, as_of=as_of, zone=zone) for metric in metrics}
    return {id: day for id, day in found.items() if day is not None}


def _next(period: date, every: Every) -> date:
    """The day after the last one of the period."""
    first = period.date() if isinstance(period, datetime) else period
    if every == "month":
        return (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first + max(LENGTHS[every], timedelta(days=1))
