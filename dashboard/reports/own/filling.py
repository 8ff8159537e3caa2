"""Fills a layout of a desk's own with a report. Kept are pictures, charts, shapes, styles, formulas, print set-up, all
sheets; changed are the cells that are named, and formulas lose their old results, so that opening computes them anew.

Behind the layout's own sheets two of ours tell what each figure means and what the report was made of.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from zoneinfo import ZoneInfo

from dashboard.reports.asked import KINDS, days_in_words, recipe_of
from dashboard.reports.cells import Cells, cells_of
from dashboard.reports.model import Report, Sheet, Table, Words
from dashboard.reports.own.look import PART as STYLES
from dashboard.reports.own.look import Look, look_of
from dashboard.reports.own.marks import Mark, marks_in
from dashboard.reports.own.names import ROWS, SINGLE, Place, figure_of
from dashboard.reports.own.package import TYPES, WORKBOOK, packed
from dashboard.reports.own.sheets import At, Value, changed, plain_sheet
from dashboard.reports.own.template import Template
from dashboard.reports.text import escaped, fitting
from dashboard.wording import _

ROWS_AT_MOST = 20_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
EPOCH = 25_569
DAY_SECONDS = 86_400
_RELATIONS = "xl/_rels/workbook.xml.rels"
_CHAIN = re.compile(rb"<(?:\w+:)?(?:Override|Relationship)\b[^>]*calcChain[^>]*/>")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*/>")
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SHEET_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
Written = dict[At, tuple[Value, str, bool]]
"""Cell -> its value, the kind of number, whether it is a row of a table."""


@dataclass(frozen=True)
class Filled:
    """The workbook; in words what the layout asks for and the report does not have, or has no room for."""

    content: bytes
    notes: tuple[str, ...]


def filled(template: Template, report: Report, zone: str) -> Filled:
    """The layout with the report in it, in the current language."""
    parts, notes = dict(template.parts), list[str]()
    look = look_of(parts[STYLES]) if STYLES in parts else None
    tables = {table.key: (table, cells_of(table, zone)) for _sheet, table in report.tables()}
    singles = _singles(report, zone)
    for sheet, part in template.sheets.items():
        written: Written = {}
        for place in template.places:
            if place.sheet == sheet:
                notes += _place(place, tables, singles, written)
        _keep(template, sheet, part, parts, written, look)
    if look is not None:
        parts[STYLES] = look.written()
    _compute_anew(parts)
    _add_sheets(parts, [one for one in report.sheets if one.key in ("definitions", "data")], zone, notes)
    return Filled(packed(parts), tuple(notes))


def _singles(report: Report, zone: str) -> dict[str, tuple[Value, str]]:
    """What single cells can hold: the value and how it is shown."""
    recipe = recipe_of(report.recipe)
    local = recipe.as_of.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    serial = EPOCH + local.toordinal() - 719_163 + (local.hour * 3600 + local.minute * 60 + local.second) / DAY_SECONDS
    found: dict[str, tuple[Value, str]] = {
        "title": (report.title, "text"), "kind": (_(KINDS[recipe.asked.kind]), "text"),
        "days": (days_in_words(recipe.asked.period), "text"), "about": (report.about, "text"),
        "data_up_to": (serial, "instant"),
    }  # fmt: skip
    words = [line for sheet in report.sheets if sheet.key == "summary" for block in sheet.blocks
             if isinstance(block, Words) and block.style == "finding" for line in block.lines]  # fmt: skip
    return found | {f"finding_{place}": (line, "text") for place, line in enumerate(words, start=1)}


def _place(
    place: Place, tables: Mapping[str, tuple[Table, Cells]], singles: Mapping[str, tuple[Value, str]], written: Written
) -> Iterator[str]:  # fmt: skip
    """Put into the cells of a name what it asks for; what cannot be is told."""
    key = place.key
    if key in SINGLE or figure_of(key) is not None:
        value, kind = singles.get(key) or _figure(tables, key) or (None, "text")
        if value is None:
            yield _("{name}: this report does not have it, the cell is empty.", name=place.name)
        written[place.row, place.column] = (escaped(fitting(value)) if isinstance(value, str) else value, kind, False)
    elif key in tables:
        yield from _table(place, *tables[key], written)
    else:
        yield _("{name}: this report has no table of that name, the cells are as they were.", name=place.name)


def _figure(tables: Mapping[str, tuple[Table, Cells]], key: str) -> tuple[Value, str] | None:
    """One cell of the summary."""
    found = figure_of(key)
    if found is None or "summary" not in tables:
        return None
    table, cells = tables["summary"]
    name, id = found
    ids = table.frame["metric"].to_list()
    column = next((place for place, one in enumerate(table.columns) if one.name == name), None)
    if id not in ids or column is None:
        return None
    row = ids.index(id)
    return cells.values[str(column)][row], cells.style_at(row, column)


def _table(place: Place, table: Table, cells: Cells, written: Written) -> Iterator[str]:
    """A table's header and rows; in a range of several rows no more of it than the range holds."""
    head = 0 if place.name.endswith(ROWS) else 1
    columns = len(table.columns) if place.columns == 1 else min(place.columns, len(table.columns))
    room = min(ROWS_AT_MOST, LAST_ROW - place.row) if place.rows == 1 else place.rows - head
    columns = min(columns, LAST_COLUMN - place.column + 1)
    for column in range(columns if head else 0):
        written[place.row, place.column + column] = (escaped(fitting(table.columns[column].title)), "text", False)
    for number, row in enumerate(cells.values.head(room).iter_rows()):
        for column in range(columns):
            at = place.row + head + number, place.column + column
            written[at] = (row[column], cells.style_at(number, column), True)
    for number in range(table.frame.height, room if place.rows > 1 else 0):
        for column in range(place.columns):
            written[place.row + head + number, place.column + column] = (None, "text", False)
    if table.frame.height > room:
        yield _("{name}: {n} rows more than its cells have room for.", name=place.name, n=table.frame.height - room)


def _keep(
    template: Template, sheet: str, part: str, parts: dict[str, bytes], written: Written, look: Look | None
) -> None:  # fmt: skip
    """The sheet with these cells; heads of Excel's lists and formulas stay."""
    cells = template.cells(sheet) if written or b"<f" in parts[part] or b":f>" in parts[part] else None
    if cells is None:
        return
    first: dict[int, int] = {}
    values: dict[At, tuple[Value, int]] = {}
    for at, (value, kind, is_row) in written.items():
        if at in template.headers[sheet]:
            continue
        style = cells.style_at(at)
        if is_row:
            first.setdefault(at[1], style or 0)
            style = first[at[1]] if style is None else style
        values[at] = (value, look.of(style or 0, kind) if look is not None else style or 0)
    parts[part] = _DIMENSION.sub(b"", changed(cells, values), count=1)


def _compute_anew(parts: dict[str, bytes]) -> None:
    """Formulas are computed when the workbook is opened, in an order that is found anew."""
    parts.pop("xl/calcChain.xml", None)
    for name in (TYPES, _RELATIONS):
        parts[name] = _CHAIN.sub(b"", parts[name])
    content = parts[WORKBOOK]
    found = {mark.name: mark for mark in marks_in(WORKBOOK, content, frozenset({"calcPr", "definedNames"}))}
    names, there = found["definedNames"], found.get("calcPr")
    start, end = (there.start, there.end) if there is not None else (names.end, names.end)
    anew = f'<{names.prefix}calcPr calcId="0" fullCalcOnLoad="1"/>'.encode()
    parts[WORKBOOK] = content[:start] + anew + content[end:]


def _add_sheets(parts: dict[str, bytes], sheets: list[Sheet], zone: str, notes: list[str]) -> None:
    """Our own sheets behind the layout's."""
    for number, sheet in enumerate(sheets, start=1):
        (around,) = marks_in(WORKBOOK, parts[WORKBOOK], frozenset({"sheets", "sheet"}))
        part, id = f"xl/worksheets/floorwalker{number}.xml", f"floorwalker{number}"
        parts[part] = plain_sheet(_lines(sheet, zone, notes if sheet.key == "data" else []))
        parts[TYPES] = _before(parts[TYPES], b"Types", f'<Override PartName="/{part}" ContentType="{_SHEET_TYPE}"/>')
        relation = f'<Relationship Id="{id}" Type="{_SHEET_RELATION}" Target="/{part}"/>'
        parts[_RELATIONS] = _before(parts[_RELATIONS], b"Relationships", relation)
        told = _sheet_line(around, _unused(around, sheet.title), id)
        parts[WORKBOOK] = _before(parts[WORKBOOK], f"{around.prefix}sheets".encode(), told)


def _sheet_line(around: Mark, name: str, id: str) -> str:
    numbers = [int(mark.told["sheetId"]) for mark in around.inside]
    relation = next(key for key in around.inside[0].told if key.endswith(":id"))
    return f'<{around.prefix}sheet name="{escape(name)}" sheetId="{max(numbers) + 1}" {relation}="{id}"/>'


def _unused(around: Mark, title: str) -> str:
    taken = {mark.told["name"].casefold() for mark in around.inside}
    return next(name for name in (title, *(f"{title} ({number})" for number in range(2, 999)))
                if name.casefold() not in taken)  # fmt: skip


def _before(content: bytes, name: bytes, told: str) -> bytes:
    """The part with a line before the end of this element."""
    end = content.rindex(b"</" + name)
    return content[:end] + told.encode() + content[end:]


def _lines(sheet: Sheet, zone: str, notes: list[str]) -> Iterator[Sequence[Value]]:
    yield [sheet.title]
    yield from ([escaped(fitting(note))] for note in notes)
    for block in sheet.blocks:
        yield []
        if isinstance(block, Words):
            yield from ([escaped(fitting(line))] for line in block.lines)
            continue
        yield [escaped(block.title)]
        yield [escaped(column.title) for column in block.columns]
        yield from (list(row) for row in cells_of(block, zone).rows())
