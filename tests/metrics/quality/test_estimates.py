"""The share that passes: golden values of an independent package, hand-worked strata, verdicts."""

from math import inf

import polars as pl
import pytest

from metrics.quality.estimates import (
    NOTHING,
    STRATA,
    Estimate,
    half_width,
    more_to_settle,
    narrowing,
    of_strata,
    of_units,
    reviews_for,
    verdict,
    wilson,
)

GOLDEN = {  # statsmodels 0.15.0, proportion_confint(method="wilson")
    (47, 50): (0.8378290831116182, 0.979385029651026),
    (0, 20): (0.0, 0.1611251580528194),
    (20, 20): (0.8388748419471804, 1.0),
    (190, 200): (0.9104218518612239, 0.972617354399236),
    (1, 3): (0.06149194472039626, 0.7923403991979523),
}


def strata(*rows: tuple[str, float, int, int]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=STRATA, orient="row")


@pytest.mark.parametrize(("seen", "expected"), GOLDEN.items())
def test_wilson_is_that_of_an_independent_package(seen: tuple[int, int], expected: tuple[float, float]) -> None:
    passed, n = seen
    assert wilson(passed / n, n) == pytest.approx(expected, abs=1e-12)


def test_a_stratum_counts_by_its_size_and_not_by_how_many_were_read() -> None:
    found = of_strata(strata(("rest", 900, 10, 10), ("complaint", 100, 20, 10)))
    assert found.value == pytest.approx(0.9 * 1.0 + 0.1 * 0.5)
    assert found.reviewed == 30


def test_the_variance_is_that_of_the_formula_worked_by_hand() -> None:
    found = of_strata(strata(("a", 80, 10, 9), ("b", 20, 5, 3)))
    p_a, p_b = 9.5 / 11, 3.5 / 6
    variance = 0.64 * (1 - 10 / 80) * p_a * (1 - p_a) / 10 + 0.04 * (1 - 5 / 20) * p_b * (1 - p_b) / 5
    centre = 0.8 * p_a + 0.2 * p_b
    assert found.effective == pytest.approx(centre * (1 - centre) / variance)
    assert (found.low, found.high) == pytest.approx(wilson(0.8 * 0.9 + 0.2 * 0.6, found.effective))


def test_where_nothing_failed_the_lower_end_is_below_one() -> None:
    found = of_strata(strata(("a", 300, 20, 20)))
    assert found.value == 1
    assert found.low is not None
    assert 0.8 < found.low < 0.9


def test_where_everything_was_read_there_is_nothing_to_estimate() -> None:
    found = of_strata(strata(("a", 30, 30, 27)))
    assert (found.value, found.low, found.high, found.effective) == (0.9, 0.9, 0.9, inf)


def test_of_which_part_the_share_speaks_is_told_where_a_stratum_is_unread() -> None:
    found = of_strata(strata(("a", 150, 10, 9), ("b", 50, 0, 0)))
    assert (found.value, found.covered) == (0.9, 0.75)
    assert of_strata(strata(("a", 5, 0, 0))) == NOTHING


def test_weights_by_probability_give_the_same_share_as_weights_by_stratum() -> None:
    passed = pl.Series([True] * 9 + [False] + [True] * 3 + [False] * 2)
    chance = pl.Series([10 / 80] * 10 + [5 / 20] * 5)
    by_unit, by_stratum = of_units(passed, chance), of_strata(strata(("a", 80, 10, 9), ("b", 20, 5, 3)))
    assert by_unit.value == pytest.approx(by_stratum.value)
    assert of_units(pl.Series([True, True]), pl.Series([1.0, 1.0])).effective == inf


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0.95, 0.99, "meets"), (0.90, 0.9499, "below"), (0.90, 0.95, "unsettled")]
)
def test_a_verdict_has_three_values(low: float, high: float, expected: str) -> None:
    assert verdict(Estimate((low + high) / 2, low, high, 100, 100.0), 0.95) == expected


def test_nothing_read_settles_nothing() -> None:
    assert verdict(NOTHING, 0.95) == "unsettled"
    assert more_to_settle(NOTHING, 0.95) is None


def test_so_many_more_reviews_as_are_told_would_settle_it() -> None:
    found = of_strata(strata(("a", 100_000, 100, 98)))
    more = more_to_settle(found, 0.95)
    assert more is not None
    gain = found.effective / found.reviewed
    assert wilson(0.98, (100 + more) * gain)[0] >= 0.95 > wilson(0.98, (99 + more) * gain)[0]
    assert more_to_settle(of_strata(strata(("a", 100_000, 100, 95))), 0.95) is None
    assert more_to_settle(of_strata(strata(("a", 100_000, 100, 50))), 0.95) == 0


def test_the_numbers_of_reviews_are_those_of_the_table() -> None:
    assert [reviews_for(0.95, failures) for failures in range(6)] == [73, 110, 142, 173, 202, 230]


def test_twenty_a_day_reach_two_points_after_four_weeks_and_cannot_judge_a_day() -> None:
    plan = pl.DataFrame({"stratum": ["a"], "size": [300], "drawn": [20]})
    assert half_width(plan, {"a": 0.05}, 1) > 0.08
    assert half_width(plan, {"a": 0.05}, 20) == pytest.approx(0.021, abs=0.002)


def test_the_next_reviews_go_where_they_narrow_most_as_trying_all_ways_shows() -> None:
    rows = strata(("a", 900, 20, 19), ("b", 100, 5, 3)).with_columns(left=pl.Series([100, 4]))

    def variance(more_a: int) -> float:
        shares = (19.5 / 21, 3.5 / 6)
        return 900**2 * shares[0] * (1 - shares[0]) / (20 + more_a) + 100**2 * shares[1] * (1 - shares[1]) / (
            15 - more_a
        )

    best = min((more for more in range(6, 11)), key=variance)
    assert narrowing(rows, 10) == {name: n for name, n in (("a", best), ("b", 10 - best)) if n}
    assert sum(narrowing(rows, 500).values()) == 104
