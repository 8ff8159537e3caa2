"""A layout to begin with: a cover with figures, a table with a chart, and the list of all names."""

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.metric_words import label
from dashboard.reports.own.names import described
from dashboard.reports.styles import FAMILIES, INK, MARK, PALE
from dashboard.wording import _, current_language
from metrics.catalog import metric

SHOWN = (
    "tickets_created", "tickets_resolved", "backlog", "first_response_calendar_p50", "first_response_calendar_p90",
    "first_response_within_target", "sla_attainment", "resolution_rate", "fcr", "csat",
)  # fmt: skip
COLUMNS = ("value", "before", "change", "target", "verdict")
DAYS = 32
"""Rows for the days of a month, with the header."""


def sample() -> Workbook:
    """The layout as a workbook, in the current language."""
    book = Workbook()
    family = FAMILIES[current_language()]
    cover = book.active
    assert isinstance(cover, Worksheet)
    _cover(book, cover, family)
    _days(book, book.create_sheet(_("Day by day")), family)
    _names(book.create_sheet(_("Names that are understood")), family)
    return book


def _named(book: Workbook, sheet: Worksheet, name: str, area: str) -> None:
    book.defined_names[name] = DefinedName(name, attr_text=f"'{sheet.title}'!{area}")


def _cover(book: Workbook, sheet: Worksheet, family: str) -> None:
    sheet.title = _("Cover")
    sheet.sheet_view.showGridLines = False
    for column, width in zip("ABCDEF", (36, 16, 16, 16, 16, 30), strict=True):
        sheet.column_dimensions[column].width = width
    sheet["A1"] = _("Put your logo here")
    sheet["A1"].font = Font(family, 9, italic=True, color="8A94A0")
    for row, (name, size) in enumerate((("title", 18), ("about", 10), ("data_up_to", 10)), start=2):
        sheet[f"A{row}"].font = Font(family, size, bold=size > 10, color=INK)
        _named(book, sheet, f"fw_{name}", f"$A${row}")
    sheet["A4"].alignment = Alignment(horizontal="left")
    for number in (1, 2, 3):
        sheet.merge_cells(f"A{number + 5}:F{number + 5}")
        sheet[f"A{number + 5}"].alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[number + 5].height = 32
        _named(book, sheet, f"fw_finding_{number}", f"$A${number + 5}")
    heads = (_("Figure"), _("Result"), _("Days before"), _("Change"), _("Target"), _("Verdict"))
    for place, head in enumerate(heads, start=1):
        cell = sheet.cell(10, place, head)
        cell.font, cell.fill = Font(family, 10, bold=True, color="FFFFFF"), PatternFill("solid", MARK)
    for row, id in enumerate(SHOWN, start=11):
        sheet.cell(row, 1, label(metric(id))).font = Font(family, 10, color=INK)
        for place, name in enumerate(COLUMNS, start=2):
            cell = sheet.cell(row, place)
            cell.font = Font(family, 10, bold=name == "value", color=INK)
            cell.fill = PatternFill("solid", PALE if row % 2 else "FFFFFF")
            _named(book, sheet, f"fw_{name}_{id}", f"${cell.column_letter}${row}")


def _days(book: Workbook, sheet: Worksheet, family: str) -> None:
    """The course by days, and a chart over its cells that is drawn anew from what stands there."""
    sheet["A1"] = _("Day by day")
    sheet["A1"].font = Font(family, 14, bold=True, color=INK)
    for column in "ABCDEF":
        sheet.column_dimensions[column].width = 18
        sheet[f"{column}3"].font = Font(family, 10, bold=True, color=INK)
        sheet[f"{column}3"].alignment = Alignment(wrap_text=True)
    _named(book, sheet, "fw_course", f"$A$3:$F${2 + DAYS}")
    chart = LineChart()
    chart.title, chart.height, chart.width = _("Tickets created and resolved"), 9, 20
    chart.add_data(Reference(sheet, min_col=2, max_col=3, min_row=3, max_row=2 + DAYS), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=4, max_row=2 + DAYS))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.number_format = "m-d"
    sheet.add_chart(chart, "H3")


def _names(sheet: Worksheet, family: str) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 44, 70
    for row, (name, told) in enumerate(((_("Name"), _("What is put there")), *described()), start=1):
        sheet.cell(row, 1, name).font = Font(family, 10, bold=row == 1, color=INK)
        sheet.cell(row, 2, told).font = Font(family, 10, bold=row == 1, color=INK)
