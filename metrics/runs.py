"""A histogram laid out for quick questions: where each day and dimension begins, and counts up to each row."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.bins import UNKNOWN, Histogram, Scale, Whole

FIRST, LAST = "__first", "__last"
"""The rows of a run, half-open."""


@dataclass(frozen=True)
class Runs:
    """The rows of a histogram; `heads` has a row for each run of rows that differ in their bin only, in order."""

    heads: pl.DataFrame
    bins: Whole
    counts: Whole
    ends: Whole

    @classmethod
    def of(cls, table: pl.DataFrame, keys: list[str], *, bins: str, counts: str) -> "Runs":
        """From a table in the order of its keys, then bins."""
        differs = np.ones(table.height, dtype=np.bool_)
        for number, name in enumerate(keys):
            column = table[name].to_numpy()
            changed = column[1:] != column[:-1]
            differs[1:] = changed if number == 0 else differs[1:] | changed
        first = np.flatnonzero(differs)
        last = np.append(first[1:], table.height)[: len(first)]
        heads = table.select(pl.col(keys).gather(first)).with_columns(pl.Series(FIRST, first), pl.Series(LAST, last))
        added = table[counts].to_numpy()
        return cls(heads, table[bins].to_numpy(), added, np.cumsum(added, dtype=np.int64))

    def histogram(self, first: Whole, last: Whole, groups: Whole, scale: Scale) -> tuple[Histogram, Whole]:
        """The values of some runs by group, and what the groups are: those that have a run, whether known or not.

        first, last: the columns of these runs in `heads`.
        """
        if (np.diff(groups) > 0).all():
            return self._apart(first, last, scale), groups
        present, places = np.unique(groups, return_inverse=True)
        rows, lengths = _spread(first, last), last - first
        of_row = np.repeat(places, lengths)
        return Histogram.dense(of_row, self.bins[rows], self.counts[rows], size=len(present), scale=scale), present

    def _apart(self, first: Whole, last: Whole, scale: Scale) -> Histogram:
        """Each run is a group of its own: nothing has to be added up."""
        if not len(first):
            none = np.zeros(0, dtype=np.int64)
            return Histogram(none, none, none, none, scale)
        begins = first + (self.bins[first] == UNKNOWN)
        before = np.where(begins > 0, self.ends[begins - 1], 0)
        return Histogram(self.bins, self.ends, before, self.ends[last - 1] - before, scale)


def _spread(first: Whole, last: Whole) -> slice | Whole:
    """The rows of all runs, one after the other."""
    if len(first) and (first[1:] == last[:-1]).all():
        return slice(int(first[0]), int(last[-1]))
    lengths = last - first
    return np.repeat(first - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))
