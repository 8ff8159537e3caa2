"""Waits of which some go on: the curve against a slow reading, bins against the curve."""

from random import Random

import polars as pl
import pytest

from metrics.survival import bin_of, binned, binned_quantile, curves, edge_of, merged, quantile
from tests.oracles.further import kaplan_meier

QUANTILES = (0.1, 0.5, 0.75, 0.9, 0.99)
Wait = tuple[float, bool]


def frame(waits: list[Wait], key: str = "a") -> pl.DataFrame:
    took = [length if over else None for length, over in waits]
    waiting = [None if over else length for length, over in waits]
    return pl.DataFrame(
        {"key": key, "took": took, "waiting": waiting},
        schema={"key": pl.String, "took": pl.Int64, "waiting": pl.Int64},
    )


def some(random: Random) -> list[Wait]:
    most = random.choice([3, 40, 5000])
    return [(random.randrange(most), random.random() < 0.7) for _ in range(random.randrange(1, 60))]


def asked(waits: list[Wait], q: float) -> dict[str, float | None]:
    steps = curves(frame(waits).lazy(), ["key"], took="took", waiting="waiting")
    return quantile(steps, ["key"], q).row(0, named=True)


def test_a_hand_worked_curve() -> None:
    # At risk 5, 4, 2: the curve stands at 4/5, then 3/5 (the wait of 3 goes on), then 3/10.
    waits = [(1, True), (2, True), (3, False), (4, True), (9, False)]
    steps = curves(frame(waits).lazy(), ["key"], took="took", waiting="waiting")
    assert steps.filter(pl.col("ended") > 0)["share"].to_list() == pytest.approx([0.8, 0.6, 0.3])
    assert [asked(waits, q)["value"] for q in (0.2, 0.4, 0.5, 0.7, 0.9)] == [1, 2, 4, 4, None]


@pytest.mark.parametrize("seed", range(200))
def test_curve_and_band_are_those_of_a_slow_reading(seed: int) -> None:
    waits = some(Random(seed))
    for q in QUANTILES:
        value, low, high = kaplan_meier(waits, q)
        found = asked(waits, q)
        assert (found["value"], found["n"]) == (value, len(waits))
        assert (found["low"], found["high"]) == ((low, high) if value is not None else (None, None))


@pytest.mark.parametrize("seed", range(20))
def test_every_share_of_the_curve_is_exact_to_a_billionth(seed: int) -> None:
    waits = some(Random(seed))
    steps = curves(frame(waits).lazy(), ["key"], took="took", waiting="waiting")
    share = 1.0
    for row in steps.iter_rows(named=True):
        there = sum(length >= row["seconds"] for length, _ in waits)
        share *= 1 - sum(length == row["seconds"] and over for length, over in waits) / there
        assert row["share"] == pytest.approx(share, abs=1e-9)


def test_with_nobody_waiting_the_quantile_is_an_observed_wait_and_ends_the_curve() -> None:
    waits: list[Wait] = [(length, True) for length in (5, 1, 4, 2, 3)]
    assert [asked(waits, q)["value"] for q in (0.2, 0.5, 0.9)] == [1, 3, 5]


def test_while_nobody_was_answered_nothing_is_known() -> None:
    assert asked([(5, False), (9, False)], 0.5) == {"key": "a", "value": None, "n": 2, "low": None, "high": None}


@pytest.mark.parametrize("seed", range(100))
def test_bins_bracket_the_exact_quantile_and_add_up(seed: int) -> None:
    random = Random(seed)
    parts = [some(random) for _ in range(3)]
    whole = [wait for part in parts for wait in part]
    bins = merged([binned(frame(p).lazy(), ["key"], took="took", waiting="waiting") for p in parts], ["key"])
    assert bins.equals(binned(frame(whole).lazy(), ["key"], took="took", waiting="waiting"))
    for q in QUANTILES:
        exact = asked(whole, q)["value"]
        found = binned_quantile(bins, ["key"], q).row(0, named=True)
        assert found["n"] == len(whole)
        if exact is not None:
            assert found["least"] <= exact * (1 + 1e-9)
        if found["most"] is not None:
            assert exact is not None
            assert exact <= found["most"] * (1 + 1e-9)


def test_without_anybody_waiting_a_bin_is_within_one_per_cent() -> None:
    random = Random(5)
    waits: list[Wait] = [(random.randrange(30, 100_000), True) for _ in range(500)]
    bins = binned(frame(waits).lazy(), ["key"], took="took", waiting="waiting")
    for q in QUANTILES:
        assert binned_quantile(bins, ["key"], q)["value"].item() == pytest.approx(asked(waits, q)["value"], rel=0.0101)


def test_a_bin_holds_the_seconds_from_its_edge_on() -> None:
    for seconds in (0, 1, 2, 59, 3600, 86_400):
        assert edge_of(bin_of(seconds)) <= seconds * (1 + 1e-12)
        assert seconds < edge_of(bin_of(seconds) + 1) or seconds == 0
