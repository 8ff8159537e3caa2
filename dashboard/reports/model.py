"""What a report is made of: sheets of sentences, tables and charts, with values as they are computed.

A table holds plain values (seconds, shares 0–1, instants in UTC, values of dimensions by their ids) and says by the
kind of each column how they are read; only writing.py turns them into cells. So a report can be compared with
another one, and with what `compute` gives, without a file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from dashboard.services.analysis.asks import Ask
from metrics.model import Unit

Kind = Literal[
    "text", "metric", "value", "count", "number", "share", "length", "day", "instant", "truth", "figure", "change"
]
"""How the values of a column are read.

metric: an id, told by its label · value: of a dimension · length: seconds · figure, change: a value, or a signed
difference, in the unit that the row says in its column UNIT.
"""
UNIT = "unit"
ChartKind = Literal["column", "stacked", "bar", "line", "part"]
KIND_OF: dict[Unit, Kind] = {
    Unit.COUNT: "count", Unit.SHARE: "share", Unit.SECONDS: "length", Unit.RATE: "share", Unit.SCORE: "number",
    Unit.POINTS: "number", Unit.RATIO: "number", Unit.MONEY: "number",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its name in the frame, its header, how its values are read.

    of: the dimension whose values these are · is_barred: with data bars · is_heat: with a scale of colour, over all
    such columns together · is_judged: coloured by what the frame says under `<name>.judged`: good, bad or null.
    """

    name: str
    title: str
    kind: Kind = "text"
    of: str = ""
    is_barred: bool = False
    is_heat: bool = False
    is_judged: bool = False
    wide: int = 0
    """At least so many narrow letters."""
    most: int | None = None
    """At most so many, where longer text shall stand on several lines."""


@dataclass(frozen=True)
class Chart:
    """A native chart below its table: over the column *x*, one series per column of *ys*.

    line: a column drawn as a line over the others, on an axis of its own where its kind is another.
    """

    kind: ChartKind
    title: str
    x: str
    ys: tuple[str, ...]
    line: str | None = None
    x_title: str = ""
    y_title: str = ""
    rows: int | None = None
    """Only the first rows of the table; all of them else."""


@dataclass(frozen=True)
class Table:
    """Rows of a frame under a heading. `key`: its name within the report, which its range in the workbook bears, too.

    asks: what its figures were asked for, as `floorwalker show` prints them · is_live: it tells of records that may be
    changed later, so that nobody can make it again from a load · is_listed: with filters.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    asks: tuple[Ask, ...] = ()
    is_live: bool = False
    is_listed: bool = True


@dataclass(frozen=True)
class Words:
    """Sentences on a sheet."""

    lines: tuple[str, ...]
    style: Literal["plain", "finding", "note", "heading"] = "plain"


@dataclass(frozen=True)
class Sheet:
    """One sheet. `is_page`: printed on one page; else as wide as one page, and as long as it is."""

    key: str
    title: str
    blocks: tuple[Table | Words, ...]
    is_page: bool = False

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True)
class Report:
    """A whole report: its title, the line below it on every sheet, its sheets, and by what it can be made again."""

    title: str
    about: str
    sheets: tuple[Sheet, ...]
    recipe: str = ""
    language: str = "en"
    keywords: tuple[str, ...] = field(default=())

    def tables(self) -> Iterator[tuple[Sheet, Table]]:
        for sheet in self.sheets:
            for table in sheet.tables:
                yield sheet, table
