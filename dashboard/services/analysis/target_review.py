"""The targets themselves under review: how many kept each, and how many would have kept a stricter or a looser one."""

from datetime import datetime
from typing import Literal

import polars as pl

from dashboard.services.analysis.promises import targets_applied
from dashboard.services.analysis.sla import decided
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.durations import calendar_seconds, clock_between
from metrics.model import Scope
from metrics.words import N_

STRICTER, LOOSER = 0.75, 1.25
MOST = 0.9
"""What is looked for where the desk has wished for no share."""
FEW = 10
Attainable = Literal["easy", "attained", "open", "missed", "far", "few"]
VERDICTS: dict[Attainable, str] = {
    "easy": N_("attained; three quarters of the time would be enough"),
    "attained": N_("attained"),
    "open": N_("not told apart from what is wished"),
    "missed": N_("missed; a quarter more time would be enough"),
    "far": N_("missed; a quarter more time would not be enough"),
    "few": N_("too few to judge"),
}
_READ = ("target", "clock", "started_at", "due_at", "done_at", "decided_at", "is_met", "wished", "calendar",
         "target_seconds", "sla_overrun_calendar_seconds", "sla_overrun_business_seconds")  # fmt: skip


def reviewed_targets(facts: Facts, settings: DeskSettings, scope: Scope) -> pl.DataFrame:
    """One row per target that decided something in the period, in the desk's order.

    As `targets_applied`, and: wished · stricter, looser: the share that would have kept 3/4 and 5/4 of the time, of the
    n_known whose time is known (what nobody has done yet has taken at least so long) · enough_seconds: the time within
    which nine of ten were done, null where that is not over · verdict: by the
    share that the desk wishes to keep, else by nine of ten.
    """
    kept = targets_applied(facts, settings, scope).filter(pl.col("n") > 0)
    took = _took(decided(facts, scope, list(_READ)), settings, facts.as_of)
    limit, known = pl.col("target_seconds"), pl.col("took").is_not_null()
    told = took.group_by("target").agg(
        wished=pl.col("wished").mean(), n_known=known.sum().cast(pl.Int64),
        stricter=_kept(limit * STRICTER), looser=_kept(limit * LOOSER),
        enough_seconds=pl.when(pl.col("is_over")).then("took").otherwise(float("inf")).filter(known)
        .quantile(MOST, interpolation="higher"),
    )  # fmt: skip
    whole = kept.join(told, on="target", how="left", maintain_order="left")
    finite = pl.col("enough_seconds").is_finite()
    return whole.with_columns(
        enough_seconds=pl.when(finite).then("enough_seconds"),
        verdict=_verdict(),
    )


def _took(rows: pl.DataFrame, settings: DeskSettings, as_of: datetime) -> pl.DataFrame:
    """`took`: seconds that each running took on its target's clock; `is_over`: else it has taken so long so far."""
    first = rows["started_at"].min()
    clock = clock_between(settings, first if isinstance(first, datetime) else None, as_of)
    on_calendar, limit = pl.col("clock") == "calendar", pl.col("target_seconds")
    done, due = pl.col("done_at"), pl.col("due_at")
    open_time = pl.lit(None, pl.Int64) if clock is None else clock.elapsed(done, due, calendar=pl.col("calendar"))
    early = pl.when(on_calendar).then(calendar_seconds(done, due)).otherwise(open_time)
    late = pl.when(on_calendar).then("sla_overrun_calendar_seconds").otherwise("sla_overrun_business_seconds")
    kept = limit - early.clip(lower_bound=0)  # done after its due instant only where the clock stood still between
    took = pl.when("is_met").then(kept).otherwise(limit + late)
    return rows.with_columns(took=took.cast(pl.Float64), is_over=pl.col("done_at").is_not_null())


def _kept(limit: pl.Expr) -> pl.Expr:
    """The share within a limit; what is not over and has not passed it yet is in neither part."""
    within = pl.col("took") <= limit
    judged = pl.col("took").is_not_null() & (pl.col("is_over") | ~within)
    return (within & judged).sum() / pl.when(judged.sum() > 0).then(judged.sum())


def _verdict() -> pl.Expr:
    """The name of a row's verdict among VERDICTS."""
    wished = pl.col("wished").fill_null(MOST)
    kept = pl.col("low") >= wished
    return (
        pl.when(pl.col("n") < FEW).then(pl.lit("few"))
        .when(kept & (pl.col("stricter") >= wished)).then(pl.lit("easy"))
        .when(kept).then(pl.lit("attained"))
        .when(pl.col("high") >= wished).then(pl.lit("open"))
        .when(pl.col("looser") >= wished).then(pl.lit("missed"))
        .otherwise(pl.lit("far"))
    )  # fmt: skip
