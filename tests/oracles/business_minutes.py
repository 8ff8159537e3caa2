"""Business time counted minute by minute in plain Python: slow, obvious, and without a line shared with the product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

Hours = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Desk:
    """Opening hours from `since` on: minutes after midnight by weekday (Monday first), and for single dates."""

    zone: str
    weekly: Sequence[Hours]
    days: Mapping[date, Hours]
    since: date = date.min


def minutes_of_day(desks: Sequence[Desk], day: date) -> bytearray:
    """1 for every minute of the wall clock of that date that some desk in force has open."""
    marks = bytearray(1440)
    for begins_on, shift in ((day, 0), (day - timedelta(days=1), 1440)):
        desk = max((desk for desk in desks if desk.since <= begins_on), key=lambda desk: desk.since)
        for begin, end in desk.days.get(begins_on, desk.weekly[begins_on.weekday()]):
            for minute in range(begin, end):
                if 0 <= minute - shift < 1440:
                    marks[minute - shift] = 1
    return marks


class MinuteOracle:
    """Looks at the wall clock at every single minute between two UTC days and notes whether the desk is open."""

    def __init__(self, desks: Sequence[Desk], start: date, end: date) -> None:
        (zone,) = {ZoneInfo(desk.zone) for desk in desks}
        self.start = datetime(start.year, start.month, start.day, tzinfo=UTC)
        self.open = bytearray((end - start).days * 1440)
        known: dict[date, bytearray] = {}
        at, minute = self.start, timedelta(minutes=1)
        for index in range(len(self.open)):
            wall = at.astimezone(zone)
            day = wall.date()
            if day not in known:
                known[day] = minutes_of_day(desks, day)
            self.open[index] = known[day][wall.hour * 60 + wall.minute]
            at += minute
        self.minutes_before = [0, *accumulate(self.open)]

    def seconds(self, at: datetime) -> int:
        """Open seconds from the first day's start to the instant, fractions cut off."""
        passed = (at - self.start).days * 86_400 + (at - self.start).seconds
        index, second = divmod(passed, 60)
        return self.minutes_before[index] * 60 + (self.open[index] * second if second else 0)

    def elapsed(self, start: datetime, end: datetime) -> int:
        return self.seconds(end) - self.seconds(start)

    def is_open(self, at: datetime) -> bool:
        return bool(self.open[int((at - self.start).total_seconds()) // 60])
