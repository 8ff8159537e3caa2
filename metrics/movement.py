"""What moved: whether a day is outside what its weekday lets expect, and which members of a dimension made a change.

An alarm needs more than noise: a point outside its control limits, or a run of eight days on one side of the centre.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from metrics.compute import compute
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.model import Metric, Ratio, Scope, Total
from metrics.words import N_

RUN = 8
"""So many days in a row on one side of the centre are no chance (one in 128 by chance)."""
SIGMAS = 3.0
MEDIAN_RANGE = 0.9539
"""The median of the distance of two neighbours, in standard deviations."""
LEAST = 14
"""Below so many days before there are no limits: two of each weekday."""


class NotAdditiveError(ActionableError):
    """A change of this metric is no sum over the members of a dimension."""

    def __init__(self, metric: str) -> None:
        super().__init__(
            N_("A change of {metric} is no sum of parts. Ask for a count, a share or a mean."), metric=metric
        )


def controlled(days: pl.DataFrame, *, since: date) -> pl.DataFrame:
    """Limits and alarms of daily values: what the days before *since* let expect of every day.

    `days` has period (Date) and value, one row per day, null where nothing is known. Added are centre (the median of
    the same weekday before *since*), low and high (3 sigma around it, sigma from the distances of neighbouring days to
    their own centres), is_outside, and is_run: the eighth or a later day in a row on one side. Medians throughout, so
    that one bad day of the past neither moves the centre nor widens the limits. Null below two weeks of days before.
    """
    ordered = days.sort("period").with_columns(weekday=pl.col("period").dt.weekday())
    before = ordered.filter(pl.col("period") < since)
    centres = before.group_by("weekday").agg(centre=pl.col("value").median())
    centred = ordered.join(centres, on="weekday", how="left", maintain_order="left")
    sigma = _sigma(centred.filter(pl.col("period") < since))
    centre, value = pl.col("centre"), pl.col("value")
    reach = pl.lit(None if sigma is None else SIGMAS * sigma, pl.Float64)
    limited = centred.with_columns(low=centre - reach, high=centre + reach, __side=(value - centre).sign())
    return limited.with_columns(
        is_outside=((value < pl.col("low")) | (value > pl.col("high"))).fill_null(False),
        is_run=(_run() >= RUN) & reach.is_not_null(),
    ).drop("weekday", "__side")  # fmt: skip


def contributions(metric: Metric, before: pl.DataFrame, after: pl.DataFrame, *, by: str) -> pl.DataFrame:
    """What each member of a dimension gave to the change of a figure between two answers of `compute` split by it.

    Rows *by*, before, after, n_before, n_after, mix, rate, effect (mix + rate), the largest effect first; the effects
    add up to the change of the whole. rate: the member's own figure moved, at its mean weight. mix: its weight moved,
    against the mean of the whole, so that a group that merely grew is told apart from one that got worse (Simpson). A
    member that is there on one side only has no rate effect. Of a count all is rate.
    Raises NotAdditiveError for quantiles, stocks and what is made of them.
    """
    if not isinstance(metric.value, Total | Ratio):
        raise NotAdditiveError(metric.id)
    sides = [
        frame.filter(pl.col("metric") == metric.id).select(
            by, pl.col("value").alias(name), pl.col("n").alias(f"n_{name}")
        )
        for name, frame in (("before", before), ("after", after))
    ]
    joined = sides[0].join(sides[1], on=by, how="full", coalesce=True, nulls_equal=True)
    told = joined.with_columns(pl.col("n_before", "n_after").fill_null(0))
    mix, rate = _counted() if isinstance(metric.value, Total) else _weighed()
    effects = told.with_columns(mix=mix, rate=rate).with_columns(effect=pl.col("mix") + pl.col("rate"))
    return effects.sort(pl.col("effect").abs(), by, descending=[True, False], nulls_last=True)


def explained(
    metric: Metric, facts: Facts, before: Scope, after: Scope, *, dimensions: Sequence[str]
) -> dict[str, pl.DataFrame]:
    """The `contributions` of the members of each of these dimensions to the change from one scope to another."""
    return {
        by: contributions(
            metric, compute([metric], facts, before, by=[by]), compute([metric], facts, after, by=[by]), by=by
        )
        for by in dimensions
    }


def _sigma(before: pl.DataFrame) -> float | None:
    if before["value"].count() < LEAST:
        return None
    distances = before.select((pl.col("value") - pl.col("centre")).drop_nulls().diff().abs().median()).item()
    return None if distances is None else float(distances) / MEDIAN_RANGE


def _run() -> pl.Expr:
    """How many days in a row, this one included, lie on the same side; a day on the centre or unknown ends a run."""
    side = pl.col("__side").fill_null(0)
    place = pl.int_range(pl.len())
    began = pl.when((side != side.shift(1)).fill_null(True)).then(place).forward_fill()
    return pl.when(side != 0).then(place - began + 1).otherwise(0)


def _counted() -> tuple[pl.Expr, pl.Expr]:
    return pl.lit(0.0), pl.col("after").fill_null(0) - pl.col("before").fill_null(0)


def _weighed() -> tuple[pl.Expr, pl.Expr]:
    old, new = (pl.coalesce(name, other).fill_null(0) for name, other in (("before", "after"), ("after", "before")))
    weights = [_part(pl.col(name)) for name in ("n_before", "n_after")]
    wholes = [(weight * value).sum() for weight, value in zip(weights, (old, new), strict=True)]
    mix = (weights[1] - weights[0]) * ((old + new) / 2 - (wholes[0] + wholes[1]) / 2)
    rate = (new - old) * (weights[0] + weights[1]) / 2
    known = (pl.col("n_before").sum() > 0) & (pl.col("n_after").sum() > 0)
    return pl.when(known).then(mix), pl.when(known).then(rate)


def _part(n: pl.Expr) -> pl.Expr:
    return pl.when(n.sum() > 0).then(n / n.sum()).otherwise(0.0)
