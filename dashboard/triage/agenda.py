"""What a stand-up talks about: of the queue what is late, with nobody, back again or due soon."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import polars as pl

from metrics.tables import INSTANT

Kind = Literal["promise", "complaint", "overdue", "unacknowledged", "reopened", "snooze", "due"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Why something is on the list; where there are several reasons, the first of these is named first."""
SAID_WITH: Mapping[Kind, Kind] = {"complaint": "unacknowledged", "overdue": "due"}
"""A reason, and the one that goes without saying beside it."""
POINTS_AT_MOST = 60
"""More than that no meeting talks about; the rest stays in the queue, and is counted."""
KEPT = (
    "rules", "why", "due_kind", "due_at", "late_seconds", "left_seconds", "priority", "type", "channel", "tier",
    "is_complaint", "reopen_count", "state", "agent", "ticket_created_at",
)  # fmt: skip
"""What of the queue's row is kept with the point, so that it tells later what was seen then."""


def agenda(queue: pl.DataFrame, *, woken: frozenset[int], until: datetime) -> pl.DataFrame:
    """The rows of the queue that a stand-up talks about, in its order, with `kinds`: why, the gravest reason first.

    woken: items that came back by themselves since the last one. until: what is due before then is due soon.
    """
    reasons: dict[Kind, pl.Expr] = {
        "complaint": pl.col("is_complaint") & ~pl.col("is_acknowledged"),
        "overdue": pl.col("late_seconds").is_not_null(),
        "unacknowledged": ~pl.col("is_acknowledged"),
        "reopened": pl.col("reopen_count") > 0,
        "snooze": pl.col("id").is_in(sorted(woken)),
        "due": pl.min_horizontal("due_at", "next_update_at") <= pl.lit(until.astimezone(UTC), INSTANT),
    }
    named = [pl.when(holds.fill_null(False)).then(pl.lit(kind)) for kind, holds in reasons.items()]
    told = queue.with_columns(kinds=pl.concat_list(named).list.drop_nulls())
    ranked = told.with_columns(rank=_rank(pl.col("kinds").list.first()))
    return ranked.filter(pl.col("kinds").list.len() > 0).sort("rank", "place").drop("rank")


def _rank(kind: pl.Expr) -> pl.Expr:
    return kind.replace_strict({name: place for place, name in enumerate(KINDS)}, return_dtype=pl.Int64)


def worth_saying(kinds: Iterable[Kind]) -> list[Kind]:
    """Of the reasons of one thing those that another one of them does not say already."""
    known = list(kinds)
    said = {SAID_WITH.get(kind) for kind in known}
    return [kind for kind in known if kind not in said]


def counts(points: pl.DataFrame, queue: pl.DataFrame) -> dict[str, int]:
    """How many there are of each kind (one thing may be several), and of the whole queue."""
    found = points.select(pl.col("kinds").explode().alias("kind")).drop_nulls()["kind"].value_counts()
    told = dict(found.iter_rows())
    return {"open": queue.height, **{kind: int(told.get(kind, 0)) for kind in KINDS if kind != "promise"}}


def kept_of(row: dict[str, Any]) -> dict[str, Any]:
    """The row as it is kept with the point: instants as ISO text."""
    held = {name: row[name] for name in KEPT if row.get(name) is not None}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in held.items()}
