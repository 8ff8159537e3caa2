"""A workbook as a grid of plain values, and in which cells two workbooks differ."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from dashboard.reports.text import unescaped
from metrics.errors import ActionableError
from metrics.words import N_

Plain = str | float | None
Grid = Sequence[Sequence[Plain]]
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - days of a spreadsheet have no zone
NEAR = 1e-9


class WorkbookError(ActionableError):
    """A file that is no workbook, or a damaged one."""


@dataclass(frozen=True)
class Difference:
    """A cell that two workbooks show differently; `sheet` and `cell` as a spreadsheet names them."""

    sheet: str
    cell: str
    found: Plain
    made: Plain


def grids_of(path: Path) -> Mapping[str, Grid]:
    """Every sheet by its name. Raises WorkbookError."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        return {name: _grid(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise WorkbookError(
            N_("{file} could not be read as a workbook ({detail})."), file=path.name, detail=type(error).__name__
        ) from error


def _grid(rows: Sequence[Sequence[object]]) -> Grid:
    return [[_plain(value) for value in row] for row in rows]


def _plain(value: object) -> Plain:
    """Numbers as a spreadsheet keeps them: days and parts of days."""
    match value:
        case None | "":
            return None
        case bool():
            return float(value)
        case int() | float():
            return float(value)
        case datetime():
            return (value - EPOCH) / timedelta(days=1)
        case date():
            return float((value - EPOCH.date()).days)
        case time():
            return (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86_400
        case timedelta():
            return value / timedelta(days=1)
        case _:
            return unescaped(str(value))


def differences(found: Grid, made: Grid, sheet: str) -> Iterator[Difference]:
    """The cells in which one sheet is another than it should be, row by row."""
    for row in range(max(len(found), len(made))):
        here, there = (grid[row] if row < len(grid) else () for grid in (found, made))
        for column in range(max(len(here), len(there))):
            one, other = (cells[column] if column < len(cells) else None for cells in (here, there))
            if not _same(one, other):
                yield Difference(sheet, f"{get_column_letter(column + 1)}{row + 1}", one, other)


def _same(one: Plain, other: Plain) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)
    return one == other


def table_below(grid: Grid, title: str) -> list[tuple[Plain, ...]]:
    """The rows of values of the table with this heading: from behind its header to the first empty row."""
    start = next((place for place, row in enumerate(grid) if place > 2 and row and row[0] == title), None)
    if start is None:
        return []
    body = [tuple(row) for row in grid[start + 1 :]]
    end = next((place for place, row in enumerate(body) if not any(cell is not None for cell in row)), len(body))
    filled = body[:end]
    while filled and sum(cell is not None for cell in filled[0]) <= 1:  # notes
        filled = filled[1:]
    return filled[1:]
