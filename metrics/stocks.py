"""What stands open at the end of each period."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from metrics.bins import Whole
from metrics.facts import Facts
from metrics.grid import Groups
from metrics.model import Every, Metric, Scope, Stock
from metrics.pieces import NO_PERIOD, Keys, Piece, keys_of
from metrics.planner import Question, daily
from metrics.rows import daily_rows
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
    metric: Metric, facts: Facts, scope: Scope, *, by: Sequence[str], periods: pl.Series | None, every: Every | None
) -> Piece:
    """What was opened before the end of each period and not closed before it; value and n are the same.

    A row enters at the first period that ends after it was opened and leaves at the first that ends after it was
    closed, so that opened − closed + opening stock = closing stock for every period and group.
    """
    formula = metric.value
    if not isinstance(formula, Stock):
        raise TypeError(f"{metric.id} is no stock")
    closing = closing_instants(facts, scope, periods, every)
    asked, known = Question(facts, scope, by), closing.drop_nulls()
    moves = _moves if every == "hour" else _daily_moves
    came, went = (moves(metric, asked, at, known) for at in (formula.opened, formula.closed))
    groups = Groups.of([came[0], went[0]], len(by))
    table = np.zeros((len(groups.packed), known.len()), dtype=np.int64)
    for (keys, counts), sign in ((came, 1), (went, -1)):
        np.add.at(table, (groups.places(keys), keys.periods), sign * counts)
    none, value = np.full(table.size, np.nan), np.cumsum(table, axis=1).ravel()
    labels = np.full(known.len(), NO_PERIOD) if periods is None else _whole(periods.filter(closing.is_not_null()))
    return Piece(metric.id, groups.keys(labels), value.astype(np.float64), value, none, none)


def _whole(periods: pl.Series) -> Whole:
    return periods.to_physical().cast(pl.Int64).to_numpy()


Moves = tuple[Keys, Whole]
"""How many rows move, by their splits and, in place of the period, the place of the closing instant that sees it."""


def _moves(metric: Metric, asked: Question, at: str, closing: pl.Series) -> Moves:
    keys = [dimension(name, metric).alias(name) for name in asked.by]
    place = pl.lit(closing).search_sorted(pl.col(at), side="right").cast(pl.Int64).alias(PERIOD)
    rows = asked.facts.frame(metric.fact).lazy().filter(in_where(asked.scope, metric), pl.col(at).is_not_null())
    counted = rows.group_by(*keys, place).agg(rows=pl.len()).filter(pl.col(PERIOD) < closing.len()).collect()
    return keys_of(counted, asked.by), counted["rows"].cast(pl.Int64).to_numpy()


def _daily_moves(metric: Metric, asked: Question, at: str, closing: pl.Series) -> Moves:
    """The same by day: periods close with a day, the last one at as_of, after which nothing comes."""
    keys, rows = daily(metric, asked, at=at) or daily_rows(metric, asked, at=at)
    last_days = _whole((closing - MOMENT).dt.convert_time_zone(asked.facts.zone).dt.date())
    places = np.searchsorted(last_days, keys.periods, side="left")
    seen = np.flatnonzero(places < len(last_days))
    return Keys(keys.texts, tuple(one[seen] for one in keys.places), places[seen]), rows[seen]


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
