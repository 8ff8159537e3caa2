"""Answers from the facts themselves, by their columns in small whole numbers: for every filter that no rollup has.

Where the rows are few quantiles are exact, else they come from bins, within the same error as those of rollups.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.bins import FINE, Decimal, Histogram, Small, Whole
from metrics.coded import TRUE, UNDATED, UNKNOWN, Coded, coded, day_of
from metrics.measures import figures
from metrics.model import Measure, Metric, Quantile, Ratio, Scope, Spread, Stock, Total
from metrics.order import Ordered
from metrics.pieces import Keys, Piece
from metrics.planner import Question, ranked
from metrics.slices import Axes, axis_of_days

Truth = npt.NDArray[np.bool_]
EXACT_ROWS = 400_000
"""Of so many rows quantiles are exact: sorting them costs less than a person notices."""


@dataclass(frozen=True)
class Picked:
    """The rows of a question, by their places in the frame, and the group of each."""

    rows: slice | Whole
    groups: Whole
    axes: Axes

    def of(self, column: Small) -> Small:
        """The picked rows of a column of the whole frame."""
        return column[self.rows]

    def numbers(self, column: pl.Series) -> pl.Series:
        """The same of a column as the frame has it."""
        if isinstance(self.rows, slice):
            return column[self.rows]
        return column.gather(pl.Series(self.rows))


def of_rows(metrics: Sequence[Metric], asked: Question) -> tuple[list[Piece], list[Metric]]:
    """Answers of those metrics that coded columns tell, and the metrics that are left; they are dated alike."""
    own = [metric for metric in metrics if asked.every != "hour" and _fits(metric, asked)]
    if not own:
        return [], list(metrics)
    frame = asked.facts.frame(own[0].fact)
    kept = coded(frame, asked.facts.zone)
    picked = _picked(kept, frame, own[0], asked)
    sums = [metric for metric in own if isinstance(metric.value, Total | Ratio)]
    found = _summed(kept, frame, picked, sums) if sums else []
    columns: dict[str, list[Metric]] = {}
    for metric in own:
        if isinstance(metric.value, Quantile | Spread) and metric.value.of.column is not None:
            columns.setdefault(metric.value.of.column, []).append(metric)
    for column, quantiles in columns.items():
        found += _ranked(kept, frame, picked, column, quantiles)
    return found, [metric for metric in metrics if metric not in own]


def _fits(metric: Metric, asked: Question) -> bool:
    match metric.value:
        case Total(of):
            return of.kind != "values"
        case Ratio(of, over):
            return "values" not in (of.kind, over.kind) and over.kind != "sum"
        case Quantile(of, _) | Spread(of, _, _):
            frame = asked.facts.frame(metric.fact)
            return of.column is not None and coded(frame, asked.facts.zone).has_lengths(frame, of.column)
        case _:
            return False


def _picked(kept: Coded, frame: pl.DataFrame, metric: Metric, asked: Question) -> Picked:
    scope, every = asked.scope, asked.every
    window = kept.window(frame, metric.at, scope.period)
    rows = _of_where(kept, frame, metric, asked, window)
    dated = scope.period is not None or every is not None
    days = kept.days(frame, metric.at)[rows] if dated else np.zeros(0, dtype=np.int32)
    if scope.period is not None:
        first, last = day_of(scope.period)
        days, rows = _narrowed(days, rows, (days >= first) & (days < last))
    elif every is not None:
        days, rows = _narrowed(days, rows, days != UNDATED)
    height = len(rows) if isinstance(rows, np.ndarray) else rows.stop - rows.start
    starts, groups = axis_of_days(days, every, height)
    split = []
    for name in asked.by:
        codes, texts = kept.codes(frame, asked.column(name, metric))
        groups = groups * len(texts) + codes[rows]
        split.append(texts)
    return Picked(rows, groups, Axes(starts, tuple(split)))


def _of_where(kept: Coded, frame: pl.DataFrame, metric: Metric, asked: Question, window: slice) -> slice | Whole:
    """The rows of the filters that lie in the window, in order; all of it without filters."""
    if not asked.scope.where:
        return window
    rows = kept.chosen(frame, {asked.column(name, metric): wanted for name, wanted in asked.scope.where.items()})
    begin, end = np.searchsorted(rows, [window.start, window.stop]).tolist()
    return rows[begin:end]


def _narrowed(days: Small, rows: slice | Whole, inside: Truth) -> tuple[Small, slice | Whole]:
    if inside.all():
        return days, rows
    within = np.flatnonzero(inside)
    return days[within], within + rows.start if isinstance(rows, slice) else rows[within]


def _present(picked: Picked) -> tuple[Whole, Whole, Whole]:
    """The groups that have rows, how many each, and the place of each row's group among them."""
    groups = picked.groups
    if picked.axes.size <= 4 * len(groups) + 4:
        rows = np.bincount(groups, minlength=picked.axes.size)
        present = np.flatnonzero(rows)
        if len(present) == len(rows):
            return present, rows, groups
        renamed = np.zeros(len(rows), dtype=np.int64)
        renamed[present] = np.arange(len(present))
        return present, rows[present], renamed[groups]
    present, places, rows = np.unique(groups, return_inverse=True, return_counts=True)
    return present, rows, places


def _summed(kept: Coded, frame: pl.DataFrame, picked: Picked, metrics: Sequence[Metric]) -> list[Piece]:
    """Counts, sums, shares and means."""
    present, rows, groups = _present(picked)
    size = len(present)
    sums: dict[str, Whole | Decimal] = {"rows:None": rows}
    for measure in _measures(metrics):
        column = str(measure.column)
        if measure.kind in ("present", "true"):
            told = np.bincount(groups * 3 + picked.of(kept.truth(frame, column)), minlength=size * 3).reshape(size, 3)
            sums[f"true:{column}"] = told[:, TRUE]
            sums[f"present:{column}"] = sums[f"known:{column}"] = told[:, UNKNOWN + 1 :].sum(axis=1)
        elif measure.kind == "sum":
            sums |= _moments(frame, picked, groups, column, size)
    return figures(metrics, sums, picked.axes.keys(present))


def _measures(metrics: Sequence[Metric]) -> list[Measure]:
    found: dict[Measure, None] = {}
    for metric in metrics:
        match metric.value:
            case Total(of):
                found[of] = None
            case Ratio(of, over):
                found |= {of: None, over: None}
            case _:
                pass
    # What is known of a column is told by its sum, too.
    summed = {measure.column for measure in found if measure.kind == "sum"}
    return [one for one in found if one.kind != "present" or one.column not in summed]


def _moments(frame: pl.DataFrame, picked: Picked, groups: Whole, column: str, size: int) -> dict[str, Whole | Decimal]:
    """Sum, number and deviation of the known values."""
    series = picked.numbers(frame[column])
    known, numbers = series.is_not_null().to_numpy(), series.fill_null(0).to_numpy()
    if not known.all():
        groups, numbers = groups[known], numbers[known]
    n, total = np.bincount(groups, minlength=size), np.bincount(groups, weights=numbers, minlength=size)
    mean = np.divide(total, n, out=np.zeros(size), where=n > 0)
    spread = np.bincount(groups, weights=(numbers - mean[groups]) ** 2, minlength=size)
    deviation = np.sqrt(np.divide(spread, n - 1, out=np.full(size, np.nan), where=n > 1))
    whole = series.dtype.is_integer()
    return {
        f"sum:{column}": total.astype(np.int64) if whole else total,
        f"known:{column}": n,
        f"present:{column}": n,
        f"std:{column}": deviation,
    }


def _ranked(kept: Coded, frame: pl.DataFrame, picked: Picked, column: str, metrics: Sequence[Metric]) -> list[Piece]:
    """Quantiles of one column: exact of few rows, else from bins."""
    present, _, groups = _present(picked)
    if len(groups) <= EXACT_ROWS:
        own = picked.numbers(frame[column]).fill_null(-1).cast(pl.Int64).to_numpy()
        return ranked(metrics, Ordered.of(groups, own, len(present)), 0.0, picked.axes.keys(present))
    bins = picked.of(kept.bins(frame, column))
    counts = Histogram.of_rows(groups, bins, len(present))
    return ranked(metrics, counts, FINE.error, picked.axes.keys(present))


def daily_rows(metric: Metric, asked: Question, *, at: str) -> tuple[Keys, Whole]:
    """How many rows fall on each day by that instant, by the splits asked."""
    frame = asked.facts.frame(metric.fact)
    whole = Question(asked.facts, Scope(where=asked.scope.where), asked.by, "day")
    picked = _picked(coded(frame, asked.facts.zone), frame, replace(metric, at=at), whole)
    present, rows, _ = _present(picked)
    return picked.axes.keys(present), rows


def silent(metric: Metric, asked: Question) -> Keys | None:
    """The groups whose rows, of any time, tell nothing of what a metric counts; None for what this cannot tell."""
    match metric.value:
        case Total(of) if of.column is not None:
            column = of.column
        case Stock(opened, _):
            column = opened
        case _:
            return None
    frame = asked.facts.frame(metric.fact)
    kept = coded(frame, asked.facts.zone)
    whole = Question(asked.facts, Scope(where=asked.scope.where), asked.by)
    if kept.is_known(frame, column):
        nothing = np.zeros(0, dtype=np.int64)
        return Keys(tuple(pl.Series(dtype=pl.String) for _ in asked.by), tuple(nothing for _ in asked.by), nothing)
    picked = _picked(kept, frame, metric, whole)
    present, _, groups = _present(picked)
    told = np.bincount(groups[picked.of(kept.truth(frame, column)) != UNKNOWN], minlength=len(present))
    return picked.axes.keys(present[told == 0])
