"""What stands open at the end of each period."""

from datetime import datetime, timedelta

import polars as pl

from metrics.facts import Facts
from metrics.model import Every, Metric, Scope, Stock
from metrics.planner import Question, daily
from metrics.selection import PERIOD, dimension, ends, in_where, midnight, starts

MOMENT = timedelta(microseconds=1)


def closing_instants(facts: Facts, scope: Scope, periods: pl.Series | None, every: Every | None) -> pl.Series:
    """For each period the instant before which everything that counts has happened; null for one still to come."""
    last = facts.as_of + MOMENT
    if scope.period is not None:
        last = min(last, midnight(scope.period.end, facts.zone))
    if periods is None or every is None:
        begun = scope.period is None or midnight(scope.period.start, facts.zone) <= facts.as_of
        return pl.Series([last if begun else None], dtype=pl.Datetime("us", "UTC"))
    closing, begins = ends(periods, every, facts.zone), starts(periods, facts.zone)
    shown = pl.DataFrame({"closing": closing, "begins": begins})
    return shown.select(
        pl.when(pl.col("begins") <= facts.as_of).then(pl.min_horizontal("closing", pl.lit(last)))
    ).to_series()


def stock(
    metric: Metric, facts: Facts, scope: Scope, *, by: list[str], periods: pl.Series | None, every: Every | None
) -> pl.DataFrame:
    """Rows `*by`, period, open: opened before the end of the period and not closed before it.

    A row enters at the first period that ends after it was opened and leaves at the first that ends after it was
    closed, so that opened − closed + opening stock = closing stock for every period and group.
    """
    formula = metric.value
    if not isinstance(formula, Stock):
        raise TypeError(f"{metric.id} is no stock")
    closing = closing_instants(facts, scope, periods, every)
    known = closing.drop_nulls()
    labels = pl.Series(PERIOD, [None], dtype=pl.Date) if periods is None else periods.alias(PERIOD)
    moves = _daily_moves(metric, formula, facts, scope, by, known) if every != "hour" else None
    if moves is None:
        moves = _moves(metric, formula, facts, scope, by, known)
    counted = moves.filter(pl.col("__place") < known.len()).group_by(*by, "__place").agg(pl.col("sign").sum())
    groups = counted.select(by).unique() if by else pl.DataFrame({"__all": [0]})
    places = pl.DataFrame({"__place": pl.Series(range(known.len()), dtype=counted.schema["__place"])})
    grid = groups.join(places, how="cross").join(counted, on=[*by, "__place"], how="left", nulls_equal=True)
    summed = grid.sort("__place").with_columns(open=_running(by))
    named = pl.DataFrame({"__place": places["__place"], PERIOD: labels.filter(closing.is_not_null())})
    return summed.join(named, on="__place").select(*by, PERIOD, "open")


def _moves(
    metric: Metric, formula: Stock, facts: Facts, scope: Scope, by: list[str], closing: pl.Series
) -> pl.DataFrame:
    """Every coming (1) and going (-1) and the place of the closing instant that first sees it."""
    keys = [dimension(name, metric).alias(name) for name in by]
    rows = facts.frame(metric.fact).filter(in_where(scope, metric))
    opened = rows.select(*keys, at=formula.opened, sign=pl.lit(1, pl.Int64)).drop_nulls("at")
    closed = rows.select(*keys, at=formula.closed, sign=pl.lit(-1, pl.Int64)).drop_nulls("at")
    return pl.concat([opened, closed]).with_columns(__place=pl.lit(closing).search_sorted(pl.col("at"), side="right"))


def _daily_moves(
    metric: Metric, formula: Stock, facts: Facts, scope: Scope, by: list[str], closing: pl.Series
) -> pl.DataFrame | None:
    """The same from rollups, by day: periods close with a day, the last one at as_of, after which nothing comes."""
    asked = Question(facts, scope, by)
    came, went = daily(metric, asked, at=formula.opened), daily(metric, asked, at=formula.closed)
    if came is None or went is None:
        return None
    moves = pl.concat([came.with_columns(sign="rows"), went.with_columns(sign=-pl.col("rows"))])
    last_days = (closing - MOMENT).dt.convert_time_zone(facts.zone).dt.date()
    return moves.with_columns(__place=pl.lit(last_days).search_sorted(pl.col("day"), side="left"))


def _running(by: list[str]) -> pl.Expr:
    running = pl.col("sign").fill_null(0).cum_sum()
    return running.over(by) if by else running


def is_in_stock(metric: Metric, facts: Facts, scope: Scope) -> pl.Expr:
    """The rows that stand open at the end of the period, else at as_of."""
    formula = metric.value
    if not isinstance(formula, Stock):
        raise TypeError(f"{metric.id} is no stock")
    at: datetime | None = closing_instants(facts, scope, None, None)[0]
    if at is None:
        return pl.lit(False)
    began, over = pl.col(formula.opened) < at, pl.col(formula.closed) < at
    return began & ~over.fill_null(False)
