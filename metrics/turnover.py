"""One count over another, each dated by its own instant."""

import numpy as np

from metrics.bins import Decimal, Whole
from metrics.grid import Groups
from metrics.intervals import ratio_of_numbers
from metrics.pieces import Piece


def turnover(metric: str, upper: Piece, lower: Piece, *, splits: int) -> Piece:
    """The piece of a turnover from those of its two counts: a count that is not there is nothing, not unknown."""
    keys = (upper.keys, lower.keys)
    groups, periods = Groups.of(keys, splits), np.unique(np.concatenate([one.periods for one in keys]))
    shape = (len(groups.packed), len(periods))
    above, below = (_spread(piece, groups, periods, shape) for piece in (upper, lower))
    value = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    low, high = ratio_of_numbers(above, below)
    n = below.astype(np.int64)
    return Piece(metric, groups.keys(periods), value, n, low, high)


def _spread(piece: Piece, groups: Groups, periods: Whole, shape: tuple[int, int]) -> Decimal:
    """The counts of all groups in all periods."""
    table = np.zeros(shape)
    table[groups.places(piece.keys), np.searchsorted(periods, piece.keys.periods)] = piece.value
    return table.ravel()
