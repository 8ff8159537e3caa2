"""Histograms add up, parts compare fairly, a mark gives the tickets that made it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.services.analysis.responses import (
    Mark,
    distribution,
    side_by_side,
    targets_in_force,
    tickets_behind,
)
from metrics.desk import Target
from metrics.facts import Facts
from metrics.model import Period, Scope
from tests.builders import at, desk, facts, ticket
from tests.thorough import examples

SETTINGS = desk(Target("first_response", 600, clock="calendar"))


def answered_after(*seconds: int, channel: str = "chat") -> Facts:
    """A ticket per wait, all asked on 2026-03-02 at 09:00."""
    asked = at("2026-03-02 09:00")
    rows = [
        ticket(str(n), "2026-03-02 09:00", channel=channel, first_responded_at=asked.replace(hour=9).fromtimestamp(
            asked.timestamp() + wait, tz=asked.tzinfo))
        for n, wait in enumerate(seconds)
    ]  # fmt: skip
    return facts(rows, settings=SETTINGS, as_of="2026-04-30 00:00")


@settings(deadline=None, max_examples=examples(20))  # the first example pays for imports
@given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=40))
def test_every_answer_is_in_exactly_one_bin(waits: list[int]) -> None:
    found = distribution(answered_after(*waits), Scope(), thing="first_response", clock="calendar")
    bins = found.bins
    assert bins["n"].sum() == len(waits) == found.n
    assert (bins["within"] + bins["late"] + bins["undecided"]).to_list() == bins["n"].to_list()
    for row in bins.iter_rows(named=True):
        assert row["n"] == sum(row["low"] <= wait < row["high"] for wait in waits)
    assert bins["below"][-1] == pytest.approx(1.0)


def test_empty_bins_between_others_are_kept_so_that_a_gap_is_seen() -> None:
    bins = distribution(answered_after(1, 1000), Scope(), thing="first_response", clock="calendar").bins
    assert bins.height == 25
    assert bins["n"][1:-1].sum() == 0


def test_answers_within_and_over_the_target_are_told_apart() -> None:
    bins = distribution(answered_after(60, 599, 601), Scope(), thing="first_response", clock="calendar").bins
    assert (bins["within"].sum(), bins["late"].sum()) == (2, 1)


def test_the_share_within_two_hours_counts_the_limit_itself() -> None:
    found = distribution(answered_after(7200, 7201), Scope(), thing="first_response", clock="calendar")
    assert found.within_two_hours == 0.5


def test_nothing_in_scope_is_an_empty_histogram() -> None:
    nothing = Scope(period=Period(date(2020, 1, 1), date(2020, 2, 1)))
    found = distribution(answered_after(60), nothing, thing="first_response", clock="calendar")
    assert (found.n, found.within_two_hours, found.bins.height) == (0, None, 0)


def test_the_tickets_behind_a_bar_are_those_of_its_bounds_and_part() -> None:
    found = answered_after(60, 599, 601, 700)
    mark = Mark(low=500, high=700, part="late")
    rows = tickets_behind(found, Scope(), mark, thing="first_response", clock="calendar")
    assert rows["first_response_calendar_seconds"].to_list() == [601]


def test_the_tickets_behind_a_row_are_those_of_its_value() -> None:
    found = answered_after(60, 70, channel="email")
    none = tickets_behind(found, Scope(), Mark(where={"channel": "chat"}), thing="first_response", clock="calendar")
    both = tickets_behind(found, Scope(), Mark(where={"channel": "email"}), thing="first_response", clock="calendar")
    assert (none.height, both["first_response_calendar_seconds"].to_list()) == (0, [70, 60])


def test_a_row_with_few_answers_is_not_to_be_compared() -> None:
    found = answered_after(*[60] * 9)
    (row,) = side_by_side(found, Scope(), thing="first_response", clock="calendar", dimension="channel").to_dicts()
    assert (row["value"], row["p50"], row["n"], row["share"], row["enough"]) == ("chat", 60.0, 9, 1.0, False)


def test_a_channel_has_its_own_newest_target_else_the_general_one() -> None:
    targets = (
        Target("first_response", 7200),
        Target("first_response", 120, where={"channel": "chat"}),
        Target("first_response", 60, where={"channel": "chat"}, valid_from=date(2026, 1, 1)),
        Target("first_response", 30, where={"priority": "urgent"}),
        Target("resolution", 10),
    )
    promised = targets_in_force(targets, ("chat", "email", None), thing="first_response")
    assert {channel: target.seconds for channel, target in promised.items()} == {"chat": 60, "email": 7200, None: 7200}
