"""Editing one table of the agreements' text, so that everything else in it stays as people wrote it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from dashboard.agreements import SettingsError, read_toml

Value = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
HEADER = re.compile(r"\[\[?([A-Za-z0-9_-]+)[\].]")
ZONE_LINE = re.compile(r"zone\s*=")
BARE = re.compile(r"[A-Za-z0-9_-]+")
SHORT = 3
"""A table within a row that is longer than this stands below it, a line for each entry."""


def with_table(text: str | None, name: str, value: Value) -> str:
    """The text with this table, or these rows, in the place of what it has under the name; None takes it away.

    Comments of other tables stay; those within the old one go with it. An empty list of rows says that there are none.
    """
    kept = [block for found, block in blocks(text or "") if found != name]
    others = {key: held for key, held in read_toml(text or "").items() if key != name}
    body = "\n".join(kept).strip("\n")
    if not _says(body, others):  # the name stands before the first table, or a text holds what looks like one
        body = "\n\n".join(filter(None, (written(key, held) for key, held in others.items())))
    made = written(name, value)
    parts = [made, body] if value is not None and not _is_table(value) else [body, made]
    return "\n\n".join(part for part in parts if part) + "\n"


def with_zone(text: str, zone: str | None) -> str:
    """The text with the desk's zone at its head; without one, where none is given."""
    lines = text.split("\n")
    first = next((place for place, line in enumerate(lines) if HEADER.match(line)), len(lines))
    head = [line for line in lines[:first] if not ZONE_LINE.match(line)]
    body = "\n".join([*head, *lines[first:]]).lstrip("\n")
    return body if zone is None else f"{written('zone', zone)}\n\n{body}"


def _says(text: str, told: Mapping[str, Any]) -> bool:
    try:
        return read_toml(text) == told
    except SettingsError:
        return False


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The tables of a TOML text one by one, each with the comments above it; what stands first is of no name."""
    name, lines, above = "", list[str](), list[str]()
    for line in text.split("\n"):  # not splitlines: TOML knows no other end of a line
        header = HEADER.match(line)
        if header and header[1] != name:
            if name or any(not row.startswith("#") and row for row in lines):
                yield name, "\n".join(lines)
                lines = []
            name, lines, above = header[1], [*lines, *above, line], []
        elif line and not line.startswith("#"):
            lines, above = [*lines, *above, line], []
        else:
            above.append(line)
    yield name, "\n".join([*lines, *above])


def written(name: str, value: Any) -> str:
    """A value of the agreements as TOML under its name."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "\n".join([f"[{_key(name)}]", *_lines(name, value)])
    if _is_table(value):
        return "\n\n".join("\n".join([f"[[{_key(name)}]]", *_lines(name, row)]) for row in value)
    return f"{_key(name)} = {_literal(value)}"


def _is_table(value: Any) -> bool:
    """Whether TOML writes it below a header: a table, or at least one row."""
    is_rows = isinstance(value, list | tuple) and bool(value) and all(isinstance(row, Mapping) for row in value)
    return isinstance(value, Mapping) or is_rows


def _lines(name: str, row: Mapping[str, Any]) -> Iterator[str]:
    below = {key: held for key, held in row.items() if isinstance(held, Mapping) and len(held) > SHORT}
    for key, held in row.items():
        if key not in below and held is not None:
            yield f"{_key(key)} = {_literal(held)}"
    for key, held in below.items():
        yield f"[{_key(name)}.{_key(key)}]"
        yield from (f"{_key(str(inner))} = {_literal(one)}" for inner, one in held.items())


def _key(text: str) -> str:
    return text if BARE.fullmatch(text) else _literal(text)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(key))} = {_literal(held)}" for key, held in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)
