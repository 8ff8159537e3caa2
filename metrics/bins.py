"""Durations in logarithmic bins: counts per bin merge by adding, and quantiles of them have a known error.

Of whole seconds x, 0 has its own bin and x ≥ 1 falls into bin 1 + floor(ln x / ln γ). A narrow bin names the integers
it can hold, so that up to some fifty seconds nothing is lost at all.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from math import log
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.intervals import TAIL, order_bounds

RATIO = 1.02
"""γ: how much wider each bin begins than the one before."""
HIGHEST = 1279
"""The last bin; it begins at some 3,000 years of seconds."""
ENOUGH_TO_INTERPOLATE = 20
"""Below so many values in a bin its midpoint tells more than a place inside it."""
SPREAD_ENOUGH = 30.0
"""From this variance on the binomial's tails are told by its first three moments, one place to the safe side."""
LOOKED_UP, NOT_YET = 1 << 13, -2
FIRST = 1 << 18
"""The bins of so many seconds, three days, are kept."""
UNKNOWN, ZERO = -1, 0
Whole = npt.NDArray[np.int64]
Small = npt.NDArray[np.integer[Any]]
Decimal = npt.NDArray[np.float64]


def bin_of(column: str) -> pl.Expr:
    """The bin of a whole, non-negative column (Int16); UNKNOWN where it is not known."""
    value = pl.col(column)
    above = 1 + (value.cast(pl.Float64).log() / log(RATIO)).floor()
    placed = pl.when(value > 0).then(above.clip(1, HIGHEST)).when(value == 0).then(ZERO)
    return placed.cast(pl.Int16).fill_null(UNKNOWN)


def bins_of(numbers: pl.Series) -> Small:
    """The same of whole numbers from 0 on; nearly all are looked up, which takes a tenth of the time of a logarithm."""
    known = _bins_of_the_first()
    values = numbers.cast(pl.Int64).fill_null(-1).to_numpy()
    far = np.flatnonzero(values >= len(known) - 1)
    found = known[np.where(values < len(known) - 1, values, -1)]
    if len(far):
        found[far] = pl.DataFrame({"far": values[far]}).select(bin_of("far")).to_series().to_numpy()
    return found


@cache
def _bins_of_the_first() -> Small:
    """The bins of small numbers, each in its place, and that of an unknown one in the last."""
    first = pl.DataFrame({"number": np.arange(FIRST)}).select(bin_of("number")).to_series()
    return np.append(first.to_numpy(), np.int16(UNKNOWN))


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
    """Counts of many groups by bin, one group after the other; `ends` are the counts of all rows up to each.

    A group's own values are those from its start on: `starts` is how many values stand before it, `n` how many it has.
    """

    bins: Whole
    ends: Whole
    starts: Whole
    n: Whole
    scale: Scale = FINE

    @classmethod
    def dense(cls, groups: Whole, bins: Whole, counts: Whole, *, size: int, scale: Scale = FINE) -> "Histogram":
        """Of counts by group, from 0 to *size*, and bin, in any order; rows whose bin is UNKNOWN count nowhere."""
        width = int(bins.max(initial=ZERO)) - UNKNOWN + 1
        # Float sums of counts are exact up to 2⁵³.
        summed = np.bincount(groups * width + (bins - UNKNOWN), weights=counts, minlength=size * width)
        return cls._table(summed.astype(np.int64), size, scale)

    @classmethod
    def of_rows(cls, groups: Whole, bins: Small, size: int, *, scale: Scale = FINE) -> "Histogram":
        """Of values by group and bin, one row each."""
        width = int(bins.max(initial=ZERO)) - UNKNOWN + 1
        return cls._table(np.bincount(groups * width + bins - UNKNOWN, minlength=size * width), size, scale)

    @classmethod
    def _table(cls, counts: Whole, size: int, scale: Scale) -> "Histogram":
        """Of the counts of every group in every bin, UNKNOWN first."""
        width = len(counts) // max(size, 1)
        counts[::width] = 0
        ends = np.cumsum(counts)
        borders = np.concatenate([[0], ends[width - 1 :: width]])
        return cls(np.tile(np.arange(width) + UNKNOWN, size), ends, borders[:-1], np.diff(borders), scale)

    def quantile(self, q: float, tail: float = TAIL) -> tuple[Decimal, Decimal, Decimal]:
        """Value, low and high of the q-quantile of each group: within `scale.error` of the exact one; nan if unknown.

        low and high enclose the exact bounds by order statistics: they are edges of the bins that hold these.
        """
        if not len(self.bins):
            unknown = np.full(len(self.n), np.nan)
            return unknown, unknown, unknown
        below, upper, rest = places_of(self.n, q)
        rows = self._rows(below)
        # The next value stands in the same row, or in the next that has any.
        ahead = np.flatnonzero(self.ends[rows] <= self.starts + upper)
        above = rows.copy()
        above[ahead] = np.minimum(np.searchsorted(self.ends, self.starts[ahead] + upper[ahead] + 1), len(self.bins) - 1)
        value = (1 - rest) * self._values(rows, below) + rest * self._values(above, upper)
        bounds = []
        for edges, places, outer in zip(
            self.scale.edges, order_bounds_of_many(self.n, q, tail), (np.minimum, np.maximum), strict=True
        ):
            # Of few values an extreme quantile may lie beyond its bound, which then is the quantile itself.
            itself = (1 - rest) * edges[self.bins[rows]] + rest * edges[self.bins[above]]
            bound = np.where(places >= 0, edges[self.bins[self._rows(np.maximum(places, 0))]], np.nan)
            bounds.append(outer(bound, itself))
        low, high = (np.where(self.n > 0, bound, np.nan) for bound in bounds)
        return np.where(self.n > 0, value, np.nan), low, high

    def _rows(self, places: Whole) -> Whole:
        """The row that holds the value at that place of its group; of a group without values any row."""
        return np.minimum(np.searchsorted(self.ends, self.starts + places + 1), len(self.bins) - 1)

    def _values(self, rows: Whole, places: Whole) -> Decimal:
        """The values at places of their groups, which stand in these rows."""
        bins = self.bins[rows]
        middle = self.scale.middles[bins]
        if not self.scale.interpolates:
            return middle
        before = np.where(rows > 0, self.ends[rows - 1], 0)
        # A row that begins before its group holds values that are not the group's: it is not asked for.
        counts = np.maximum(self.ends[rows] - before, 1)
        inside = self.starts + places - before
        low, high = (edge[bins] for edge in self.scale.edges)
        between = low + (high - low) * (inside + 0.5) / counts
        return np.where(counts >= ENOUGH_TO_INTERPOLATE, between, middle)


def places_of(n: Whole, q: float) -> tuple[Whole, Whole, Decimal]:
    """Between which places (from 0) of so many values the q-quantile lies, and which part of the way."""
    last = np.maximum(n - 1, 0)
    below = np.floor(np.round(last * q, 9)).astype(np.int64)
    return below, np.minimum(below + 1, last), np.clip(last * q - below, 0, 1)


def order_bounds_of_many(counts: Whole, q: float, tail: float = TAIL) -> tuple[Whole, Whole]:
    """`order_bounds` of many numbers of values at once, -1 for None; where n is large up to two places wider."""
    z = NormalDist().inv_cdf(1 - tail)
    spread = np.sqrt(counts * q * (1 - q))
    skew = (1 - 2 * q) * (z**2 - 1) / 6
    low = np.floor(counts * q - z * spread + skew).astype(np.int64) - 1
    high = np.ceil(counts * q + z * spread + skew).astype(np.int64) + 1
    few = spread**2 < SPREAD_ENOUGH
    low[few], high[few] = exact_bounds_of_many(counts[few], q, tail)
    return np.maximum(low, -1), np.where(high < counts, high, -1)


def exact_bounds_of_many(counts: Whole, q: float, tail: float = TAIL) -> tuple[Whole, Whole]:
    """`order_bounds` of many numbers of values, each looked up once; -1 for None."""
    if counts.max(initial=0) >= LOOKED_UP:
        unlike, places = np.unique(counts, return_inverse=True)
        low, high = _bounds_of(unlike, q, tail)
        return low[places], high[places]
    low, high = _known_bounds(round(q, 9), tail)
    missing = np.unique(counts[high[counts] == NOT_YET])
    low[missing], high[missing] = _bounds_of(missing, q, tail)
    return low[counts], high[counts]


def _bounds_of(counts: Whole, q: float, tail: float) -> tuple[Whole, Whole]:
    found = [order_bounds(n, q, tail) for n in counts.tolist()]
    low, high = ([-1 if pair[side] is None else pair[side] for pair in found] for side in (0, 1))
    return np.array(low, dtype=np.int64), np.array(high, dtype=np.int64)


@cache
def _known_bounds(_q: float, _tail: float) -> tuple[Whole, Whole]:
    """The bounds of small numbers of values, filled in as they are asked for."""
    return np.full(LOOKED_UP, NOT_YET), np.full(LOOKED_UP, NOT_YET)
