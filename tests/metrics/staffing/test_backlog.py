"""Deferred work against the printed cases, and against a pile worked off item by item."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.staffing.backlog import (
    BUSIEST,
    Pile,
    average_people,
    due_slots,
    least_constant,
    least_people,
    least_people_for,
    share_met,
    unmeetable,
    worked_off,
)

DAY = np.concatenate((
    np.full(16, 0.4), np.full(4, 1.6), np.full(4, 1.3), np.full(4, 1.2), np.full(8, 1.6), np.full(12, 0.8),
))  # fmt: skip
WEEK = (1.4, 1.1, 1, 1, 0.95, 0.45, 0.4)


def pile(hours: float, *, business: bool) -> Pile:
    """Three weeks, 240 items a day, open Monday to Friday 9–18, six items an hour."""
    items = np.concatenate([240 * factor * DAY / DAY.sum() for factor in WEEK * 3])
    working = np.concatenate((np.zeros(18), np.full(18, 0.5), np.zeros(12)))
    opened = np.concatenate([working if day % 7 < 5 else np.zeros(48) for day in range(21)])
    due = due_slots(opened, slots=hours * 2, slot_hours=0.5, in_opening_hours=business)
    return Pile(items, opened, due, 1 / 6)


def test_the_printed_bounds_in_opening_hours() -> None:
    assert [round(least_constant(pile(hours, business=True)), 2) for hours in (4, 8, 9)] == [13.49, 6.75, 6.00]
    week = pile(4, business=True)
    assert week.items.sum() == pytest.approx(3 * 1512)
    assert average_people(week) == pytest.approx(5.6)


def test_what_cannot_be_met_while_closed() -> None:
    assert [round(float(unmeetable(pile(hours, business=False)).sum())) for hours in (24, 4)] == [508, 1777]
    assert unmeetable(pile(4, business=True)).sum() == 0


@pytest.mark.parametrize(("hours", "business"), [(4, True), (8, True), (9, True), (27, True), (24, False)])
def test_the_even_plan_peaks_at_the_bound_and_meets_all_that_can_be_met(hours: float, business: bool) -> None:
    made = pile(hours, business=business)
    people = least_people(made)
    assert people.max() == pytest.approx(max(least_constant(made), average_people(made) / BUSIEST))
    assert (people[made.open_hours == 0] == 0).all()
    met = worked_off(made, people + 1e-9)
    judged = (unmeetable(made) == 0) & (made.due < made.items.size)
    assert met.in_time[judged].min() > 1 - 1e-6


@pytest.mark.parametrize("share", [0.7, 0.8, 0.95])
def test_a_goal_of_less_than_all_takes_fewer_people_and_is_just_met(share: float) -> None:
    made = pile(4, business=True)
    people, every = least_people_for(made, share), least_people(made)
    assert (least_people_for(made, 1.0) == every).all()
    assert share <= share_met(made, people) < share + 0.01
    assert average_people(made) / BUSIEST <= people.max() < every.max()


def test_a_loose_deadline_is_met_by_the_people_for_the_load_alone() -> None:
    made = pile(45, business=True)
    people = least_people_for(made, 0.5)
    assert people.max() == pytest.approx(average_people(made) / BUSIEST)
    assert share_met(made, people) > 0.5


def item_by_item(made: Pile, people: np.ndarray) -> list[float]:
    """The share in time per slot, whole items worked off in order by a counter."""
    done_in, done, slot, power = [], 0, 0, 0.0
    total = int(made.items.sum())
    order = [at for at, many in enumerate(made.items) for _ in range(int(many))]
    for slot in range(made.items.size):
        power = power + float(people[slot] * made.open_hours[slot] / made.hours_each)
        came = sum(1 for at in order if at <= slot)
        while done < min(came, total) and power >= 1 - 1e-9:
            done, power = done + 1, power - 1
            done_in.append(slot)
        if done == came:
            power = 0.0
    shares = []
    for at, many in enumerate(made.items):
        mine = [done_in[place] for place, of in enumerate(order) if of == at and place < len(done_in)]
        shares.append(sum(slot < made.due[at] for slot in mine) / many if many else 1.0)
    return shares


@settings(max_examples=40, deadline=None)
@given(
    items=st.lists(st.integers(0, 5), min_size=6, max_size=14), people=st.integers(0, 4), hours=st.integers(1, 6),
    closed=st.sets(st.integers(0, 13)),
)  # fmt: skip
def test_a_pile_worked_off_is_what_counting_items_gives(
    items: list[int], people: int, hours: int, closed: set[int]
) -> None:
    opened = np.array([0.0 if slot in closed else 1.0 for slot in range(len(items))])
    due = due_slots(opened, slots=hours, slot_hours=1, in_opening_hours=True)
    made = Pile(np.array(items, dtype=np.float64), opened, due, 1.0)
    met = worked_off(made, np.full(len(items), float(people)))
    assert met.in_time.tolist() == pytest.approx(item_by_item(made, np.full(len(items), float(people))))
    assert (met.left >= -1e-9).all()


@settings(max_examples=60, deadline=None)
@given(
    items=st.lists(st.floats(0, 500), min_size=1, max_size=60), hours=st.floats(0, 80),
    share_open=st.floats(0, 1), business=st.booleans(), seed=st.integers(0, 9), backlog=st.floats(0, 100),
)  # fmt: skip
def test_any_pile_gets_a_plan_without_negatives(
    items: list[float], hours: float, share_open: float, business: bool, seed: int, backlog: float
) -> None:
    opened = (np.random.default_rng(seed).random(len(items)) < share_open) * 0.5
    due = due_slots(opened, slots=hours, slot_hours=0.5, in_opening_hours=business)
    made = Pile(np.array(items), opened, due, 0.1, backlog)
    people, fewer = least_people(made), least_people_for(made, 0.8)
    assert np.isfinite(people).all()
    assert (people >= 0).all()
    assert ((fewer >= 0) & (fewer <= people + 1e-9)).all()
    assert share_met(made, fewer + 1e-9) >= min(0.8, share_met(made, people + 1e-9)) - 1e-6
    judged = (unmeetable(made) == 0) & (due < len(items))
    met = worked_off(made, people * (1 + 1e-6) + 1e-6)
    assert np.isfinite(met.in_time).all()
    if not unmeetable(made).any():
        assert met.in_time[judged].min(initial=1.0) > 1 - 1e-3
