"""Many looks at once: which of many small probabilities still tell something."""

import numpy as np
import polars as pl

DISCOVERIES = 0.05
"""Of all that is named, so many may be chance (false discovery rate)."""


def benjamini_hochberg(p: pl.Series) -> pl.Series:
    """Each probability adjusted for the number of looks; what is at most 0.05 then may be named. Null stays null."""
    known = p.drop_nulls().to_numpy()
    order = np.argsort(known)
    raised = known[order] * len(known) / np.arange(1, len(known) + 1)
    # Never above that of a larger probability: the least of all from each place upwards.
    least = np.minimum.accumulate(raised[::-1])[::-1].clip(max=1.0)
    adjusted = np.empty_like(least)
    adjusted[order] = least
    filled = np.full(p.len(), np.nan)
    filled[p.is_not_null().to_numpy()] = adjusted
    return pl.Series(p.name, filled).fill_nan(None)
