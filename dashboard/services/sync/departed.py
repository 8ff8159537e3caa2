"""Tickets that left the figures because their system has them no more, as the ledger keeps them."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.loading.ledger import standing_loads
from dashboard.store import LoadRow

SCHEMA = {"ticket": pl.String(), "into": pl.String(), "at": pl.Datetime("us", "UTC"), "load": pl.Int64()}


@needs(Act.SEE_DATA)
def departed(actor: Actor, desk: Desk, source: str) -> pl.DataFrame:
    """One row for each time that a ticket of this source left, newest first: `into` which it was merged, when."""
    del actor  # whoever sees how loads went sees what they took out
    with desk.reading() as session:
        standing = standing_loads(session)
        rows = session.scalars(select(LoadRow).order_by(LoadRow.id.desc()))
        told = [one for row in rows if row.id in standing for one in _left(row, source)]
    return pl.DataFrame(told, schema=SCHEMA)


def _left(row: LoadRow, source: str) -> Iterator[dict[str, Any]]:
    for file in row.files:
        for one in (file.get("gone") or ()) if file.get("source") == source else ():
            yield {"ticket": one["ticket"], "into": one.get("into"), "at": row.at, "load": row.id}
