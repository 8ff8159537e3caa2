"""Lays a sheet of a report out on a sheet of a workbook: sentences, tables and charts below one another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import ColorScaleRule, DataBarRule
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table as ListObject
from openpyxl.worksheet.table import TableStyleInfo

from dashboard.reports.cells import Cells, cells_of
from dashboard.reports.charts import Place, chart_of, size_on, wide_on
from dashboard.reports.model import Chart, Report, Sheet, Table, Words
from dashboard.reports.styles import DIM, LEFT, MARK
from dashboard.reports.text import escaped, fitting, shown_width
from dashboard.wording import _

LEAST_WIDTH, COLUMNS_OF_WORDS = 10, 8
LINE_POINTS, LINES_AT_MOST = 15.0, 12
CHART_ROWS = 16
BEGUN = 5
"""So many rows of a table stand below its header at the least before a page ends."""
PAGE, POINTS_PER_CM = (27.6, 17.4), 28.35
"""What is printed on of a page of A4 across, in centimetres."""
LARGE = 3000
"""From so many rows on a table is a list to filter: its cells are no higher than one line."""
OnRows = Callable[[int], None]


@dataclass
class Laid:
    """A sheet on its way: the next row, and what openpyxl wants when all rows are written."""

    sheet: Any
    report: Report
    zone: str
    on_rows: OnRows
    widths: Sequence[int]
    row: int = 1
    page: float = inf
    """How many points high a printed page is; endless where the sheet is printed as one."""
    used: float = 0.0
    above: float = 0.0
    """How much of the first page its title takes, below which no page ends."""
    cells: dict[tuple[int, str], WriteOnlyCell] = field(default_factory=dict)

    def cell(self, column: int, style: str) -> WriteOnlyCell:
        """One cell object per column and style, used again in every row: making millions of them takes the time."""
        key = (column, style)
        if key not in self.cells:
            self.cells[key] = WriteOnlyCell(self.sheet)
            self.cells[key].style = f"fw {style}"
        return self.cells[key]

    def put(self, values: Sequence[object], styles: Sequence[str]) -> None:
        """Append one row."""
        line = []
        for column, (value, style) in enumerate(zip(values, styles, strict=True)):
            cell = self.cell(column, style)
            cell.value = value
            if value.__class__ is str:
                cell.data_type = "s"  # whatever it begins with
            line.append(cell)
        self.sheet.append(line)
        self._next()

    def skip(self, rows: int = 1) -> None:
        for _row in range(rows):
            self.sheet.append([])
            self._next()

    def _next(self) -> None:
        own = self.sheet.row_dimensions[self.row].height if self.row in self.sheet.row_dimensions else None
        high = own or LINE_POINTS
        if self.used + high > self.page:
            self._break()
        self.used += high
        self.row += 1

    def _break(self) -> None:
        """End the printed page above this row, and not where the program that prints would: so no chart is cut."""
        self.sheet.row_breaks.append(Break(id=self.row - 1))
        self.used = 0.0

    def together(self, *wished: float) -> None:
        """Begin a new printed page where what follows would be cut in two by its end.

        wished: how many points of it are to stand on one page, the best first; what no page holds is not to be had.
        """
        points = next((one for one in wished if one <= self.page), 0.0)
        if self.used > self.above and self.used + points > self.page:
            self._break()


def lay_out(book: Workbook, sheet: Sheet, report: Report, *, zone: str, on_rows: OnRows) -> dict[str, tuple[int, int]]:
    """Write a sheet; for each of its tables the row of its header and of its first value."""
    made = book.create_sheet(sheet.title)
    ready = [(block, cells_of(block, zone) if isinstance(block, Table) else None) for block in sheet.blocks]
    widths = _widths([cells for _block, cells in ready if cells is not None])
    for place, width in enumerate(widths):
        made.column_dimensions[get_column_letter(place + 1)].width = width
    laid = Laid(made, report, zone, on_rows, widths)
    _page(laid, sheet, ready)
    laid.put([sheet.title], ["title"])
    _words(laid, (report.about,), "about", sum(widths))
    laid.above = laid.used + LINE_POINTS
    found, is_below_table = dict[str, tuple[int, int]](), False
    for block, cells in ready:
        if isinstance(block, Words):
            laid.skip(int(is_below_table))  # a table ends at its first empty row
            _words(laid, tuple(block.lines), block.style, sum(widths))
        elif cells is not None:
            found[block.key] = _table(book, laid, block, cells, sum(widths))
        is_below_table = cells is not None
    return found


def _widths(cells: Sequence[Cells]) -> list[int]:
    columns = max([COLUMNS_OF_WORDS, *(len(one.widths) for one in cells)])
    return [
        max([LEAST_WIDTH, *(one.widths[place] for one in cells if place < len(one.widths))]) for place in range(columns)
    ]


def _page(laid: Laid, sheet: Sheet, ready: Sequence[tuple[Table | Words, Cells | None]]) -> None:
    """How the sheet is printed, and what stays in sight; openpyxl wants both before the first row."""
    made = laid.sheet
    setup, margins = made.page_setup, made.page_margins
    setup.orientation, setup.paperSize = "portrait" if sheet.is_page else "landscape", 9
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.25
    made.sheet_format.defaultRowHeight, made.sheet_format.customHeight = LINE_POINTS, True
    made.oddFooter.left.text = laid.report.title.replace("&", "&&")
    made.oddFooter.right.text = _("Page {page} of {pages}", page="&P", pages="&N")
    made.sheet_view.showGridLines = False
    made.sheet_view.zoomScale = 90
    made.sheet_properties.tabColor = MARK if sheet.is_page else DIM
    tables = [block for block, cells in ready if isinstance(block, Table)]
    only = len(tables) == 1 and all(isinstance(block, Table) for block in sheet.blocks)
    setup.fitToWidth, setup.fitToHeight = 1, 1 if sheet.is_page else 0
    made.sheet_properties.pageSetUpPr.fitToPage = True
    if not only and not sheet.is_page:
        laid.page = PAGE[1] * POINTS_PER_CM * max(1.0, wide_on(laid.widths) / PAGE[0])
    if only:  # a list: its header stays in sight, and is printed on every page
        header = 5 + len(tables[0].notes)
        made.freeze_panes = f"B{header + 1}" if len(tables[0].columns) > COLUMNS_OF_WORDS else f"A{header + 1}"
        made.print_title_rows = f"{header}:{header}"
    else:
        made.freeze_panes = "A3"


def _words(laid: Laid, lines: tuple[str, ...], style: str, room: int) -> None:
    """Sentences over the whole width; their rows are as high as they need to be, which no program finds by itself."""
    for line in lines:
        text, width = escaped(fitting(line)), max(room, 60)
        high = sum(max(1, ceil(shown_width(part) * 1.1 / width)) for part in text.split("\n"))
        laid.sheet.merged_cells.add(f"A{laid.row}:{get_column_letter(COLUMNS_OF_WORDS)}{laid.row}")
        laid.sheet.row_dimensions[laid.row].height = LINE_POINTS * high
        laid.put([text], [style])


def _table(book: Workbook, laid: Laid, table: Table, cells: Cells, room: int) -> tuple[int, int]:
    laid.skip()
    titles = [column.title for column in table.columns]
    head, rows = len(table.notes) + 4 + _lines(laid, titles), table.frame.height
    charts = CHART_ROWS * ((len(_drawn(table)) + 1) // 2)
    laid.together(*(LINE_POINTS * (head + more) for more in (rows + charts, rows, min(rows, BEGUN))))
    laid.put([table.title], ["heading"])
    _words(laid, table.notes, "note", room)
    if table.frame.is_empty():
        _words(laid, (_("There is nothing to tell in these days."),), "plain", room)
        return laid.row, laid.row
    place = Place(laid.row, laid.row + 1, table.frame.height)
    titles = _unique(titles) if table.is_listed else titles
    _header(laid, titles, cells)
    is_high = place.rows <= LARGE and "text" in cells.styles
    for number, row in enumerate(_styled(table, cells), start=1):
        if is_high:
            _heighten(laid, row[0])
        laid.put(*row)
        if number % 1000 == 0:
            laid.on_rows(1000)
    laid.on_rows(table.frame.height % 1000)
    _named(book, laid, table, place)
    _formatted(laid, table, place)
    if table.is_listed:
        _listed(laid, table, titles, place)
    _charts(laid, table, cells, place)
    return place.header, place.first


def _header(laid: Laid, titles: Sequence[str], cells: Cells) -> None:
    _heighten(laid, titles)
    kinds = [style in LEFT for style in cells.styles]
    laid.put([escaped(title) for title in titles], ["header" if is_left else "header right" for is_left in kinds])


def _heighten(laid: Laid, values: Sequence[object]) -> None:
    """Make the next row as high as its longest text needs, as not every program does so by itself."""
    lines = _lines(laid, values)
    if lines > 1:
        laid.sheet.row_dimensions[laid.row].height = LINE_POINTS * min(lines, LINES_AT_MOST)


def _lines(laid: Laid, values: Sequence[object]) -> int:
    """On how many lines the longest of these texts stands in its column."""
    lines = 1
    for place, value in enumerate(values):
        if value.__class__ is str:
            text = str(value)
            room = max(laid.widths[place] - 2, 4)
            if len(text) * 2 > room:
                lines = max(lines, sum(max(1, ceil(shown_width(part) / room)) for part in text.split("\n")))
    return lines


def _styled(table: Table, cells: Cells) -> Iterator[tuple[Sequence[object], Sequence[str]]]:
    """The rows with their styles; most tables have the same ones in every row."""
    listed = table.frame.height > LARGE
    usual = tuple("listed" if listed and style == "text" else style or "" for style in cells.styles)
    judged = [place for place, column in enumerate(table.columns) if column.is_judged]
    if not judged and not cells.own_styles:
        for row in cells.rows():
            yield row, usual
        return
    verdicts = {place: table.frame[f"{table.columns[place].name}.judged"] for place in judged}
    for number, row in enumerate(cells.rows()):
        styles = [style or cells.style_at(number, place) for place, style in enumerate(usual)]
        for place in judged:
            if verdicts[place][number]:
                styles[place] += f" {verdicts[place][number]}"
        yield row, styles


def _unique(titles: Sequence[str]) -> list[str]:
    """Headers that a list can have: none twice, none empty."""
    found: list[str] = []
    for title in titles:
        name, number = title or "–", 2
        while name.casefold() in {other.casefold() for other in found}:
            name, number = f"{title} ({number})", number + 1
        found.append(name)
    return found


def _range(place: Place, columns: int) -> str:
    return f"A{place.header}:{get_column_letter(columns)}{place.first + place.rows - 1}"


def _named(book: Workbook, laid: Laid, table: Table, place: Place) -> None:
    """The table's range bears its name, so that other workbooks and templates find it."""
    area = _range(place, len(table.columns))
    first, last = area.split(":")
    reference = f"{quote_sheetname(laid.sheet.title)}!{_absolute(first)}:{_absolute(last)}"
    book.defined_names[f"fw_{table.key}"] = DefinedName(f"fw_{table.key}", attr_text=reference)


def _absolute(cell: str) -> str:
    letters = cell.rstrip("0123456789")
    return f"${letters}${cell[len(letters) :]}"


def _formatted(laid: Laid, table: Table, place: Place) -> None:
    """Data bars, and one scale of colour over all columns that ask for it."""
    last = place.first + place.rows - 1
    for number, column in enumerate(table.columns, start=1):
        letter = get_column_letter(number)
        if column.is_barred:
            rule = DataBarRule(start_type="num", start_value=0, end_type="max", color=MARK)
            laid.sheet.conditional_formatting.add(f"{letter}{place.first}:{letter}{last}", rule)
    hot = [number for number, column in enumerate(table.columns, start=1) if column.is_heat]
    if hot:
        area = f"{get_column_letter(hot[0])}{place.first}:{get_column_letter(hot[-1])}{last}"
        rule = ColorScaleRule(start_type="min", start_color="FFFFFF", end_type="max", end_color=MARK)
        laid.sheet.conditional_formatting.add(area, rule)


def _listed(laid: Laid, table: Table, titles: Sequence[str], place: Place) -> None:
    """Filters and the frame of a list."""
    made = ListObject(displayName=f"list_{table.key}", ref=_range(place, len(table.columns)))
    made.tableStyleInfo = TableStyleInfo(name=None, showRowStripes=False)
    made._initialise_columns()
    for column, title in zip(made.tableColumns, titles, strict=True):
        column.name = title
    laid.sheet.tables.add(made)


def _charts(laid: Laid, table: Table, cells: Cells, place: Place) -> None:
    """The charts of a table, two side by side."""
    styles = {column.name: style or "number" for column, style in zip(table.columns, cells.styles, strict=True)}
    for number, chart in enumerate(_drawn(table)):
        if number % 2 == 0:
            laid.skip(1 if number == 0 else CHART_ROWS)
            laid.together(LINE_POINTS * (CHART_ROWS + 1))
            row = laid.row
        made = chart_of(chart, table, laid.sheet, place, styles, laid.report.language)
        made.width, made.height = size_on(sum(laid.widths))
        laid.sheet.add_chart(made, f"{'A' if number % 2 == 0 else _second(laid)}{row}")
    if _drawn(table):
        laid.skip(CHART_ROWS)


def _drawn(table: Table) -> tuple[Chart, ...]:
    """The charts of a table that have anything to show."""
    told = {name for name in table.frame.columns if table.frame[name].null_count() < table.frame.height}
    return tuple(chart for chart in table.charts if told.intersection(chart.ys))


def _second(laid: Laid) -> str:
    """The column at which the right one of two charts begins: behind the middle of the sheet."""
    width, place = 0, 0
    while width < sum(laid.widths) / 2 and place < len(laid.widths) - 1:
        width += laid.widths[place]
        place += 1
    return str(get_column_letter(place + 1))
