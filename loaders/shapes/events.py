"""One row an update: the last row of a ticket decides its columns, the differences between rows are its changes."""

import polars as pl

from loaders.base import Note, RawTable
from loaders.cells import Typed, clean
from loaders.mapping import Mapping as SourceMapping
from loaders.problems import ROW, Problem
from loaders.shapes.parts import parts_of
from loaders.shapes.rows import Checked, Shaped, conformed, flagged
from loaders.shapes.tickets import finish_tickets
from metrics.tables import CHANGES, ENDED_STATUSES, TICKETS
from metrics.words import N_

TRACKED = ("status", "priority", "tier", "type", "channel", "team", "agent")
RESOLVED = ("resolved", "confirmed", "closed")
NEWEST_FIRST = N_("The updates stand newest first in the file and were read from the end.")
_MOVES = ("team", "agent")


def build_events(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """Tickets and their changes from a log of updates; every row of the log counts as loaded."""
    kept = _known(typed.frame, mapping)
    updates, notes = _in_order(kept.frame)
    changes = _changes(updates)
    last = updates.unique("ticket_id", keep="last", maintain_order=True)
    last = _counted(_resolved(last, changes, mapping), changes, mapping)
    derived: dict[str, str | None] = dict.fromkeys(last.columns)
    checked = flagged(last, TICKETS, derived | dict(mapping.columns))
    parts = parts_of(checked.frame, mapping, source=source)
    tickets = finish_tickets(checked.frame.drop("changed_by", strict=False), typed, raw, mapping, source=source)
    tables = {"tickets": tickets, "changes": conformed(changes, CHANGES, source=source), **parts.tables}
    problems = (*kept.problems, *_undated(kept.frame, raw, mapping), *checked.problems, *parts.problems)
    return Shaped(tables, problems, (*notes, *parts.notes))


def _undated(frame: pl.DataFrame, raw: RawTable, mapping: SourceMapping) -> tuple[Problem, ...]:
    """Updates without any stamp: their values count, but what they changed has no time."""
    header = mapping.columns["updated_at"]
    rows = frame[ROW].filter(frame["updated_at"].is_null())
    empty = raw.frame.select(clean(header, mapping.null_marks).is_null()).to_series().gather(rows)
    return (Problem(rows.filter(empty), header, "missing_change_time"),) if empty.any() else ()


def _known(frame: pl.DataFrame, mapping: SourceMapping) -> Checked:
    """Rows with an id whose ticket has a creation stamp in any of its rows, the last known one being taken."""
    nameless = frame["ticket_id"].is_null()
    problems = [Problem(frame[ROW].filter(nameless), mapping.columns["ticket_id"], "missing_ticket_id", rejected=True)]
    frame = frame.filter(~nameless)
    if frame["created_at"].null_count():
        frame = frame.with_columns(pl.col("created_at").drop_nulls().last().over("ticket_id"))
        undated = frame["created_at"].is_null()
        rows = frame[ROW].filter(undated)
        problems.append(Problem(rows, mapping.columns["created_at"], "missing_created_at", rejected=True))
        frame = frame.filter(~undated)
    return Checked(frame, tuple(problem for problem in problems if problem.rows.len()))


def _in_order(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """Updates oldest first: file order, turned round where most steps within a ticket go back in time."""
    step = pl.col("updated_at").diff().over("ticket_id").dt.total_microseconds()
    forward, back = frame.select((step > 0).sum().alias("forward"), (step < 0).sum().alias("back")).row(0)
    if back > forward:
        return frame.reverse(), (Note(NEWEST_FIRST),)
    return frame, ()


def _changes(updates: pl.DataFrame) -> pl.DataFrame:
    """One row per change of a tracked field, from the differences of successive updates of a ticket."""
    names = [name for name in TRACKED if name in updates.columns]
    updates = updates.with_columns(sequence=pl.col("ticket_id").cum_count().over("ticket_id").cast(pl.Int64))
    by = pl.col("changed_by") if "changed_by" in updates.columns else pl.lit(None, dtype=pl.String)
    before = updates.select(pl.col(names).shift(1).over("ticket_id"))
    parts = [
        updates.select(
            "ticket_id",
            pl.col("updated_at").alias("at"),
            "sequence",
            pl.lit(name).alias("field"),
            before[name].alias("from_value"),
            pl.col(name).alias("to_value"),
            by.alias("by"),
        ).filter(pl.col("from_value").ne_missing(pl.col("to_value")) & pl.col("at").is_not_null())
        for name in names
    ]
    return pl.concat(parts) if parts else CHANGES.empty().drop("source")


def _resolved(last: pl.DataFrame, changes: pl.DataFrame, mapping: SourceMapping) -> pl.DataFrame:
    """The first resolution: the first change into a resolved state, never later than the last known resolution.

    A ticket whose source knows resolution stamps but gives it none is closed without resolution: it has no first one;
    nor has one that was never seen in a resolved state, since its stamp is the last resolution.
    """
    into = changes.filter((pl.col("field") == "status") & pl.col("to_value").is_in(RESOLVED))
    states = into.group_by("ticket_id").agg(
        pl.col("at").min().alias("state_at"), pl.col("at").max().alias("state_last_at")
    )
    last = last.join(states, on="ticket_id", how="left", maintain_order="left")
    if "resolved_at" not in mapping.columns:
        ended = pl.col("status").is_in(RESOLVED) if "status" in last.columns else pl.lit(False)
        last = last.with_columns(resolved_at=pl.when(ended).then("state_last_at"))
    if "first_resolved_at" not in mapping.columns:
        is_dated = pl.col("date_only").list.contains("resolved_at").fill_null(False)
        first = pl.when(is_dated).then("state_at").otherwise(pl.min_horizontal("state_at", "resolved_at"))
        told = pl.col("resolved_at").is_not_null() & pl.col("state_at").is_not_null()
        last = last.with_columns(first_resolved_at=pl.when(told).then(first))
    return last.drop("state_at", "state_last_at")


def _counted(last: pl.DataFrame, changes: pl.DataFrame, mapping: SourceMapping) -> pl.DataFrame:
    """Reopenings and hand-offs by the source's own counters, else counted from the changes."""
    counts = {}
    if "reopens" not in mapping.columns and "status" in mapping.columns:
        left = pl.col("from_value").is_in(ENDED_STATUSES) & ~pl.col("to_value").is_in(ENDED_STATUSES)
        counts["reopens"] = changes.filter((pl.col("field") == "status") & left)
    if "handoffs" not in mapping.columns and any(name in mapping.columns for name in _MOVES):
        moved = pl.col("field").is_in(_MOVES) & pl.col("from_value").is_not_null() & pl.col("to_value").is_not_null()
        counts["handoffs"] = changes.filter(moved).unique(["ticket_id", "sequence"])
    for name, rows in counts.items():
        found = rows.group_by("ticket_id").len(name)
        last = last.join(found, on="ticket_id", how="left", maintain_order="left")
        last = last.with_columns(pl.col(name).fill_null(0).cast(pl.Int64))
    return last
