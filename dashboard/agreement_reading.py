"""Reading a text of agreements: its values one by one, and every fault that is found on the way."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from metrics.desk import Minutes
from metrics.errors import ActionableError
from metrics.words import N_

SECONDS = {"s": 1, "min": 60, "h": 3600}

Table = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; `template` is the English catalogue entry, `params` fill its braces."""

    template: str
    params: Mapping[str, object]

    def __str__(self) -> str:
        return self.template.format(**self.params)


class SettingsError(ActionableError):
    """Settings cannot be used; `faults` are all the things to mend."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("{faults}", faults=faults)
        self.faults = tuple(faults)

    @classmethod
    def of(cls, template: str, **params: object) -> "SettingsError":
        return cls([Fault(template, params)])

    def __str__(self) -> str:
        return " ".join(str(fault) for fault in self.faults)


def read_toml(text: str) -> dict[str, Any]:
    """The tables of the text. Raises SettingsError naming the line where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError.of(N_("The settings are not valid TOML: {detail}."), detail=str(error)) from error


@dataclass(frozen=True)
class Reading:
    """Reads values and notes each fault; what it gives back for a faulty value is never used."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, template: str, **params: object) -> None:
        found = Fault(template, params)
        if found not in self.faults:
            self.faults.append(found)

    def zone(self, name: object) -> str:
        try:
            ZoneInfo(str(name or ""))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fault(
                N_("The desk's zone is “{found}”; name one like Asia/Shanghai or Europe/London."), found=name or ""
            )
            return "UTC"
        return str(name)

    def keys(self, table: Table, known: Sequence[str], where: str) -> None:
        for key in table:
            if key not in known:
                self.fault(
                    N_("{where} “{found}” is not a setting; known here are {known}."),
                    where=where, found=key, known=", ".join(known),
                )  # fmt: skip

    def rows(self, tables: Table, name: str) -> list[Table]:
        rows = tables.get(name, [])
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return rows
        self.fault(N_("“{name}” must be written as [[{name}]] rows."), name=name)
        return []

    def table(self, tables: Table, name: str) -> Table:
        table = tables.get(name, {})
        if isinstance(table, dict):
            return table
        self.fault(N_("“{name}” must be written as a [{name}] table."), name=name)
        return {}

    def value(self, parse: Callable[[str], T], found: object, where: str, expected: str, otherwise: T) -> T:
        """The parsed text, else the fault and *otherwise*."""
        try:
            return parse(str(found))
        except ValueError:
            self.fault(
                N_("{where} is “{found}”; write it like {expected}."), where=where, found=found, expected=expected
            )
            return otherwise

    def hours(self, found: object, where: str) -> tuple[Minutes, ...]:
        return self.value(parse_hours, found, where, "09:00-12:00, 13:00-18:00", ())

    def share(self, found: object, name: str) -> float:
        if isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found <= 1:
            return float(found)
        self.fault(N_("{name} is “{found}”; it must be a number from 0 to 1."), name=name, found=found)
        return 0.0

    def rate(self, found: object, name: str) -> float | None:
        if found is None:
            return None
        if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < float("inf"):
            return float(found)
        self.fault(N_("{name} is “{found}”; it must be a number above 0."), name=name, found=found)
        return None

    def switch(self, found: object, name: str) -> bool:
        self.one_of(str(found).lower(), ("true", "false"), name)
        return found is True

    def valid_from(self, row: Table, where: str) -> date:
        found = row.get("valid_from", date.min)
        if isinstance(found, date) and not isinstance(found, datetime):
            return found
        return self.value(date.fromisoformat, found, f"{where} valid_from", "2026-11-22", date.min)

    def one_of(self, found: object, known: Sequence[str], where: str) -> None:
        if found not in known:
            self.fault(
                N_("{where} is “{found}”; it must be one of {known}."), where=where, found=found, known=", ".join(known)
            )

    def texts(self, row: Table, name: str, where: str) -> tuple[str, ...]:
        """A list of words, or one word."""
        found = row.get(name, [])
        listed = [found] if isinstance(found, str) else found
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            return tuple(dict.fromkeys(filter(None, (one.strip() for one in listed))))
        self.fault(N_("{where} {name} is “{found}”; write it like {expected}."), where=where, name=name, found=found,
                   expected='["…", "…"]')  # fmt: skip
        return ()

    def number(self, found: object, where: str) -> float:
        if isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < 1e9:
            return float(found)
        self.fault(N_("{where} is “{found}”; it must be a number."), where=where, found=found)
        return 0.0

    def said(self, row: Table, name: str, where: str) -> str:
        """A word that must be there."""
        found = row.get(name)
        if isinstance(found, str) and found.strip():
            return found.strip()
        self.fault(N_("{where} needs a {name}."), where=where, name=name)
        return ""


def parse_hours(text: str) -> tuple[Minutes, ...]:
    """`"09:00-12:00, 22:00-06:00"` in minutes after midnight, an end before its start being on the next day."""
    if text.strip().lower() == "closed":
        return ()
    return tuple(_interval(part) for part in text.split(","))


def _interval(text: str) -> Minutes:
    match = re.fullmatch(r"\s*(\d{1,2}):([0-5]\d)\s*[-–]\s*(\d{1,2}):([0-5]\d)\s*", text, re.ASCII)
    if match is None:
        raise ValueError(text)
    begin_hour, begin_minute, end_hour, end_minute = map(int, match.groups())
    begin, end = begin_hour * 60 + begin_minute, end_hour * 60 + end_minute
    if begin >= 1440 or end > 1440:
        raise ValueError(text)
    return begin, end if end > begin else end + 1440


def parse_seconds(text: str) -> int:
    """`"20 s"`, `"2 min"`, `"4 h"` in seconds."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*(s|min|h)\s*", text, re.ASCII)
    if match is None or int(match[1]) == 0:
        raise ValueError(text)
    return int(match[1]) * SECONDS[match[2]]
