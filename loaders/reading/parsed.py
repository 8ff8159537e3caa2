"""What every format gives: columns of text with their lines, brought to one frame with rejects by the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from loaders.base import LINE, REJECTS_SCHEMA
from loaders.reading.layout import is_summary
from loaders.reading.scan import Reject

Notes = list[tuple[str, dict[str, object]]]
FOOT = 5
"""How many records at the end of a table may be totals."""


@dataclass
class Parsed:
    """A table as read: `frame` has LINE and one String column per header."""

    frame: pl.DataFrame
    headers: tuple[str, ...]
    format: Literal["csv", "xlsx", "json", "ndjson", "parquet"]
    rejects: list[Reject] = field(default_factory=list)
    blank: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    preamble: tuple[str, ...] = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    notes: Notes = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        return self.frame.height + len(self.rejects) + self.blank

    @property
    def rejects_frame(self) -> pl.DataFrame:
        rows = [reject.row for reject in sorted(self.rejects, key=lambda reject: reject.line)]
        return pl.DataFrame(rows, schema=REJECTS_SCHEMA, orient="row")


def frame_of(rows: Sequence[Sequence[str | None]], lines: Sequence[int], headers: Sequence[str]) -> pl.DataFrame:
    """A frame from rows of text."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(headers)
    data = {name: pl.Series(name, column, dtype=pl.String) for name, column in zip(headers, columns, strict=True)}
    return pl.DataFrame({LINE: pl.Series(LINE, lines, dtype=pl.UInt32), **data})


def settled(parsed: Parsed, header: Sequence[str] | None) -> Parsed:
    """Empty text made null, records without a value counted as blank, totals and repeated headers set aside."""
    names = list(parsed.headers)
    frame = parsed.frame.with_columns(pl.when(pl.col(names) != "").then(pl.col(names)).name.keep() if names else [])
    empty = pl.all_horizontal(pl.col(names).is_null())
    has_value = frame.select(has=~empty)["has"]
    if not has_value.all():
        parsed.blank += int((~has_value).sum())
        frame = frame.filter(has_value)
    parsed.frame = frame
    _set_aside(parsed, _repeats(frame, names, header), "repeated_header")
    _set_aside(parsed, _totals(parsed), "summary_row")
    return parsed


def _repeats(frame: pl.DataFrame, names: list[str], header: Sequence[str] | None) -> list[int]:
    if header is None or sum(map(bool, header)) < 2:
        return []
    given = [*header, *[""] * (len(names) - len(header))]
    first = next(index for index, cell in enumerate(given) if cell)
    alike = frame.filter(pl.col(names[first]) == given[first])
    return [int(row[0]) for row in alike.iter_rows() if [cell or "" for cell in row[1:]] == given]


def _totals(parsed: Parsed) -> list[int]:
    """Lines of the totals at the end, and the reason of rejects there mended."""
    foot = parsed.frame.tail(FOOT).rows()
    lines: list[int] = []
    for row in reversed(foot if len(foot) < parsed.frame.height or len(foot) > 1 else []):
        if not is_summary([cell or "" for cell in row[1:]]):
            break
        lines.append(int(row[0]))
    last = int(foot[-1][0]) if foot else 0
    for place, reject in enumerate(parsed.rejects):
        if reject.line > last and reject.reason.startswith("too_") and is_summary([*reject.cells, "", ""]):
            parsed.rejects[place] = Reject(reject.line, "summary_row", reject.cells)
    return lines


def _set_aside(parsed: Parsed, lines: list[int], reason: str) -> None:
    if not lines:
        return
    chosen = pl.col(LINE).is_in(lines)
    for row in parsed.frame.filter(chosen).iter_rows():
        parsed.rejects.append(Reject(int(row[0]), reason, [cell or "" for cell in row[1:]]))
    parsed.frame = parsed.frame.filter(~chosen)
