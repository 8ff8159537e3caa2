"""Tickets that their system has deleted leave a table; only the months that lose a row are written anew."""

from collections.abc import Sequence

import polars as pl

from loaders.warehouse.delta import DeltaFolder
from loaders.warehouse.merge import MONTH


def without_tickets(folder: DeltaFolder, base: int, tickets: Sequence[str]) -> tuple[int, Sequence[str]]:
    """The version without the rows of these tickets, the same where none stood there, and whose rows left."""
    rows = folder.scan(base)
    theirs = pl.col("ticket_id").is_in(pl.lit(pl.Series(tickets, dtype=pl.String)).implode())
    found = folder.collect(rows.filter(theirs).select("ticket_id", MONTH))
    if found.is_empty():
        return base, []
    months = found[MONTH].unique().sort().to_list()
    stays = folder.collect(rows.filter(pl.col(MONTH).is_in(months) & ~theirs))
    folder.put_back(base)
    return folder.replace_months(stays, months), found["ticket_id"].unique().sort().to_list()
