"""Answers questions from rollups where they cover them; the facts answer the rest.

A rollup covers a question when it holds the metric's instant, counts and sums, splits and filters by columns that it
has, and asks for periods that its own periods make up. Of those that do, the smallest is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.bins import Decimal, Histogram, Whole
from metrics.facts import Facts
from metrics.intervals import TAIL
from metrics.measures import Column, figures
from metrics.model import Every, Metric, Quantile, Ratio, Scope, Spread, Stock, Total
from metrics.order import Ordered
from metrics.pieces import Keys, Piece
from metrics.rollup import DAY, ROWS, UNDATED, Grain, Rollups, Shape, parts_of
from metrics.runs import FIRST, LAST
from metrics.selection import EPOCH
from metrics.slices import Slice, rows_of, sliced, summed


@dataclass(frozen=True)
class Question:
    """What is asked, apart from the metrics."""

    facts: Facts
    scope: Scope
    by: Sequence[str]
    every: Every | None = None

    @property
    def rollups(self) -> Rollups | None:
        """Those of the facts, where there are enough tickets to use them."""
        found = self.facts.rollups
        return None if found is None or self.facts.tickets.height < found.exact_below else found

    def column(self, name: str, metric: Metric) -> str:
        """The column of a dimension for a metric: `agent` is the person whom it credits."""
        return metric.person if name == "agent" else name


def answered(metrics: Sequence[Metric], asked: Question) -> tuple[list[Piece], list[Metric]]:
    """Answers of those metrics that rollups cover, and the metrics that are left to the facts."""
    covered: dict[Shape, list[Metric]] = {}
    left = []
    for metric in metrics:
        shape = _covering(metric, asked)
        if shape is None:
            left.append(metric)
        else:
            covered.setdefault(shape, []).append(metric)
    made = [(_quantiles if shape.of else _figures)(shape, own, asked) for shape, own in covered.items()]
    return [piece for pieces in made for piece in pieces], left


def untold(metric: Metric, asked: Question) -> Keys | None:
    """The groups whose rows, of any time, tell nothing of what a metric counts; None where no rollup can tell."""
    match metric.value:
        case Total(of) if of.column is not None:
            at, told = metric.at, f"present:{of.column}"
        case Stock(opened, _):
            at, told = opened, ROWS
        case _:
            return None
    whole = Question(asked.facts, Scope(where=asked.scope.where), asked.by)
    shape = _smallest(metric, whole, at=at, of=None, parts=[told])
    if shape is None:
        return None
    part = _slice(shape, metric, whole)
    if told == ROWS:
        dated = part.column(DAY) > UNDATED
        if dated.all():
            return part.axes.keys(np.zeros(0, dtype=np.int64))
        part = replace(part, table=pl.DataFrame({told: np.where(dated, part.column(ROWS), 0)}), rows=slice(None))
    groups, sums = summed(part, [told])
    return part.axes.keys(groups[sums[told] == 0])


def daily(metric: Metric, asked: Question, *, at: str) -> tuple[Keys, Whole] | None:
    """How many rows fall on each day by that instant, by the splits asked; None where no rollup can tell."""
    whole = Question(asked.facts, Scope(where=asked.scope.where), asked.by, "day")
    shape = _smallest(metric, whole, at=at, of=None, parts=[ROWS])
    if shape is None:
        return None
    part = _slice(shape, metric, whole)
    groups, sums = summed(part, [ROWS])
    return part.axes.keys(groups), sums[ROWS].astype(np.int64)


def _covering(metric: Metric, asked: Question) -> Shape | None:
    match metric.value:
        case Total() | Ratio():
            return _smallest(metric, asked, at=metric.at, of=None, parts=parts_of(metric))
        case Quantile(of, _) | Spread(of, _, _):
            return _smallest(metric, asked, at=metric.at, of=of.column, parts=[])
        case _:
            return None


def _smallest(metric: Metric, asked: Question, *, at: str, of: str | None, parts: Sequence[str]) -> Shape | None:
    """The rollup with the fewest rows that can tell these parts of a metric."""
    if asked.rollups is None or asked.every == "hour":
        return None
    columns = {_column(name, metric) for name in (*asked.by, *asked.scope.where)}
    known = asked.rollups.tables
    own = [shape for shape in known if (shape.fact, shape.at, shape.of) == (metric.fact, at, of)]
    fitting = [
        (table.height, shape.name, shape)
        for shape in own
        if columns <= set(shape.dims)
        and (table := known.get(shape)) is not None
        and set(parts) <= set(table.columns)
        and _keeps_periods(shape.grain, table, asked)
    ]
    return min(fitting)[2] if fitting else None


def _column(dimension: str, metric: Metric) -> str:
    return metric.person if dimension == "agent" else dimension


def _keeps_periods(grain: Grain, table: pl.DataFrame, asked: Question) -> bool:
    """Whether no period that is asked for begins or ends inside one of the rollup's."""
    if grain == "day":
        return True
    if asked.every not in (None, grain):
        return False
    period = asked.scope.period
    if period is None or table.is_empty():
        return True
    today = asked.facts.as_of.astimezone(ZoneInfo(asked.facts.zone)).date()
    first = EPOCH.toordinal() + int(table[DAY].filter(table[DAY] > UNDATED).min() or UNDATED)  # type: ignore[arg-type]
    last = EPOCH.toordinal() + int(table[DAY][-1])
    before, after = period.start.toordinal() <= first, period.end > today and last <= today.toordinal()
    return (before or _begins(period.start, grain)) and (after or _begins(period.end, grain))


def _begins(day: date, grain: Grain) -> bool:
    return day.day == 1 if grain == "month" else day.weekday() == 0


def _kept(asked: Question) -> Rollups:
    if asked.rollups is None:
        raise LookupError("no rollups were made of these facts")
    return asked.rollups


def _slice(shape: Shape, metric: Metric, asked: Question) -> Slice:
    rollups, scope = _kept(asked), asked.scope
    words = {column: rollups.words[shape.fact, column] for column in shape.dims}
    table = rollups.runs(shape).heads if shape.of else rollups.tables[shape]
    where = {_column(name, metric): tuple(wanted) for name, wanted in scope.where.items()}
    key = shape, frozenset(where.items())
    among = rollups.chosen.of(key, lambda: rows_of(table, words, where)) if where else None
    by = [_column(name, metric) for name in asked.by]
    return sliced(table, words, scope.period, by=by, every=asked.every, among=among)


def _figures(shape: Shape, metrics: list[Metric], asked: Question) -> list[Piece]:
    """Counts, sums, shares and means: the very ones that the facts give."""
    part = _slice(shape, metrics[0], asked)
    names = list(dict.fromkeys([ROWS, *(name for metric in metrics for name in parts_of(metric))]))
    groups, sums = summed(part, names)
    return figures(metrics, {**sums, **_derived(sums)}, part.axes.keys(groups))


def _derived(sums: Mapping[str, Column]) -> dict[str, Column]:
    """What measures are further called by metrics.measures: the known of a sum, the deviation of its values."""
    known = {name.replace("present:", "known:"): one for name, one in sums.items() if name.startswith("present:")}
    columns = [name.removeprefix("square:") for name in sums if name.startswith("square:")]
    return known | {f"std:{column}": _deviation(column, sums) for column in columns}


def _deviation(column: str, sums: Mapping[str, Column]) -> Decimal:
    n, total, squares = (sums[f"{kind}:{column}"].astype(np.float64) for kind in ("present", "sum", "square"))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (squares - total * total / n) / (n - 1)
        return np.where(n > 1, np.sqrt(np.maximum(spread, 0.0)), np.nan)


def _quantiles(shape: Shape, metrics: list[Metric], asked: Question) -> list[Piece]:
    """Quantiles of histograms, each within the error that is told beside it."""
    part = _slice(shape, metrics[0], asked)
    first, last = (part.column(name).astype(np.int64, copy=False) for name in (FIRST, LAST))
    counts, groups = _kept(asked).runs(shape).histogram(first, last, part.groups, shape.scale)
    return ranked(metrics, counts, shape.scale.error, part.axes.keys(groups))


def ranked(metrics: Sequence[Metric], values: Histogram | Ordered, error: float, keys: Keys) -> list[Piece]:
    """Quantiles of groups, and how many times one the other is, from their values in order or in bins."""
    found = []
    for metric in metrics:
        (value, low, high), least = _told(metric, values, error)
        found.append(Piece(metric.id, keys, value, values.n, low, high, least if error else None))
    return found


def _told(metric: Metric, values: Histogram | Ordered, error: float) -> tuple[tuple[Decimal, Decimal, Decimal], float]:
    """Value, low and high of one metric, and its greatest relative error where each quantile has that error."""
    match metric.value:
        case Quantile(_, q):
            return values.quantile(q), error
        case Spread(_, upper, lower):
            # Each quantile's own bounds hold with 97.5 %, so both together, and their quotient, with at least 95 %.
            above, below = (values.quantile(q, TAIL / 2) for q in (upper, lower))
            pairs = zip(above, (below[0], below[2], below[1]), strict=True)
            value, low, high = (np.divide(a, b, out=np.full(len(a), np.nan), where=b > 0) for a, b in pairs)
            return (value, low, high), (1 + error) / (1 - error) - 1
        case _:
            raise TypeError(f"{metric.id} is no quantile")
