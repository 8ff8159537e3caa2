"""Business time: how many seconds a desk was open between two instants, for millions of rows at once.

A minute counts when the wall clock of the calendar's zone shows a time inside the opening hours. So a shift over the
hour that a summer-time change skips is an hour shorter, over the hour that comes twice an hour longer; opening hours
that lie wholly inside a skipped hour do not exist on that day. An interval over midnight belongs, with its tail, to the
day on which it starts: the holiday of that day closes all of it, the holiday of the next day none of it.

Every day of a calendar is one of few patterns (a weekday, a Saturday, a holiday, the day of a change). Tables hold the
open seconds before each UTC day and, once per pattern, before each slot of the day; open seconds before an instant are
then two look-ups and an addition, exact to the second, in integers.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from math import gcd
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from metrics.desk import Calendar, Minutes
from metrics.errors import ActionableError
from metrics.tables import INSTANT
from metrics.words import N_

__all__ = ["BusinessClock", "CalendarError", "business_clock", "open_spans"]

DAY = 86_400
SLOT = 900
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)
"""Instants outside have no business time (null): such stamps (years 1, 1900, 9999) stand for “never” or are slips."""
RUN_ON = timedelta(days=400)
"""How far tables go on after the last day asked for, so that deadlines of late tickets fall inside."""
NOWHERE = (1 << 32) - 1
"""A row that no table has: looking it up fails, where a wrong one would be believed."""
CODE = 1 << 40
"""Open seconds of one calendar stay below this, so that code · CODE + seconds is one sorted key."""

Span = tuple[int, int]
"""Half-open, in seconds since 1970."""


class CalendarError(ActionableError):
    """A calendar cannot be used."""


@dataclass(frozen=True)
class BusinessClock:
    """Opening hours of all calendars of a desk as look-up tables; its expressions work in lazy frames.

    Fractions of a second are cut off each instant first. `calendar` is a calendar's name, or an expression that gives
    one per row; null gives null, a name that is not there fails with Polars' own error when the frame is collected.
    """

    names: tuple[str, ...]
    first_day: int
    days: int
    slot: int
    day_before: pl.Series
    """Per calendar and UTC day: open seconds from the table's start to the day's start."""
    day_pattern: pl.Series
    """Per calendar and UTC day: where the day's pattern starts in `slot_open`."""
    slot_open: pl.Series
    """Per pattern and slot: open seconds of the day before the slot, times 2, plus 1 if the slot itself is open."""
    closing_key: pl.Series
    """Per calendar and open span: calendar code · CODE + open seconds from the table's start to the span's end."""
    closing_at: pl.Series
    """When that span ends, in seconds since 1970; null in the last entry of each calendar."""

    def seconds(self, instant: pl.Expr, *, calendar: pl.Expr | str) -> pl.Expr:
        """Open seconds from the table's start to the instant (Int64); null outside the years 1970–2199.

        An instant inside these years but outside the days that the clock was made for fails when collected.
        """
        return self._open(pl.struct(at=instant.dt.epoch("s"), code=self._code(calendar))).struct.field("open")

    @property
    def since(self) -> datetime:
        """When the tables start; no instant before has a place in them."""
        return datetime.fromtimestamp(self.first_day * DAY, UTC)

    def elapsed(self, start: pl.Expr, end: pl.Expr, *, calendar: pl.Expr | str) -> pl.Expr:
        """Open seconds between two instants (Int64), negative where `end` is the earlier one."""
        return self.seconds(end, calendar=calendar) - self.seconds(start, calendar=calendar)

    def due(self, start: pl.Expr, seconds: pl.Expr, *, calendar: pl.Expr | str) -> pl.Expr:
        """The first instant at which that many open seconds have passed since `start`; null where that is too far off.

        A deadline that falls on closing time stands there, not at the next opening. `seconds` is 0 or more.
        """
        return self.reached(start.dt.epoch("s"), self.seconds(start, calendar=calendar), seconds, calendar=calendar)

    def reached(self, second: pl.Expr, opened: pl.Expr, seconds: pl.Expr, *, calendar: pl.Expr | str) -> pl.Expr:
        """The same as `due` for an instant whose place is known: seconds since 1970, and open seconds before it."""
        key = pl.field("open") + pl.field("seconds") + pl.field("code") * CODE
        span = pl.lit(self.closing_key).search_sorted(pl.field("key").fill_null(0))
        left = pl.lit(self.closing_key).gather(pl.field("span")) - pl.field("key")
        at = pl.lit(self.closing_at).gather(pl.field("span")) - left
        latest = pl.when(pl.field("met").is_not_null()).then(pl.max_horizontal(pl.field("met"), pl.field("at")))
        return (
            pl.struct(at=second, code=self._code(calendar), seconds=seconds, open=opened)
            .struct.with_fields(key=key)
            .struct.with_fields(span=span)
            .struct.with_fields(met=at)
            .struct.with_fields(due=(latest * 1_000_000).cast(pl.Datetime("us")).cast(INSTANT))
            .struct.field("due")
        )

    def _open(self, asked: pl.Expr) -> pl.Expr:
        """Structs with `at` and `code` of a calendar, and with `open`, the open seconds from the table's start.

        The steps are fields of one struct, each found once: nested, each would repeat all before it. And they are plain
        expressions: a Python callback waits for the interpreter inside Polars' threads, and while another of the
        server's threads holds the interpreter and waits for Polars, both wait for ever.
        """
        at, code, row, second = pl.field("at"), pl.field("code"), pl.field("row"), pl.field("second")
        inside = (at >= self.first_day * DAY) & (at < (self.first_day + self.days) * DAY)
        possible = (at >= _epoch(FIRST_DAY)) & (at < _epoch(LAST_DAY))
        place = (at - self.first_day * DAY).floordiv(DAY) + code * self.days
        found = pl.when(inside).then(place).when(possible & code.is_not_null()).then(NOWHERE)
        before, packed = pl.lit(self.day_before).gather(row), pl.field("packed")
        return (
            asked.struct.with_fields(row=found.cast(pl.UInt32), second=(at % DAY).cast(pl.Int32))
            .struct.with_fields(slot=pl.lit(self.day_pattern).gather(row) + second // self.slot)
            .struct.with_fields(packed=pl.lit(self.slot_open).gather(pl.field("slot").cast(pl.UInt32)))
            .struct.with_fields(open=before + packed // 2 + packed % 2 * (second % self.slot))
        )

    def _code(self, calendar: pl.Expr | str) -> pl.Expr:
        codes = {name: code for code, name in enumerate(self.names)}
        if isinstance(calendar, pl.Expr):
            return calendar.replace_strict(codes, return_dtype=pl.Int64)
        if calendar not in codes:
            raise CalendarError(
                N_("There is no calendar “{name}”; this desk has {known}."), name=calendar, known=_listed(self.names)
            )
        return pl.lit(codes[calendar], pl.Int64)


def business_clock(calendars: Sequence[Calendar], *, start: date, end: date) -> BusinessClock:
    """Make the clock of a desk for instants of the days `[start, end)` of any zone.

    Before its first version a calendar has the hours of that version. Cost: some 5 µs per day and calendar.
    Raises CalendarError where a calendar has no hours at all, an interval is none, or a zone is unknown.
    """
    for calendar in calendars:
        _check(calendar)
    if not calendars:
        raise CalendarError(N_("The desk has no calendar; give it one with opening hours."))
    first, last = _table_days(start, end)
    names = tuple(dict.fromkeys(calendar.name for calendar in calendars))
    opened = [_open_spans(_versions(calendars, name), first, last) for name in names]
    return _tabled(names, opened, first, last)


def open_spans(
    calendars: Sequence[Calendar], name: str, *, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """When the calendar of that name is open between two instants (UTC, whole seconds), in order."""
    low, high = int(start.timestamp()), int(end.timestamp())
    found = _open_spans(_versions(calendars, name), low // DAY - 1, high // DAY + 2)
    cut = ((max(begin, low), min(until, high)) for begin, until in found)
    return [(datetime.fromtimestamp(a, UTC), datetime.fromtimestamp(b, UTC)) for a, b in cut if b > a]


def _check(calendar: Calendar) -> None:
    days = [*calendar.weekly, *calendar.days.values()]
    if len(calendar.weekly) != 7:
        raise CalendarError(
            N_("Calendar “{name}” has hours for {days} weekdays; it needs all seven, an empty list for a closed day."),
            name=calendar.name,
            days=len(calendar.weekly),
        )
    if not any(days):
        raise CalendarError(N_("Calendar “{name}” is never open; give it opening hours."), name=calendar.name)
    for begin, end in (interval for day in days for interval in day):
        if not (0 <= begin < 1440 and begin < end <= begin + 1440):
            raise CalendarError(
                N_("Calendar “{name}” has hours from minute {begin} to minute {end} of a day; they must start within "
                   "the day, and end later and at most 24 hours after."),
                name=calendar.name, begin=begin, end=end,
            )  # fmt: skip
    _zone(calendar.zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarError(
            N_("There is no time zone “{zone}”; name one like Asia/Shanghai or Europe/London."), zone=name
        ) from error


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _epoch(day: date) -> int:
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY


def _table_days(start: date, end: date) -> Span:
    """UTC days of the tables; a local day begins up to 14 hours before the UTC day of its name or ends 12 after."""
    low, high = min(max(start, FIRST_DAY), LAST_DAY), min(max(end, start, FIRST_DAY), LAST_DAY - RUN_ON) + RUN_ON
    return _epoch(low) // DAY - 1, _epoch(high) // DAY + 1


def _versions(calendars: Sequence[Calendar], name: str) -> list[Calendar]:
    return sorted((calendar for calendar in calendars if calendar.name == name), key=lambda version: version.valid_from)


def _open_spans(versions: Sequence[Calendar], first: int, last: int) -> list[Span]:
    """When the calendar is open on the UTC days `[first, last)`, merged and in order."""
    spans: list[Span] = []
    bounds = [first - 3, *(_epoch(version.valid_from) // DAY for version in versions[1:]), last + 3]
    for version, (since, until) in zip(versions, pairwise(bounds), strict=True):
        wall = _merged(_wall_spans(version, max(since, first - 3), min(until, last + 3)))
        spans += _in_utc(wall, _offsets(version.zone, first, last))
    return _merged(spans)


def _wall_spans(calendar: Calendar, first: int, last: int) -> Iterator[Span]:
    """Opening hours on the days `[first, last)` as the clock on the wall shows them."""
    special: Mapping[int, tuple[Minutes, ...]] = {_epoch(day) // DAY: hours for day, hours in calendar.days.items()}
    for day in range(first, last):
        for begin, end in special.get(day, calendar.weekly[(day + 3) % 7]):  # 1970-01-01 was a Thursday
            yield day * DAY + begin * 60, day * DAY + end * 60


def _merged(spans: Sequence[Span] | Iterator[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def _in_utc(wall: Sequence[Span], offsets: Sequence[tuple[int, int, int]]) -> Iterator[Span]:
    """The parts of merged wall-clock spans that exist, once for each time the wall clock shows them."""
    begins, ends = [span[0] for span in wall], [span[1] for span in wall]
    for since, until, offset in offsets:
        low, high = since + offset, until + offset
        for begin, end in wall[bisect_right(ends, low) : bisect_left(begins, high)]:
            yield max(begin, low) - offset, min(end, high) - offset


@lru_cache(maxsize=64)
def _offsets(zone: str, first: int, last: int) -> tuple[tuple[int, int, int], ...]:
    """UTC offsets of a zone over some UTC days: since, until, offset, all in seconds."""
    info = _zone(zone)

    def offset(at: int) -> int:
        moved = datetime.fromtimestamp(at, UTC).astimezone(info).utcoffset()
        return 0 if moved is None else int(moved.total_seconds())

    known = [(first * DAY, offset(first * DAY))]
    for day in range(first, last):
        begin, end = day * DAY, (day + 1) * DAY
        if offset(end) != known[-1][1]:
            change = bisect_left(range(begin, end), True, key=lambda at: offset(at) != known[-1][1]) + begin
            known.append((change, offset(end)))
    untils = [since for since, _ in known[1:]] + [last * DAY]
    return tuple((since, until, moved) for (since, moved), until in zip(known, untils, strict=True))


def _tabled(names: tuple[str, ...], opened: Sequence[Sequence[Span]], first: int, last: int) -> BusinessClock:
    patterns: dict[tuple[Span, ...], int] = {}
    before: list[int] = []
    pattern: list[int] = []
    for spans in opened:
        by_day = _by_day(spans)
        passed = 0
        for day in range(first, last):
            hours = tuple(by_day.get(day, ()))
            before.append(passed)
            pattern.append(patterns.setdefault(hours, len(patterns)))
            passed += sum(end - begin for begin, end in hours)
    slot = gcd(SLOT, *(second for hours in patterns for span in hours for second in span))
    keys, closings = _closings(opened)
    return BusinessClock(
        names=names,
        first_day=first,
        days=last - first,
        slot=slot,
        day_before=pl.Series(before, dtype=pl.Int64),
        day_pattern=pl.Series(pattern, dtype=pl.UInt32) * (DAY // slot),
        slot_open=pl.Series([value for hours in patterns for value in _slots(hours, slot)], dtype=pl.Int32),
        closing_key=pl.Series(keys, dtype=pl.Int64),
        closing_at=pl.Series(closings, dtype=pl.Int64),
    )


def _by_day(spans: Sequence[Span]) -> dict[int, list[Span]]:
    """Spans cut at UTC midnight, in seconds of their day."""
    days: dict[int, list[Span]] = {}
    for begin, end in spans:
        for day in range(begin // DAY, (end - 1) // DAY + 1):
            days.setdefault(day, []).append((max(begin - day * DAY, 0), min(end - day * DAY, DAY)))
    return days


def _slots(hours: Sequence[Span], slot: int) -> Iterator[int]:
    passed = 0
    for at in range(0, DAY, slot):
        is_open = any(begin <= at < end for begin, end in hours)
        yield passed * 2 + is_open
        passed += slot * is_open


def _closings(opened: Sequence[Sequence[Span]]) -> tuple[list[int], list[int | None]]:
    """Keys and instants of the ends of all spans; after each calendar's last one stands an end that never comes."""
    keys: list[int] = []
    ends: list[int | None] = []
    for code, spans in enumerate(opened):
        passed = 0
        for begin, end in spans:
            passed += end - begin
            keys.append(code * CODE + passed)
            ends.append(end)
        keys.append((code + 1) * CODE - 1)
        ends.append(None)
    return keys, ends
