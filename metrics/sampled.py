"""Shares of all conversations, estimated from those that were drawn by chance: the sums that they need, the interval.

The same as metrics.quality.estimates, as expressions over groups: `of_strata` where a group holds whole strata, as the
whole and every team do, and `of_units` where it cuts through them.
"""

import polars as pl

from metrics.intervals import wilson
from metrics.model import Sampled

NEARLY_WHOLE = 1e-6


def sampled_parts(formula: Sampled) -> dict[str, pl.Expr]:
    """The sums over the rows of which it is known."""
    known = pl.col(formula.of).is_not_null()
    chance, y = pl.col("chance"), pl.col(formula.of).cast(pl.Float64)
    weight, spread = 1 / chance, (1 - chance) / chance**2
    sums = {
        "n": known.sum().cast(pl.Int64), "w": weight.filter(known).sum(), "wy": (weight * y).sum(),
        "spread": spread.filter(known).sum(), "spread_y": (spread * y).sum(), "least": chance.filter(known).min(),
        "inner": pl.col(f"{formula.of}_inner").filter(known).sum(),
        "centre": pl.col(f"{formula.of}_centre").filter(known).sum(),
        "parts": pl.col("stratum_part").filter(known).sum(),
        "strata": pl.col("stratum_key").filter(known).n_unique(),
    }  # fmt: skip
    return {_part(formula, name): value.alias(_part(formula, name)) for name, value in sums.items()}


def _part(formula: Sampled, name: str) -> str:
    return f"sampled:{formula.of}:{name}"


def sampled(formula: Sampled) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    """Value, n, low and high of the aggregated sums; null where nothing was read."""
    n, w, wy, inner, centre = (pl.col(_part(formula, name)) for name in ("n", "w", "wy", "inner", "centre"))
    share = pl.when(n > 0).then((wy / w).clip(0, 1))
    is_whole = (pl.col(_part(formula, "parts")) - pl.col(_part(formula, "strata"))).abs() < NEARLY_WHOLE
    middle = pl.when(is_whole).then(centre / w).otherwise((n * share + 0.5) / (n + 1))
    variance = pl.when(is_whole).then(inner / w**2).otherwise(_of_rows(formula, n, w, middle))
    effective = pl.when((n > 0) & (variance > 0)).then(middle * (1 - middle) / variance)
    low, high = wilson(share * effective, effective)
    return share, n, pl.coalesce(low, share), pl.coalesce(high, share)


def _of_rows(formula: Sampled, n: pl.Expr, w: pl.Expr, middle: pl.Expr) -> pl.Expr:
    """The variance of a share among single rows (Hájek), none where all were sure to be read."""
    spread, spread_y = pl.col(_part(formula, "spread")), pl.col(_part(formula, "spread_y"))
    among = (spread_y * (1 - 2 * middle) + spread * middle**2) / w**2
    found = among * n / pl.max_horizontal(n - 1, pl.lit(1)) + 1 / (2 * n.cast(pl.Float64) ** 2)
    return pl.when(pl.col(_part(formula, "least")) >= 1).then(0.0).otherwise(found)
