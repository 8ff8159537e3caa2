"""The order in which escalated tickets are decided: a short list of rules, each row telling which of them placed it."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from metrics.triage.model import Order, OrderName

CLASS_OF = {"urgent": 1, "important": 2, "normal": 3, "low": 4}
UNKNOWN_CLASS = 3
"""A ticket without a priority stands with the normal ones."""
HIGHEST_CLASS = 1
CLASSES = {place: name for name, place in CLASS_OF.items()}

late, left = pl.col("late_seconds"), pl.col("left_seconds")
_KEYS: Mapping[OrderName, pl.Expr] = MappingProxyType(
    {
        "complaint": ~pl.col("is_complaint"),
        "priority": pl.col("class"),
        "breached": -late.fill_null(-1),
        "time_left": pl.when(late.is_null()).then(left).fill_null(1 << 62),
        "reopens": -pl.col("reopen_count"),
        "age": pl.col("ticket_created_at"),
    }
)


def ordered(items: pl.DataFrame, order: Order, *, moves_up_after: float) -> pl.DataFrame:
    """The items in their order, with place (from 1), class (1 urgent – 4 low), is_moved_up and why.

    items: is_complaint, priority, reopen_count, ticket_created_at, id, target_seconds, left_seconds and late_seconds of
    the time that is up first (of the two one is known; both null without such a time). why: codes of what placed it.
    """
    classed = items.with_columns(**_classes(moves_up_after))
    keys = [_KEYS[name] for name in order]
    placed = classed.sort([*keys, pl.col("id")], maintain_order=True)
    return placed.with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), why=_why(order))


def _classes(moves_up_after: float) -> dict[str, pl.Expr]:
    own = pl.col("priority").replace_strict(CLASS_OF, default=UNKNOWN_CLASS, return_dtype=pl.Int64)
    starved = (late > (moves_up_after - 1) * pl.col("target_seconds")).fill_null(False)
    moved = starved & (own > HIGHEST_CLASS)
    return {"class": own - moved.cast(pl.Int64), "is_moved_up": moved}


def _why(order: Order) -> pl.Expr:
    """Codes in the order of the rules; what says nothing of a row is left out."""
    said: Mapping[OrderName, list[pl.Expr]] = {
        "complaint": [pl.when("is_complaint").then(pl.lit("complaint"))],
        "priority": [pl.coalesce("priority", pl.lit("no_priority")), pl.when("is_moved_up").then(pl.lit("moved_up"))],
        "breached": [pl.when(late.is_not_null()).then(pl.lit("late"))],
        "time_left": [pl.when(late.is_null() & left.is_not_null()).then(pl.lit("left"))],
        "reopens": [pl.when(pl.col("reopen_count") > 0).then(pl.lit("reopened"))],
        "age": [pl.lit("age")],
    }
    codes = [code for name in order for code in said[name]]
    return pl.concat_list(codes).list.drop_nulls()
