"""Fair estimates of people: nearer to the truth than what each has shown, and honest about how sure they are."""

import numpy as np
import polars as pl
import pytest

from metrics.shrinkage import shrunk_shares, shrunk_times


def shares(rng: np.random.Generator, *, people: int, spread: float, n: tuple[int, int] = (10, 120)) -> pl.DataFrame:
    """People whose true shares scatter around 80 %, spread 0: all alike."""
    truth = rng.beta(0.8 / spread, 0.2 / spread, people) if spread else np.full(people, 0.8)
    sizes = rng.integers(*n, people)
    hits = rng.binomial(sizes, truth)
    return pl.DataFrame(
        {"truth": truth, "hits": hits, "n": sizes, "expected": np.full(people, hits.sum() / sizes.sum())}
    )


def times(rng: np.random.Generator, *, people: int, spread: float) -> pl.DataFrame:
    """People whose typical times scatter around e^6 seconds."""
    truth = 6 + spread * rng.standard_normal(people)
    sizes = rng.integers(5, 80, people)
    errors = 1.2 / np.sqrt(sizes)
    means = truth + errors * rng.standard_normal(people)
    return pl.DataFrame({"truth": truth, "mean_log": means, "error": errors, "n": sizes,
                         "expected_log": np.full(people, means.mean())})  # fmt: skip


@pytest.mark.parametrize(("people", "spread"), [(40, 0.02), (40, 0.1), (8, 0.05), (40, 0.0)])
def test_intervals_of_shares_hold_the_truth_as_often_as_they_say(people: int, spread: float) -> None:
    rng = np.random.default_rng(5)
    held, raw, drawn = [], [], []
    for _round in range(1000 // people):
        told = shrunk_shares(shares(rng, people=people, spread=spread))
        held += ((told["low"] <= told["truth"]) & (told["truth"] <= told["high"])).to_list()
        raw += ((told["hits"] / told["n"] - told["truth"]) ** 2).to_list()
        drawn += ((told["value"] - told["truth"]) ** 2).to_list()
    assert np.mean(held) >= 0.92
    assert np.mean(drawn) < 0.9 * np.mean(raw)


@pytest.mark.parametrize(("people", "spread"), [(40, 0.15), (40, 0.5), (8, 0.3), (40, 0.0)])
def test_intervals_of_times_hold_the_truth_as_often_as_they_say(people: int, spread: float) -> None:
    rng = np.random.default_rng(6)
    held, raw, drawn = [], [], []
    for _round in range(1000 // people):
        told = shrunk_times(times(rng, people=people, spread=spread))
        held += ((told["low"] <= told["truth"]) & (told["truth"] <= told["high"])).to_list()
        raw += ((told["mean_log"] - told["truth"]) ** 2).to_list()
        drawn += ((told["value"] - told["truth"]) ** 2).to_list()
    assert np.mean(held) >= 0.92
    assert np.mean(drawn) < 0.95 * np.mean(raw)


def test_of_people_who_are_all_alike_hardly_anybody_is_told_apart() -> None:
    rng = np.random.default_rng(7)
    told = [shrunk_shares(shares(rng, people=40, spread=0.0)) for _round in range(12)]
    named = sum(int(frame["differs"].sum()) for frame in told)
    naive = sum(int(((frame["hits"] / frame["n"] - 0.8).abs() > 1.96 * (0.16 / frame["n"]).sqrt()).sum())
                for frame in told)  # fmt: skip
    assert named <= 3
    assert naive > 5 * max(named, 1)


def test_with_very_many_tickets_the_estimate_is_what_was_seen() -> None:
    people = pl.DataFrame({"hits": [60_000, 80_000, 90_000], "n": [100_000] * 3, "expected": [0.766] * 3})
    told = shrunk_shares(people)
    assert told["value"].to_list() == pytest.approx([0.6, 0.8, 0.9], abs=0.002)
    assert told["differs"].to_list() == [True, True, True]


def test_a_person_is_judged_against_what_these_tickets_let_expect() -> None:
    # Both have 60 %: the one with hard tickets is above what is usual for them, the one with easy tickets below.
    people = pl.DataFrame({
        "hits": [600, 600, *[int(1000 * share) for share in (0.5, 0.7, 0.45, 0.75)]], "n": [1000] * 6,
        "expected": [0.45, 0.75, 0.5, 0.7, 0.45, 0.75],
    })  # fmt: skip
    told = shrunk_shares(people)
    assert told["differs"].to_list()[:2] == [True, True]
    assert told["value"][0] > 0.45
    assert told["value"][1] < 0.75


def test_nobody_is_judged_by_nothing_and_two_people_say_nothing_of_people() -> None:
    people = pl.DataFrame({"hits": [0, 8, 9, 7], "n": [0, 10, 10, 10], "expected": [0.8] * 4})
    told = shrunk_shares(people)
    assert told["value"].null_count() == 1
    assert told["value"][0] is None
    assert shrunk_shares(people.head(3))["value"].null_count() == 3
    alone = pl.DataFrame({"mean_log": [1.0, 2.0], "error": [0.1, None], "n": [5, 1], "expected_log": [1.5, 1.5]})
    assert shrunk_times(alone)["value"].null_count() == 2


def test_the_estimate_lies_between_what_was_seen_and_what_is_usual() -> None:
    rng = np.random.default_rng(8)
    told = shrunk_shares(shares(rng, people=30, spread=0.05))
    for row in told.iter_rows(named=True):
        raw, usual = row["hits"] / row["n"], row["expected"]
        assert min(raw, usual) - 0.01 <= row["value"] <= max(raw, usual) + 0.01
