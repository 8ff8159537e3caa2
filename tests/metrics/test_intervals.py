"""Intervals against their definitions, counted out in full."""

from fractions import Fraction
from math import comb

import polars as pl
import pytest

from metrics.intervals import normal, order_bounds, smallest_bounded_n, wilson


def places_by_definition(n: int, q: Fraction) -> tuple[int | None, int | None]:
    tail, below = Fraction(1, 40), []
    total = Fraction(0)
    for k in range(n + 1):
        total += comb(n, k) * q**k * (1 - q) ** (n - k)
        below.append(total)
    low = max((k for k in range(n) if below[k] <= tail), default=None)
    high = min((k for k in range(n) if below[k] >= 1 - tail), default=None)
    return low, high


@pytest.mark.parametrize("q", [Fraction(1, 2), Fraction(3, 4), Fraction(9, 10), Fraction(19, 20), Fraction(99, 100)])
def test_the_bounds_of_a_quantile_are_the_exact_binomial_places(q: Fraction) -> None:
    for n in [*range(1, 81), 299, 367, 368, 369, 500]:
        assert order_bounds(n, float(q)) == places_by_definition(n, q), n


def test_large_samples_have_bounds_around_the_quantile() -> None:
    low, high = order_bounds(1_000_000, 0.9)
    assert low is not None
    assert high is not None
    assert 899_400 < low < 899_420 < 900_580 < high < 900_600


@pytest.mark.parametrize(("q", "n"), [(0.5, 6), (0.75, 13), (0.9, 36), (0.95, 72), (0.99, 368)])
def test_a_quantile_needs_so_many_values_for_both_bounds(q: float, n: int) -> None:
    assert smallest_bounded_n(q) == n


def interval(hits: int, n: int) -> tuple[float | None, float | None]:
    frame = pl.DataFrame({"hits": [hits], "n": [n]})
    low, high = wilson(pl.col("hits"), pl.col("n"))
    found: tuple[float | None, float | None] = frame.select(low.alias("low"), high.alias("high")).row(0)
    return found


def test_wilson_of_eight_in_ten() -> None:
    assert interval(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


def test_wilson_of_all_and_of_none_stays_within_the_unit() -> None:
    assert interval(0, 10) == pytest.approx((0.0, 0.2775328), abs=1e-6)
    assert interval(10, 10) == pytest.approx((0.7224672, 1.0), abs=1e-6)


def test_nothing_has_no_interval() -> None:
    assert interval(0, 0) == (None, None)


def test_one_value_has_a_mean_but_no_interval() -> None:
    frame = pl.DataFrame({"mean": [5.0, 5.0], "deviation": [None, 2.0], "n": [1, 4]})
    low, high = normal(pl.col("mean"), pl.col("deviation"), pl.col("n"))
    rows = frame.select(low.alias("low"), high.alias("high")).rows()
    assert rows[0] == (None, None)
    assert rows[1] == pytest.approx((3.040036, 6.959964), abs=1e-6)
