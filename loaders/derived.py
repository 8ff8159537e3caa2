"""Columns that a file has not as such: a path into nested JSON (`via.channel`), two joined (`Date + Time`)."""

from collections.abc import Container, Iterable
from dataclasses import replace

import polars as pl

from loaders.base import RawTable

JOINT = " + "
_TO = r"^(\d{1,2}:\d{2}(?::\d{2})?)\s*(?:-|–|—|~|～|至|到|to)\s*\d{1,2}:\d{2}(?::\d{2})?$"
"""A span of the day such as `09:00-09:30`; it begins at its first time."""


def is_there(header: str, headers: Container[str]) -> bool:
    """Whether a file with these headers gives this column, as it stands or derived."""
    if header in headers:
        return True
    if JOINT in header:
        return all(is_there(part, headers) for part in header.split(JOINT))
    return _parent(header, headers) is not None


def with_derived(raw: RawTable, wanted: Iterable[str]) -> RawTable:
    """The table with the wanted columns that can be derived; its headers stay those of the file."""
    absent = [header for header in dict.fromkeys(wanted) if header not in raw.frame.columns]
    made = [_derived(header, raw.headers).alias(header) for header in absent if is_there(header, raw.headers)]
    return replace(raw, frame=raw.frame.with_columns(made)) if made else raw


def _derived(header: str, headers: Container[str]) -> pl.Expr:
    if header in headers:
        return pl.col(header)
    if JOINT in header:
        parts = [_derived(part, headers).str.strip_chars() for part in header.split(JOINT)]
        return pl.concat_str([parts[0], *(part.str.replace(_TO, "$1") for part in parts[1:])], separator=" ")
    parent = _parent(header, headers) or header
    path = "".join(_step(key) for key in header.removeprefix(parent + ".").split("."))
    cell = pl.col(parent).str.strip_chars()
    return pl.when(cell.str.starts_with("{") | cell.str.starts_with("[")).then(cell).str.json_path_match(f"${path}")


def _step(key: str) -> str:
    return f"[{key}]" if key.isdecimal() else f"['{key}']"


def _parent(header: str, headers: Container[str]) -> str | None:
    """The longest column of the file that the path begins with."""
    keys = header.split(".")
    starts = (".".join(keys[:count]) for count in range(len(keys) - 1, 0, -1))
    return next((start for start in starts if start in headers), None)
