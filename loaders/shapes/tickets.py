"""One row a ticket."""

import polars as pl

from loaders.base import RawTable
from loaders.cells import DAMAGED_ID, Typed
from loaders.mapping import Mapping as SourceMapping
from loaders.problems import ROW, Problem
from loaders.shapes.parts import EXTRAS, parts_of
from loaders.shapes.rows import (
    Shaped, completed, conformed, flagged, own_cells, own_columns, rejected, with_constants,
)  # fmt: skip
from metrics.tables import TICKETS


def build_tickets(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """Tickets, with messages and ratings where the row names them; the newest row of a ticket wins."""
    header = mapping.columns["ticket_id"]
    kept = rejected(typed.frame, TICKETS, mapping.columns)
    frame, problems = newest_rows(kept.frame, raw, header)
    checked = flagged(frame, TICKETS, mapping.columns)
    parts = parts_of(checked.frame, mapping, source=source)
    tickets = finish_tickets(checked.frame, typed, raw, mapping, source=source)
    return Shaped(
        {"tickets": tickets, **parts.tables},
        (*kept.problems, *problems, *checked.problems, *parts.problems),
        parts.notes,
    )


def finish_tickets(
    frame: pl.DataFrame, typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str
) -> pl.DataFrame:
    """Canonical ticket columns of typed rows, and the source's own fields beside them."""
    own = own_cells(raw, mapping, own_columns(raw, mapping, typed), frame[ROW])
    frame = with_constants(frame.drop(EXTRAS, strict=False), mapping, TICKETS).hstack(own)
    return conformed(completed(frame, TICKETS), TICKETS, source=source)


def newest_rows(frame: pl.DataFrame, raw: RawTable, header: str) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """One row a ticket: the newest by its update stamp, else the later line. Other rows are told unless identical."""
    repeated = frame["ticket_id"].is_duplicated()
    if not repeated.any():
        return frame, ()
    order = ["updated_at", ROW] if "updated_at" in frame.columns else [ROW]
    rows = frame.filter(repeated).with_columns(
        is_damaged=pl.col("ticket_id").str.contains(DAMAGED_ID),
        content=raw.frame.select(raw.headers)[frame[ROW].filter(repeated)].hash_rows(seed=7),
    )
    rows = rows.sort(order, nulls_last=False)
    rows = rows.with_columns(
        is_last=pl.col("ticket_id").is_last_distinct(), best=pl.col("content").last().over("ticket_id")
    )
    damaged = rows.filter("is_damaged")[ROW]
    older = rows.filter(~pl.col("is_damaged") & ~pl.col("is_last"))
    told = older.filter(pl.col("content") != pl.col("best"))[ROW]
    out = pl.concat([damaged, older[ROW]])
    problems = [Problem(told, header, "duplicate_ticket_id", rejected=True)] if told.len() else []
    problems += [Problem(damaged, header, "id_damaged_by_spreadsheet", rejected=True)] if damaged.len() else []
    return frame.filter(~frame[ROW].is_in(out.implode())), tuple(problems)
