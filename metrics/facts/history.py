"""What the recorded changes of a ticket tell: first resolution, reopenings, hand-offs."""

import polars as pl

from metrics.tables import ENDED_STATUSES

RESOLVED_STATUSES = ("resolved", "confirmed")
ACTIVE_STATUSES = ("new", "open", "pending", "on_hold")
KINDS = {"status": 0, "team": 1, "agent": 2}
"""The fields whose changes tell something here, as numbers that sort fast; the latter two are hand-offs."""


def change_facts(changes: pl.DataFrame) -> pl.DataFrame:
    """One row per ticket (`row`) that has changes.

    `changes` carries the ticket's `row`. has_status, has_handed: changes of its status, of its team or agent were
    recorded · change_resolved_at, change_closed_at: the first change into resolved or confirmed, into closed ·
    change_ended_at: the last change into an ended status · change_reopens, change_handoffs: how often.
    """
    kind = pl.col("field").replace_strict(KINDS, default=None, return_dtype=pl.Int8)
    told = changes.select("row", "at", "sequence", "from_value", "to_value", kind=kind).filter(
        pl.col("kind").is_not_null()
    )
    ordered = told.sort("row", "kind", "at", "sequence")
    same = (pl.col("row") == pl.col("row").shift(1)) & (pl.col("kind") == pl.col("kind").shift(1))
    ordered = ordered.with_columns(before=pl.coalesce("from_value", pl.when(same).then(pl.col("to_value").shift(1))))
    at, after, before = pl.col("at"), pl.col("to_value"), pl.col("before")
    is_status = pl.col("kind") == KINDS["status"]
    is_handed = ~is_status
    reopened = is_status & before.is_in(ENDED_STATUSES) & after.is_in(ACTIVE_STATUSES)
    handed = is_handed & before.is_not_null() & after.is_not_null() & (before != after)
    return ordered.group_by("row").agg(
        is_status.any().alias("has_status"),
        is_handed.any().alias("has_handed"),
        at.filter(is_status & after.is_in(RESOLVED_STATUSES)).min().alias("change_resolved_at"),
        at.filter(is_status & (after == "closed")).min().alias("change_closed_at"),
        at.filter(is_status & after.is_in(ENDED_STATUSES)).max().alias("change_ended_at"),
        reopened.sum().cast(pl.Int64).alias("change_reopens"),
        at.filter(handed).n_unique().cast(pl.Int64).alias("change_handoffs"),
    )
