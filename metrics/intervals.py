"""95 % intervals: Wilson for shares, order statistics for quantiles, normal for means, counts for rates."""

from functools import cache
from math import exp, lgamma, log, log1p, sqrt

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.float64]

Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""
TAIL = 0.025


def wilson(hits: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Low and high of a share by Wilson's score interval; null where n is 0."""
    counted = pl.when(n > 0).then(n).cast(pl.Float64)
    share = hits / counted
    middle = (share + Z**2 / (2 * counted)) / (1 + Z**2 / counted)
    half = Z / (1 + Z**2 / counted) * (share * (1 - share) / counted + Z**2 / (4 * counted**2)).sqrt()
    low = pl.when(hits == 0).then(pl.when(n > 0).then(0.0)).otherwise((middle - half).clip(0, 1))
    high = pl.when(hits == n).then(pl.when(n > 0).then(1.0)).otherwise((middle + half).clip(0, 1))
    return low, high


def wilson_of(hits: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """The same of numbers at hand; nan where n is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        counted = np.where(n > 0, n, np.nan)
        share = hits / counted
        middle = (share + Z**2 / (2 * counted)) / (1 + Z**2 / counted)
        half = Z / (1 + Z**2 / counted) * np.sqrt(share * (1 - share) / counted + Z**2 / (4 * counted**2))
        low = np.where((hits == 0) & (n > 0), 0.0, np.clip(middle - half, 0, 1))
        high = np.where((hits == n) & (n > 0), 1.0, np.clip(middle + half, 0, 1))
    return low, high


def normal(mean: pl.Expr, deviation: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Low and high of a mean by the normal approximation; null below two values."""
    half = pl.when(n > 1).then(Z * deviation / n.sqrt())
    return mean - half, mean + half


def normal_of(mean: Numbers, deviation: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """The same of numbers at hand; nan below two values."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.where(n > 1, Z * deviation / np.sqrt(n), np.nan)
    return mean - half, mean + half


def quotient(
    value: pl.Expr, sums: tuple[pl.Expr, pl.Expr, pl.Expr], lower: pl.Expr, rows: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    """Low and high of a sum over a sum by the ratio estimator's linearised variance; null below two rows.

    `sums`: of the squares above, of the products, of the squares below. Rows are what varies, not what they count.
    """
    above, both, below = sums
    errors = pl.max_horizontal(above - 2 * value * both + value * value * below, pl.lit(0.0))
    half = pl.when(rows > 1).then(Z * (errors * rows / (rows - 1)).sqrt() / lower.abs())
    return value - half, value + half


def ratio_of_counts(upper: pl.Expr, lower: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Low and high of one count over another; null where the lower is 0, high also where it may be 0.

    Of two Poisson counts one is binomial given their sum: Wilson's interval of upper / (upper + lower), turned back.
    """
    shares = wilson(upper, upper + lower)
    low, high = (pl.when((lower > 0) & (share < 1)).then(share / (1 - share)) for share in shares)
    return low, high


def ratio_of_numbers(upper: Numbers, lower: Numbers) -> tuple[Numbers, Numbers]:
    """The same of numbers at hand; nan for null."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = wilson_of(upper, upper + lower)
        low, high = (np.where((lower > 0) & (share < 1), share / (1 - share), np.nan) for share in shares)
    return low, high


def order_bounds(n: int, q: float, tail: float = TAIL) -> tuple[int | None, int | None]:
    """Places (from 0) of the values between which the q-quantile lies with at least 95 %; None where n is too small.

    Distribution-free: place l is the largest with P(Binomial(n, q) ≤ l) ≤ *tail*, place u the smallest with
    P(Binomial(n, q) ≤ u) ≥ 1 − *tail*.
    """
    return _order_bounds(n, round(q, 9), tail)


@cache
def _order_bounds(n: int, q: float, tail: float) -> tuple[int | None, int | None]:
    if n < 1:
        return None, None
    low = _last_at_most(n, q, tail)
    mirrored = _last_at_most(n, 1 - q, tail)
    # P(X ≤ u) ≥ 1 - tail is P(n - X ≤ n - u - 1) ≤ tail, and n - X is Binomial(n, 1 - q).
    return low, None if mirrored is None else n - 1 - mirrored


def _last_at_most(n: int, q: float, tail: float) -> int | None:
    """The largest k with P(Binomial(n, q) ≤ k) ≤ tail, or None where even k = 0 has more."""
    k = max(0, min(n - 1, int(n * q - 2 * sqrt(n * q * (1 - q)))))
    term, below = _probability(n, q, k), 0.0
    piece, at = term, k
    while at > 0 and piece > 1e-18:
        piece *= at * (1 - q) / ((n - at + 1) * q)
        below += piece
        at -= 1
    total = below + term
    while total > tail and k > 0:
        total -= term
        term *= k * (1 - q) / ((n - k + 1) * q)
        k -= 1
    if total > tail * (1 + 1e-12):
        return None
    while k < n - 1:
        following = term * (n - k) * q / ((k + 1) * (1 - q))
        if total + following > tail * (1 + 1e-12):
            break
        total, term, k = total + following, following, k + 1
    return k


def _probability(n: int, q: float, k: int) -> float:
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(q) + (n - k) * log1p(-q))


@cache
def smallest_bounded_n(q: float, tail: float = TAIL) -> int:
    """From how many values on a quantile has both its bounds."""
    n = 1
    while None in order_bounds(n, q, tail):
        n += 1
    return n
