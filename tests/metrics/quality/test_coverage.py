"""How often the interval of a sample holds the truth: populations with known failures, sampled again and again.

The same designs at full size: `pytest -m slow tests/metrics/quality/test_coverage.py -n 0 -s`
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from metrics.quality.estimates import STRATA, Estimate, of_strata, of_units, wilson

LEAST_COVERAGE, MOST_BIAS = 0.93, 0.003
FEW, MANY = 500, 4000


@dataclass(frozen=True)
class Design:
    """Strata of these sizes, of which so many are drawn on each of the days; the share of each that fails."""

    name: str
    sizes: tuple[int, ...]
    drawn: tuple[int, ...]
    fails: tuple[float, ...]
    days: int = 1


DESIGNS = (
    Design("300: 15 + 15", (270, 30), (15, 15), (0.02, 0.25)),
    Design("1500: 60 + 60", (1350, 150), (60, 60), (0.02, 0.25)),
    Design("5000: 120 + 60 + 80", (4000, 600, 400), (120, 60, 80), (0.01, 0.06, 0.20)),
    Design("300: 20", (300,), (20,), (0.05,)),
    Design("20 days of 300: 12 + 4 + 4", (240, 40, 20), (12, 4, 4), (0.02, 0.08, 0.20), 20),
)


@dataclass(frozen=True)
class Seen:
    """What came of many samples: how often the truth was inside, how far off on average; the same of the plain mean."""

    coverage: float
    bias: float
    width: float
    naive_coverage: float
    naive_bias: float


def simulated(design: Design, times: int, seed: int = 20261122) -> Seen:
    chance = np.random.default_rng(seed)
    sizes, drawn = np.tile(design.sizes, design.days), np.tile(design.drawn, design.days)
    fails = np.tile(design.fails, design.days)
    names = [f"{place % len(design.sizes)}" for place in range(len(sizes))]
    rows = np.array([_once(chance, sizes, drawn, fails, names) for _time in range(times)])
    return Seen(*(float(value) for value in rows.mean(axis=0)))


def _once(chance: np.random.Generator, sizes: np.ndarray, drawn: np.ndarray, fails: np.ndarray, names: list[str]) -> tuple[float, ...]:  # type: ignore[type-arg]  # fmt: skip  # noqa: E501
    failing = chance.binomial(sizes, fails)
    truth = 1 - failing.sum() / sizes.sum()
    passed = drawn - chance.hypergeometric(failing, sizes - failing, drawn)
    columns = {"stratum": names, "size": sizes.astype(float), "reviewed": drawn, "passed": passed}
    found = of_strata(pl.DataFrame(columns, schema=STRATA))
    plain = passed.sum() / drawn.sum()
    low, high = wilson(float(plain), float(drawn.sum()))
    return *_held(found, truth), float(low <= truth <= high), float(plain - truth)


def _held(found: Estimate, truth: float) -> tuple[float, float, float]:
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    return float(found.low - 1e-12 <= truth <= found.high + 1e-12), found.value - truth, found.high - found.low


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_the_interval_holds_the_truth_where_the_plain_mean_of_risk_picked_reviews_does_not(design: Design) -> None:
    _check(design, simulated(design, FEW), slack=0.002)


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_the_interval_holds_the_truth_in_thousands_of_samples(design: Design) -> None:
    """About half a minute: `pytest -m slow tests/metrics/quality/test_coverage.py -n 0 -s`."""
    seen = simulated(design, MANY)
    print(
        f"\n{design.name}: coverage {seen.coverage:.1%}, bias {seen.bias * 100:+.2f} points, width "
        f"{seen.width * 100:.1f}; plain mean: coverage {seen.naive_coverage:.1%}, bias {seen.naive_bias * 100:+.2f}"
    )
    _check(design, seen, slack=0.0)


def _check(design: Design, seen: Seen, *, slack: float) -> None:
    assert seen.coverage >= LEAST_COVERAGE
    assert abs(seen.bias) <= MOST_BIAS + slack  # few samples have an error of chance themselves
    if len(design.sizes) > 1:
        assert seen.naive_bias <= -0.015
        assert seen.naive_coverage < 0.80


def test_picks_by_a_continuous_risk_are_weighed_by_their_own_probability() -> None:
    chance = np.random.default_rng(5)
    inside = []
    for _time in range(FEW):
        risk = chance.gamma(2.0, size=1000)
        pi = np.minimum(1, 60 * risk / risk.sum())
        passed = chance.random(1000) > np.minimum(0.9, 0.03 * risk)
        picked = chance.random(1000) < pi
        found = of_units(pl.Series(passed[picked]), pl.Series(pi[picked]))
        inside.append(_held(found, float(passed.mean()))[:2])
    coverage, bias = np.array(inside).mean(axis=0)
    assert coverage >= LEAST_COVERAGE
    assert abs(bias) <= MOST_BIAS + 0.002
