"""By when something can be promised: the times that a stand-up offers, and how a typed one is read."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.services.analysis.standup import is_working_day, next_opening, opening_of
from metrics.desk import DeskSettings

NOON = 12 * 60
BEFORE_CLOSING = 60
"""So many minutes before the desk closes there is still time to look at what came of it."""
FIRST_HOURS = timedelta(hours=2)
TYPED = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T]+)?(\d{1,2})[:：](\d{2})")


def offered(at: datetime, settings: DeskSettings) -> tuple[datetime, ...]:
    """The usual times, the next first: in one and two hours, noon, before closing, next morning, a working day on."""
    zone = ZoneInfo(settings.zone)
    local = at.astimezone(zone)
    soon = [_quarter(local + timedelta(hours=hours)) for hours in (1, 2)]
    today = [_at(local.date(), minute, zone) for minute in (NOON, *_closing(local.date(), settings))]
    opening = next_opening(at, settings)
    later = [opening, opening + FIRST_HOURS, next_opening(opening, settings)]
    return tuple(sorted({one for one in (*soon, *today, *later) if one > at}))


def _quarter(at: datetime) -> datetime:
    """The next quarter of an hour: nobody promises a minute."""
    begun = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    return begun if begun == at else begun + timedelta(minutes=15)


def _closing(day: date, settings: DeskSettings) -> list[int]:
    ends = [end for _start, end in opening_of(day, settings) or ()] if is_working_day(day, settings) else []
    return [max(ends) - BEFORE_CLOSING] if ends else []


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, minute // 60 % 24, minute % 60, tzinfo=zone)


def typed(text: str, at: datetime, zone: str) -> datetime | None:
    """The instant that a person has typed, `15:30` or `2026-03-21 09:00`; a time that is over today is tomorrow's."""
    found = TYPED.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
    local = at.astimezone(ZoneInfo(zone))
    try:
        if year and month and day:
            return datetime(year, month, day, hour or 0, minute or 0, tzinfo=ZoneInfo(zone))
        today = local.replace(hour=hour or 0, minute=minute or 0, second=0, microsecond=0)
    except ValueError:
        return None
    return today if today > local else today + timedelta(days=1)
