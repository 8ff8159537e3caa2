"""Durations in logarithmic bins: counts per bin merge by adding, and quantiles of them have a known error.

Of whole seconds x, 0 has its own bin and x ≥ 1 falls into bin 1 + floor(ln x / ln γ). A narrow bin names the integers
it can hold, so that up to some fifty seconds nothing is lost at all.
"""

from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.intervals import Z, order_bounds

RATIO = 1.02
"""γ: how much wider each bin begins than the one before."""
HIGHEST = 1279
"""The last bin; it begins at some 3,000 years of seconds."""
ENOUGH_TO_INTERPOLATE = 20
"""Below so many values in a bin its midpoint tells more than a place inside it."""
SPREAD_ENOUGH = 30.0
"""From this variance on the binomial's tails are told by its first three moments, one place to the safe side."""
UNKNOWN, ZERO = -1, 0
Whole = npt.NDArray[np.int64]
Decimal = npt.NDArray[np.float64]


def bin_of(column: str) -> pl.Expr:
    """The bin of a whole, non-negative column (Int16); UNKNOWN where it is not known."""
    value = pl.col(column)
    above = 1 + (value.cast(pl.Float64).log() / log(RATIO)).floor()
    placed = pl.when(value > 0).then(above.clip(1, HIGHEST)).when(value == 0).then(ZERO)
    return placed.cast(pl.Int16).fill_null(UNKNOWN)


@dataclass(frozen=True)
class Scale:
    """Bins taken *step* at a time: 1 as they are, 2 in pairs, which are half as many and twice as wide."""

    step: int = 1

    def coarse(self, column: pl.Expr) -> pl.Expr:
        """Bins of this scale from bins as `bin_of` gives them; 0 and UNKNOWN stay what they are."""
        return pl.when(column > ZERO).then((column - 1) // self.step + 1).otherwise(column).cast(pl.Int16)

    @property
    def interpolates(self) -> bool:
        """Only where even the wrong end of a bin is within the error."""
        return self.step == 1

    @property
    def error(self) -> float:
        """The greatest relative error of a value told by its bin."""
        width = RATIO**self.step
        return width - 1 if self.interpolates else (width - 1) / (width + 1)

    @property
    def size(self) -> int:
        """How many bins there are, 0 included."""
        return HIGHEST // self.step + 2

    @cached_property
    def edges(self) -> tuple[Decimal, Decimal]:
        """The least and the greatest whole number of each bin."""
        begins = np.exp(np.arange(self.size) * self.step * log(RATIO))
        first = np.ceil(begins - 1e-9)
        low = np.concatenate([[0.0], first[:-1]])
        return low, np.maximum(low, np.concatenate([[0.0], first[1:] - 1]))

    @cached_property
    def middles(self) -> Decimal:
        """The value of each bin that is wrong by the least share, whichever of its numbers is meant."""
        low, high = self.edges
        return np.divide(2 * low * high, low + high, out=np.zeros_like(low), where=high > 0)


FINE, PAIRED = Scale(1), Scale(2)


@dataclass(frozen=True)
class Histogram:
    """Counts by group and bin, in that order; `groups` are the places of the groups, from 0 and without gaps."""

    groups: Whole
    bins: Whole
    counts: Whole
    size: int
    scale: Scale = FINE

    @cached_property
    def _ends(self) -> Whole:
        return np.cumsum(self.counts)

    @cached_property
    def _starts(self) -> Whole:
        return np.cumsum(self.n) - self.n

    @cached_property
    def n(self) -> Whole:
        """How many values each group has."""
        borders = np.searchsorted(self.groups, np.arange(self.size + 1))
        return np.diff(np.concatenate([[0], self._ends])[borders])

    def quantile(self, q: float) -> tuple[Decimal, Decimal, Decimal]:
        """Value, low and high of the q-quantile of each group: within `scale.error` of the exact one; nan if unknown.

        low and high enclose the exact bounds by order statistics: they are edges of the bins that hold these.
        """
        if not len(self.bins):
            unknown = np.full(self.size, np.nan)
            return unknown, unknown, unknown
        last = np.maximum(self.n - 1, 0)
        below = np.floor(np.round(last * q, 9)).astype(np.int64)
        rest, upper = np.clip(last * q - below, 0, 1), np.minimum(below + 1, last)
        rows = self._rows(below), self._rows(upper)
        value = (1 - rest) * self._values(rows[0], below) + rest * self._values(rows[1], upper)
        bounds = []
        for edges, places, outer in zip(
            self.scale.edges, order_bounds_of_many(self.n, q), (np.minimum, np.maximum), strict=True
        ):
            # Of few values an extreme quantile may lie beyond its bound, which then is the quantile itself.
            itself = (1 - rest) * edges[self.bins[rows[0]]] + rest * edges[self.bins[rows[1]]]
            bound = np.where(places >= 0, edges[self.bins[self._rows(np.maximum(places, 0))]], np.nan)
            bounds.append(outer(bound, itself))
        low, high = (np.where(self.n > 0, bound, np.nan) for bound in bounds)
        return np.where(self.n > 0, value, np.nan), low, high

    def _rows(self, places: Whole) -> Whole:
        """The row that holds the value at that place of its group; of a group without values any row."""
        return np.minimum(np.searchsorted(self._ends, self._starts + places + 1), len(self.bins) - 1)

    def _values(self, rows: Whole, places: Whole) -> Decimal:
        """The values at places of their groups, which stand in these rows."""
        bins, counts = self.bins[rows], self.counts[rows]
        middle = self.scale.middles[bins]
        if not self.scale.interpolates:
            return middle
        inside = self._starts + places - (self._ends[rows] - counts)
        low, high = (edge[bins] for edge in self.scale.edges)
        between = low + (high - low) * (inside + 0.5) / counts
        return np.where(counts >= ENOUGH_TO_INTERPOLATE, between, middle)


def order_bounds_of_many(counts: Whole, q: float) -> tuple[Whole, Whole]:
    """`order_bounds` of many numbers of values at once, -1 for None; where n is large up to two places wider."""
    spread = np.sqrt(counts * q * (1 - q))
    skew = (1 - 2 * q) * (Z**2 - 1) / 6
    low = np.floor(counts * q - Z * spread + skew).astype(np.int64) - 1
    high = np.ceil(counts * q + Z * spread + skew).astype(np.int64) + 1
    few = spread**2 < SPREAD_ENOUGH
    found = {int(n): order_bounds(int(n), q) for n in np.unique(counts[few])}
    for side, places in enumerate((low, high)):
        exact = {n: -1 if (place := bounds[side]) is None else place for n, bounds in found.items()}
        places[few] = [exact[int(n)] for n in counts[few]]
    return np.maximum(low, -1), np.where(high < counts, high, -1)
