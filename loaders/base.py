"""The words between the steps of a load: RawTable (read), Built (mapped and checked), Problem, Progress."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

LINE = "__line"
"""Column of a raw frame: the physical line (text) or row (workbook) or record number (JSON, Parquet), from 1."""

REJECTS_SCHEMA: dict[str, pl.DataType] = {
    "line": pl.UInt32(),
    "column": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
    "kind": pl.String(),
    "record": pl.String(),
}
"""One row per problem. `kind` rejected: the row was set aside, and `record` holds it whole, as a JSON array of its raw
cells in file order. `kind` flagged: only the value became null, the row was loaded. `column`: the file's header."""


def no_rejects() -> pl.DataFrame:
    return pl.DataFrame(schema=REJECTS_SCHEMA)


@dataclass(frozen=True)
class ReadOptions:
    """What a person may settle about a file; None means detect."""

    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    """Physical line (text) or row (workbook) of the header; 0: the file has no header."""
    sheet: str | None = None
    max_rows: int | None = None
    """Only the first rows, for a preview."""


@dataclass(frozen=True)
class RawTable:
    """A file as a table of text, nothing interpreted yet.

    `frame`: LINE plus one String column per header; empty cells are null. Native workbook stamps are written as ISO
    with a `T` (`2019-04-08T08:37:20`), durations as `HH:MM:SS`, whole numbers without a decimal point.
    Law: rows_read = frame.height + rejected rows + blank.
    """

    frame: pl.DataFrame
    headers: tuple[str, ...]
    rejects: pl.DataFrame
    rows_read: int
    blank: int
    format: Literal["csv", "xlsx", "json", "ndjson", "parquet"]
    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    preamble: tuple[str, ...] = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    notes: tuple["Note", ...] = ()


@dataclass(frozen=True)
class Note:
    """Something worth telling about a file that is no reject: how dates were settled, a second table left out."""

    template: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.params)


@dataclass(frozen=True)
class Built:
    """Canonical frames of one file, by table name, checked; LINE stays in `tickets` for the report only where useful.

    Law: raw.rows_read = loaded + rejected + blank, where `loaded` counts source rows (not tickets).
    """

    tables: Mapping[str, pl.DataFrame]
    loaded: int
    rejects: pl.DataFrame
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Progress:
    """Where a load stands: a step and how much of it is done (0–1, None while unknown)."""

    step: Literal["reading", "checking", "mapping", "writing", "figures"]
    done: float | None = None
    detail: str = ""


OnProgress = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """For callers that show no progress."""
