"""How long people wait when some of them still do: Kaplan–Meier, exact or from mergeable bins.

A wait that goes on at `as_of` is censored: it lasts at least so long. Of a wait that ends and one that is censored at
the same second the former comes first. The q-quantile is the shortest time by which a share q is over, null where the
curve does not come so far; its bounds are where the log-log band of the curve (Greenwood's variance) comes so far.
"""

from collections.abc import Sequence
from math import exp, log

import polars as pl

from metrics.intervals import Z

REACHED = 1e-12
"""A curve that should stand exactly at a share may miss it by so much in floating point."""
GROWTH = log(1.02)
"""Each bin is 2 % wide, so that its geometric middle is within 1 % of everything in it."""
ZERO = -1
"""The bin of waits of no length."""


def curves(waits: pl.LazyFrame, keys: Sequence[str], *, took: str, waiting: str) -> pl.DataFrame:
    """One row per key and length of wait: at_risk, ended, and the share still waiting after it with its band.

    Columns *keys*, seconds, ended, leaving, at_risk, share, low, high; ordered by keys and seconds.
    """
    lengths = waits.select(*keys, seconds=pl.coalesce(took, waiting), ended=pl.col(took).is_not_null())
    counted = lengths.drop_nulls("seconds").group_by(*keys, "seconds").agg(
        pl.col("ended").sum().cast(pl.Int64), leaving=pl.len().cast(pl.Int64)
    )  # fmt: skip
    return _with_shares(counted.sort(*keys, "seconds"), keys).collect(engine="in-memory")


def quantile(steps: pl.DataFrame, keys: Sequence[str], q: float) -> pl.DataFrame:
    """Rows *keys*, value, n, low, high from the `curves` of these keys."""

    def first(share: str) -> pl.Expr:
        return pl.col("seconds").filter(pl.col(share) <= 1 - q + REACHED).min().cast(pl.Float64)

    found = steps.group_by(keys, maintain_order=True).agg(
        value=first("share"), n=pl.col("leaving").sum(), low=first("low"), high=first("high")
    )
    reached = pl.when(pl.col("value").is_not_null())
    return found.with_columns(reached.then(name).alias(name) for name in ("low", "high"))


def binned(waits: pl.LazyFrame, keys: Sequence[str], *, took: str, waiting: str) -> pl.DataFrame:
    """Rows *keys*, bin, ended, censored: small, additive, enough for every quantile within a known bracket."""
    seconds = pl.coalesce(took, waiting)
    place = pl.when(seconds > 0).then((seconds.cast(pl.Float64).clip(1).log() / GROWTH).floor()).otherwise(ZERO)
    return (
        waits.select(
            *keys, bin=pl.when(seconds.is_not_null()).then(place).cast(pl.Int32), over=pl.col(took).is_not_null()
        )
        .drop_nulls("bin")
        .group_by(*keys, "bin")
        .agg(ended=pl.col("over").sum().cast(pl.Int64), censored=(~pl.col("over")).sum().cast(pl.Int64))
        .sort(*keys, "bin")
        .collect(engine="in-memory")
    )


def merged(parts: Sequence[pl.DataFrame], keys: Sequence[str]) -> pl.DataFrame:
    """The bins of all parts together, as if they had been counted at once."""
    return pl.concat(parts).group_by(*keys, "bin").agg(pl.col("ended", "censored").sum()).sort(*keys, "bin")


def binned_quantile(bins: pl.DataFrame, keys: Sequence[str], q: float) -> pl.DataFrame:
    """Rows *keys*, value, n, least, most: the exact quantile lies between the last two; null where not reached.

    Within a bin the order of ends and censorings is lost. Ends first gives the highest curve, censorings first the
    lowest; the exact one runs between, so it comes to its share no sooner than the one and no later than the other.
    """
    leaving = pl.col("ended") + pl.col("censored")
    at_risk = leaving.cum_sum(reverse=True)
    ended = pl.col("ended")
    highest = (1 - ended / at_risk).cum_prod()
    kept = at_risk - pl.col("censored")
    lowest = pl.when(ended > 0).then(1 - ended / kept).otherwise(1.0).cum_prod()
    ranked = bins.sort(*keys, "bin").with_columns(
        leaving.alias("leaving"), (highest.over(keys) if keys else highest).alias("highest"),
        (lowest.over(keys) if keys else lowest).alias("lowest"),
    )  # fmt: skip

    def first(share: str) -> pl.Expr:
        return pl.col("bin").filter(pl.col(share) <= 1 - q + REACHED).min()

    found = ranked.group_by(keys or [pl.lit(0).alias("__all")], maintain_order=True).agg(
        at=first("highest"), sooner=first("lowest"), n=pl.col("leaving").sum()
    )
    reached = pl.col("at").is_not_null()
    return found.select(
        *keys,
        value=pl.when(reached).then(_edge("at", 0.5)),
        n="n",
        least=_edge("sooner", 0.0),
        most=pl.when(reached).then(_edge("at", 1.0)),
    )


def bin_of(seconds: int) -> int:
    """The bin of one length of time, as `binned` gives it."""
    return ZERO if seconds <= 0 else int(log(seconds) // GROWTH)


def edge_of(place: int) -> float:
    """Where a bin begins, in seconds."""
    return 0.0 if place == ZERO else exp(place * GROWTH)


def _edge(name: str, part: float) -> pl.Expr:
    inside = ((pl.col(name).cast(pl.Float64) + part) * GROWTH).exp()
    return pl.when(pl.col(name) == ZERO).then(0.0).when(pl.col(name).is_not_null()).then(inside)


def _with_shares(counted: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    def within(expression: pl.Expr) -> pl.Expr:
        return expression.over(keys) if keys else expression

    ranked = counted.with_columns(at_risk=within(pl.col("leaving").cum_sum(reverse=True)))
    ended, at_risk = pl.col("ended"), pl.col("at_risk")
    staying = at_risk - ended
    variance = pl.when(staying > 0).then(ended / (at_risk.cast(pl.Float64) * staying))
    shown = ranked.with_columns(
        share=within((1 - ended / at_risk).cum_prod()), __variance=within(variance.cum_sum()), __staying=staying
    )
    share = pl.col("share")
    reach = Z * pl.col("__variance").sqrt() / share.log()
    known = pl.when(share >= 1).then(1.0).when(pl.col("__staying") > 0)
    return shown.with_columns(
        low=known.then(share ** ((-reach).exp())), high=known.then(share ** (reach.exp()))
    ).drop("__variance", "__staying")  # fmt: skip
