"""Native charts of a workbook, over the cells of a table: axes, formats and colours as on the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.reports.cells import FORMATS
from dashboard.reports.model import Chart, Table
from dashboard.reports.styles import FAMILIES, INK, LINE, SERIES, WARN

LETTER = 0.187
"""A narrow letter's width in centimetres."""
HEIGHT, NARROWEST, WIDEST = 8.4, 12.0, 19.0
LABELS = 14
"""So many categories have room for their names; of more only some are named."""
Native: TypeAlias = Any
SECOND_AXIS = 200
SMALL = 900
"""Type in hundredths of a point."""


@dataclass(frozen=True)
class Place:
    """Where a table stands on its sheet: the row of its header, that of its first value, how many there are."""

    header: int
    first: int
    rows: int


def chart_of(
    chart: Chart, table: Table, sheet: Worksheet, place: Place, styles: dict[str, str], language: str
) -> Native:
    """The chart as openpyxl writes it."""
    names = [column.name for column in table.columns]
    made = LineChart() if chart.kind == "line" else BarChart()
    if isinstance(made, BarChart):
        made.type = "bar" if chart.kind == "bar" else "col"
        made.gapWidth = 40
        if chart.kind == "stacked":
            made.grouping, made.overlap = "stacked", 100
    _fill(made, chart, chart.ys, names, sheet, place)
    _dress(made, chart, styles[chart.ys[0]], language)
    shares = [table.frame[y].max() for y in chart.ys if styles[y] == "share"]
    if shares and all(isinstance(one, float) and one <= 1 for one in shares):
        made.y_axis.scaling.max = 1
    if min(place.rows, chart.rows or place.rows) > LABELS:
        made.x_axis.tickLblSkip = max(2, place.rows // 10)
    if chart.kind == "bar":  # the first row on top, and the numbers below all the same
        made.x_axis.scaling.orientation, made.y_axis.crosses, made.y_axis.tickLblPos = "maxMin", "max", "nextTo"
    if chart.line is not None:
        made += _line(chart, names, sheet, place, styles)
    return made


def size_on(letters: int) -> tuple[float, float]:
    """Width and height in centimetres: two of them stand side by side on a sheet so many narrow letters wide."""
    return min(max(letters * LETTER / 2 - 0.6, NARROWEST), WIDEST), HEIGHT


def wide_on(widths: Sequence[int]) -> float:
    """How many centimetres wide a sheet of such columns is, its charts among it."""
    return max(sum(widths) * LETTER, 2 * size_on(sum(widths))[0])


def _fill(made: Native, chart: Chart, ys: tuple[str, ...], names: list[str], sheet: Worksheet, place: Place) -> None:
    last = place.first + min(place.rows, chart.rows or place.rows) - 1
    for y in ys:
        column = names.index(y) + 1
        made.add_data(Reference(sheet, min_col=column, min_row=place.header, max_row=last), titles_from_data=True)
    made.set_categories(Reference(sheet, min_col=names.index(chart.x) + 1, min_row=place.first, max_row=last))
    for number, series in enumerate(made.series):
        colour = SERIES[number % len(SERIES)]
        series.smooth = False
        if isinstance(made, LineChart):
            series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=22_000))
            series.marker.symbol = "none"
        else:
            series.graphicalProperties = GraphicalProperties(solidFill=colour)
            series.invertIfNegative = False


def _dress(made: Native, chart: Chart, style: str, language: str) -> None:
    made.title, made.style = chart.title, 2
    made.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(1100, language, bold=True))
    made.title.overlay = False
    made.legend.position = "b"
    if len(chart.ys) == 1 and chart.line is None:
        made.legend = None
    for axis, title in ((made.x_axis, chart.x_title), (made.y_axis, chart.y_title)):
        axis.delete = False
        axis.title = title or None
        if axis.title is not None:
            axis.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(SMALL, language))
            axis.title.overlay = False
        axis.txPr = RichText(
            p=[
                Paragraph(
                    pPr=ParagraphProperties(defRPr=_letters(SMALL, language)), endParaRPr=_letters(SMALL, language)
                )
            ]
        )
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE))
    made.y_axis.number_format, made.y_axis.majorGridlines.spPr = (
        FORMATS[style],
        GraphicalProperties(ln=LineProperties(solidFill=LINE)),
    )
    made.y_axis.numFmt.sourceLinked = False
    made.x_axis.tickLblPos = made.y_axis.tickLblPos = "low"
    made.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))


def _letters(size: int, language: str, *, bold: bool = False) -> CharacterProperties:
    family = FAMILIES[language]
    return CharacterProperties(sz=size, b=bold, solidFill=INK, latin=Font(typeface=family), ea=Font(typeface=family))


def _line(chart: Chart, names: list[str], sheet: Worksheet, place: Place, styles: dict[str, str]) -> LineChart:
    """The column that is drawn as a line over the others, on the right where it is of another kind."""
    made = LineChart()
    assert chart.line is not None
    _fill(made, chart, (chart.line,), names, sheet, place)
    made.series[0].graphicalProperties.ln.solidFill = WARN
    if styles[chart.line] != styles[chart.ys[0]]:
        made.y_axis.axId, made.y_axis.crosses, made.y_axis.delete = SECOND_AXIS, "max", False
        made.y_axis.number_format, made.y_axis.majorGridlines = FORMATS[styles[chart.line]], None
        made.y_axis.numFmt.sourceLinked = False
    return made
