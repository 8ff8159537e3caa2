"""What was known of a desk at an instant: later rows are not there yet, later stamps have not happened."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from metrics.tables import ENDED_STATUSES, INSTANT, TABLES, Tables

NO_DATA = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant that figures of an empty desk stand for."""

NEVER = datetime(2200, 1, 1, tzinfo=UTC)
"""From here on stamps stand for “never”; the business clock ends here too."""

INSTANTS = {
    name: tuple(column.name for column in TABLES[name].columns if column.dtype == INSTANT)
    for name in ("tickets", "messages", "changes", "ratings")
}
UNUSED = {"messages": ("text", "reply_to")}
"""What no fact is made of, and what takes most of the room."""
USED = {
    name: {column: dtype for column, dtype in TABLES[name].schema.items() if column not in UNUSED.get(name, ())}
    for name in INSTANTS
}
"""The canonical columns of the tables that facts are made of."""
COUNTERS = ("reopens", "handoffs", "replies")
ANSWERS = ("given_at", "score", "comment")
"""What a rating row has only once the customer has answered."""
STARTS = {"tickets": "created_at", "messages": "at", "changes": "at"}


def collected(tables: Tables) -> dict[str, pl.DataFrame]:
    """The canonical tables as frames, by name."""
    asked: list[pl.LazyFrame] = [getattr(tables, name).drop(UNUSED.get(name, ()), strict=False) for name in USED]
    frames = pl.collect_all(asked, engine="in-memory")
    return without_never(dict(zip(USED, frames, strict=True)))


def without_never(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables without stamps that say that something never happened."""
    return {name: _without_never(frame, name) for name, frame in frames.items()}


def _without_never(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Stamps of a year such as 9999 say that something never happened: they are no instant, and no newest one."""
    instants = [instant for instant in INSTANTS[name] if instant != STARTS.get(name)]
    return frame.with_columns(pl.when(pl.col(instant) < NEVER).then(instant).alias(instant) for instant in instants)


def newest_stamp(frames: dict[str, pl.DataFrame]) -> datetime:
    """The latest instant anywhere in the tables."""
    known = (pl.col(INSTANTS[name]) for name in frames)
    newest = [
        frame.select(pl.max_horizontal(columns.filter(columns < NEVER).max()))
        for columns, frame in zip(known, frames.values(), strict=True)
    ]
    return max((stamp.item() for stamp in newest if stamp.item() is not None), default=NO_DATA)


def known_at(frames: dict[str, pl.DataFrame], as_of: datetime) -> dict[str, pl.DataFrame]:
    """The tables as they could be known at *as_of*.

    A ticket with a later stamp loses that stamp; its status and counters, which tell of a later day, become what the
    status changes up to then say (see metrics.facts.history), else unknown.
    """
    cut = {name: frames[name].filter(pl.col(at) <= as_of) for name, at in STARTS.items()}
    cut["tickets"] = _tickets(cut["tickets"], frames["changes"], as_of)
    later = frames["tickets"].filter(pl.col("created_at") > as_of)
    return cut | {"ratings": _ratings(frames["ratings"], later, as_of)}


def _ratings(ratings: pl.DataFrame, later: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """A survey offered by then and answered later has no answer yet; what has no date is not there before its ticket.

    A rating without a date whose ticket is nowhere in the data is there at any time.
    """
    offered, given = pl.col("offered_at"), pl.col("given_at")
    answered = ratings.filter(given <= as_of)
    open_yet = ratings.filter((given > as_of) & (offered <= as_of)).with_columns(
        pl.lit(None).cast(dtype).alias(name) for name, dtype in ratings.schema.items() if name in ANSWERS
    )
    undated = ratings.filter(given.is_null() & (offered <= as_of).fill_null(True))
    there = undated.join(later, on=["source", "ticket_id"], how="anti")
    return pl.concat([answered, open_yet, there])


def _tickets(tickets: pl.DataFrame, changes: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    stamps = [name for name in INSTANTS["tickets"] if name != "created_at"]
    moved_on = pl.any_horizontal(pl.col(name) > as_of for name in stamps).fill_null(False)
    told = _status_at(changes, as_of)
    marked = tickets.join(told, on=["source", "ticket_id"], how="left", maintain_order="left").with_columns(
        __moved_on=moved_on | pl.col("__changed").fill_null(False)
    )
    status = pl.when("__moved_on").then("__status").otherwise("status")
    ended = status.is_in(ENDED_STATUSES).fill_null(False)
    return (
        _with_tier_then(marked, changes, as_of)
        .with_columns(
            status.alias("status"),
            *(pl.when(pl.col(name) <= as_of).then(name).alias(name) for name in stamps if name != "resolved_at"),
            pl.when(pl.col("resolved_at") <= as_of)
            .then("resolved_at")
            .when(ended & (pl.col("resolved_at") > as_of))
            .then("__resolved_at")
            .alias("resolved_at"),
            *(pl.when(~pl.col("__moved_on")).then(name).alias(name) for name in COUNTERS),
        )
        .drop("__moved_on", "__changed", "__status", "__resolved_at")
    )


def _with_tier_then(tickets: pl.DataFrame, changes: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The tickets that came to another tier later, in the one that they had by then."""
    moves = changes.filter(pl.col("field") == "tier").sort("at", "sequence")
    by_then, before = pl.col("at") <= as_of, pl.col("from_value")
    then = moves.group_by("source", "ticket_id", maintain_order=True).agg(
        before.filter(~by_then).first().alias("__before"), pl.col("to_value").filter(by_then).last().alias("__after"),
        (~by_then).any().alias("__raised"),
    )  # fmt: skip
    found = tickets.join(then, on=["source", "ticket_id"], how="left", maintain_order="left")
    tier = pl.when(pl.col("__raised").fill_null(False)).then(pl.coalesce("__before", "__after")).otherwise("tier")
    return found.with_columns(tier=tier).drop("__before", "__after", "__raised")


def _status_at(changes: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Per ticket: its status at *as_of*, its last change into resolved up to then, and whether it changed later."""
    by_then = pl.col("at") <= as_of
    status = changes.filter(pl.col("field") == "status")
    return status.group_by("source", "ticket_id").agg(
        (~by_then).any().alias("__changed"),
        pl.col("to_value").filter(by_then).sort_by(*(pl.col(n).filter(by_then) for n in ("at", "sequence"))).last()
        .alias("__status"),
        pl.col("at").filter(by_then & (pl.col("to_value") == "resolved")).max().alias("__resolved_at"),
    )  # fmt: skip
