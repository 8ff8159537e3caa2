"""Draws: the same ones for everybody, by nothing but hashes; earlier picks stay; every conversation has its chance."""

import csv
import hashlib
import io
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.quality.sampling import (
    BETWEEN,
    Allocation,
    allocated,
    by_agent,
    digest,
    doubled,
    drawn,
    each_agent,
    frame_of_text,
    frame_text,
    framed,
    parts,
    stratified,
)

RISKS = ("complaint", "reopened_or_late", "rest")
SEED = "0123456789abcdef0123456789abcdef"


def rows(n: int, *, teams: int = 2) -> pl.DataFrame:
    return pl.DataFrame({
        "source": ["export"] * n, "ticket_id": [f"T-{place}" for place in range(n)],
        "team": [f"team {place % teams}" for place in range(n)],
        "risk": [RISKS[0 if place % 20 == 0 else 1 if place % 7 == 0 else 2] for place in range(n)],
        "channel": [("chat", "email", "phone")[place % 3] for place in range(n)],
        "agent": [f"agent {place % 9}" for place in range(n)],
    })  # fmt: skip


def frame(n: int = 400) -> pl.DataFrame:
    return stratified(rows(n), Allocation(), by_channel=True)


def by_hand(text: bytes, seed: str, counts: dict[str, int]) -> set[tuple[str, str]]:
    """What anybody finds with the kept text, the seed and a hash function."""
    strata: dict[str, list[tuple[bytes, tuple[str, str]]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text.decode())):
        key = row["source"], row["ticket_id"]
        strata[row["stratum"]].append((hashlib.sha256(f"{seed}|{key[0]}/{key[1]}".encode()).digest()[:8], key))
    return {key for name, found in strata.items() for _u, key in sorted(found)[: counts[name]]}


def keys(units: pl.DataFrame) -> set[tuple[str, str]]:
    return set(units.select("source", "ticket_id").iter_rows())


def test_anybody_draws_the_same_with_nothing_but_the_text_the_seed_and_a_hash() -> None:
    found = frame()
    counts = allocated(found, Allocation())
    assert keys(drawn(found, SEED, counts)) == by_hand(frame_text(found), SEED, counts)


def test_a_stored_text_gives_the_frame_back() -> None:
    odd = framed(pl.DataFrame({
        "source": ["a,b", "\"q\"", "华"],
        "ticket_id": ["1\n2", "工单|1", "x"], "stratum": ["t|rest|*", "|rest|chat", "s"],
        "agent": [None, "李雷", "a"],
    }))  # fmt: skip
    assert frame_of_text(frame_text(odd)).equals(odd)


def test_a_frame_is_the_same_in_whatever_order_its_rows_came() -> None:
    turned = stratified(rows(400).sample(fraction=1, shuffle=True, seed=3), Allocation(), by_channel=True)
    assert digest(frame_text(turned)) == digest(frame_text(frame()))


def test_one_conversation_more_or_less_changes_the_hash() -> None:
    found = frame()
    assert digest(frame_text(found)) != digest(frame_text(found.head(-1)))


def test_more_of_a_stratum_keeps_what_was_drawn_before() -> None:
    found = frame()
    counts = allocated(found, Allocation())
    more = {name: min(count + 7, found.filter(stratum=name).height) for name, count in counts.items()}
    assert keys(drawn(found, SEED, counts)) < keys(drawn(found, SEED, more))


def test_the_probability_is_how_many_of_how_many() -> None:
    found = frame()
    counts = allocated(found, Allocation())
    for name, part in drawn(found, SEED, counts).group_by("stratum"):
        assert part["pi"].unique().to_list() == [counts[str(name[0])] / found.filter(stratum=name[0]).height]


def test_over_many_seeds_every_conversation_is_drawn_as_often_as_its_probability_says() -> None:
    small = framed(rows(40).with_columns(stratum=pl.lit("s")))
    times = np.zeros(40)
    places = {key: place for place, key in enumerate(small.select("source", "ticket_id").iter_rows())}
    for seed in range(600):
        for key in keys(drawn(small, f"{seed:032x}", {"s": 10})):
            times[places[key]] += 1
    expected = 600 * 10 / 40
    assert ((times - expected) ** 2 / (expected * 0.75)).sum() < 66  # chi-squared of 39 degrees, 99.5 %


def test_more_than_a_stratum_has_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer"):
        drawn(frame(), SEED, {frame()["stratum"][0]: 10_000})


@given(st.integers(1, 900), st.integers(1, 5), st.floats(0.01, 0.5), st.integers(1, 40), st.booleans())
@settings(max_examples=40, deadline=None)
def test_every_team_gets_its_number_and_no_stratum_more_than_it_has(
    n: int, teams: int, share: float, minimum: int, by_channel: bool
) -> None:  # fmt: skip
    allocation = Allocation(share=share, minimum=minimum)
    found = stratified(rows(n, teams=teams), allocation, by_channel=by_channel)
    counts = allocated(found, allocation)
    sizes = dict(found.group_by("stratum").len().iter_rows())
    assert set(counts) == set(sizes)
    assert all(min(2, sizes[name]) <= count <= sizes[name] for name, count in counts.items())
    for team in {parts(name)[0] for name in sizes}:
        whole = sum(size for name, size in sizes.items() if parts(name)[0] == team)
        assert sum(count for name, count in counts.items() if parts(name)[0] == team) >= min(minimum, whole)
    for name, size in sizes.items():
        if parts(name)[1] == "complaint" and size <= allocation.all_up_to:
            assert counts[name] == size


def test_channels_of_which_too_few_would_be_drawn_are_one_stratum() -> None:
    few = stratified(rows(60), Allocation(minimum=4, share=0.01), by_channel=True)
    assert {parts(name)[2] for name in few["stratum"].unique()} == {"*"}
    assert {parts(name)[2] for name in frame(4000)["stratum"].unique()} == {"chat", "email", "phone"}


def test_a_team_may_have_the_sign_between_parts_in_its_name() -> None:
    assert parts(BETWEEN.join(("a|b", "rest", "chat"))) == ("a|b", "rest", "chat")


def test_for_coaching_everybody_is_read_and_nobody_twice_as_often() -> None:
    found = by_agent(rows(40))
    counts = each_agent(found, 3)
    assert set(counts) == {f"agent {place}" for place in range(9)}
    assert set(counts.values()) == {3}


def test_the_second_readings_are_a_share_by_hash_and_stay_where_more_are_drawn() -> None:
    assert len(doubled(range(100), 0.08, SEED)) == 8
    assert doubled(range(100), 0.0, SEED) == frozenset()
    assert doubled(range(100), 0.08, SEED) == doubled(list(range(100))[::-1], 0.08, SEED)
