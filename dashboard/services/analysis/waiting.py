"""Who still waits at the end of the data: the open tickets without an answer, longest first."""

from dataclasses import dataclass, replace

import polars as pl

from metrics.catalog import metric
from metrics.compute import places_that, rows_that
from metrics.facts import Facts
from metrics.facts.durations import calendar_seconds
from metrics.model import Scope
from metrics.selection import of_the_ticket

ROWS_AT_MOST = 200
KEYS = ("source", "ticket_id")
LOOKED_AT = ("start_at", "first_response_met", "first_response_decided_at")


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
    created, of_any_time = metric("tickets_created"), replace(scope, period=None)
    places = places_that(pl.col("is_waiting"), created, facts, of_any_time)
    unanswered = facts.tickets.select(*KEYS, *LOOKED_AT)[places].with_columns(_since(facts))
    longest = unanswered.select(pl.arg_sort_by("waiting_seconds", descending=True, nulls_last=True)).to_series()
    shown = longest.head(ROWS_AT_MOST)
    ranked = facts.tickets[places][shown].with_columns(unanswered[shown].select("waiting_seconds", "over_seconds"))
    late = unanswered["first_response_met"].eq(False).sum()
    is_late = pl.col("ended_at").is_null() & pl.col("resolution_met").eq(False)
    unresolved = rows_that(is_late, created, facts, of_any_time, columns=("ticket_id",)).height
    return Waiting(ranked, unanswered.height, int(late), _at_risk(unanswered, facts, of_any_time), unresolved)


def _since(facts: Facts) -> list[pl.Expr]:
    """How long a ticket has waited, and for how long its time has been up."""
    as_of = pl.lit(facts.as_of)
    over = pl.when(~pl.col("first_response_met")).then(calendar_seconds(pl.col("first_response_decided_at"), as_of))
    waited = calendar_seconds(pl.col("start_at"), as_of)
    return [waited.alias("waiting_seconds"), over.alias("over_seconds")]


def _at_risk(unanswered: pl.DataFrame, facts: Facts, scope: Scope) -> int:
    """How many first responses still run with little of their time left."""
    is_close = pl.col("is_at_risk") & (pl.col("thing") == "first_response")
    own = Scope(where=of_the_ticket(scope.where))
    close = rows_that(is_close, metric("sla_attainment"), facts, own, columns=KEYS)
    return unanswered.join(close, on=KEYS, how="semi").height
