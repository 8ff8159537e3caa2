"""One row a ticket."""

import polars as pl

from loaders.base import RawTable
from loaders.cells import Typed
from loaders.mapping import Mapping as SourceMapping
from loaders.problems import ROW
from loaders.shapes.keys import newest_rows
from loaders.shapes.parts import EXTRAS, parts_of
from loaders.shapes.rows import (
    Shaped,
    completed,
    conformed,
    flagged,
    own_cells,
    own_columns,
    rejected,
    with_constants,
)
from loaders.shapes.told import as_own_fields, headers_of, with_instants
from metrics.tables import TICKETS


def build_tickets(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """Tickets, with messages and ratings where the row names them; the newest row of a ticket wins."""
    header = mapping.columns["ticket_id"]
    kept = rejected(typed.frame, TICKETS, mapping.columns)
    frame, problems = newest_rows(kept.frame, raw, ["ticket_id"], header=header, reason="duplicate_ticket_id")
    checked = flagged(with_instants(frame), TICKETS, headers_of(mapping.columns))
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
    frame = with_constants(as_own_fields(_without_extras(frame)), mapping, TICKETS)
    frame = frame.hstack(own) if own.width else frame
    return conformed(completed(frame, TICKETS), TICKETS, source=source)


def _without_extras(frame: pl.DataFrame) -> pl.DataFrame:
    """Ticket columns only; `date_only` names no instant of a rating."""
    if "rated_at" in frame.columns and frame["date_only"].null_count() < frame.height:
        names = pl.col("date_only").list.set_difference(pl.lit(["rated_at"], dtype=pl.List(pl.String)))
        frame = frame.with_columns(pl.when(names.list.len() > 0).then(names).alias("date_only"))
    return frame.drop(EXTRAS, strict=False)
