"""One row a key: the newest of several rows with the same key wins."""

from collections.abc import Sequence

import polars as pl

from loaders.base import RawTable
from loaders.cells import DAMAGED_ID
from loaders.problems import ROW, Problem


def newest_rows(
    frame: pl.DataFrame, raw: RawTable, key: Sequence[str], *, header: str | None, reason: str
) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """The newest row of each key by its update stamp, else the later line; other rows are told unless identical.

    Ids damaged by a spreadsheet may stand for different things: none of several rows with the same one stays.
    """
    keys = frame.select(pl.struct(key)).to_series()
    if keys.hash(seed=1).n_unique() == frame.height:
        return frame, ()
    repeated = keys.is_duplicated()
    if not repeated.any():
        return frame, ()
    first = pl.col(key[0])
    rows = frame.filter(repeated).with_columns(
        is_damaged=first.cast(pl.String).str.contains(DAMAGED_ID),
        content=raw.frame.select(raw.headers)[frame[ROW].filter(repeated)].hash_rows(seed=7),
    )
    rows = rows.sort(["updated_at", ROW] if "updated_at" in rows.columns else [ROW], nulls_last=False)
    rows = rows.with_columns(is_last=pl.struct(key).is_last_distinct(), best=pl.col("content").last().over(key))
    damaged = rows.filter("is_damaged")[ROW]
    older = rows.filter(~pl.col("is_damaged") & ~pl.col("is_last"))
    told = older.filter(pl.col("content") != pl.col("best"))[ROW]
    problems = [Problem(told, header, reason, rejected=True)] if told.len() else []
    problems += [Problem(damaged, header, "id_damaged_by_spreadsheet", rejected=True)] if damaged.len() else []
    return frame.filter(~frame[ROW].is_in(pl.concat([damaged, older[ROW]]).implode())), tuple(problems)
