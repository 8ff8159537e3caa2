"""The values of a dimension side by side: their order, and which differ from the whole by more than noise."""

from dataclasses import dataclass
from statistics import NormalDist

import polars as pl

from metrics.catalog import metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.intervals import TAIL, Z
from metrics.model import Metric, Scope, Unit

IN_ORDER = ("weekday", "hour", "peak", "priority", "tier")
"""Dimensions whose values have an order of their own, which a ranking would break."""
ORDERS = {
    "priority": ("urgent", "important", "normal", "low"),
    "tier": ("first_line", "specialist", "cross_team"),
    "peak": ("yes", "no"),
}


@dataclass(frozen=True)
class Groups:
    """One figure by a dimension: `rows` value, figure, n, low, high, enough, place; `whole` is that of all together.

    rows stand as they are drawn; place is "above", "below" or null: whether the value differs from the whole by more
    than noise, the chance of finding one among so many taken into account.
    """

    rows: pl.DataFrame
    whole: float | None
    n: int
    result: pl.DataFrame

    @property
    def judged(self) -> pl.DataFrame:
        return self.rows.filter("enough")


def by_groups(facts: Facts, scope: Scope, metric_id: str, dimension: str) -> Groups:
    """A figure for every value of a dimension that has something to show, those with too few last."""
    one = metric(metric_id)
    result = compute([one], facts, scope, by=(dimension,))
    whole = compute([one], facts, scope).row(0, named=True)
    shown = result.select(pl.col(dimension).alias("value"), pl.col("value").alias("figure"), "n", "low", "high")
    known = shown.filter(pl.col("figure").is_not_null() & ((pl.col("n") > 0) | (pl.col("figure") != 0)))
    marked = known.with_columns(enough=pl.col("n") >= one.minimum_n)
    placed = marked.with_columns(place=_place(marked, whole["value"], one))
    return Groups(_ordered(placed, one, dimension), whole["value"], whole["n"], result)


def _place(rows: pl.DataFrame, whole: float | None, one: Metric) -> pl.Expr:
    """Bounds widened for so many comparisons at once (Bonferroni): of twenty groups one would stand out by chance."""
    none = pl.lit(None, pl.String)
    if whole is None or one.unit is Unit.COUNT:
        return none
    groups = max(1, int(rows["enough"].sum()))
    wider = NormalDist().inv_cdf(1 - TAIL / groups) / Z
    value = pl.col("figure")
    low, high = (value + (pl.col(bound) - value) * wider for bound in ("low", "high"))
    told = pl.when(low > whole).then(pl.lit("above")).when(high < whole).then(pl.lit("below")).otherwise(none)
    return pl.when("enough").then(told)


def _ordered(rows: pl.DataFrame, one: Metric, dimension: str) -> pl.DataFrame:
    if dimension in ORDERS:
        known = list(ORDERS[dimension])
        places = [known.index(value) if value in known else len(known) for value in rows["value"]]
        return rows.with_columns(__at=pl.Series(places, dtype=pl.Int64)).sort("__at", "value").drop("__at")
    if dimension in IN_ORDER:
        return rows.sort("value", nulls_last=True)
    return rows.sort(
        "enough", "figure", "n", "value", descending=[True, one.better != "lower", True, False], nulls_last=True
    )
