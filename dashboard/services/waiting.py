"""Who still waits at the end of the data: the open tickets without an answer, longest first."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import and_

import polars as pl

from metrics.catalog import metric
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.durations import business_seconds, calendar_of_team, calendar_seconds, clock_between
from metrics.model import Scope
from metrics.selection import in_where
from metrics.targets import by_precedence

AT_RISK_FROM = 0.75
"""A target is at risk once this share of its time is gone."""
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


def waiting(facts: Facts, settings: DeskSettings, scope: Scope) -> Waiting:
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
    return Waiting(ranked, unanswered.height, int(late), _at_risk(unanswered, facts, settings), unresolved)


def _at_risk(unanswered: pl.DataFrame, facts: Facts, settings: DeskSettings) -> int:
    """How many have not passed their target but have used up most of its time."""
    running = unanswered.filter(
        pl.col("first_response_met").is_null() & pl.col("first_response_target_seconds").is_not_null()
    )
    if running.is_empty():
        return 0
    clock = clock_between(settings, running.select(pl.col("start_at").min()).item(), facts.as_of)
    placed = running.with_columns(calendar_of_team(settings), _clock=_clock_of_target(settings, running.columns))
    begin, end = pl.col("start_at"), pl.lit(facts.as_of)
    used = pl.when(pl.col("_clock") == "calendar").then(calendar_seconds(begin, end))
    return placed.filter(
        used.otherwise(business_seconds(clock, begin, end)) >= AT_RISK_FROM * pl.col("first_response_target_seconds")
    ).height


def _clock_of_target(settings: DeskSettings, columns: Collection[str]) -> pl.Expr:
    """On which clock the target that holds for a row runs."""
    day = pl.col("start_at").dt.convert_time_zone(settings.zone).dt.date()
    cases = [
        pl.when(reduce(and_, (pl.col(name) == value for name, value in target.where.items()), day >= target.valid_from))
        .then(pl.lit(target.clock))
        for target in by_precedence(settings.targets, "first_response")
        if set(target.where) <= set(columns)
    ]  # fmt: skip
    return pl.coalesce(*cases, pl.lit(None, pl.String))
