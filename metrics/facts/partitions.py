"""The months in which tickets were created, each with all rows of its tickets: what is measured by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from metrics.facts.customers import CONTACT, REACH, Neighbours, contacts
from metrics.facts.knowledge import KEY, Frames
from metrics.model import FactName

OF_TICKETS: tuple[FactName, ...] = ("tickets", "replies", "ratings", "sla_instances")
"""The facts that are made of tickets and their rows, partition by partition."""
LARGE = 200_000
"""From so many tickets on months are measured one by one."""
MONTH = "__month"
UNKNOWN = 0
"""The month of rows whose ticket is not there."""


@dataclass(frozen=True)
class Partition:
    """Some tickets, all their messages, changes and ratings, and the tickets of others that may repeat them."""

    frames: Frames
    neighbours: Neighbours


def month_number(at: str) -> pl.Expr:
    """12 · year + month − 1 of an instant (UTC)."""
    return (pl.col(at).dt.year() * 12 + pl.col(at).dt.month() - 1).cast(pl.Int32)


def partitions(frames: Frames, *, large: int = LARGE) -> Iterator[Partition]:
    """The whole where it is small, else its months; last comes what belongs to no ticket."""
    if frames["tickets"].height < large:
        yield Partition(frames, Neighbours())
        return
    tickets = frames["tickets"].with_columns(month_number("created_at").alias(MONTH))
    ends = tickets.group_by(MONTH).agg(pl.col("created_at").max()).sort(MONTH)
    months = {name: _by_month(frame, tickets) for name, frame in frames.items() if name != "tickets"}
    following = tickets.select(*CONTACT, "status", MONTH)
    for month, last in ends.iter_rows():
        own = tickets.filter(pl.col(MONTH) == month).drop(MONTH)
        later = contacts(following.filter((pl.col(MONTH) > month) & _reached(last)))
        yield Partition({"tickets": own} | _of(months, month), Neighbours(later))
    yield Partition({"tickets": frames["tickets"].clear()} | _of(months, UNKNOWN), Neighbours())


def _reached(last: datetime) -> pl.Expr:
    return pl.col("created_at") <= last + REACH


def _by_month(rows: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """The rows with the month of their ticket, in its order."""
    placed = rows.join(tickets.select(*KEY, MONTH), on=KEY, how="left", maintain_order="left")
    return placed.with_columns(pl.col(MONTH).fill_null(UNKNOWN))


def _of(months: Frames, month: int) -> dict[str, pl.DataFrame]:
    return {name: rows.filter(pl.col(MONTH) == month).drop(MONTH) for name, rows in months.items()}
