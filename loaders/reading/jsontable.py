"""JSON and NDJSON: a list of objects as a table, numbers as they are written, nested values as JSON text."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, cast

from loaders.base import ReadOptions
from loaders.reading import plausible
from loaders.reading.encoding import BOMS, known_encoding
from loaders.reading.layout import column_names
from loaders.reading.parsed import Notes, Parsed, frame_of, settled
from loaders.reading.refusal import Refusal
from loaders.reading.scan import Reject
from loaders.reading.sentences import DUPLICATE_KEYS, EMPTY, JSON_DEEP, NOT_JSON, NOT_TABLE

Value = object
LINED_NAMES = (".ndjson", ".jsonl")
BLANK = " \t\r\n"


class _Number(str):
    """A number as the file writes it: no digit of an identifier is lost to a float."""

    __slots__ = ()


class _Reader:
    """A strict RFC 8259 decoder that counts objects naming a field twice."""

    def __init__(self) -> None:
        self.doubled = 0
        self._decoder = json.JSONDecoder(
            parse_float=_Number, parse_int=_Number, parse_constant=_refused, object_pairs_hook=self._object
        )

    def _object(self, pairs: list[tuple[str, Value]]) -> dict[str, Value]:
        found = dict(pairs)
        self.doubled += len(found) < len(pairs)
        return found

    def read(self, text: str) -> Value:
        """The value in *text*; ValueError where it is not valid, RecursionError where it is nested too deeply."""
        return self._decoder.decode(text)


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def read_json(path: Path, name: str, options: ReadOptions, on_done: Callable[[float], None]) -> Parsed:
    """The table in a JSON or NDJSON file."""
    raw = path.read_bytes()
    reader = _Reader()
    encoding, text = _text(raw, options.encoding)
    on_done(0.2)
    lined = _is_lined(text, lined_name=name.lower().endswith(LINED_NAMES))
    parsed = _lined(text, reader, options) if lined else _single(text, reader, options)
    parsed.encoding = encoding
    if reader.doubled:
        parsed.notes.append((DUPLICATE_KEYS, {"count": reader.doubled}))
    return settled(parsed, None)


def _text(raw: bytes, encoding: str | None) -> tuple[str, str]:
    bom = next(((mark, name) for mark, name in BOMS if raw.startswith(mark)), (b"", ""))
    name = known_encoding(encoding) if encoding else bom[1] or plausible.wide(raw[:4096]) or "utf-8"
    body = raw.removeprefix(bom[0]) if name == bom[1] else raw
    try:
        text = body.decode(name)
    except UnicodeDecodeError as error:
        if name == "utf-8" and error.start > 0 and b"\n" in raw:
            return name, body.decode("utf-8", "surrogateescape")
        raise Refusal(NOT_JSON, line=raw.count(b"\n", 0, error.start) + 1, column=1) from None
    if not text.strip(BLANK):
        raise Refusal(EMPTY)
    return name, text


def _is_lined(text: str, *, lined_name: bool) -> bool:
    """Whether each line is an object of its own."""
    lines = (line for line in re.finditer(r"[^\n]+", text) if line[0].strip(BLANK))
    first, second = next(lines, None), next(lines, None)
    if first is None or (second is None and not lined_name):
        return False
    try:
        return isinstance(_Reader().read(first[0].strip(BLANK)), dict)
    except (ValueError, RecursionError):
        return lined_name


def _single(text: str, reader: _Reader, options: ReadOptions) -> Parsed:
    try:
        text.encode("utf-8")  # bytes that are not UTF-8 were kept as lone surrogates
        value = reader.read(text)
    except json.JSONDecodeError as error:
        raise Refusal(NOT_JSON, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise Refusal(JSON_DEEP) from None
    except ValueError as error:
        at = error.start if isinstance(error, UnicodeEncodeError) else 0
        raise Refusal(NOT_JSON, line=text.count("\n", 0, at) + 1, column=1) from None
    rows = _table_in(value)
    if rows is None:
        raise Refusal(NOT_TABLE)
    numbered = list(enumerate(rows, start=1))[: options.max_rows]
    rejects = [
        Reject(number, "not_an_object", [json_text(row)]) for number, row in numbered if not isinstance(row, dict)
    ]
    return _table([(number, row) for number, row in numbered if isinstance(row, dict)], rejects, "json")


def _table_in(value: Value) -> list[Value] | None:
    """The list of objects that the value is, or the only one that it holds, a level deeper where it has none."""
    if isinstance(value, dict):
        lists = [inner for inner in value.values() if _is_table(inner)]
        if not lists:
            nested = [_table_in(inner) for inner in value.values() if isinstance(inner, dict)]
            lists = [found for found in nested if found is not None]
        return cast(list[Value], lists[0]) if len(lists) == 1 else None
    return value if isinstance(value, list) and _is_table(value) else None


def _is_table(value: Value) -> bool:
    return isinstance(value, list) and bool(value) and 2 * sum(isinstance(row, dict) for row in value) >= len(value)


def _lined(text: str, reader: _Reader, options: ReadOptions) -> Parsed:
    rows: list[tuple[int, dict[str, Value]]] = []
    rejects: list[Reject] = []
    blank = 0
    lines = text.split("\n")
    for number, line in enumerate(lines if lines[-1] else lines[:-1], start=1):
        if options.max_rows is not None and len(rows) >= options.max_rows:
            break
        stripped = line.strip(BLANK)
        reason, value = _line_value(stripped, reader)
        if not stripped:
            blank += 1
        elif reason is None and isinstance(value, dict):
            rows.append((number, value))
        else:
            rejects.append(Reject(number, reason or "not_an_object", [_escaped(stripped)]))
    if len(rejects) > len(rows):
        raise Refusal(NOT_JSON, line=rejects[0].line, column=1)
    parsed = _table(rows, rejects, "ndjson")
    parsed.blank = blank
    return parsed


def _line_value(line: str, reader: _Reader) -> tuple[str | None, Value]:
    if not line:
        return None, None
    if not line.isascii() and re.search("[\udc80-\udcff]", line):
        return "undecodable", None
    try:
        return None, reader.read(line)
    except (ValueError, RecursionError):
        return "damaged_json", None


def _table(rows: list[tuple[int, dict[str, Value]]], rejects: list[Reject], kind: str) -> Parsed:
    keys = list(dict.fromkeys(key for _, row in rows for key in row))
    names = column_names([_escaped(key) for key in keys], len(keys))
    try:
        cells = [[_cell(row.get(key)) for key in keys] for _, row in rows]
    except RecursionError:
        raise Refusal(JSON_DEEP) from None
    frame = frame_of(cells, [number for number, _ in rows], names)
    notes: Notes = []
    return Parsed(
        frame=frame, headers=names, format="ndjson" if kind == "ndjson" else "json", rejects=rejects, notes=notes
    )


def _cell(value: Value) -> str | None:
    if value is None:
        return None
    return _escaped(value) if isinstance(value, str) else json_text(value)


def _escaped(text: str) -> str:
    """Half a surrogate pair, which no text can hold, as its escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def json_text(value: Value) -> str:
    """A value as compact JSON, numbers as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)}: {json_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    return json.dumps(_escaped(text), ensure_ascii=False)
