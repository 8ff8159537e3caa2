"""XLSX, XLSM, XLSB, XLS and ODS: one sheet's cells as text."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import python_calamine as calamine

from loaders.base import ReadOptions
from loaders.reading.cells import cell_text
from loaders.reading.delimited import OnDone
from loaders.reading.dialect import WIDEST
from loaders.reading.layout import Layout, column_names, find_layout
from loaders.reading.parsed import Notes, Parsed, frame_of, settled
from loaders.reading.refusal import Refusal
from loaders.reading.scan import Reject
from loaders.reading.sentences import (
    HEADER_LINE,
    HEADER_MADE,
    MERGED,
    NO_ROWS,
    NO_SHEET,
    NO_SHEETS,
    PASSWORD,
    SHEETS_LEFT,
    TOO_WIDE,
    WORKBOOK_DAMAGED,
)

SAMPLE_ROWS = 120


def read_workbook(path: Path, options: ReadOptions, on_done: OnDone) -> Parsed:
    """The named sheet, else the first visible one with cells."""
    try:
        book = calamine.load_workbook(path)
        name, others = _chosen(book, options.sheet)
        sheet = book.get_sheet_by_name(name)
        merged = len(sheet.merged_cell_ranges or ())
        rows = _rows(sheet, options)
    except calamine.PasswordError:
        raise Refusal(PASSWORD) from None
    except (calamine.CalamineError, OSError, ValueError):
        raise Refusal(WORKBOOK_DAMAGED) from None
    on_done(0.7)
    notes: Notes = []
    if others and options.sheet is None:
        notes.append((SHEETS_LEFT, {"sheet": name, "names": ", ".join(others)}))
    if merged:
        notes.append((MERGED, {"sheet": name, "count": merged}))
    parsed = _table(rows, options, notes)
    parsed.sheet, parsed.sheets = name, tuple(book.sheet_names)
    return parsed


def _chosen(book: calamine.CalamineWorkbook, wanted: str | None) -> tuple[str, list[str]]:
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise Refusal(NO_SHEET, sheet=wanted, names=", ".join(book.sheet_names))
        return wanted, []
    visible = [
        meta.name
        for meta in book.sheets_metadata
        if meta.typ == calamine.SheetTypeEnum.WorkSheet and meta.visible == calamine.SheetVisibleEnum.Visible
    ]
    filled = [name for name in visible if book.get_sheet_by_name(name).height]
    if not filled:
        raise Refusal(NO_SHEETS)
    return filled[0], filled[1:]


def _rows(sheet: calamine.CalamineSheet, options: ReadOptions) -> list[list[str]]:
    """Every row from the sheet's first on, so that row numbers are those that Excel shows."""
    rows: Iterator[Sequence[object]] = iter(sheet.iter_rows())
    if options.max_rows is not None:
        rows = islice(rows, options.max_rows + SAMPLE_ROWS + (options.header_line or 0))
    return [[cell_text(cell) for cell in row] for row in rows]  # type: ignore[arg-type]


def _table(rows: list[list[str]], options: ReadOptions, notes: Notes) -> Parsed:
    layout = _layout(rows, options)
    header = rows[layout.header] if layout.header is not None else None
    if header is None and options.header_line is None:
        notes.append((HEADER_MADE, {}))
    body = rows[layout.first :]
    width = _used_width(header, body)
    if width > WIDEST:
        raise Refusal(TOO_WIDE, columns=width, limit=WIDEST)
    names = column_names(header[:width] if header else None, width)
    filled = [index for index, row in enumerate(body) if any(row)]
    blank = (filled[-1] + 1 if filled else 0) - len(filled)
    frame = frame_of([body[index][:width] for index in filled], [layout.first + index + 1 for index in filled], names)
    if options.max_rows is not None:
        frame = frame.head(options.max_rows)
    above = rows[: layout.header if layout.header is not None else layout.first]
    rejects: list[Reject] = []
    parsed = Parsed(
        frame=frame,
        headers=names,
        format="xlsx",
        rejects=rejects,
        blank=blank,
        header_line=None if layout.header is None else layout.header + 1,
        preamble=tuple(" ".join(filter(None, map(str.strip, row))) for row in above if any(map(str.strip, row))),
        notes=notes,
    )
    return settled(parsed, header)


def _layout(rows: list[list[str]], options: ReadOptions) -> Layout:
    if not any(any(row) for row in rows):
        raise Refusal(NO_ROWS)
    if options.header_line == 0:
        return Layout(None, 0, 0)
    if options.header_line:
        if options.header_line > len(rows):
            raise Refusal(HEADER_LINE, line=options.header_line)
        return Layout(options.header_line - 1, 0, options.header_line)
    return find_layout([_trimmed(row) for row in rows[:SAMPLE_ROWS]])


def _trimmed(row: list[str]) -> list[str]:
    last = max((index for index, cell in enumerate(row) if cell.strip()), default=-1)
    return row[: last + 1]


def _used_width(header: list[str] | None, body: list[list[str]]) -> int:
    """Columns with a name or a value; empty ones at the right edge are left out."""
    return max([len(_trimmed(header or [])), *(len(_trimmed(row)) for row in body)], default=0)
