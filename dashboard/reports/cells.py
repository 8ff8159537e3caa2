"""What stands in the cells of a table: numbers that a spreadsheet counts with, their formats, text, widths."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from dashboard.format import value_name
from dashboard.metric_words import label
from dashboard.reports.declared import DECLARED
from dashboard.reports.model import KIND_OF, UNIT, Column, Table
from dashboard.reports.text import as_cells, cut, shown_width, shown_widths
from dashboard.wording import _
from metrics.model import Unit

DAY_SECONDS = 86_400
FORMATS = {
    "text": "@", "count": "#,##0", "number": "#,##0.00", "share": "0.0%", "length": "[h]:mm:ss", "day": "yyyy-mm-dd",
    "instant": "yyyy-mm-dd hh:mm", "change_count": "+#,##0;-#,##0;0", "change_number": "+#,##0.00;-#,##0.00;0.00",
    "change_share": "+0.0%;-0.0%;0.0%", "change_length": '+#,##0.0" min";-#,##0.0" min";0.0" min"',
}  # fmt: skip
"""By the style of a cell. Excel has no negative lengths of time, so a difference of two is a number of minutes."""
WIDTHS = {
    "number": 9, "share": 8, "length": 10, "day": 11, "instant": 17, "change_number": 9, "change_share": 8,
    "change_length": 12,
}  # fmt: skip
WORDS = ("metric", "value", "truth")
WIDEST, LOOKED_AT = 46, 2000
Cell = str | float | int | None


@dataclass(frozen=True)
class Cells:
    """The cells of a table, column by column; `styles`: of each column, None where each row has its own (`of_row`)."""

    values: pl.DataFrame
    styles: tuple[str | None, ...]
    widths: tuple[int, ...]
    own_styles: dict[int, pl.Series]

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        return self.values.iter_rows(buffer_size=2000)

    def style_at(self, row: int, column: int) -> str:
        return self.styles[column] or str(self.own_styles[column][row])


def cells_of(table: Table, zone: str) -> Cells:
    """The table as it stands in a workbook, in the current language."""
    made, styles, own = [], list[str | None](), dict[int, pl.Series]()
    for place, column in enumerate(table.columns):
        if column.kind in ("figure", "change"):
            values, own[place] = _mixed(table.frame, column)
            styles.append(None)
        else:
            values = _uniform(table.frame[column.name], column, zone)
            styles.append("text" if column.kind in WORDS else column.kind)
        made.append(values.alias(str(place)))
    widths = [_width(*one, own.get(place)) for place, one in enumerate(zip(table.columns, styles, made, strict=True))]
    return Cells(pl.DataFrame(made), tuple(styles), tuple(widths), own)


def _uniform(values: pl.Series, column: Column, zone: str) -> pl.Series:
    match column.kind:
        case "metric" | "value" | "truth":
            return _worded(values, column)
        case "text":
            return as_cells(values.cast(pl.String))
        case "length":
            return values.cast(pl.Float64) / DAY_SECONDS
        case "instant":
            local = values.dt.convert_time_zone(zone).dt.replace_time_zone(None)
            return (local.dt.epoch("us") / 1_000_000 / DAY_SECONDS + _EPOCH).alias(values.name)
        case "day":
            return values.dt.epoch("d").cast(pl.Int64) + _EPOCH
        case _:
            return values


_EPOCH = 25_569
"""The number of 1970-01-01 among the days of a spreadsheet."""


def _worded(values: pl.Series, column: Column) -> pl.Series:
    """Ids in the words of the language, each distinct one looked up once."""
    distinct = values.unique(maintain_order=True)
    named = [as_cells(pl.Series([_word(value, column)], dtype=pl.String))[0] for value in distinct]
    table = pl.DataFrame({"id": distinct, "word": pl.Series(named, dtype=pl.String)})
    return values.to_frame("id").join(table, on="id", how="left", nulls_equal=True, maintain_order="left")["word"]


def _word(value: object, column: Column) -> str | None:
    if column.kind == "value":
        return value_name(column.of, None if value is None else str(value))
    if value is None:
        return None
    if column.kind == "truth":
        return _("yes") if value else _("no")
    return label(DECLARED[str(value)]) if str(value) in DECLARED else str(value)


def _mixed(frame: pl.DataFrame, column: Column) -> tuple[pl.Series, pl.Series]:
    """Values in the unit that each row says, and their styles."""
    kinds = [KIND_OF[Unit(unit)] for unit in frame[UNIT]]
    of_time = 60 if column.kind == "change" else DAY_SECONDS
    found = [None if value is None else value / of_time if kind == "length" else value
             for value, kind in zip(frame[column.name], kinds, strict=True)]  # fmt: skip
    styles = [f"change_{kind}" if column.kind == "change" else kind for kind in kinds]
    return pl.Series(found, dtype=pl.Float64), pl.Series(styles, dtype=pl.String)


def _width(column: Column, style: str | None, values: pl.Series, own: pl.Series | None) -> int:
    """So wide that no number is shown as ###, and that text is read as far as there is room."""
    header = min(shown_width(column.title), 24 if column.kind != "text" else WIDEST)
    longest = max((shown_width(word) for word in column.title.split()), default=0)
    needed = _needed(style, values, own)
    return max(min(header, 12), min(longest, 18), column.wide, min(needed, column.most or needed)) + 2


def _needed(style: str | None, values: pl.Series, own: pl.Series | None) -> int:
    if style is None:
        return max((WIDTHS.get(name, 8) for name in (own.unique() if own is not None else ())), default=0)
    if style == "text":
        widest = shown_widths(values.head(LOOKED_AT)).max() if values.len() else 0
        return min(int(str(widest or 0)), WIDEST)
    known = values.drop_nulls()
    if known.is_empty():
        return 0
    largest = max(abs(float(str(known.max()))), abs(float(str(known.min()))))
    if style == "length":
        return max(WIDTHS["length"], len(f"{largest * 24:.0f}") + 6)
    return max(WIDTHS.get(style, 0), len(f"{largest:,.0f}") + (4 if style != "count" else 1))


def texts_cut(tables: Iterable[Table]) -> int:
    """How many texts are longer than a cell holds."""
    texts = [table.frame[column.name] for table in tables for column in table.columns if column.kind == "text"]
    return sum(cut(text.cast(pl.String)) for text in texts)
