"""What became of what was asked: cohorts as they age, what is still not resolved and why, the four first contacts."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.catalog import metric
from metrics.compute import compute, rows_of_figure, rows_that
from metrics.facts import Facts
from metrics.intervals import wilson
from metrics.model import Period, Scope
from metrics.selection import bucket, in_period

RATE = "resolution_rate"
AGES = (1, 3, 7, 14, 30)
AGES_AS_TEXT = [str(age) for age in AGES]
"""Days after creation at which a cohort is looked at."""
COHORT_WEEKS = 12
DAY = timedelta(days=1)
REASONS = (
    "ended_unresolved", "waits_for_customer", "waits_for_others", "unanswered", "reopened", "with_specialists",
    "in_work", "unknown",
)  # fmt: skip
"""Why a ticket is not resolved; the first that holds is told."""
AGE_BOUNDS = (1, 3, 7, 14, 30)
AGE_BANDS = ("under_1", "1_to_3", "3_to_7", "7_to_14", "14_to_30", "over_30")
"""Bands of age in days, the lower bound in, the upper out."""
FIRST_CONTACT = ("fcr_repeat", "fcr_one_touch", "fcr_no_reopen", "fcr_survey")


def cohort_scope(facts: Facts, scope: Scope) -> Scope:
    """Whole weeks of creation: those of the scope's period, at least twelve, up to its end."""
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    first_day = facts.tickets["created_on"].min()
    begin = first_day if isinstance(first_day, date) else today
    start, end = (scope.period.start, scope.period.end) if scope.period else (begin, today + DAY)
    end = min(end, today + DAY)
    earliest = end - timedelta(weeks=COHORT_WEEKS)
    start = max(min(start, earliest), begin)
    return replace(scope, period=Period(start - DAY * start.weekday(), end))


def cohorts(facts: Facts, scope: Scope) -> pl.DataFrame:
    """One row per week of creation in the scope's period and age.

    week · n: inquiries whose end the source tells · age: in days, null for “by now” · resolved · share, low, high ·
    is_reached: whether any ticket of the week is that old · is_settled: whether every one is, of “by now” whether the
    figure is no longer provisional.
    """
    known = ("week", "n", "age", "resolved", "share", "low", "high")
    whole = pl.concat([_by_now(facts, scope).select(known), _by_age(facts, scope).select(known)])
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    reached = (pl.col("week") + pl.duration(days=pl.col("age")) <= today).fill_null(True)
    age = pl.col("age").fill_null(metric(RATE).settles_after_days or 0)
    old = pl.col("week") + timedelta(days=7) + pl.duration(days=age) <= today
    marked = whole.with_columns(is_reached=reached, is_settled=old.fill_null(False))
    return marked.filter(pl.col("n") > 0).sort("week", "age", nulls_last=True)


def _by_now(facts: Facts, scope: Scope) -> pl.DataFrame:
    """The resolution rate of each week."""
    found = compute([metric(RATE)], facts, scope, every="week").drop_nulls("period")
    resolved = (pl.col("value").fill_null(0) * pl.col("n")).round().cast(pl.Int64)
    return found.with_columns(
        week="period", age=pl.lit(None, pl.Int64), resolved=resolved, share="value",
    )  # fmt: skip


def _by_age(facts: Facts, scope: Scope) -> pl.DataFrame:
    """How many of each week were resolved within each age."""
    asked, done = metric(RATE), pl.col("is_inquiry_resolved")
    fit = in_period(scope, asked.at, facts.zone) & done.is_not_null()
    columns = (asked.at, "is_inquiry_resolved", "full_resolution_at")
    rows = rows_that(fit, asked, facts, scope, columns=columns).lazy()
    took = _took(pl.col("full_resolution_at"))
    soon = [(done & (took <= age * 86_400)).fill_null(False).sum().cast(pl.Int64).alias(str(age)) for age in AGES]
    weeks = rows.group_by(week=bucket(asked.at, "week", facts.zone)).agg(pl.len().cast(pl.Int64).alias("n"), *soon)
    long = weeks.unpivot(AGES_AS_TEXT, index=["week", "n"], variable_name="age", value_name="resolved").collect()
    low, high = wilson(pl.col("resolved"), pl.col("n"))
    return long.with_columns(
        pl.col("age").cast(pl.Int64), share=pl.col("resolved") / pl.col("n"), low=low, high=high
    )  # fmt: skip


def _took(end: pl.Expr) -> pl.Expr:
    return end.dt.epoch("s") - pl.col("created_at").dt.epoch("s")


def cohort_tickets(facts: Facts, scope: Scope, week: date, age: int | None) -> pl.DataFrame:
    """The inquiries of one week of creation that were not resolved at that age, the oldest first."""
    inside = rows_of_figure(metric(RATE), facts, replace(scope, period=_cut(scope, week)))
    late = ~pl.col("is_inquiry_resolved")
    if age is not None:
        late |= (_took(pl.col("full_resolution_at")) > age * 86_400).fill_null(False)
    return inside.filter(late).sort("created_at", "source", "ticket_id")


def _cut(scope: Scope, week: date) -> Period:
    """The days of a week that lie in the scope's period."""
    end = week + timedelta(days=7)
    if scope.period is None:
        return Period(week, end)
    return Period(max(week, scope.period.start), min(end, scope.period.end))


def unresolved(facts: Facts, scope: Scope) -> pl.DataFrame:
    """The inquiries created in the period that are not resolved, with `reason`, `age_band` and `age_seconds`.

    age: from creation to the end of the data, of what ended unresolved to its end.
    """
    rows = rows_of_figure(metric(RATE), facts, scope, that=~pl.col("is_inquiry_resolved"))
    age = _took(pl.col("ended_at").fill_null(facts.as_of))
    return rows.with_columns(reason=_reason(), age_seconds=age, age_band=age_band(age)).sort(
        "age_seconds", "source", "ticket_id", descending=[True, False, False]
    )


def _reason() -> pl.Expr:
    status, tier = pl.col("status"), pl.col("tier")
    holds = {
        "ended_unresolved": pl.col("ended_at").is_not_null(),
        "waits_for_customer": status == "pending",
        "waits_for_others": status == "on_hold",
        "unanswered": pl.col("is_waiting"),
        "reopened": pl.col("is_reopened"),
        "with_specialists": tier.is_in(["specialist", "cross_team"]) | pl.col("is_escalated"),
        "in_work": status.is_not_null(),
    }
    told = [pl.when(condition.fill_null(False)).then(pl.lit(name)) for name, condition in holds.items()]
    return pl.coalesce(*told, pl.lit("unknown"))


def age_band(seconds: pl.Expr) -> pl.Expr:
    """The band that an age lies in."""
    band = pl.lit(AGE_BANDS[-1])
    for bound, name in reversed(list(zip(AGE_BOUNDS, AGE_BANDS, strict=False))):
        band = pl.when(seconds < bound * 86_400).then(pl.lit(name)).otherwise(band)
    return pl.when(seconds.is_not_null()).then(band)


def counted(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """How many unresolved each value of a dimension has for each reason: `value`, `reason`, `n`; most first."""
    found = rows.group_by(pl.col(by).alias("value"), "reason").agg(n=pl.len().cast(pl.Int64))
    whole = pl.col("n").sum().over("value")
    return found.sort(whole, "value", "reason", descending=[True, False, False], nulls_last=True)
