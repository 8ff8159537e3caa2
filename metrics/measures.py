"""From fact rows to values: one aggregation for many metrics, then value, n, low and high of each."""

from collections.abc import Mapping, Sequence
from functools import cache
from math import nan

import numpy as np
import polars as pl

from metrics.bins import Decimal, Whole
from metrics.intervals import TAIL, normal, normal_of, order_bounds, quotient, wilson, wilson_of
from metrics.model import Measure, Metric, Quantile, Quotient, Ratio, Sampled, Spread, Total, Unit
from metrics.pieces import Keys, Piece
from metrics.sampled import sampled, sampled_parts

Column = Whole | Decimal
"""Counts or sums of all groups."""


def contributes(measure: Measure) -> pl.Expr:
    """The rows that a measure takes part of."""
    if measure.kind == "rows":
        return pl.lit(True)
    column = pl.col(_column(measure))
    return column.fill_null(False) if measure.kind == "true" else column.is_not_null()


def parts(metrics: Sequence[Metric]) -> list[pl.Expr]:
    """The aggregations that the metrics need, each named once."""
    found: dict[str, pl.Expr] = {}
    for metric in metrics:
        for measure in _measures(metric):
            found.setdefault(_name(measure), _aggregate(measure).alias(_name(measure)))
            if measure.kind == "sum":
                found.setdefault(
                    f"known:{measure.column}", pl.col(_column(measure)).count().alias(f"known:{measure.column}")
                )
        if metric.interval == "normal" and isinstance(metric.value, Ratio):
            column = _column(metric.value.of)
            found.setdefault(f"std:{column}", pl.col(column).cast(pl.Float64).std().alias(f"std:{column}"))
        if isinstance(metric.value, Quotient):
            found |= _quotient_parts(metric.value)
        if isinstance(metric.value, Sampled):
            found |= sampled_parts(metric.value)
    found.setdefault("rows:None", pl.len().cast(pl.Int64).alias("rows:None"))
    return list(found.values())


def values(metric: Metric, aggregated: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """One row per group with value, n, low and high of one metric, from the aggregated parts."""
    for q, place, tail in _bounded(metric):
        aggregated = aggregated.with_columns(_places(_measures(metric)[0], q, aggregated, place=place, tail=tail))
    value, n, low, high = _formula(metric)
    none = pl.lit(None, pl.Float64)
    return aggregated.select(
        *keys,
        metric=pl.lit(metric.id),
        value=value.cast(pl.Float64),
        unit=pl.lit(metric.unit.value),
        n=n.cast(pl.Int64),
        low=none if low is None else low.cast(pl.Float64),
        high=none if high is None else high.cast(pl.Float64),
    )


def figures(metrics: Sequence[Metric], sums: Mapping[str, Column], keys: Keys) -> list[Piece]:
    """The pieces of metrics that are counts, sums, shares or means, from the aggregated parts of the keys."""
    return [Piece(one.id, keys, *_told(one, sums)) for one in metrics]


def _told(metric: Metric, sums: Mapping[str, Column]) -> tuple[Decimal, Whole, Decimal, Decimal]:
    """Value, n, low and high, as `_formula` has them."""
    match metric.value:
        case Total(of):
            total = sums[_name(of)].astype(np.float64)
            none = np.full(len(total), nan)
            if of.kind != "sum":
                return total, sums[_name(of)].astype(np.int64), none, none
            known = sums[f"known:{of.column}"].astype(np.int64)
            return np.where((known > 0) | (sums["rows:None"] == 0), total, nan), known, none, none
        case Ratio(of, over):
            return _ratio_of(metric, of, sums[_name(of)].astype(np.float64), sums[_name(over)].astype(np.float64), sums)
        case _:
            raise TypeError(f"{metric.id} is no count, sum, share or mean")


def _ratio_of(
    metric: Metric, of: Measure, upper: Decimal, n: Decimal, sums: Mapping[str, Column]
) -> tuple[Decimal, Whole, Decimal, Decimal]:
    known = n.astype(np.int64)
    if metric.interval == "wilson":
        upper = np.minimum(upper, n)
    value = np.divide(upper, n, out=np.full(len(n), nan), where=n > 0)
    if metric.interval == "wilson":
        return value, known, *wilson_of(upper, n)
    if metric.interval == "normal":
        low, high = normal_of(value, sums[f"std:{of.column}"].astype(np.float64), n)
        return value, known, np.clip(low, *_bounds(metric.unit)), np.clip(high, *_bounds(metric.unit))
    none = np.full(len(n), nan)
    return value, known, none, none


@cache
def _formula(metric: Metric) -> tuple[pl.Expr, pl.Expr, pl.Expr | None, pl.Expr | None]:
    match metric.value:
        case Total(of):
            return *_total(of), None, None
        case Ratio(of, over):
            return _ratio(metric, of, over)
        case Quantile(of, q):
            return _quantile(of, q)
        case Spread():
            return _spread(metric.value)
        case Quotient():
            return _quotient(metric, metric.value)
        case Sampled():
            return sampled(metric.value)
        case _:
            raise TypeError(f"{metric.id} is no sum over rows of its own")


def _total(of: Measure) -> tuple[pl.Expr, pl.Expr]:
    total = pl.col(_name(of))
    if of.kind != "sum":
        return total, total
    known = pl.col(f"known:{of.column}")
    return pl.when((known > 0) | (pl.col("rows:None") == 0)).then(total), known


def _ratio(metric: Metric, of: Measure, over: Measure) -> tuple[pl.Expr, pl.Expr, pl.Expr | None, pl.Expr | None]:
    upper, n = pl.col(_name(of)), pl.col(_name(over))
    value = pl.when(n > 0).then(upper / n)
    if metric.interval == "wilson":
        # Counts of one interval may belong to calls of the one before, so a part can pass its whole.
        within = pl.min_horizontal(upper, n)
        return pl.when(n > 0).then(within / n), n, *wilson(within, n)
    if metric.interval == "normal":
        low, high = normal(value, pl.col(f"std:{of.column}"), n)
        return value, n, low.clip(*_bounds(metric.unit)), high.clip(*_bounds(metric.unit))
    return value, n, None, None


def _quotient_parts(formula: Quotient) -> dict[str, pl.Expr]:
    """The sums that a quotient and its interval need, of the rows where both columns are known."""
    name = _quotient_name(formula)
    known = pl.col(formula.of).is_not_null() & pl.col(formula.over).is_not_null()
    of, over = (pl.col(column).cast(pl.Float64).filter(known) for column in (formula.of, formula.over))
    sums = {
        "of": of.sum(), "over": over.sum(), "of²": of.pow(2).sum(), "both": (of * over).sum(),
        "over²": over.pow(2).sum(), "rows": known.sum(), "n": pl.col(formula.counted).filter(known).sum(),
    }  # fmt: skip
    return {f"{name}:{part}": value.alias(f"{name}:{part}") for part, value in sums.items()}


def _quotient_name(formula: Quotient) -> str:
    return f"quotient:{formula.of}:{formula.over}:{formula.counted}"


def _quotient(metric: Metric, formula: Quotient) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    name = _quotient_name(formula)
    of, over, above, both, below, rows, n = (
        pl.col(f"{name}:{part}") for part in ("of", "over", "of²", "both", "over²", "rows", "n")
    )
    value = pl.when(over > 0).then(of / over)
    low, high = quotient(value, (above, both, below), over, rows)
    n, bounds = pl.when(over > 0).then(n).otherwise(0), _bounds(metric.unit)
    return value, n, low.clip(*bounds), high.clip(*bounds)


def _bounds(unit: Unit) -> tuple[float, float | None]:
    return {Unit.SCORE: (1, 5), Unit.SHARE: (0, 1), Unit.POINTS: (-100, 100)}.get(unit, (0, None))


def _spread(formula: Spread) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    """Each quantile's own bounds hold with 97.5 %, so both together, and their quotient, with at least 95 %."""
    upper, n, upper_low, upper_high = _quantile(formula.of, formula.upper, place="__upper")
    lower, _, lower_low, lower_high = _quantile(formula.of, formula.lower, place="__lower")
    value, low, high = (
        pl.when(below > 0).then(above / below)
        for above, below in ((upper, lower), (upper_low, lower_high), (upper_high, lower_low))
    )
    return value, n, low, high


def _bounded(metric: Metric) -> list[tuple[float, str, float]]:
    """The quantiles of a metric whose bounds are looked up: q, the name of their places, the tail left on each side."""
    match metric.value:
        case Quantile(_, q):
            return [(q, "_", TAIL)]
        case Spread(_, upper, lower):
            return [(upper, "__upper", TAIL / 2), (lower, "__lower", TAIL / 2)]
        case _:
            return []


def _quantile(of: Measure, q: float, *, place: str = "_") -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    ordered = pl.col(_name(of))
    n = ordered.list.len().cast(pl.Int64)
    position = (n - 1) * q
    below = position.round(9).floor().cast(pl.Int64)
    rest = (position - below).clip(0, 1)
    lower = ordered.list.get(below, null_on_oob=True)
    upper = ordered.list.get(pl.min_horizontal(below + 1, n - 1), null_on_oob=True)
    value = pl.when(n > 0).then(lower + rest * (upper - lower))
    low, high = (ordered.list.get(pl.col(name), null_on_oob=True) for name in _ends(place))
    # Of two values the bound of an extreme quantile lies beyond its own estimate.
    low, high = pl.when(low > value).then(value).otherwise(low), pl.when(high < value).then(value).otherwise(high)
    return value, n, low, high


def _ends(place: str) -> tuple[str, str]:
    return f"{place}_low", f"{place}_high"


def _places(of: Measure, q: float, aggregated: pl.DataFrame, *, place: str, tail: float) -> list[pl.Expr]:
    """Places of the bounds, looked up once per number of values."""
    n = pl.col(_name(of)).list.len().cast(pl.Int64)
    found = aggregated.select(n.unique()).to_series().to_list()
    bounds = {count: order_bounds(count, q, tail) for count in found} or {0: (None, None)}
    return [
        n.replace_strict({count: pair[side] for count, pair in bounds.items()}, return_dtype=pl.Int64).alias(name)
        for side, name in enumerate(_ends(place))
    ]


def _measures(metric: Metric) -> tuple[Measure, ...]:
    match metric.value:
        case Total(of) | Quantile(of, _) | Spread(of, _, _):
            return (of,)
        case Ratio(of, over):
            return of, over
        case _:
            return ()


def _aggregate(measure: Measure) -> pl.Expr:
    if measure.kind == "rows":
        return pl.len().cast(pl.Int64)
    column = pl.col(_column(measure))
    match measure.kind:
        case "present":
            return column.count().cast(pl.Int64)
        case "true":
            return column.sum().cast(pl.Int64)
        case "sum":
            return column.sum()
        case _:
            return column.drop_nulls().sort().implode()


def _name(measure: Measure) -> str:
    return f"{measure.kind}:{measure.column}"


def _column(measure: Measure) -> str:
    if measure.column is None:
        raise TypeError(f"a measure of kind {measure.kind} needs a column")
    return measure.column
