"""What was known of a desk at an instant: later rows are not there yet, later stamps have not happened."""

from datetime import UTC, datetime

import polars as pl

from metrics.tables import ENDED_STATUSES, INSTANT, TABLES, Tables

NO_DATA = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant that figures of an empty desk stand for."""

INSTANTS = {
    name: tuple(column.name for column in TABLES[name].columns if column.dtype == INSTANT)
    for name in ("tickets", "messages", "changes", "ratings")
}
COUNTERS = ("reopens", "handoffs", "replies")
STARTS = {"tickets": "created_at", "messages": "at", "changes": "at"}


def collected(tables: Tables) -> dict[str, pl.DataFrame]:
    """The canonical tables as frames, by name."""
    names = ("tickets", "messages", "changes", "ratings")
    frames = pl.collect_all([getattr(tables, name) for name in names], engine="in-memory")
    return dict(zip(names, frames, strict=True))


def newest_stamp(frames: dict[str, pl.DataFrame]) -> datetime:
    """The latest instant anywhere in the tables."""
    stamps = [frame.select(pl.max_horizontal(pl.col(INSTANTS[name]).max())).item() for name, frame in frames.items()]
    return max((stamp for stamp in stamps if stamp is not None), default=NO_DATA)


def known_at(frames: dict[str, pl.DataFrame], as_of: datetime) -> dict[str, pl.DataFrame]:
    """The tables as they could be known at *as_of*.

    A ticket with a later stamp loses that stamp; its status and counters, which tell of a later day, become what the
    status changes up to then say (see metrics.facts.history), else unknown.
    """
    cut = {name: frames[name].filter(pl.col(at) <= as_of) for name, at in STARTS.items()}
    cut["tickets"] = _tickets(cut["tickets"], frames["changes"], as_of)
    given = frames["ratings"].filter(pl.col("given_at") <= as_of)
    undated = frames["ratings"].filter(pl.col("given_at").is_null())
    there = undated.join(cut["tickets"], on=["source", "ticket_id"], how="semi")
    return cut | {"ratings": pl.concat([given, there])}


def _tickets(tickets: pl.DataFrame, changes: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    stamps = [name for name in INSTANTS["tickets"] if name != "created_at"]
    moved_on = pl.any_horizontal(pl.col(name) > as_of for name in stamps).fill_null(False)
    told = _status_at(changes, as_of)
    marked = tickets.join(told, on=["source", "ticket_id"], how="left", maintain_order="left").with_columns(
        __moved_on=moved_on | pl.col("__changed").fill_null(False)
    )
    status = pl.when("__moved_on").then("__status").otherwise("status")
    ended = status.is_in(ENDED_STATUSES).fill_null(False)
    return marked.with_columns(
        status.alias("status"),
        *(pl.when(pl.col(name) <= as_of).then(name).alias(name) for name in stamps if name != "resolved_at"),
        pl.when(pl.col("resolved_at") <= as_of)
        .then("resolved_at")
        .when(ended & (pl.col("resolved_at") > as_of))
        .then("__resolved_at")
        .alias("resolved_at"),
        *(pl.when(~pl.col("__moved_on")).then(name).alias(name) for name in COUNTERS),
    ).drop("__moved_on", "__changed", "__status", "__resolved_at")


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
