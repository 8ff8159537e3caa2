"""How often an interval holds the truth: counted out over every possible sample where that can be done, else simulated.

Wilson's interval covers 95 % on average over the shares, not for each share: for few rows and shares near 0 or 1 it
dips. What is asserted here is what holds, the dips included: from 205 rows on no share from 2 % to 98 % is held less
often than in 93 %; of fewer some are, down to 91.6 % from 30 rows on (fewer rank nobody) and to 83.3 % of five.
"""

from functools import cache
from math import ceil, floor, log, sqrt

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from metrics.catalog import METRICS
from metrics.comparison import recovered
from metrics.intervals import normal, order_bounds, ratio_of_counts, smallest_bounded_n, wilson
from metrics.measures import parts, values
from metrics.survival import curves, quantile

Numbers = npt.NDArray[np.float64]
SHARES = np.round(np.arange(0.02, 0.9801, 0.001), 3)
ASKED = 0.93
LEAST_FROM = ((5, 0.832), (10, 0.894), (30, 0.915), (50, 0.917), (205, ASKED))
"""From so many rows on no share between 2 % and 98 % is covered less often than that."""
SOME = (5, 6, 7, 8, 10, 18, 20, 29, 30, 43, 51, 204, 205, 1000, 5000)
Z_SCORES = 1_000_000


@cache
def log_factorials(n: int) -> Numbers:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])


def binomial(n: int, p: float) -> Numbers:
    """The chance of each number of hits."""
    logs, hits = log_factorials(n), np.arange(n + 1)
    chances: Numbers = np.exp(logs[n] - logs - logs[::-1] + hits * log(p) + (n - hits) * np.log1p(-p))
    return chances


def poisson(mean: float, most: int) -> Numbers:
    chances: Numbers = np.exp(np.arange(most + 1) * log(mean) - mean - log_factorials(most))
    return chances


def bounds(*expressions: pl.Expr, **columns: Numbers) -> tuple[Numbers, Numbers]:
    low, high = pl.DataFrame(columns).select(low=expressions[0], high=expressions[1])
    return low.to_numpy(), high.to_numpy()


def wilson_coverage(n: int, shares: Numbers) -> Numbers:
    """How often Wilson's interval of n rows holds each share, over every number of hits."""
    hits = np.arange(n + 1, dtype=np.float64)
    low, high = bounds(*wilson(pl.col("hits"), pl.col("n")), hits=hits, n=np.full(n + 1, float(n)))
    return np.array([binomial(n, p)[(low <= p) & (p <= high)].sum() for p in shares])


def hold_shares(n: int, shares: Numbers) -> None:
    covered = wilson_coverage(n, shares)
    assert covered.mean() >= 0.949
    assert covered.min() >= max(least for since, least in LEAST_FROM if n >= since)


@pytest.mark.parametrize("n", SOME)
def test_the_interval_of_a_share_holds_it_in_95_per_cent_on_average_and_seldom_much_less(n: int) -> None:
    hold_shares(n, SHARES if n <= 205 else SHARES[::20])


@pytest.mark.slow
def test_so_for_every_number_of_rows_to_300_and_some_to_5000() -> None:
    for n in [*range(5, 301), *range(350, 5_001, 150)]:
        hold_shares(n, SHARES)


def test_where_five_rows_are_covered_worst_is_known() -> None:
    covered = wilson_coverage(5, SHARES)
    assert (covered.min(), SHARES[covered[:400].argmin()]) == (pytest.approx(0.8325, abs=0.0001), 0.036)
    assert (covered < ASKED).mean() == pytest.approx(0.146, abs=0.001)
    assert wilson_coverage(204, SHARES).min() < ASKED


@pytest.mark.parametrize("q", [0.5, 0.75, 0.9, 0.95, 0.99])
def test_the_interval_of_a_quantile_holds_it_for_whatever_waits(q: float) -> None:
    first = smallest_bounded_n(q)
    for n in [*range(first, first + 60), 500, 1_000, 5_000]:
        low, high = order_bounds(n, q)
        assert low is not None
        assert high is not None
        # `low` is not above the quantile when more values than its place are not, `high` not below when no more are.
        assert binomial(n, q)[low + 1 : high + 1].sum() >= 0.95 - 1e-9, n


def spells(samples: int, n: int, seed: int) -> tuple[Numbers, Numbers]:
    """Lognormal waits, a million to the second, by sample; the first column numbers the samples."""
    drawn = np.random.default_rng(seed).lognormal(0, 1.2, samples * n) * Z_SCORES
    return np.repeat(np.arange(samples), n).astype(np.float64), np.ceil(drawn)


def lognormal_quantile(q: float) -> float:
    points = {0.5: 0.0, 0.75: 0.6744897502, 0.9: 1.2815515655, 0.95: 1.6448536270}
    return float(np.exp(1.2 * points[q]) * Z_SCORES)


@pytest.mark.parametrize(("q", "n"), [(0.5, 10), (0.5, 200), (0.75, 40), (0.9, 36), (0.9, 300), (0.95, 100)])
def test_so_do_the_bounds_that_figures_show(q: float, n: int) -> None:
    samples = 2_000
    sample, waited = spells(samples, n, seed=n)
    metric = METRICS[f"first_response_calendar_p{round(q * 100)}"]
    frame = pl.DataFrame({"sample": sample, "first_response_calendar_seconds": waited.astype(np.int64)})
    found = values(metric, frame.group_by("sample").agg(parts([metric])), ["sample"])
    truth = lognormal_quantile(q)
    held = (found["low"] <= truth) & (found["high"] >= truth)
    assert found["n"].unique().to_list() == [n]
    assert held.mean() >= ASKED + 2 * sqrt(0.95 * 0.05 / samples)


def censored(samples: int, n: int, seed: int) -> pl.LazyFrame:
    """Waits of which those longer than the time that there was to watch go on."""
    sample, waited = spells(samples, n, seed)
    watched = np.ceil(np.random.default_rng(seed + 1).uniform(0, 12, samples * n) * Z_SCORES)
    over = pl.col("waited") <= pl.col("watched")
    frame = pl.DataFrame({"sample": sample, "waited": waited, "watched": watched}).with_columns(
        took=pl.when(over).then("waited").cast(pl.Int64), waiting=pl.when(~over).then("watched").cast(pl.Int64)
    )
    return frame.lazy()


def hold_waits(samples: int, n: int, seed: int) -> dict[float, float]:
    steps = curves(censored(samples, n, seed), ["sample"], took="took", waiting="waiting")
    held = {}
    for q in (0.5, 0.75):
        found = quantile(steps, ["sample"], q)
        truth = lognormal_quantile(q)
        told = found.filter(pl.col("value").is_not_null())
        inside = (told["low"].fill_null(0) <= truth) & (told["high"].fill_null(float("inf")) >= truth)
        assert told.height >= 0.98 * samples
        held[q] = float(inside.cast(pl.Float64).mean() or 0)  # type: ignore[arg-type]
    return held


@pytest.mark.parametrize("n", [50, 200])
def test_the_band_of_waits_that_go_on_holds_the_quantile(n: int) -> None:
    assert min(hold_waits(1_500, n, seed=n).values()) >= ASKED


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 36, 72, 100, 500, 2_000])
def test_so_for_few_and_for_many_waits(n: int) -> None:
    assert min(hold_waits(10_000 if n <= 100 else 2_000, n, seed=n).values()) >= ASKED


def difference_coverage(n: int, m: int, p: float, r: float) -> float:
    """How often Newcombe's interval holds r − p, over every pair of hits."""
    sides = []
    for size in (n, m):
        hits = np.arange(size + 1, dtype=np.float64)
        low, high = bounds(*wilson(pl.col("hits"), pl.col("n")), hits=hits, n=np.full(size + 1, float(size)))
        sides.append(list(zip(hits / size, low, high, strict=True)))
    held = 0.0
    chances = binomial(n, p)[:, None] * binomial(m, r)[None, :]
    for i, old in enumerate(sides[0]):
        for j, new in enumerate(sides[1]):
            below, above = recovered(old, new)
            assert below is not None
            assert above is not None
            held += chances[i, j] * (below <= r - p <= above)
    return held


PAIRS = ((0.02, 0.05), (0.1, 0.1), (0.2, 0.5), (0.5, 0.5), (0.7, 0.9), (0.85, 0.8), (0.95, 0.98))


@pytest.mark.parametrize(("n", "m"), [(10, 10), (30, 30), (20, 60)])
def test_the_interval_of_a_difference_of_shares_holds_it(n: int, m: int) -> None:
    covered = [difference_coverage(n, m, p, r) for p, r in PAIRS]
    assert min(covered) >= ASKED
    assert np.mean(covered) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m"), [(5, 5), (5, 100), (12, 40), (30, 100), (100, 100)])
def test_so_for_every_pair_of_shares(n: int, m: int) -> None:
    shares = [0.02, *np.arange(0.05, 0.96, 0.1), 0.98]
    covered = [difference_coverage(n, m, p, r) for p in shares for r in shares]
    assert np.mean(covered) >= 0.949
    assert min(covered) >= 0.88


@pytest.mark.parametrize(("upper", "lower"), [(20, 20), (30, 100), (200, 210)])
def test_the_interval_of_one_count_over_another_holds_their_rate(upper: float, lower: float) -> None:
    top = [ceil(mean + 8 * sqrt(mean)) for mean in (upper, lower)]
    pairs = np.array([(i, j) for i in range(top[0] + 1) for j in range(top[1] + 1)], dtype=np.float64)
    low, high = bounds(*ratio_of_counts(pl.col("i"), pl.col("j")), i=pairs[:, 0], j=pairs[:, 1])
    chances = (poisson(upper, top[0])[:, None] * poisson(lower, top[1])[None, :]).ravel()
    held = (np.nan_to_num(low, nan=0.0) <= upper / lower) & (np.nan_to_num(high, nan=np.inf) >= upper / lower)
    assert chances[held].sum() >= 0.945


@pytest.mark.parametrize("n", [30, 100, 400])
def test_the_interval_of_a_mean_score_holds_it(n: int) -> None:
    chances = np.array([0.05, 0.03, 0.07, 0.25, 0.6])
    samples, scores = 4_000, np.arange(1, 6)
    drawn = np.random.default_rng(n).choice(scores, (samples, n), p=chances)
    low, high = bounds(
        *normal(pl.col("mean"), pl.col("deviation"), pl.col("n")),
        mean=drawn.mean(axis=1), deviation=drawn.std(axis=1, ddof=1), n=np.full(samples, float(n)),
    )  # fmt: skip
    truth = float((chances * scores).sum())
    assert floor(truth) == 4
    # Scores are skewed: of thirty the normal interval holds the mean in some 91 %, of a hundred in 93 %.
    assert ((low <= truth) & (truth <= high)).mean() >= (0.905 if n == 30 else ASKED)
