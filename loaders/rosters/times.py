"""Days and times as rosters write them: `11/23`, `周一`, `23`, `09:00-18:00`, `22:00-06:00`, `9点-18点`."""

import re
from datetime import date, datetime, timedelta

from loaders.rosters.words import WEEKDAYS
from loaders.synonyms import normal

Span = tuple[int, int]
"""From, to, in minutes after the midnight at which the shift's day begins; the end may pass 1440."""
LONGEST = 16 * 60
_CLOCK = r"(?<![\d:])(\d{1,2})(?::(\d{2})(?::\d{2})?|[点时](\d{2})?分?)?(?![\d:])"
_COMPACT = re.compile(r"(?<!\d)(\d{2})(\d{2})\s*[-–—~～至到]\s*(\d{2})(\d{2})(?!\d)")
_SPAN = re.compile(_CLOCK + r"\s*(?:[-–—~～至到]|to)\s*(?:次日|翌日|\+1\s*)?" + _CLOCK)
_TIME = re.compile(r"^(?:.*[T ])?(\d{1,2})(?::(\d{2})(?::\d{2}(?:\.\d+)?)?|[点时](\d{2})?分?)?$")
_FULL = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$")
_SHORT = re.compile(r"^(\d{1,2})[-/.月](\d{1,2})日?$")
_NUMBER = re.compile(r"^(\d{1,2})[日号]?$")
_IN_BRACKETS = re.compile(r"[(（].*?[)）]")


def spans_of(text: str) -> tuple[Span, ...]:
    """Every stretch of time that a cell names; none where it names none. One over midnight ends above 1440."""
    compact = _COMPACT.sub(r"\1:\2-\3:\4", text)
    found = []
    for match in _SPAN.finditer(compact):
        begin, end = (
            _minutes(match.group(1), match.group(2) or match.group(3)),
            _minutes(match.group(4), match.group(5) or match.group(6)),
        )
        if begin is None or end is None or begin == end or begin >= 1440:
            return ()
        found.append((begin, end if end > begin else end + 1440))
    return tuple(found)


def minute_of(text: str) -> int | None:
    """The minute of the day that a cell names, `09:00`, `9点`, `9`, or the time of a stamp; None where it is none."""
    match = _TIME.match(text.strip())
    return None if match is None else _minutes(match.group(1), match.group(2) or match.group(3))


def _minutes(hour: str, minute: str | None) -> int | None:
    found = int(hour) * 60 + int(minute or 0)
    return found if found <= 1440 and int(minute or 0) < 60 else None


def day_of(text: str, first: date) -> date | None:
    """The day that a cell or header names: in full, by month and day, by weekday, or by its number in the month.

    One that is not named in full is the first such day from *first* on (a day without its year the nearest to it).
    """
    bare = _IN_BRACKETS.sub("", text).strip()
    if full := _FULL.match(bare):
        return _date(*map(int, full.groups()))
    if short := _SHORT.match(bare):
        return _nearest(int(short.group(1)), int(short.group(2)), first)
    if (weekday := WEEKDAYS.get(normal(bare))) is not None:
        return first + timedelta(days=(weekday - first.weekday()) % 7)
    if number := _NUMBER.match(bare):
        return _next(int(number.group(1)), first)
    head = re.split(r"[\s]+", bare)[0]
    return day_of(head, first) if head != bare else None


def _nearest(month: int, day: int, first: date) -> date | None:
    found = [made for year in (first.year - 1, first.year, first.year + 1) if (made := _date(year, month, day))]
    return min(found, key=lambda one: abs((one - first).days), default=None)


def _next(number: int, first: date) -> date | None:
    return next((day for day in (first + timedelta(days=step) for step in range(62)) if day.day == number), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def local(day: date, minute: int) -> datetime:
    """The wall clock of that minute after the day's midnight, without a zone."""
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - a wall clock
