"""A table of text as shifts; a row or cell that says none is kept aside with its line, column, value and reason."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from loaders.base import LINE, REJECTS_SCHEMA, RawTable
from loaders.dates import DateOptions, parse_instants
from loaders.errors import LoadError, MappingError
from loaders.rosters.times import LONGEST, Span, day_of, local, minute_of, spans_of
from loaders.rosters.words import column_of, is_off, kind_of
from loaders.synonyms import normal, value_synonyms
from metrics.staffing.rosters import Shift, ShiftKind
from metrics.words import N_

DAYS_AT_LEAST = 2
"""From so many columns of days on a table is a grid of persons and days."""
MANY_PEOPLE = 5000
Codes = Mapping[str, tuple[Span, ...]]
Row = Mapping[str, Any]
_NO_FORM = N_(
    "No roster is recognised in these columns: {found}. One shift a row needs a date, a start and an end (or a shift "
    "such as 09:00-18:00); one person a row needs a column for each day."
)


class RosterError(LoadError):
    """A table in which no roster is recognised."""


@dataclass(frozen=True)
class Known:
    """What a desk knows beforehand: its zone, from which day the roster is, its shift codes, persons and queues.

    team_of: person -> team, for rows that name no team · queues: names that rows may give.
    """

    zone: str
    first: date
    codes: Codes = field(default_factory=dict)
    team_of: Mapping[str, str] = field(default_factory=dict)
    queues: tuple[str, ...] = ()


@dataclass(frozen=True)
class RosterRead:
    """The shifts of a table and what was kept aside (REJECTS_SCHEMA): rows_read = loaded + rejected + blank."""

    shifts: tuple[Shift, ...]
    rejects: pl.DataFrame
    rows_read: int
    blank: int

    @property
    def rejected(self) -> int:
        return int((self.rejects["kind"] == "rejected").sum())

    @property
    def loaded(self) -> int:
        return self.rows_read - self.rejected - self.blank


@dataclass(eq=False)
class _Wrong(Exception):
    """What is wrong with a cell."""

    reason: str
    column: str | None = None


def codes_of(text: str) -> dict[str, tuple[Span, ...]]:
    """Shift codes as somebody types them: `早=09:00-18:00; 晚=13:00-22:00`. What names no time is left out."""
    parts = (part.partition("=") for part in text.replace("；", ";").replace("：", ":").replace("\n", ";").split(";"))
    return {normal(code): found for code, _is, times in parts if (found := spans_of(times))}


def read_roster(raw: RawTable, known: Known) -> RosterRead:
    """The shifts that a table names. Raises RosterError where its columns are those of no roster."""
    columns = {name: header for header in reversed(raw.headers) if (name := column_of(header))}
    days = {header: day for header in raw.headers if (day := _header_day(header, known))}
    reading = _Reading(raw, known, columns)
    if len(days) >= DAYS_AT_LEAST or (days and "day" not in columns):
        reading.one_person_a_row(days)
    elif "day" in columns and ("shift" in columns or {"start", "end"} <= columns.keys()):
        reading.one_shift_a_row()
    elif {"start", "end"} <= columns.keys():
        reading.one_shift_a_row()  # the start names its day itself
    else:
        raise RosterError(_NO_FORM, found=", ".join(f"'{header}'" for header in raw.headers))
    return reading.result()


def _header_day(header: str, known: Known) -> date | None:
    return None if column_of(header) else day_of(header, known.first)


class _Reading:
    """A table while it is read row by row."""

    def __init__(self, raw: RawTable, known: Known, columns: Mapping[str, str]) -> None:
        self.raw, self.known, self.columns = raw, known, columns
        self.shifts: list[Shift] = []
        self.rejects: list[dict[str, Any]] = []
        self.taken: dict[str, list[tuple[Any, Any]]] = {}
        self.zone = ZoneInfo(known.zone)

    def one_shift_a_row(self) -> None:
        """One shift a row."""
        days = self._days()
        for number, row in enumerate(self.raw.frame.iter_rows(named=True)):
            try:
                day = days[number]
                if day is None:
                    raise _Wrong("roster_no_day", self.columns.get("day") or self.columns.get("start"))
                self._keep(self._shifts(row, day, self._listed_spans(row)))
            except _Wrong as wrong:
                self._reject(row, wrong)

    def one_person_a_row(self, days: Mapping[str, date]) -> None:
        """One person a row, one day a column; a cell that says nothing known is told, the row's others stand."""
        for row in self.raw.frame.iter_rows(named=True):
            made, flagged = [], []
            try:
                for header, day in days.items():
                    try:
                        spans = self._spans(str(row[header] or ""), header)
                    except _Wrong as wrong:
                        flagged.append(wrong)
                        continue
                    made += list(self._shifts(row, day, spans))
                if flagged and not made:
                    raise flagged[0]
                self._keep(made)
            except _Wrong as wrong:
                self._reject(row, wrong)
                continue
            for one in flagged:
                self._tell(row, one, "flagged")

    def result(self) -> RosterRead:
        rejects = pl.DataFrame(self.rejects, schema=REJECTS_SCHEMA)
        found = pl.concat([self.raw.rejects.select(list(REJECTS_SCHEMA)), rejects])
        return RosterRead(tuple(self.shifts), found, self.raw.rows_read, self.raw.blank)

    def _days(self) -> list[date | None]:
        """The day of each row: as it is named, in the form that the whole column has."""
        header = self.columns.get("day") or self.columns["start"]
        cells = [str(cell or "").strip() for cell in self.raw.frame[header]]
        found = [day_of(cell, self.known.first) for cell in cells]
        if header == self.columns.get("start") and "day" not in self.columns:
            found = [day if len(cell) > 5 else None for day, cell in zip(found, cells, strict=True)]
        if any(found) or not any(cells):
            return found
        try:
            told = parse_instants(self.raw.frame[header], header=header, options=DateOptions(zone=self.known.zone))
        except MappingError:
            return found
        return told.at.dt.convert_time_zone(self.known.zone).dt.date().to_list()

    def _listed_spans(self, row: Row) -> tuple[Span, ...]:
        if "start" not in self.columns or "end" not in self.columns:
            return self._spans(str(row[self.columns["shift"]] or ""), self.columns["shift"])
        ends = []
        for name in ("start", "end"):
            minute = minute_of(str(row[self.columns[name]] or ""))
            if minute is None:
                raise _Wrong("roster_no_time", self.columns[name])
            ends.append(minute)
        begin, end = ends
        if begin == end:
            raise _Wrong("roster_no_time", self.columns["end"])
        return ((begin, end if end > begin else end + 1440),)

    def _spans(self, text: str, header: str) -> tuple[Span, ...]:
        """The time that a cell stands for: times in it, a shift code, or none on a day off."""
        if found := spans_of(text):
            return found
        if found := self.known.codes.get(normal(text), ()):
            return found
        if is_off(text):
            return ()
        raise _Wrong("roster_unknown_shift", header)

    def _shifts(self, row: Row, day: date, spans: tuple[Span, ...]) -> Iterator[Shift]:
        shift = self._described(row, day) if spans else None
        for begin, end in spans:
            if end - begin > LONGEST:
                raise _Wrong("roster_too_long", self.columns.get("end") or self.columns.get("shift"))
            if shift is not None:
                yield self._timed(shift, day, begin, end, self._break(row, begin, end))

    def _timed(self, shift: Shift, day: date, begin: int, end: int, away: Span | None) -> Shift:
        pause = (self._at(day, away[0]), self._at(day, away[1])) if away else (None, None)
        return replace(
            shift, starts_at=self._at(day, begin), ends_at=self._at(day, end), break_from=pause[0], break_to=pause[1]
        )

    def _at(self, day: date, minute: int) -> datetime:
        return local(day, minute).replace(tzinfo=self.zone).astimezone(UTC)

    def _described(self, row: Row, day: date) -> Shift:
        """Who it is, how he works and for which queues; its times are yet to come."""
        person, queues = self._text(row, "person"), self._queues(row)
        team = self._text(row, "team") or self.known.team_of.get(person or "")
        if team is None and not queues:
            raise _Wrong("roster_no_team", self.columns.get("team") or self.columns.get("person"))
        nothing = local(day, 0).replace(tzinfo=self.zone)
        return Shift(day, nothing, nothing, team, person, self._kind(row), queues, self._people(row))

    def _text(self, row: Row, name: str) -> str | None:
        cell = row[self.columns[name]] if name in self.columns else None
        return " ".join(str(cell).split()) or None if cell is not None else None

    def _people(self, row: Row) -> float:
        text = self._text(row, "people")
        if text is None:
            return 1.0
        try:
            found = float(text)
        except ValueError:
            found = 0.0
        if not 0 < found <= MANY_PEOPLE:
            raise _Wrong("roster_bad_people", self.columns["people"])
        return found

    def _kind(self, row: Row) -> ShiftKind:
        text = self._text(row, "kind")
        found = "regular" if text is None else kind_of(text)
        if found is None:
            raise _Wrong("roster_unknown_kind", self.columns["kind"])
        return found

    def _queues(self, row: Row) -> tuple[str, ...]:
        text = self._text(row, "queues")
        if text is None:
            return ()
        known = {normal(name): name for name in self.known.queues}
        channels = value_synonyms("channel")
        found = []
        for word in text.replace("，", ",").replace("、", ",").replace(";", ",").split(","):
            name = known.get(normal(word)) or known.get(normal(channels.get(normal(word), "")))
            if name is None:
                raise _Wrong("roster_unknown_queue", self.columns["queues"])
            found.append(name)
        return tuple(dict.fromkeys(found))

    def _break(self, row: Row, begin: int, end: int) -> Span | None:
        text = self._text(row, "break")
        spans = spans_of(text) if text else ()
        if text and not spans and not is_off(text):
            raise _Wrong("roster_no_time", self.columns["break"])
        moved = ((a + 1440, b + 1440) if a < begin else (a, b) for a, b in spans)
        return next(((a, b) for a, b in moved if begin <= a < b <= end), None)

    def _keep(self, made: Any) -> None:
        """Keep all shifts of a row, or none where the same person would be at two places."""
        found = list(made)
        for shift in found:
            taken = self.taken.get(shift.person or "", [])
            if shift.person and any(a < shift.ends_at and shift.starts_at < b for a, b in taken):
                raise _Wrong("roster_twice", self.columns.get("person"))
        for shift in found:
            self.taken.setdefault(shift.person or "", []).append((shift.starts_at, shift.ends_at))
        self.shifts += found

    def _reject(self, row: Row, wrong: _Wrong) -> None:
        self._tell(row, wrong, "rejected")

    def _tell(self, row: Row, wrong: _Wrong, kind: str) -> None:
        value = row.get(wrong.column) if wrong.column else None
        record = json.dumps([row[header] for header in self.raw.headers], ensure_ascii=False)
        self.rejects.append(
            {"line": row[LINE], "column": wrong.column, "value": value, "reason": wrong.reason, "kind": kind,
             "record": record if kind == "rejected" else None}
        )  # fmt: skip
