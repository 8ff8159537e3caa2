"""Facts with rollups that always answer, and the comparison of their figures with those of the facts alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Every, Period, Scope
from metrics.rollup import MONTH, Parts, Rollups, Shape, merged, updated

ALL = list(METRICS.values())
ROUNDING = 1e-9
Question = tuple[tuple[str, ...], Every | None, Period | None, Mapping[str, tuple[str | None, ...]]]


def rolled(facts: Facts, kept: Parts | None = None) -> Facts:
    """The facts with rollups, used however small the desk is."""
    parts, _ = updated(kept or Parts(), facts, ALL)
    return replace(facts, rollups=Rollups(merged(parts), parts.words, exact_below=0))


def questions(first: date, second: date) -> list[Question]:
    """Splits, filters and periods, covered and not, with borders inside and at the edge of weeks and months."""
    month = Period(first.replace(day=1), second.replace(day=1)) if first.month != second.month else None
    some = Period(first, second)
    return [
        ((), None, None, {}),
        ((), "month", None, {}),
        (("channel",), "day", some, {}),
        (("team",), "week", None, {}),
        (("agent",), "month", month, {}),
        (("team", "type"), None, some, {"team": ("day", "night", None)}),
        (("weekday", "hour"), None, None, {"channel": ("chat",)}),
        (("channel",), "week", some, {"priority": (None, "urgent")}),
        ((), "day", some, {"agent": ("Ann", None)}),
        (("product", "channel"), None, some, {}),
        (("peak",), "hour", some, {}),
        (("channel",), None, Period(second, first), {}),
    ]


def assert_same(facts: Facts, told: Facts, question: Question) -> int:
    """Counts, sums, shares, means as the facts have them, quantiles within their error; how many came from bins."""
    by, every, period, where = question
    scope = Scope(period, where)
    exact, found = (compute(ALL, one, scope, by=by, every=every) for one in (facts, told))
    keys = [*by, "period", "metric", "unit", "n"]
    assert found.select(keys).equals(exact.select(keys), null_equal=True), question
    error = found["error"] if "error" in found.columns else pl.Series([None] * found.height, dtype=pl.Float64)
    told_values = found.select(pl.col("value", "low", "high").name.prefix("told_"), error.alias("error"))
    both = pl.concat([exact.select("metric", "value", "low", "high"), told_values], how="horizontal")
    assert both.filter(_differs()).to_dicts() == [], question
    return both["error"].count()


def _differs() -> pl.Expr:
    value, low, high, told = (pl.col(name) for name in ("value", "low", "high", "told_value"))
    error, binned = pl.col("error").fill_null(0.0), pl.col("error").is_not_null()
    known = [pl.col(name).is_null() != pl.col(f"told_{name}").is_null() for name in ("value", "low", "high")]
    outside = (told - value).abs() > error * value.abs() + ROUNDING * (1 + value.abs())
    narrower = (pl.col("told_low") > low + ROUNDING) | (pl.col("told_high") < high - ROUNDING)
    # Deviations are told by sums of squares, whose last digits differ.
    others = [
        (pl.col(f"told_{name}") - pl.col(name)).abs() > 1e-6 * (1 + pl.col(name).abs()) for name in ("low", "high")
    ]
    return pl.any_horizontal(*known, outside, binned & narrower, ~binned & pl.any_horizontal(*others))


def decoded(parts: Parts) -> dict[Shape, pl.DataFrame]:
    """The partitions with texts in place of codes, in an order of their own."""
    return {
        shape: table.with_columns(
            *(parts.words[shape.fact, dim].gather(table[dim]).alias(dim) for dim in shape.dims)
        ).sort(MONTH, *shape.keys)
        for shape, table in parts.tables.items()
    }


def of_months(facts: Facts, months: Sequence[int]) -> Facts:
    """The facts of the tickets that were created in these months (12 · year + month − 1; 0: unknown)."""
    created = pl.col("created_at")
    inside = (created.dt.year() * 12 + created.dt.month() - 1).fill_null(0).is_in(months)
    frames = {name: getattr(facts, name) for name in ("tickets", "replies", "ratings", "sla_instances")}
    return replace(facts, **{name: frame.filter(inside) for name, frame in frames.items()})
