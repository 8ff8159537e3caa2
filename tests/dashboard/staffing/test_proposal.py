"""Proposed shifts become a roster: on their weekdays, with breaks in the middle, as many people as were proposed."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from dashboard.components.staffing.proposal import shifts_of
from metrics.staffing.rosters import heads
from metrics.staffing.shifts import Chosen, Proposal, ShiftType

THURSDAY = date(2026, 11, 26)


def test_a_proposal_stands_on_its_days_from_any_day_of_the_week_on() -> None:
    full, half = ShiftType("09:00", 540, 540, 60), ShiftType("22:00 ½", 1320, 240, tours=False)
    chosen = (Chosen(full, (0, 1, 2, 3, 4), 3), Chosen(half, (5,), 2))
    made = Proposal(chosen, np.zeros((7, 48), dtype=np.int64), 0, 0, 0, 0, "greedy")
    found = sorted(shifts_of(made, "甲组", THURSDAY, "Asia/Shanghai"), key=lambda one: one.starts_at)
    assert [one.day.isoweekday() for one in found] == [4, 5, 6, 1, 2, 3]
    assert {one.day - THURSDAY for one in found} == {timedelta(days=n) for n in (0, 1, 2, 4, 5, 6)}
    first, night = found[0], found[2]
    assert first.starts_at == datetime(2026, 11, 26, 1, tzinfo=UTC)
    assert first.ends_at == datetime(2026, 11, 26, 10, tzinfo=UTC)
    assert (first.break_from, first.break_to) == (
        datetime(2026, 11, 26, 5, tzinfo=UTC), datetime(2026, 11, 26, 6, tzinfo=UTC),
    )  # fmt: skip
    assert (night.kind, night.people, night.ends_at) == ("part_time", 2.0, datetime(2026, 11, 28, 18, tzinfo=UTC))
    assert heads(found, minutes=30)["people"].sum() / 2 == 5 * 3 * 8 + 2 * 4  # paid hours
