"""Who still waits at the end of the data: the open tickets without an answer, longest first."""

from dataclasses import dataclass

import polars as pl

from metrics.catalog import metric
from metrics.facts import Facts
from metrics.facts.durations import calendar_seconds
from metrics.model import Scope
from metrics.selection import in_where

ROWS_AT_MOST = 200


@dataclass(frozen=True)
class Waiting:
    """The tickets that wait for a first answer at the end of the data, and how their targets stand.

    `tickets`: ticket facts with `waiting_seconds` (calendar), `over_seconds` (since the target passed, calendar; null
    while it has not). `unresolved_late`: open tickets past their resolution target.
    """

    tickets: pl.DataFrame
    n: int
    late: int
    at_risk: int
    unresolved_late: int


def waiting(facts: Facts, scope: Scope) -> Waiting:
    """The tickets in scope that are open and unanswered at the end of the data, the longest wait first."""
    as_of = pl.lit(facts.as_of)
    inside = facts.tickets.filter(in_where(scope, metric("tickets_created")))
    unanswered = inside.filter("is_waiting").with_columns(
        waiting_seconds=calendar_seconds(pl.col("start_at"), as_of),
        over_seconds=pl.when(~pl.col("first_response_met")).then(
            calendar_seconds(pl.col("first_response_decided_at"), as_of)
        ),
    )
    late = unanswered["first_response_met"].eq(False).sum()
    unresolved = inside.filter(pl.col("ended_at").is_null() & pl.col("resolution_met").eq(False)).height
    ranked = unanswered.sort("waiting_seconds", descending=True, nulls_last=True).head(ROWS_AT_MOST)
    return Waiting(ranked, unanswered.height, int(late), _at_risk(unanswered, facts), unresolved)


def _at_risk(unanswered: pl.DataFrame, facts: Facts) -> int:
    """How many first responses still run with little of their time left."""
    close = facts.sla_instances.filter("is_at_risk", pl.col("thing") == "first_response")
    return unanswered.join(close, on=["source", "ticket_id"], how="semi").height
