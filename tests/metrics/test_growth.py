"""Growth beyond noise."""

from datetime import date, timedelta
from math import comb

import numpy as np
import polars as pl
import pytest

from metrics.growth import PAST_WEEKS, Window, growth, incomplete_beta, window

FIRST = date(2026, 1, 5)
SPANS = Window(FIRST, FIRST + timedelta(days=84), FIRST + timedelta(days=112))
"""Twelve weeks of past, four of present."""


def days(**weekly: list[int]) -> pl.DataFrame:
    """Daily counts of groups from weekly ones: all of a week on its Monday, nothing on the other days."""
    rows = [
        (name, FIRST + timedelta(days=7 * week + day), float(count if day == 0 else 0))
        for name, counts in weekly.items()
        for week, count in enumerate(counts)
        for day in range(7)
    ]
    return pl.DataFrame(rows, schema={"type": pl.String, "period": pl.Date, "value": pl.Float64}, orient="row")


def told(frame: pl.DataFrame, name: str) -> dict[str, float]:
    return growth(frame, SPANS, by="type").row(by_predicate=pl.col("type") == name, named=True)


def test_the_counts_and_rates_are_those_of_the_weeks() -> None:
    row = told(days(a=[10] * 12 + [20] * 4), "a")
    assert (row["n"], row["past"], row["weekly"], row["past_weekly"], row["ratio"]) == (80, 120, 20, 10, 2)
    assert row["low"] < 2 < row["high"]


def test_a_steady_group_did_not_grow_and_a_doubled_one_did() -> None:
    found = growth(days(a=[30, 28, 33, 31, 29, 30, 32, 28, 30, 31, 29, 30] + [30] * 4, b=[30] * 12 + [60] * 4), SPANS,
                   by="type")  # fmt: skip
    assert dict(found.select("type", "is_growing").iter_rows()) == {"a": False, "b": True}


def test_what_always_swings_needs_more_to_be_called_growth() -> None:
    swinging, steady = [2, 40] * 6, [20, 22] * 6
    apart = (
        growth(days(swinging=[*swinging, *[27] * 4]), SPANS, by="type"),
        growth(days(steady=[*steady, *[27] * 4]), SPANS, by="type"),
    )
    assert not apart[0]["is_growing"][0]
    assert apart[1]["is_growing"][0]
    assert apart[0]["noise"][0] == pytest.approx(38**2 / 2 / 21)


def test_a_slow_trend_is_not_taken_for_noise() -> None:
    assert told(days(a=[10 + 4 * week for week in range(16)]), "a")["noise"] == 1


def test_a_type_that_never_was_there_before_has_no_ratio_but_is_named() -> None:
    row = told(days(new=[0] * 12 + [9] * 4, old=[20] * 16), "new")
    assert row["ratio"] is None
    assert row["is_growing"]


def test_what_only_grows_with_everything_has_no_larger_share() -> None:
    both = days(a=[30] * 12 + [60] * 4, b=[30] * 12 + [60] * 4, c=[20] * 12 + [90] * 4)
    alone, of_all = (growth(both, SPANS, by="type", of_all=flag) for flag in (False, True))
    assert alone["is_growing"].all()
    assert dict(of_all.select("type", "is_growing").iter_rows()) == {"a": False, "b": False, "c": True}
    share = of_all.row(by_predicate=pl.col("type") == "c", named=True)
    assert share["ratio"] == pytest.approx((90 / 210) / (20 / 80))
    assert share["low"] < share["ratio"] < share["high"]


def test_a_common_swing_is_no_noise_of_a_share() -> None:
    swings = [20, 60] * 6
    frame = days(a=[*swings, 40, 40, 40, 40], b=[*swings, 40, 40, 40, 40])
    assert growth(frame, SPANS, by="type")["noise"].max() > 10  # type: ignore[operator]
    assert growth(frame, SPANS, by="type", of_all=True)["noise"].max() == 1


def test_a_handful_is_not_judged() -> None:
    row = told(days(rare=[0] * 12 + [1] * 4, old=[20] * 16), "rare")
    assert row["p"] is None
    assert not row["is_growing"]


def test_a_present_of_part_weeks_is_counted_by_its_days() -> None:
    ten_days = Window(SPANS.past, SPANS.start, SPANS.start + timedelta(days=10))
    row = growth(days(a=[14] * 16), ten_days, by="type").row(0, named=True)
    assert (row["n"], row["weekly"]) == (28, pytest.approx(28 * 7 / 10))


def test_of_many_groups_of_chance_hardly_one_is_named() -> None:
    drawn = np.random.default_rng(11)
    named = [
        growth(days(**{f"t{at}": drawn.poisson(mean, 16).tolist() for at, mean in enumerate([3, 8, 20, 60, 200] * 5)}),
               SPANS, by="type")["is_growing"].any()
        for _ in range(40)
    ]  # fmt: skip
    assert sum(named) <= 5, "with 5 % false discoveries two of forty desks are to be expected"


def test_overdispersed_groups_of_chance_are_rarely_named() -> None:
    drawn = np.random.default_rng(12)

    def swinging(mean: float) -> list[int]:
        return drawn.poisson(drawn.gamma(5, mean / 5, 16)).tolist()  # type: ignore[no-any-return]

    named = [
        growth(days(**{f"t{at}": swinging(mean) for at, mean in enumerate([20, 60, 200] * 4)}), SPANS, by="type")
        ["is_growing"].any()
        for _ in range(40)
    ]  # fmt: skip
    assert sum(named) <= 7


def test_a_window_takes_whole_days_that_are_over_and_whole_weeks_before() -> None:
    spans = window(date(2026, 3, 1), date(2026, 3, 29), first=date(2025, 6, 1), today=date(2026, 3, 20))
    assert spans == Window(date(2026, 3, 1) - timedelta(weeks=PAST_WEEKS), date(2026, 3, 1), date(2026, 3, 20))
    short = window(date(2026, 3, 1), date(2026, 3, 8), first=date(2026, 1, 20), today=date(2026, 3, 20))
    assert short is not None
    assert (short.past, short.past_weeks) == (date(2026, 1, 25), 5)


def test_without_a_month_of_past_there_is_no_window() -> None:
    assert window(date(2026, 3, 1), date(2026, 3, 8), first=date(2026, 2, 8), today=date(2026, 3, 20)) is None
    assert window(date(2026, 3, 20), date(2026, 3, 21), first=date(2025, 2, 8), today=date(2026, 3, 20)) is None


@pytest.mark.parametrize("n", [1, 7, 60])
@pytest.mark.parametrize("q", [0.05, 0.25, 0.9])
def test_the_chance_is_the_binomial_tail(n: int, q: float) -> None:
    for x in range(1, n + 1):
        tail = sum(comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(x, n + 1))
        assert incomplete_beta(x, n - x + 1, q) == pytest.approx(tail, rel=1e-9, abs=1e-300)
