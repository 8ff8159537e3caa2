"""The part of a rollup that a question is about, grouped as it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import polars as pl

from metrics.bins import Decimal, Small, Whole
from metrics.model import Every, Period
from metrics.pieces import NO_PERIOD, Keys
from metrics.rollup import DAY, UNDATED
from metrics.selection import EPOCH, begins

DENSE = 4
"""A table of all groups is made where it has at most so many places for each row."""
FEW_TEXTS = 1000
EXACT_FLOAT = 2.0**53


@dataclass(frozen=True)
class Axes:
    """What groups are split by: periods first, then texts. A group is one number made of its places along them."""

    periods: Whole
    texts: tuple[pl.Series, ...]

    @property
    def size(self) -> int:
        """How many groups there can be."""
        return prod((len(self.periods), *(len(texts) for texts in self.texts)))

    def keys(self, groups: Whole) -> Keys:
        """What groups are of."""
        rest, places = groups, []
        for texts in reversed(self.texts):
            rest, place = np.divmod(rest, len(texts))
            places.append(place)
        return Keys(self.texts, tuple(places[::-1]), self.periods[rest])


@dataclass(frozen=True)
class Slice:
    """Some rows of a rollup, by their places, and the group of each."""

    table: pl.DataFrame
    rows: slice | Whole
    groups: Whole
    axes: Axes

    def column(self, name: str) -> Small | Decimal:
        """A column of these rows."""
        return self.table[name].to_numpy()[self.rows]


def sliced(
    table: pl.DataFrame,
    words: Mapping[str, pl.Series],
    period: Period | None,
    *,
    by: Sequence[str],
    every: Every | None,
    among: Whole | None = None,
) -> Slice:
    """The rows of the period, of those *among* others, by these columns; `words` holds the texts of each."""
    rows = _of_period(table, period, among, dated=every is not None)
    days = table[DAY].to_numpy()[rows]
    starts, groups = axis_of_days(days, every, len(days))
    # The period comes first, as in the rollup: split by its own dimensions its rows then stand in order already.
    for column in by:
        groups = groups * len(words[column]) + table[column].to_numpy()[rows]
    return Slice(table, rows, groups, Axes(starts, tuple(words[column] for column in by)))


def rows_of(table: pl.DataFrame, words: Mapping[str, pl.Series], where: Mapping[str, Sequence[str | None]]) -> Whole:
    """The rows whose columns have one of these texts, in order."""
    fits = np.ones(table.height, dtype=np.bool_)
    for column, wanted in where.items():
        fits &= places_of_texts(words[column], wanted)[table[column].to_numpy()]
    return np.flatnonzero(fits)


def summed(part: Slice, names: Sequence[str]) -> tuple[Whole, dict[str, Whole | Decimal]]:
    """The groups that have rows, in order, and the sums of these columns in each."""
    groups, size = part.groups, part.axes.size
    rows = np.bincount(groups, minlength=1) if size <= DENSE * len(groups) + DENSE else None
    if rows is None:
        present, groups = np.unique(groups, return_inverse=True)
        picked: slice | Whole = slice(None)
    else:
        present = picked = np.flatnonzero(rows)
    return present, {name: _added(groups, part.column(name), len(present), picked) for name in names}


def _added(groups: Whole, values: Small | Decimal, size: int, picked: slice | Whole) -> Whole | Decimal:
    """Sums by group; of whole numbers exact, as floats are up to 2⁵³."""
    found = np.bincount(groups, weights=values, minlength=size)[picked]
    if not np.issubdtype(values.dtype, np.integer):
        return found
    if len(found) and np.abs(found).max() >= EXACT_FLOAT:
        together = pl.DataFrame({"group": groups, "sum": values}).group_by("group").agg(pl.col("sum").sum())
        return together.sort("group")["sum"].to_numpy()
    return found.astype(np.int64)


def _of_period(table: pl.DataFrame, period: Period | None, among: Whole | None, *, dated: bool) -> slice | Whole:
    """The rows of a table in the order of its days that lie in the period; where it has to be known, with a day."""
    days = table[DAY].to_numpy()
    own = days if among is None else days[among]
    begin, end = (int(np.searchsorted(own, UNDATED, side="right")) if dated else 0), len(own)
    if period is not None:
        asked = [(day - EPOCH).days for day in (period.start, period.end)]
        begin, end = np.searchsorted(own, np.array(asked, dtype=own.dtype)).tolist()
    return slice(begin, max(begin, end)) if among is None else among[begin:end]


def places_of_texts(texts: pl.Series, values: Sequence[str | None]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether each place is one of these texts; the first place is the unknown."""
    named = [value for value in values if value is not None]
    if len(texts) <= FEW_TEXTS:  # of few texts Python tells sooner than a query is planned
        return np.array([None in values, *map(set(named).__contains__, texts[1:])], dtype=np.bool_)
    wanted = texts.is_in(named).fill_null(False).to_numpy().copy()
    wanted[0] = None in values
    return wanted


def axis_of_days(days: Small, every: Every | None, height: int) -> tuple[Whole, Whole]:
    """The local starts of the periods that days fall in, and which of them each day falls in."""
    if every is None or not height:
        return np.full(1, NO_PERIOD), np.zeros(height, dtype=np.int64)
    first = int(days.min())
    run = np.arange(first, int(days.max()) + 1, dtype=np.int64)
    starts, places = np.unique(begins(run, every), return_inverse=True)
    return starts, places[days - first]
