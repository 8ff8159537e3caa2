"""What each source tells of at all: only where it does is something missing truly missing.

Knowledge is found partition by partition, from few columns, and united: what one month of a source tells, the source
tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from metrics.facts.articles import article_named
from metrics.facts.history import KINDS, change_facts
from metrics.tables import ENDED_STATUSES

Frames = Mapping[str, pl.DataFrame]
"""Canonical tables as frames, by name."""
Topic = Literal[
    "status_changes", "handovers", "ends", "responses", "resolutions", "escalations", "desk_messages",
    "survey_offers", "survey_rows", "articles",
]  # fmt: skip
TOPICS: tuple[Topic, ...] = get_args(Topic)
SET_ASIDE = ("merged", "spam")
"""Tickets that are no inquiry of their own: in no response or resolution figure."""
KEY = ["source", "ticket_id"]


@dataclass(frozen=True)
class Knowledge:
    """Pairs of a source and something that it tells of."""

    told: frozenset[tuple[str, Topic]] = frozenset()

    def __or__(self, other: "Knowledge") -> "Knowledge":
        return Knowledge(self.told | other.told)

    def tells(self, topic: Topic) -> pl.Expr:
        """Whether the row's source tells of it."""
        sources = sorted(source for source, told in self.told if told == topic)
        return pl.col("source").is_in(sources) if sources else pl.lit(False)


def knowledge_of(frames: Frames) -> Knowledge:
    """What the sources tell in these rows; messages and changes of tickets that are not there tell nothing."""
    tickets = frames["tickets"]
    found = [
        tickets.group_by("source").agg(**_by_stamps(), articles=article_named(tickets.columns).is_not_null().any()),
        _of_tickets(frames["messages"], tickets).group_by("source").agg(**_by_messages()),
        _of_tickets(frames["changes"], tickets).group_by("source").agg(**_by_changes()),
        frames["ratings"].group_by("source").agg(
            survey_offers=pl.col("offered_at").is_not_null().any(), survey_rows=pl.col("score").is_null().any()
        ),
    ]  # fmt: skip
    rows = [(row["source"], topic) for frame in found for row in frame.to_dicts() for topic in TOPICS if row.get(topic)]
    known = Knowledge(frozenset(rows))
    return known | _by_doubtful_resolutions(frames, known)


def is_inquiry() -> pl.Expr:
    """Whether a ticket is an inquiry of its own."""
    return ~pl.col("status").is_in(SET_ASIDE).fill_null(False)


def _of_tickets(rows: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    return rows if rows.is_empty() else rows.join(tickets.select(KEY), on=KEY, how="semi")


def _by_stamps() -> dict[str, pl.Expr]:
    ends = pl.any_horizontal(pl.col(name).is_not_null() for name in ("status", "resolved_at", "closed_at"))
    answered = is_inquiry() & (pl.col("first_responded_at") >= pl.col("created_at")).fill_null(False)
    doubtful = _is_active() & ((pl.col("reopens") > 0) | pl.col("reopens").is_null())
    return {
        "ends": ends.any(),
        "responses": answered.any(),
        "resolutions": (is_inquiry() & pl.col("resolved_at").is_not_null() & ~doubtful).any(),
        "escalations": pl.col("escalated_at").is_not_null().any(),
    }


def _by_messages() -> dict[str, pl.Expr]:
    desk = pl.col("author_kind").is_in(["agent", "bot", "system"]).any()
    return {"desk_messages": desk, "responses": desk}


def _by_changes() -> dict[str, pl.Expr]:
    field = pl.col("field")
    return {
        "status_changes": (field == "status").any(),
        "handovers": field.is_in([name for name in KINDS if name != "status"]).any(),
        "escalations": (field == "tier").any(),
    }


def _by_doubtful_resolutions(frames: Frames, known: Knowledge) -> Knowledge:
    """Sources whose every stamp of resolution stands on a ticket that is active again: only changes can tell of these
    whether they were reopened, and so no longer are resolved."""
    doubtful = frames["tickets"].filter(
        is_inquiry() & pl.col("resolved_at").is_not_null() & pl.col("reopens").is_null() & _is_active()
        & ~known.tells("resolutions")
    ).select(*KEY, row=pl.int_range(pl.len(), dtype=pl.UInt32))  # fmt: skip
    if doubtful.is_empty():
        return Knowledge()
    moved = change_facts(frames["changes"].join(doubtful, on=KEY, how="inner"))
    reopened = moved.filter(pl.col("change_reopens") > 0)
    stands = doubtful.join(reopened, on="row", how="anti")["source"].unique()
    return Knowledge(frozenset((source, "resolutions") for source in stands))


def _is_active() -> pl.Expr:
    return ~pl.col("status").is_in(ENDED_STATUSES).fill_null(True)
