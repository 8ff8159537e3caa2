"""Two periods or two groups side by side: the difference of each figure with its 95 % interval.

Shares: Newcombe's interval from both Wilson intervals. Quantiles and what is made of them: the same construction (the
variance of each side recovered from its own bounds) from the order statistics, since it needs no resampling, gives the
same answer each time and works wherever a figure carries bounds. Means: normal, from both deviations. Counts: Poisson.
"""

from collections.abc import Sequence
from math import sqrt

import polars as pl

from metrics.compute import compute, rows_of_figure
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.intervals import Z
from metrics.model import Metric, Ratio, Scope, Total
from metrics.words import N_

SIDES = ("before", "after")
OVERLAP = N_(
    "The two sides share tickets, so their difference has no interval. Choose two periods that do not overlap, or two "
    "groups without a member in common."
)
SCHEMA = {
    "metric": pl.String(), "unit": pl.String(), "before": pl.Float64(), "after": pl.Float64(),
    "difference": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(),
    "n_before": pl.Int64(), "n_after": pl.Int64(),
}  # fmt: skip
Bounds = tuple[float | None, float | None]


class OverlapError(ActionableError):
    """The two sides of a comparison share tickets."""

    def __init__(self) -> None:
        super().__init__(OVERLAP)


def compare(metrics: Sequence[Metric], facts: Facts, before: Scope, after: Scope) -> pl.DataFrame:
    """Rows metric, unit, before, after, difference (after − before), low, high, n_before, n_after, as asked.

    low and high are null where a side has no bound of its own, for stocks, and for sums of several per ticket.
    Raises OverlapError where a ticket could be on both sides.
    """
    if overlap(before, after):
        raise OverlapError
    answers = [
        compute(metrics, facts, scope).rows_by_key("metric", named=True, unique=True) for scope in (before, after)
    ]
    found = []
    for metric in metrics:
        old, new = (answer[metric.id] for answer in answers)
        known = old["value"] is not None and new["value"] is not None
        low, high = _bounds(metric, facts, (before, after), old, new) if known else (None, None)
        found.append({
            "metric": metric.id, "unit": metric.unit.value, "before": old["value"], "after": new["value"],
            "difference": new["value"] - old["value"] if known else None, "low": low, "high": high,
            "n_before": old["n"], "n_after": new["n"],
        })  # fmt: skip
    return pl.DataFrame(found, schema=SCHEMA)


def overlap(one: Scope, other: Scope) -> bool:
    """Whether a row could belong to both scopes."""
    if one.period is not None and other.period is not None and (
        one.period.end <= other.period.start or other.period.end <= one.period.start
    ):  # fmt: skip
        return False
    shared = set(one.where) & set(other.where)
    return all(set(one.where[name]) & set(other.where[name]) for name in shared)


def recovered(old: Sequence[float | None], new: Sequence[float | None]) -> Bounds:
    """Bounds of new − old from each side's (value, low, high): squared distances to the bounds add up."""
    value, low, high = old
    fresh, fresh_low, fresh_high = new
    if value is None or fresh is None:
        return None, None
    difference = fresh - value
    below = None if fresh_low is None or high is None else sqrt((fresh - fresh_low) ** 2 + (high - value) ** 2)
    above = None if fresh_high is None or low is None else sqrt((fresh_high - fresh) ** 2 + (value - low) ** 2)
    return None if below is None else difference - below, None if above is None else difference + above


def _bounds(
    metric: Metric, facts: Facts, scopes: tuple[Scope, Scope], old: dict[str, float], new: dict[str, float]
) -> Bounds:
    match metric.value:
        case Total(of) if of.kind != "sum":
            half = Z * sqrt(old["value"] + new["value"])
        case Ratio(of, _) if metric.interval == "normal":
            spreads = [_error(metric, facts, scope, str(of.column)) for scope in scopes]
            if None in spreads:
                return None, None
            half = Z * sqrt(sum(spread for spread in spreads if spread is not None))
        case _:
            keys = ("value", "low", "high")
            return recovered([old[key] for key in keys], [new[key] for key in keys])
    difference = new["value"] - old["value"]
    return difference - half, difference + half


def _error(metric: Metric, facts: Facts, scope: Scope, column: str) -> float | None:
    """The squared standard error of a mean; None below two values."""
    known = rows_of_figure(metric, facts, scope, columns=[column])[column].drop_nulls().cast(pl.Float64)
    spread = known.var()
    return float(spread) / known.len() if isinstance(spread, float) else None
