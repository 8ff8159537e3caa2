"""A source as data: which header gives which canonical column, how its values and stamps are written."""

import tomllib
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tomli_w

from loaders.errors import MappingError
from loaders.shapes.fields import SHAPES, required_of
from metrics.tables import CHANNELS
from metrics.words import N_

NULL_MARKS = ("NULL", "null", "(null)", "None", "NaN", "nan", "N/A", "n/a", "#N/A", "\\N", "?", "-", "--")
OPTIONS = ("rating_scale", "channel", "team", "product", "language", "type", "minutes")
_KEYS = {"name", "shape", "columns", "values", "null_marks", "zone", "formats", "options"}


@dataclass(frozen=True)
class Mapping:
    """How one family of files is brought to the canonical tables.

    `columns`: canonical name -> header; where it is empty the columns are proposed from each file's headers.
    `values`: canonical column -> raw value -> canonical value, compared without case and outer spaces.
    `formats`: canonical column -> date format (`dmy`, `mdy`, `epoch_s`, `epoch_ms`, `excel` or a strftime pattern) or
    duration unit (`s`, `ms`, `min`, `h`, `excel`); the key `*` holds for all other date columns.
    `options`: `rating_scale`, `minutes` (length of an interval), and constants such as `channel` for the whole file.
    """

    name: str
    shape: str
    columns: Map[str, str] = field(default_factory=dict)
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    null_marks: tuple[str, ...] = NULL_MARKS
    zone: str | None = None
    formats: Map[str, str] = field(default_factory=dict)
    options: Map[str, str] = field(default_factory=dict)

    def to_toml(self, *, missing: Iterable[str] = (), doubtful: Map[str, Sequence[str]] | None = None) -> str:
        """The mapping as text that a person can edit; what is missing or doubtful stands there as a comment."""
        document: dict[str, Any] = {"name": self.name, "shape": self.shape}
        document |= {"null_marks": list(self.null_marks)} if self.null_marks != NULL_MARKS else {}
        document |= {"zone": self.zone} if self.zone else {}
        document |= {"options": dict(self.options)} if self.options else {}
        document |= {"formats": dict(self.formats)} if self.formats else {}
        document |= {"columns": dict(self.columns)}
        document |= {"values": {name: dict(table) for name, table in self.values.items()}} if self.values else {}
        lines = tomli_w.dumps(document).splitlines()
        at = lines.index("[columns]") + 1
        return "\n".join([*lines[:at], *_comments(missing, doubtful or {}), *lines[at:]]) + "\n"


def _comments(missing: Iterable[str], doubtful: Map[str, Sequence[str]]) -> list[str]:
    lines = [f'# {name} = "?"    # required, no header found' for name in missing if name not in doubtful]
    for name, headers in doubtful.items():
        choices = " | ".join(f'"{_one_line(header)}"' for header in headers)
        lines.append(f"# {name} = {choices}    # choose one")
    return lines


def _one_line(header: str) -> str:
    return " ".join(header.split()).replace('"', "'")


def load_mapping(text: str) -> Mapping:
    """A mapping from its TOML text; all that is wrong with it is told in one MappingError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(N_("The mapping is not valid TOML: {problem}."), problem=str(error)) from None
    problems = [*_shape_problems(document), *_table_problems(document)]
    if problems:
        raise MappingError(N_("The mapping cannot be used: {problems}."), problems="; ".join(problems))
    return Mapping(
        name=document["name"],
        shape=document["shape"],
        columns=document["columns"],
        values={name: {raw: str(value) for raw, value in table.items()} for name, table in _values(document).items()},
        null_marks=tuple(document.get("null_marks", NULL_MARKS)),
        zone=document.get("zone"),
        formats=document.get("formats", {}),
        options={name: str(value) for name, value in document.get("options", {}).items()},
    )


def _values(document: Map[str, Any]) -> Map[str, Map[str, Any]]:
    values: Map[str, Map[str, Any]] = document.get("values", {})
    return values


def _shape_problems(document: Map[str, Any]) -> list[str]:
    problems = [f"unknown entry '{key}'" for key in document if key not in _KEYS]
    if not isinstance(document.get("name"), str) or not document["name"]:
        problems.append("'name' is missing")
    if document.get("shape") not in SHAPES:
        problems.append(f"'shape' must be one of {', '.join(SHAPES)}, found {document.get('shape')!r}")
    zone = document.get("zone")
    if zone is not None and not is_zone(zone):
        problems.append(f"'zone' {zone!r} is no IANA time zone such as Asia/Shanghai")
    return problems


def _table_problems(document: Map[str, Any]) -> list[str]:
    problems = [
        f"'{key}' must be a table of texts"
        for key in ("columns", "formats")
        if not _is_text_table(document.get(key, {} if key == "formats" else None))
    ]
    if not isinstance(document.get("values", {}), dict) or not all(
        isinstance(table, dict) for table in document.get("values", {}).values()
    ):
        problems.append("'values' must hold one table per column")
    marks = document.get("null_marks", [])
    if not isinstance(marks, list) or not all(isinstance(mark, str) for mark in marks):
        problems.append("'null_marks' must be a list of texts")
    if not isinstance(document.get("options", {}), dict):
        problems.append("'options' must be a table")
    return problems or _content_problems(document)


def _is_text_table(table: object) -> bool:
    return isinstance(table, dict) and all(isinstance(value, str) for value in table.values())


def _content_problems(document: Map[str, Any]) -> list[str]:
    fields = SHAPES.get(document.get("shape", ""), {})
    if not fields:
        return []
    columns = document["columns"]
    problems = [_unknown(name, fields) for name in columns if name not in fields]
    if columns:
        problems += [f"required column '{name}' has no header" for name in required_of(document["shape"], columns)]
    for name, table in _values(document).items():
        if name not in fields:
            problems.append(_unknown(name, fields))
        elif (allowed := fields[name].values) is not None:
            wrong = sorted({str(value) for value in table.values() if value not in (*allowed, "")})
            problems += [f"'{value}' is no {name} (known: {', '.join(allowed)})" for value in wrong]
    problems += [_unknown(name, fields) for name in document.get("formats", {}) if name not in (*fields, "*")]
    return problems + _option_problems(document.get("options", {}))


def _option_problems(options: Map[str, Any]) -> list[str]:
    problems = [f"unknown option '{name}'" for name in options if name not in OPTIONS]
    numbers = [name for name in ("rating_scale", "minutes") if name in options]
    problems += [
        f"option '{name}' must be a whole number, found {options[name]!r}"
        for name in numbers
        if not str(options[name]).isdecimal()
    ]
    if "channel" in options and options["channel"] not in CHANNELS:
        problems.append(f"'{options['channel']}' is no channel (known: {', '.join(CHANNELS)})")
    return problems


def _unknown(name: str, fields: Map[str, object]) -> str:
    near = get_close_matches(name, fields, n=1)
    return f"'{name}' is no column of this shape" + (f" (did you mean '{near[0]}'?)" if near else "")


def is_zone(name: object) -> bool:
    """Whether the name is an IANA time zone known here."""
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
