"""The cells of a sheet, changed in place: every byte that is not one of theirs stays."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import column_index_from_string, get_column_letter

from dashboard.reports.own.marks import Mark, marks_in

Value = str | float | int | None
At = tuple[int, int]
"""Row and column, from 1."""
_VALUE = re.compile(rb"<(\w+:)?v\b[^>]*?(?:/>|>.*?</(?:\w+:)?v\s*>)", re.S)
_TYPE = re.compile(rb"""\st\s*=\s*["'][^"']*["']""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'][^"']*["']""")
_PARTS = frozenset({"sheetData", "row", "c", "f", "v"})


@dataclass
class Cells:
    """A sheet's part with its cells: where they stand, their styles, which hold formulas."""

    content: bytes
    data: Mark
    rows: dict[int, Mark] = field(default_factory=dict)
    cells: dict[int, dict[int, Mark]] = field(default_factory=dict)
    """By row and column."""

    @property
    def formulas(self) -> frozenset[At]:
        return frozenset((row, column) for row, there in self.cells.items() for column, one in there.items()
                         if _is_formula(one))  # fmt: skip

    def style_at(self, at: At) -> int | None:
        """The number of its style; None where the layout has no such cell."""
        mark = self.cells.get(at[0], {}).get(at[1])
        return int(mark.told.get("s", "0")) if mark is not None else None


def cells_in(part: str, content: bytes) -> Cells | None:
    """The cells of a sheet; None of a part that has none. Raises TemplateError."""
    data = next((mark for mark in marks_in(part, content, _PARTS) if mark.name == "sheetData"), None)
    if data is None:
        return None
    found, number = Cells(content, data), 0
    for row in data.inside:
        number = int(row.told.get("r", number + 1))
        found.rows[number] = row
        column = 0
        for cell in row.inside:
            column = column_of(cell.told["r"]) if "r" in cell.told else column + 1
            found.cells.setdefault(number, {})[column] = cell
    return found


def column_of(reference: str) -> int:
    return int(column_index_from_string(reference.rstrip("0123456789").replace("$", "")))


def changed(sheet: Cells, values: Mapping[At, tuple[Value, int]]) -> bytes:
    """The part with these values in their styles. Formulas stay, without the results that they had."""
    by_row: dict[int, dict[int, tuple[Value, int]]] = {}
    for (row, column), told in values.items():
        by_row.setdefault(row, {})[column] = told
    rows = b"".join(_row(sheet, row, by_row.get(row, {})) for row in sorted({*sheet.rows, *by_row}))
    data, content = sheet.data, sheet.content
    tag = f"{data.prefix}sheetData".encode()
    return content[: data.start] + b"<" + tag + b">" + rows + b"</" + tag + b">" + content[data.end :]


def _row(sheet: Cells, number: int, values: Mapping[int, tuple[Value, int]]) -> bytes:
    """A row with its values; one that has no formula and gets nothing stays byte for byte."""
    mark, prefix = sheet.rows.get(number), sheet.data.prefix
    there = sheet.cells.get(number, {})
    if mark is not None and not values and not any(map(_is_formula, there.values())):
        return sheet.content[mark.start : mark.end]
    opening = f'<{prefix}row r="{number}">'.encode() if mark is None else _opening(sheet.content, mark)
    cells = b"".join(_cell(sheet, number, column, there.get(column), values) for column in sorted({*there, *values}))
    return opening + cells + f"</{prefix}row>".encode()


def _opening(content: bytes, mark: Mark) -> bytes:
    """The opening tag, without the columns that the row once went over."""
    return _SPANS.sub(b"", content[mark.start : mark.inner]).replace(b"/>", b">")


def _cell(
    sheet: Cells, row: int, column: int, mark: Mark | None, values: Mapping[int, tuple[Value, int]]
) -> bytes:  # fmt: skip
    if mark is not None and (column not in values or _is_formula(mark)):
        raw = sheet.content[mark.start : mark.end]
        return _forgetful(raw, mark) if _is_formula(mark) else raw
    value, style = values[column]
    return written(f"{get_column_letter(column)}{row}", value, style, sheet.data.prefix).encode()


def _is_formula(cell: Mark) -> bool:
    return any(one.name == "f" for one in cell.inside)


def _forgetful(raw: bytes, mark: Mark) -> bytes:
    """A formula without the result that it had with other figures."""
    inner = mark.inner - mark.start
    return _TYPE.sub(b"", raw[:inner]) + _VALUE.sub(b"", raw[inner:])


def written(reference: str, value: Value, style: int, prefix: str = "") -> str:
    """A cell with its value: text stays text, whatever it begins with."""
    head = f'<{prefix}c r="{reference}"' + (f' s="{style}"' if style else "")
    if value is None or (isinstance(value, float) and value != value):
        return f"{head}/>"
    if isinstance(value, str):
        text = f'<{prefix}is><{prefix}t xml:space="preserve">{escape(value)}</{prefix}t></{prefix}is>'
        return f'{head} t="inlineStr">{text}</{prefix}c>'
    return f"{head}><{prefix}v>{value!r}</{prefix}v></{prefix}c>"


def plain_sheet(rows: Iterable[Sequence[Value]]) -> bytes:
    """A sheet of its own with these rows, in the workbook's usual style."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(written(f"{get_column_letter(place)}{number}", value, 0) for place, value in enumerate(row, 1))
        lines.append(f'<row r="{number}">{cells}</row>')
    main = quoteattr("http://schemas.openxmlformats.org/spreadsheetml/2006/main")
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns={main}>'
        f'<cols><col min="1" max="12" width="24" customWidth="1"/></cols>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    ).encode()
