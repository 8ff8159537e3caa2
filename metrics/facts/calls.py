"""One row per interval and queue of a telephone or chat switch: what came, was answered or given up, how long it took.

A switch counts intervals, not calls: sums and shares are exact, quantiles of single calls cannot be had.
"""

from datetime import datetime

import polars as pl

from metrics.desk import DeskSettings
from metrics.facts.dimensions import ruled, with_moments
from metrics.tables import INSTANT

AT = "interval_at"
SINGLE_CALLS = ("handle_time_calendar_seconds", "asa_calendar_seconds")
"""What would be known of single calls; interval counts leave it unknown."""


def call_facts(arrivals: pl.DataFrame, desk: DeskSettings, *, as_of: datetime) -> pl.DataFrame:
    """One row per interval, channel and team of a switch, of the intervals that are over at *as_of*.

    offered: where a switch does not tell it, answered + abandoned · wait_seconds: of all who waited,
    answered_wait_seconds: of those served · waited: how many waited · abandoned_late: given up after the target; where
    the switch tells only the short ones (5 seconds), the rest counts as late · in_time, judged: the parts of the
    service level, null where the switch does not tell them or counts by another target than the desk's. Dated by
    interval_at, its start.
    """
    over = arrivals.filter(_end() <= as_of).with_columns(pl.col("start_at").alias(AT))
    whole = pl.col("answered") + pl.col("abandoned")
    told = over.with_columns(
        offered=pl.coalesce("offered", whole), waited=whole, abandoned_late=_late(),
        **{name: pl.lit(None, pl.Int64) for name in SINGLE_CALLS},
    )  # fmt: skip
    judged = told.with_columns(judged=pl.col("answered") + pl.col("abandoned_late"))
    known = _is_our_target(desk) & pl.col("answered_within_target").is_not_null() & pl.col("judged").is_not_null()
    return (
        with_moments(judged, AT, desk, is_day=pl.lit(False))
        .with_columns(
            in_time=pl.when(known).then("answered_within_target"),
            judged=pl.when(known).then("judged"),
            offered_known=pl.when(pl.col("abandoned").is_not_null()).then("offered"),
            abandoned_known=pl.when(pl.col("offered").is_not_null()).then("abandoned"),
            created_at=pl.col(AT),
            date_only=pl.lit(None, pl.List(pl.String)),
        )
        .drop("start_at")
        .sort(AT, "source", "channel", "team")
    )


def newest_interval(arrivals: pl.LazyFrame) -> pl.LazyFrame:
    """The instant up to which a switch has counted, as the only value."""
    return arrivals.select(_end().max().alias("newest"))


def _end() -> pl.Expr:
    return (pl.col("start_at") + pl.duration(minutes=pl.col("minutes"))).cast(INSTANT)


def _late() -> pl.Expr:
    """Who gave up after the target; unknown where a source tells nothing of those who gave up early."""
    tells = pl.any_horizontal(pl.col(name).is_not_null() for name in ("abandoned_within_target", "abandoned_short"))
    early = pl.coalesce("abandoned_within_target", "abandoned_short")
    late = pl.when(pl.col("abandoned") == 0).then(0).otherwise(pl.col("abandoned") - early)
    return pl.when(tells.any().over("source")).then(late)


def _is_our_target(desk: DeskSettings) -> pl.Expr:
    """Whether the switch counts by its channel's target in force on that day; one that names none is taken to."""
    day = pl.col(AT).dt.convert_time_zone(desk.zone).dt.date()
    agreed = ruled(desk, day, lambda rules: pl.lit(rules.answer_within_seconds))
    for goal in sorted(desk.service_goals, key=lambda goal: goal.valid_from):
        holds = (pl.col("channel") == goal.queue) & (day >= goal.first) & (day < goal.until)
        agreed = pl.when(holds.fill_null(value=False)).then(pl.lit(goal.seconds)).otherwise(agreed)
    return (pl.col("target_seconds") == agreed).fill_null(True)
