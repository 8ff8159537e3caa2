"""Hand-worked resolutions: one straight, one reopened, one late, one that never came."""

import pytest

from metrics.desk import Target
from metrics.facts import Facts
from tests.builders import change, desk, facts, period, ticket, value

HOUR = 3600


@pytest.fixture(scope="module")
def resolved() -> Facts:
    tickets = [
        ticket("1", first_responded_at="2026-03-02 10:00", resolved_at="2026-03-02 15:00", status="resolved"),
        ticket("2", first_responded_at="2026-03-02 09:30", resolved_at="2026-03-04 09:00", status="closed"),
        ticket("3", resolved_at="2026-03-03 09:00", status="closed"),
        ticket("4", status="open"),
        ticket("5", "2026-03-05 17:00", status="open"),
    ]
    changes = [
        change("1", "2026-03-02 15:00", "resolved"),
        change("2", "2026-03-02 12:00", "resolved"),
        change("2", "2026-03-02 14:00", "open"),
        change("2", "2026-03-04 09:00", "resolved"),
        change("3", "2026-03-03 09:00", "closed"),
    ]
    return facts(tickets, changes=changes, settings=desk(Target("resolution", 8 * HOUR)), as_of="2026-03-05 17:30")


@pytest.mark.parametrize(
    ("id", "worth"),
    [
        ("first_resolution_calendar_p50", 6 * HOUR),
        ("first_resolution_business_p50", 5 * HOUR),
        ("full_resolution_calendar_p50", 24 * HOUR),
        ("full_resolution_calendar_mean", (6 + 48 + 24) * HOUR / 3),
        ("full_resolution_business_p50", 8 * HOUR),
        ("full_resolution_business_p75", 12 * HOUR),
        ("full_resolution_from_response_calendar_mean", (5 + 47.5) * HOUR / 2),
        ("resolution_within_target", 2 / 4),
        ("reopen_rate", 1 / 5),
    ],
)
def test_the_resolutions_as_a_whole(resolved: Facts, id: str, worth: float) -> None:
    assert value(id, resolved) == pytest.approx(worth)


def test_a_breach_counts_on_the_day_it_was_due(resolved: Facts) -> None:
    days = [period(f"2026-03-{day:02}", f"2026-03-{day + 1:02}") for day in (2, 3, 4)]
    assert [value("resolution_within_target", resolved, during=day) for day in days] == [pytest.approx(1 / 3), 1, None]
