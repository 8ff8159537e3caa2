"""Raw tables for tests: from columns given by name, or from a file as text, without the product's own reader."""

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import polars as pl
from python_calamine import CalamineWorkbook

from loaders.base import LINE, RawTable, ReadOptions, no_rejects
from loaders.reading.parse import parse
from loaders.reading.transfer import read_raw, write_parsed

_LONE_RETURN = "\ue000"
"""Stands for a carriage return inside a cell, which the standard library takes for the end of a row."""


def raw(
    columns: dict[str, Sequence[str | None]], *, format: Literal["csv", "xlsx"] = "csv", first_line: int = 2
) -> RawTable:
    """A raw table of these columns; the first row stands on line 2."""
    frame = pl.DataFrame({name: pl.Series(name, list(cells), dtype=pl.String) for name, cells in columns.items()})
    lines = pl.int_range(first_line, first_line + frame.height, dtype=pl.UInt32, eager=True).alias(LINE)
    return RawTable(frame.insert_column(0, lines), tuple(columns), no_rejects(), frame.height, 0, format)


def rows_of(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file by the standard library; an unnamed column is called `column_<n>`."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", _LONE_RETURN)
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    rows = [[cell.replace(_LONE_RETURN, "\r") for cell in row] for row in rows]
    return [name or f"column_{number}" for number, name in enumerate(header, 1)], rows


def raw_csv(path: Path) -> RawTable:
    header, rows = rows_of(path)
    return raw({name: [row[number] or None for row in rows] for number, name in enumerate(header)})


def raw_workbook(path: Path) -> RawTable:
    header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return raw({str(name): [_cell(row[number]) for row in rows] for number, name in enumerate(header)}, format="xlsx")


def raw_file(path: Path, scratch: Path) -> RawTable:
    """A file by the product's own reader, in this process: what its child does, without starting one."""
    write_parsed(parse(path, scratch, ReadOptions(), lambda _: None), scratch)
    return read_raw(scratch)


def _cell(value: object) -> str | None:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value != "" else None
