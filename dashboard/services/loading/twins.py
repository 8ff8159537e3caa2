"""Notices the same tickets under two names: every figure would count them twice, and nothing else would tell."""

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from loaders.base import Note
from loaders.warehouse import Versions
from metrics.words import N_

SHARE = 0.5
"""From this share of a file's tickets on they are taken for the same ones; single equal numbers are chance."""
_TWINS = N_(
    "{count} tickets of this file stand on this desk already, with the same number and creation time, from the source "
    "“{other}”: they count twice now. If they are the same tickets, take this load back and load it as “{other}”."
)


@needs(Act.LOAD_DATA)
def twins(
    actor: Actor, desk: Desk, source: str, tickets: pl.DataFrame | None, base: Versions
) -> tuple[Note, ...]:  # fmt: skip
    """A note for each other source that holds at least half of these tickets, as the desk stood at `base`."""
    del actor  # who loads sees all of the desk
    others = {at: version for at, version in base.items() if at.endswith("/tickets") and at != f"{source}/tickets"}
    if tickets is None or tickets.is_empty() or not others:
        return ()
    key = ["ticket_id", "created_at"]
    standing = desk.warehouse.scan("tickets", others).select("source", *key)
    shared = standing.join(tickets.lazy().select(key), on=key, how="semi").group_by("source").len().collect()
    same = shared.filter(pl.col("len") >= SHARE * tickets.height).sort("source")
    return tuple(Note(_TWINS, {"count": count, "other": other}) for other, count in same.iter_rows())
