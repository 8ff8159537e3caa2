"""Quantiles of many groups at once from their values in order: exact."""

from dataclasses import dataclass

import numpy as np

from metrics.bins import Decimal, Whole, exact_bounds_of_many, places_of
from metrics.intervals import TAIL

BITS = 34
"""So many bits hold every length of time that a desk can know, in seconds."""


@dataclass(frozen=True)
class Ordered:
    """The values of all groups, one group after the other, each in order; `n` is how many each has."""

    values: Whole
    starts: Whole
    n: Whole

    @classmethod
    def of(cls, groups: Whole, values: Whole, size: int) -> "Ordered":
        """Of values by group, from 0 to *size*, in any order; below 0 is unknown."""
        known = values >= 0
        if not known.all():
            groups, values = groups[known], values[known]
        n = np.bincount(groups, minlength=size)
        if size > 1 << (62 - BITS) or values.max(initial=0) >= 1 << BITS:
            ordered = values[np.lexsort((values, groups))]
        elif size > 1:
            # One sort of one number: group above, value below.
            packed = (groups << BITS) | values
            packed.sort()
            ordered = packed & ((1 << BITS) - 1)
        else:
            ordered = np.sort(values)
        return cls(ordered, np.cumsum(n) - n, n)

    def quantile(self, q: float, tail: float = TAIL) -> tuple[Decimal, Decimal, Decimal]:
        """Value, low and high of the q-quantile of each group, linear between its neighbours; nan if unknown."""
        if not len(self.values):
            unknown = np.full(len(self.n), np.nan)
            return unknown, unknown, unknown
        below, upper, rest = places_of(self.n, q)
        lower, higher = self._at(below), self._at(upper)
        value = np.where(self.n > 0, lower + rest * (higher - lower), np.nan)
        low, high = (
            np.where(places >= 0, self._at(places), np.nan) for places in exact_bounds_of_many(self.n, q, tail)
        )
        # Of two values the bound of an extreme quantile lies beyond its own estimate.
        return value, np.where(low > value, value, low), np.where(high < value, value, high)

    def _at(self, places: Whole) -> Decimal:
        """The values at places of their groups; of a group without values any."""
        return self.values[np.minimum(self.starts + np.maximum(places, 0), len(self.values) - 1)].astype(np.float64)
