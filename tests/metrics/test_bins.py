"""Durations in bins: nothing is wrong by more than the bins promise."""

import numpy as np
import polars as pl
import pytest

from metrics import bins
from metrics.bins import FINE, PAIRED, UNKNOWN, ZERO, Histogram, Scale, bin_of, bins_of, order_bounds_of_many
from metrics.intervals import order_bounds

SCALES = pytest.mark.parametrize("scale", [FINE, PAIRED], ids=["fine", "paired"])


def binned(values: list[int | None] | np.ndarray, scale: Scale) -> np.ndarray:
    frame = pl.DataFrame({"x": values}, schema={"x": pl.Int64}).with_columns(bin_of("x").alias("bin"))
    return frame.select(scale.coarse(pl.col("bin")).cast(pl.Int64)).to_series().to_numpy()


def histogram(groups: np.ndarray, values: np.ndarray, scale: Scale) -> Histogram:
    rows = pl.DataFrame({"group": groups, "bin": binned(values, scale)})
    counted = rows.group_by("group", "bin").agg(pl.len().cast(pl.Int64).alias("n"))
    columns = (counted[name].to_numpy() for name in ("group", "bin", "n"))
    return Histogram.dense(*columns, size=int(groups.max()) + 1, scale=scale)


def test_zero_and_the_unknown_have_bins_of_their_own() -> None:
    assert binned([0, None, 1], FINE).tolist() == [ZERO, UNKNOWN, 1]
    assert binned([0, None, 1], PAIRED).tolist() == [ZERO, UNKNOWN, 1]


@SCALES
def test_every_number_lies_inside_its_bin_and_near_its_middle(scale: Scale) -> None:
    values = np.unique(np.concatenate([np.arange(200_000), np.geomspace(1, 6e9, 300_000).astype(np.int64)]))
    bins = binned(values, scale)
    low, high = (edge[bins] for edge in scale.edges)
    assert ((low <= values) & (values <= high)).all()
    assert (np.abs(scale.middles[bins] - values) <= scale.error * values + 1e-9).all()


def test_short_times_are_exact() -> None:
    values = np.arange(50)
    assert (FINE.middles[binned(values, FINE)] == values).all()


@SCALES
@pytest.mark.parametrize("q", [0.5, 0.75, 0.9, 0.99])
def test_quantiles_of_bins_are_within_the_error_and_their_bounds_enclose_the_exact_ones(scale: Scale, q: float) -> None:
    random = np.random.default_rng(5)
    groups = random.integers(0, 60, 6_000) ** 2 // 60
    values = np.floor(random.lognormal(6, 2, 6_000) * (random.random(6_000) > 0.2)).astype(np.int64)
    value, low, high = histogram(groups, values, scale).quantile(q)
    for group in np.unique(groups):
        own = np.sort(values[groups == group])
        exact = np.quantile(own, q)
        assert abs(value[group] - exact) <= scale.error * exact + 1e-9
        for bound, place, sign in zip((low, high), order_bounds(len(own), q), (1, -1), strict=True):
            assert np.isnan(bound[group]) if place is None else sign * (own[place] - bound[group]) >= 0


def test_a_group_without_values_has_no_quantile() -> None:
    value, low, high = Histogram.dense(np.array([1]), np.array([3]), np.array([2]), size=3).quantile(0.5)
    assert np.isnan(value).tolist() == [True, False, True]
    assert np.isnan(low).all()
    assert np.isnan(high).all()


@pytest.mark.parametrize("q", [0.5, 0.75, 0.9, 0.95, 0.99])
def test_many_bounds_at_once_are_never_narrower_and_at_most_two_places_wider(q: float) -> None:
    counts = np.array([*range(400), 1_000, 3_100, 20_001, 150_000])
    for n, low, high in zip(counts, *order_bounds_of_many(counts, q), strict=True):
        least, greatest = order_bounds(int(n), q)
        assert low == -1 if least is None else least - 2 <= low <= least
        assert high == -1 if greatest is None else greatest <= high <= min(greatest + 2, n - 1)


def test_bins_that_are_looked_up_are_those_that_are_worked_out() -> None:
    last = bins.FIRST - 1
    numbers = pl.Series([0, 1, 51, 52, last, last + 1, None, 10**12], dtype=pl.Int64)
    worked_out = pl.DataFrame({"x": numbers}).select(bin_of("x")).to_series().to_list()
    assert bins_of(numbers).tolist() == worked_out
    assert bins_of(numbers.head(3)).tolist() == worked_out[:3]
    every = pl.Series(np.arange(last + 3))
    assert bins_of(every).tolist() == pl.DataFrame({"x": every}).select(bin_of("x")).to_series().to_list()
