"""Proposed shifts: they keep the rules, cover what is required, and the solver is never dearer than the greedy rule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.staffing.intraday import ENOUGH, updated
from metrics.staffing.shifts import OVER_COST, SHORT_COST, USUAL_SHIFTS, Proposal, ShiftType, propose_shifts

DAY = ShiftType("day", 540, 480)
FEW = (USUAL_SHIFTS[2], USUAL_SHIFTS[4], USUAL_SHIFTS[7], *USUAL_SHIFTS[-2:])


def week(peak: int = 7) -> np.ndarray:
    """Seven days of hours with two peaks, quieter at the weekend."""
    hours = np.arange(24.0)
    shape = np.exp(-(((hours - 10.5) / 2) ** 2)) + 0.8 * np.exp(-(((hours - 16) / 2.5) ** 2))
    return np.ceil(np.outer([1.2, 1.1, 1, 1, 1, 0.6, 0.5], peak * shape) - 0.2).astype(np.int64)


def covered_by_hand(made: Proposal, minutes: int = 60) -> np.ndarray:
    """People per day and interval, each shift walked minute by minute."""
    found = np.zeros(made.covered.shape, dtype=np.int64)
    a_day = found.shape[1]
    for one in made.chosen:
        shift = one.shift
        rest = shift.begins + (shift.minutes - shift.break_minutes) // 2 // minutes * minutes
        for day in one.days:
            for slot in range(a_day * 2):
                inside = range(slot * minutes, (slot + 1) * minutes)
                works = all(
                    shift.begins <= at < shift.begins + shift.minutes and not rest <= at < rest + shift.break_minutes
                    for at in inside
                )
                if works:
                    found[(day + slot // a_day) % 7, slot % a_day] += one.people
    return found


@pytest.mark.parametrize("solver", ["highs", "greedy"])
def test_a_proposal_keeps_the_rules_and_tells_what_it_covers(solver: str) -> None:
    required = week()
    made = propose_shifts(required, minutes=60, types=FEW, solver=solver, seconds=1)  # type: ignore[arg-type]
    assert (made.covered == covered_by_hand(made)).all()
    beside = made.covered - required
    assert made.short_hours == pytest.approx(-np.minimum(beside, 0).sum())
    assert made.over_hours == pytest.approx(np.maximum(beside, 0).sum())
    for one in made.chosen:
        off = sorted(set(range(7)) - set(one.days))
        assert not one.shift.tours or (len(one.days) == 5 and (off[1] - off[0]) in (1, 6)), "two days off in a row"
        assert one.people > 0
    paid = sum(one.shift.paid_hours * one.shift.cost * len(one.days) * one.people for one in made.chosen)
    assert made.cost == pytest.approx(paid + made.short_hours * SHORT_COST + made.over_hours * OVER_COST)
    assert made.short_hours < 0.05 * required.sum()


def test_the_solver_is_not_dearer_than_the_greedy_rule() -> None:
    required = week()
    best, quick = (
        propose_shifts(required, minutes=60, types=FEW, solver=name, seconds=1) for name in ("highs", "greedy")
    )
    assert best.cost <= quick.cost
    assert best.solver == "highs"
    assert best.gap is None or 0 <= best.gap < 0.2, "how far from the best it may be is told"


def test_one_shift_that_fits_is_chosen_alone() -> None:
    required = np.zeros((7, 48), dtype=np.int64)
    required[:5, 18:34] = 3
    made = propose_shifts(required, minutes=30, types=(DAY,), solver="highs")
    assert [(one.days, one.people) for one in made.chosen] == [((0, 1, 2, 3, 4), 3)]
    assert (made.short_hours, made.over_hours, made.gap) == (0, 0, 0)


def test_nobody_is_proposed_where_nobody_is_needed() -> None:
    made = propose_shifts(np.zeros((7, 48), dtype=np.int64), minutes=30)
    assert (made.chosen, made.paid_hours, made.short_hours) == ((), 0, 0)


def test_a_night_shift_goes_on_into_the_next_day() -> None:
    required = np.zeros((7, 24), dtype=np.int64)
    required[:, 22:] = required[:, :6] = 1
    made = propose_shifts(required, minutes=60, types=(ShiftType("night", 1320, 480, tours=False),))
    assert made.short_hours == 0
    assert made.covered[0, 5] == 1


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 40), st.integers(0, 5))
def test_the_greedy_rule_ends_and_keeps_its_word(peak: int, seed: int) -> None:
    required = np.random.default_rng(seed).integers(0, peak + 1, (7, 24))
    made = propose_shifts(required, minutes=60, types=USUAL_SHIFTS, solver="greedy")
    assert (made.covered == covered_by_hand(made)).all()


def test_a_morning_moves_the_rest_of_the_day_less_than_its_ratio() -> None:
    mean = np.full(20, 50.0)
    busy = updated(mean, np.full(8, 60.0), spread=0.08, noise=0.005)
    assert busy.share == pytest.approx(0.4)
    assert 1.0 < busy.factor < 1.2
    assert busy.rest.tolist() == pytest.approx([50 * busy.factor] * 12)
    early = updated(mean, np.full(3, 90.0), spread=0.08)
    assert (early.factor, early.is_moved) == (1.0, False)
    assert early.share < ENOUGH


def test_a_restless_day_believes_its_morning_more() -> None:
    mean, came = np.full(20, 50.0), np.full(10, 70.0)
    factors = [updated(mean, came, spread=spread).factor for spread in (0.02, 0.08, 0.3)]
    assert factors == sorted(factors)
    assert factors[-1] == pytest.approx(1.4, abs=0.03)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0, 1e5), min_size=1, max_size=30), st.integers(0, 30), st.floats(0, 2), st.floats(0, 1),
    st.floats(0, 10),
)  # fmt: skip
def test_any_day_is_moved_to_something_finite(
    mean: list[float], over: int, spread: float, noise: float, times: float
) -> None:
    means = np.array(mean)
    came = means[: min(over, means.size)] * times
    found = updated(means, came, spread=spread, noise=noise)
    assert np.isfinite(found.factor)
    assert found.factor >= 0
    assert found.rest.size == means.size - came.size
    assert np.isfinite(found.rest).all()
