"""The part of a rollup that a question is about, grouped as it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from metrics.bins import Whole
from metrics.model import Every, Scope
from metrics.rollup import DAY, UNDATED
from metrics.selection import PERIOD

EPOCH = date(1970, 1, 1)
DENSE = 4
"""A table of all groups is made where it has at most so many places for each row."""
EXACT_FLOAT = 2.0**53


@dataclass(frozen=True)
class Axis:
    """One thing that is split by: its name in the answer, and the values behind the places 0, 1, …"""

    name: str
    values: pl.Series


@dataclass(frozen=True)
class Slice:
    """Rows of a rollup and the group of each: places along the axes, packed into one number."""

    rows: pl.DataFrame
    groups: Whole
    axes: tuple[Axis, ...]

    @property
    def size(self) -> int:
        """How many groups there can be."""
        return int(np.prod([len(axis.values) for axis in self.axes], dtype=object)) if self.axes else 1

    def named(self, groups: Whole) -> dict[str, pl.Series]:
        """What the groups are called: a column for each axis."""
        found, rest = {}, groups
        for axis in reversed(self.axes):
            rest, places = np.divmod(rest, max(len(axis.values), 1))
            found[axis.name] = axis.values.gather(pl.Series(places)).alias(axis.name)
        return {axis.name: found[axis.name] for axis in self.axes}


def sliced(
    table: pl.DataFrame,
    words: Mapping[str, pl.Series],
    scope: Scope,
    *,
    by: Mapping[str, str],
    where: Mapping[str, str],
    every: Every | None,
) -> Slice:
    """The rows of the scope; `by` and `where` name the columns of their dimensions, `words` the texts of columns."""
    rows = _of_period(table, scope, dated=every is not None)
    for name, column in where.items():
        rows = rows.filter(pl.Series(_wanted(words[column], scope.where[name])[rows[column].to_numpy()]))
    axes = [Axis(f"by:{name}", words[column]) for name, column in by.items()]
    starts, groups = _periods(rows[DAY].to_numpy(), every)
    # The period comes first, as in the rollup: split by its own dimensions its rows then stand in order already.
    for column in by.values():
        groups = groups * len(words[column]) + rows[column].to_numpy()
    return Slice(rows, groups, (Axis(PERIOD, starts), *axes))


def summed(part: Slice, names: Sequence[str]) -> tuple[Whole, pl.DataFrame]:
    """The groups that have rows, in order, and the sums of these columns in each."""
    groups, size = part.groups, part.size
    rows = np.bincount(groups, minlength=1) if size <= DENSE * len(groups) + DENSE else None
    if rows is None:
        present, groups = np.unique(groups, return_inverse=True)
        picked: slice | Whole = slice(None)
    else:
        present = picked = np.flatnonzero(rows)
    return present, pl.DataFrame({name: _added(groups, part.rows[name], len(present), picked) for name in names})


def _added(groups: Whole, column: pl.Series, size: int, picked: slice | Whole) -> pl.Series:
    """Sums by group; of whole numbers exact, as floats are up to 2⁵³."""
    values = column.to_numpy()
    found = np.bincount(groups, weights=values, minlength=size)[picked]
    if not column.dtype.is_integer():
        return pl.Series(found)
    if len(found) and np.abs(found).max() >= EXACT_FLOAT:
        together = pl.DataFrame({"group": groups, "sum": values}).group_by("group").agg(pl.col("sum").sum())
        return together.sort("group")["sum"]
    return pl.Series(found.astype(np.int64))


def _of_period(table: pl.DataFrame, scope: Scope, *, dated: bool) -> pl.DataFrame:
    days = table[DAY]
    if scope.period is not None:
        first, last = ((day - EPOCH).days for day in (scope.period.start, scope.period.end))
        begin, end = int(days.search_sorted(first)), int(days.search_sorted(last))
        return table.slice(begin, max(0, end - begin))
    return table.slice(int(days.search_sorted(UNDATED, side="right"))) if dated else table


def _wanted(words: pl.Series, values: Sequence[str | None]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    named = [value for value in values if value is not None]
    wanted = words.is_in(named).fill_null(False).to_numpy().copy()
    wanted[0] = None in values
    return wanted


def _periods(days: Whole, every: Every | None) -> tuple[pl.Series, Whole]:
    """The local starts of the periods that days fall in, and which of them each day falls in; *days* are in order."""
    if every is None or not len(days):
        return pl.Series([None], dtype=pl.Date), np.zeros(len(days), dtype=np.int64)
    run = np.arange(int(days[0]), int(days[-1]) + 1, dtype=np.int64)
    begins, places = np.unique(_begins(run, every), return_inverse=True)
    return pl.Series(begins, dtype=pl.Int32).cast(pl.Date), places[days - days[0]]


def _begins(days: Whole, every: Every) -> Whole:
    if every == "week":
        return days - (days + 3) % 7
    if every == "month":
        return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days
