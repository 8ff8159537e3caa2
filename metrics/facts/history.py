"""What the recorded changes of a ticket tell: first resolution, reopenings, hand-offs."""

import polars as pl

from metrics.tables import ENDED_STATUSES

RESOLVED_STATUSES = ("resolved", "confirmed")
ACTIVE_STATUSES = ("new", "open", "pending", "on_hold")
HANDED_FIELDS = ("team", "agent")


def change_facts(changes: pl.DataFrame) -> pl.DataFrame:
    """One row per ticket (`row`) that has changes.

    `changes` carries the ticket's `row`. has_status, has_handed: changes of its status, of its team or agent were
    recorded · change_resolved_at, change_closed_at: the first change into resolved or confirmed, into closed ·
    change_ended_at: the last change into an ended status · change_reopens, change_handoffs: how often.
    """
    ordered = changes.sort("row", "field", "at", "sequence").with_columns(
        before=pl.coalesce("from_value", pl.col("to_value").shift(1).over("row", "field")),
    )
    at, after, before = pl.col("at"), pl.col("to_value"), pl.col("before")
    is_status = pl.col("field") == "status"
    is_handed = pl.col("field").is_in(HANDED_FIELDS)
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
