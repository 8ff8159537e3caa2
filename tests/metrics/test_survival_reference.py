"""Waits of which some go on beside statsmodels: the curve, Greenwood's error, the quantiles and their log-log band."""

from random import Random

import numpy as np
import polars as pl
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from metrics.bins import RATIO
from metrics.survival import binned, binned_quantile, curves, quantile

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
EXACT = 1e-9
Wait = tuple[int, bool]


def some(seed: int) -> list[Wait]:
    """Up to 400 waits, many of the same length where there are few lengths; up to half of them go on."""
    random = Random(seed)
    longest, share_over = random.choice([20, 900, 10**6]), random.choice([0.5, 0.8, 1.0])
    waits = [(random.randrange(1, longest), random.random() < share_over) for _ in range(random.randrange(5, 400))]
    return [*waits, (random.randrange(1, longest), True)]


def frame(waits: list[Wait]) -> pl.LazyFrame:
    took = [length if over else None for length, over in waits]
    waiting = [None if over else length for length, over in waits]
    return pl.LazyFrame({"took": took, "waiting": waiting}, schema={"took": pl.Int64, "waiting": pl.Int64})


def reference(waits: list[Wait]) -> SurvfuncRight:
    return SurvfuncRight(np.array([length for length, _ in waits]), np.array([int(over) for _, over in waits]))


def steps_of(waits: list[Wait]) -> pl.DataFrame:
    return curves(frame(waits).with_columns(key=pl.lit(0)), ["key"], took="took", waiting="waiting")


@pytest.mark.parametrize("seed", range(60))
def test_the_curve_and_its_error_are_those_of_statsmodels(seed: int) -> None:
    waits = some(seed)
    known, found = reference(waits), steps_of(waits).filter(pl.col("ended") > 0)
    assert found["seconds"].to_list() == known.surv_times.tolist()
    assert found["at_risk"].to_list() == known.n_risk.tolist()
    assert found["share"].to_numpy() == pytest.approx(known.surv_prob, abs=EXACT)
    for row, share, error in zip(found.iter_rows(named=True), known.surv_prob, known.surv_prob_se, strict=True):
        if 0 < share < 1:
            reach = 1.959963984540054 * error / (share * abs(np.log(share)))
            band = (share ** np.exp(reach), share ** np.exp(-reach))
            assert (row["low"], row["high"]) == pytest.approx(band, abs=EXACT)


def reached(known: SurvfuncRight, q: float) -> float | None:
    """The first time at which the reference's curve has come down to the share; its own method wants it below."""
    there = known.surv_times[known.surv_prob <= 1 - q + 1e-12]
    exactly = np.isclose(known.surv_prob, 1 - q, rtol=0, atol=1e-12).any()
    own = known.quantile(q)
    assert exactly or (np.isnan(own) and not len(there)) or own == there[0]
    return float(there[0]) if len(there) else None


@pytest.mark.parametrize("seed", range(60))
def test_quantiles_and_their_bounds_are_those_of_statsmodels(seed: int) -> None:
    waits = some(seed)
    known, steps, compared = reference(waits), steps_of(waits), 0
    shares = dict(zip(known.surv_times.tolist(), known.surv_prob, strict=True))
    for q in QUANTILES:
        found = quantile(steps, ["key"], q).row(0, named=True)
        assert found["value"] == reached(known, q), q
        if found["value"] is None:
            assert (found["low"], found["high"]) == (None, None)
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = known.quantile_ci(q, method="cloglog")
        if np.isnan(low):
            continue
        compared += 1
        assert found["low"] == low, q
        # Where everybody's wait is over the band ends: there the reference takes the last wait for the bound.
        assert found["high"] == (high if np.isfinite(high) and shares[high] > 0 else None), q
    assert compared or len(waits) < 20


@pytest.mark.parametrize("seed", range(60))
def test_bins_bracket_the_quantile_of_statsmodels_and_lie_within_a_bin_where_nobody_waits(seed: int) -> None:
    waits = some(seed)
    known = reference(waits)
    bins = binned(frame(waits).with_columns(key=pl.lit(0)), ["key"], took="took", waiting="waiting")
    for q in QUANTILES:
        exact, found = reached(known, q), binned_quantile(bins, ["key"], q).row(0, named=True)
        if exact is None:
            assert found["most"] is None
            continue
        assert found["least"] <= exact * (1 + EXACT)
        assert found["most"] is None or exact <= found["most"] * (1 + EXACT)
        if all(over for _, over in waits):
            assert found["value"] == pytest.approx(exact, rel=(RATIO - 1) / 2 + EXACT)
