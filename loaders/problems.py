"""What is wrong with rows, gathered while a file is mapped and written out once at the end."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from loaders.base import LINE, REJECTS_SCHEMA, RawTable, no_rejects

ROW = "__row"
"""Number of a row within the raw frame; every frame on the way carries it."""


@dataclass(frozen=True)
class Problem:
    """The same thing wrong on some rows; `column` is the file's header. `rejected` sets the whole row aside."""

    rows: pl.Series
    column: str | None
    reason: str
    rejected: bool = False


def rejects_of(raw: RawTable, problems: Sequence[Problem]) -> pl.DataFrame:
    """All problems as the rejects of the file: its own first, then one row per problem of each row, by line.

    A rejected row is told once; a flag on its deciding column gives the reason, its other flags are left out.
    """
    flags = _table(raw, (problem for problem in problems if not problem.rejected))
    rejected = _table(raw, (problem for problem in problems if problem.rejected)).unique(ROW, keep="first")
    if rejected.height:
        told = flags.select(ROW, "column", better="reason").unique([ROW, "column"], keep="first")
        rejected = rejected.join(told, on=[ROW, "column"], how="left", nulls_equal=True)
        rejected = rejected.with_columns(reason=pl.coalesce("better", "reason"), kind=pl.lit("rejected")).drop("better")
        rejected = rejected.with_columns(record=_records(raw, rejected[ROW]))
        flags = flags.join(rejected.select(ROW), on=ROW, how="anti")
    found = pl.concat([flags, rejected.select(flags.columns)]).sort(ROW, maintain_order=True).drop(ROW)
    return pl.concat([raw.rejects.select(list(REJECTS_SCHEMA)), found.select(list(REJECTS_SCHEMA))])


def _table(raw: RawTable, problems: Iterable[Problem]) -> pl.DataFrame:
    tables = [_rows(raw, problem) for problem in problems if problem.rows.len()]
    empty = no_rejects().with_columns(pl.lit(0, dtype=pl.UInt32).alias(ROW))
    return pl.concat([empty, *tables])


def _rows(raw: RawTable, problem: Problem) -> pl.DataFrame:
    rows = problem.rows.cast(pl.UInt32)
    known = problem.column is not None and problem.column in raw.frame.columns
    value = raw.frame[problem.column].gather(rows) if known and problem.column else None
    return pl.DataFrame({ROW: rows}).select(
        raw.frame[LINE].gather(rows).cast(pl.UInt32).alias("line"),
        pl.lit(problem.column, dtype=pl.String).alias("column"),
        (pl.lit(None, dtype=pl.String) if value is None else pl.lit(value)).alias("value"),
        pl.lit(problem.reason).alias("reason"),
        pl.lit("rejected" if problem.rejected else "flagged").alias("kind"),
        pl.lit(None, dtype=pl.String).alias("record"),
        ROW,
    )


def _records(raw: RawTable, rows: pl.Series) -> pl.Series:
    """Each row whole, as a JSON array of its raw cells in file order."""
    cells = raw.frame.select(list(raw.headers))[rows]
    return pl.Series("record", [json.dumps(row, ensure_ascii=False) for row in cells.iter_rows()], dtype=pl.String)
