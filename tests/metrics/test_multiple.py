"""Many looks at once."""

import polars as pl
import pytest

from metrics.multiple import benjamini_hochberg


def by_the_book(p: list[float]) -> list[float]:
    """The definition, place by place."""
    ranked = sorted(p)
    return [min(min(1.0, len(p) * q / (ranked.index(q) + ranked.count(q))) for q in ranked if q >= one) for one in p]


@pytest.mark.parametrize(
    "p",
    [[0.01], [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205], [0.9, 0.03, 0.03, 1.0, 0.0], [0.5] * 4],
)
def test_the_adjusted_probabilities_are_those_of_the_book(p: list[float]) -> None:
    assert benjamini_hochberg(pl.Series(p)).to_list() == pytest.approx(by_the_book(p))


def test_what_is_unknown_stays_so_and_counts_as_no_look() -> None:
    assert benjamini_hochberg(pl.Series([None, 0.02, None])).to_list() == [None, pytest.approx(0.02), None]
    assert benjamini_hochberg(pl.Series([], dtype=pl.Float64)).to_list() == []
