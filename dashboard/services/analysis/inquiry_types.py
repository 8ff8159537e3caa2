"""What customers ask about: which types make most of it, which grow, for which products."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.catalog import metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.growth import Window, growth, incomplete_beta, window
from metrics.model import Period, Scope
from metrics.multiple import DISCOVERIES, benjamini_hochberg

RECENT_DAYS = 28
"""Without days of its own a scope is judged by its last four weeks."""
CREATED = "tickets_created"


def ranked(counts: pl.DataFrame, by: str) -> pl.DataFrame:
    """An answer of tickets_created split *by*, the largest first: *by*, n, share of all, cumulative share."""
    known = counts.filter(pl.col("value") > 0).select(by, n=pl.col("value").cast(pl.Int64))
    ordered = known.sort(pl.col(by).is_null(), "n", by, descending=[False, True, False])
    share = pl.col("n") / pl.col("n").sum()
    return ordered.sort("n", descending=True, maintain_order=True).with_columns(
        share=share, cumulative=pl.col("n").cum_sum() / pl.col("n").sum()
    )


@dataclass(frozen=True)
class Growth:
    """Every group against its own past, the same of all together, and the days that were held against each other.

    weeks: counts of all weeks of past and present, by group · whole: one row as in `groups`.
    """

    groups: pl.DataFrame
    whole: pl.DataFrame
    weeks: pl.DataFrame
    spans: Window


def growing(facts: Facts, scope: Scope, *, by: str, of_all: bool = False) -> Growth | None:
    """Which groups grew beyond their noise, in number or as a share of all; None without four weeks of past."""
    spans = window_of(facts, scope)
    if spans is None:
        return None
    asked = replace(scope, period=Period(spans.past, spans.end))
    created = [metric(CREATED)]
    days = compute(created, facts, asked, by=[by], every="day").drop_nulls(by)
    all_days = compute(created, facts, asked, every="day").with_columns(pl.lit("all").alias(by))
    judged = growth(days, spans, by=by, of_all=of_all).filter(pl.col("n") + pl.col("past") > 0)
    return Growth(judged, growth(all_days, spans, by=by), weekly_counts(days, spans, by=by), spans)


def weekly_counts(days: pl.DataFrame, spans: Window, *, by: str) -> pl.DataFrame:
    """Rows *by*, week (its first day), n: weeks counted from the present's start, so that all of them are whole."""
    offset = (pl.col("period") - spans.start).dt.total_days().floordiv(7)
    full = spans.start + timedelta(days=spans.days // 7 * 7)
    dated = days.filter((pl.col("period") >= spans.past) & (pl.col("period") < full)).with_columns(
        week=pl.lit(spans.start) + pl.duration(days=offset * 7)
    )
    return dated.group_by(by, "week").agg(n=pl.col("value").sum().cast(pl.Int64)).sort(by, "week")


def window_of(facts: Facts, scope: Scope) -> Window | None:
    """The days of a scope that are over, and its past."""
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    first = first_day(facts)
    if first is None:
        return None
    start = scope.period.start if scope.period else today - timedelta(days=RECENT_DAYS)
    end = scope.period.end if scope.period else today
    return window(start, end, first=first, today=today)


def first_day(facts: Facts) -> date | None:
    """The first local day of the data."""
    first = facts.tickets["created_on"].min()
    return first if isinstance(first, date) else None


def crossed(counts: pl.DataFrame) -> pl.DataFrame:
    """An answer of tickets_created by type and product: n, expected (if products asked alike), times, is_striking.

    Expected is what the type's share of all and the product's share of all make together; striking is more than that
    by more than chance, all fields looked at together (Benjamini–Hochberg). Unknown types and products are left out.
    """
    known = counts.drop_nulls(["type", "product"]).select("type", "product", n=pl.col("value").cast(pl.Int64))
    total = int(known["n"].sum())
    told = known.with_columns(
        expected=pl.col("n").sum().over("type") * pl.col("n").sum().over("product") / max(total, 1)
    ).with_columns(times=pl.when(pl.col("expected") > 0).then(pl.col("n") / pl.col("expected")))
    chances = [
        _more_than(row["n"], row["expected"], total) for row in told.select("n", "expected").iter_rows(named=True)
    ]
    p = pl.Series("p", chances, dtype=pl.Float64)
    striking = (benjamini_hochberg(p) <= DISCOVERIES).fill_null(False)
    return told.with_columns(is_striking=striking & (told["n"] > told["expected"]))


def _more_than(n: int, expected: float, total: int) -> float | None:
    """How likely so many or more of all tickets fall into a field by chance."""
    if expected <= 0 or total <= 0:
        return None
    return 1.0 if n <= 0 else incomplete_beta(float(n), float(total - n + 1), expected / total)
