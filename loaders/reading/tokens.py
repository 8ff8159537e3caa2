"""The strict tokenizer: one RFC 4180 record at a time, damage named instead of repaired.

It works on UTF-8 bytes in which an undecodable byte stands as MARK and two hex digits (see encoding.py). A damaged
record ends at the first line end after its start, so that a stray quotation mark never swallows the lines below it.
"""

import re
from collections.abc import Iterator
from functools import cache
from mmap import mmap
from typing import NamedTuple

Data = bytes | mmap

MARK = b"\xff"
NUL = b"\x00"
LINE_END = re.compile(rb"\r\n|\n|\r")
MARKED = re.compile(rb"\xff([0-9a-f]{2})")


class Record(NamedTuple):
    """One record: `end` is where its content ends, `next` where the following one starts; `lines` it spans."""

    start: int
    end: int
    next: int
    lines: int
    cells: list[bytes]
    damage: str | None = None
    trimmed: bool = False
    """Whether empty cells beyond the table's width were left out at `end`."""


@cache
def _patterns(delimiter: bytes, *, returns_are_text: bool) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    quoted = re.compile(rb'"((?:[^"]++|"")*+)"')
    char = rb"(?:[^\r\n" + re.escape(delimiter) + (rb"]|\r(?!\n|\Z))" if returns_are_text else rb"])")
    return quoted, re.compile(char + rb"*+")


def record_at(data: Data, start: int, delimiter: bytes, *, returns_are_text: bool = False) -> Record:
    """The record that starts at *start*; a carriage return alone ends it unless it is text like any other."""
    quoted, plain = _patterns(delimiter, returns_are_text=returns_are_text)
    cells: list[bytes] = []
    position = start
    while True:
        if data[position : position + 1] == b'"':
            match = quoted.match(data, position)
            if match is None:
                return damaged(data, start, "unterminated_quote")
            cells.append(match[1].replace(b'""', b'"'))
        else:
            match = plain.match(data, position)
            assert match is not None  # the pattern matches nothing, too
            if b'"' in match[0]:
                return damaged(data, start, _reason(data, start, position, "bare_quote"))
            cells.append(match[0])
        position = match.end()
        after = data[position : position + 1]
        if after == delimiter:
            position += 1
        elif after in (b"", b"\n", b"\r"):
            return _whole(data, start, position, cells)
        else:
            return damaged(data, start, _reason(data, start, position, "text_after_quote"))


def _reason(data: Data, start: int, position: int, reason: str) -> str:
    """Damage that shows only on a later line comes from a quotation mark left open on the first."""
    return "unterminated_quote" if LINE_END.search(data, start, position) else reason


def _whole(data: Data, start: int, end: int, cells: list[bytes]) -> Record:
    after = end + (2 if data[end : end + 2] == b"\r\n" else 1) if end < len(data) else end
    raw = data[start:end]
    lines = 1 + (len(LINE_END.findall(raw)) if b"\n" in raw or b"\r" in raw else 0)
    damage = "undecodable" if MARK in raw else "nul_byte" if NUL in raw else None
    return Record(start, end, after, lines, cells, damage)


def damaged(data: Data, start: int, reason: str) -> Record:
    """The physical line at *start* as a damaged record."""
    match = LINE_END.search(data, start)
    end, after = match.span() if match else (len(data), len(data))
    raw = data[start:end]
    return Record(start, end, after, 1, [raw], "undecodable" if MARK in raw else "nul_byte" if NUL in raw else reason)


def records(data: Data, start: int, delimiter: bytes) -> Iterator[Record]:
    """Every record from *start* on."""
    while start < len(data):
        record = record_at(data, start, delimiter)
        yield record
        start = record.next


def shown(raw: bytes) -> str:
    """Bytes as text; what could not be decoded stands as `\\xNN`."""
    return MARKED.sub(rb"\\x\1", raw).decode("utf-8", "backslashreplace")
