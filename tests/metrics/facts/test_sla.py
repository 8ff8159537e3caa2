"""The runnings of targets at their edges: pauses that nobody recorded, reopenings, who is credited."""

from datetime import date
from typing import Any

import pytest

from metrics.desk import EarlierRules, Target
from metrics.model import Clock
from tests.builders import Row, at, change, desk, facts, message, ticket

HOUR = 3600
EIGHT_HOURS = Target("resolution", 8 * HOUR)
TOLD = ticket("told", "2026-02-23 09:00", status="resolved", resolved_at="2026-02-23 10:00")
"""Makes the source one that tells of resolutions."""


def runs(*tickets: Row, settings: Any = None, thing: str = "resolution", **given: Any) -> list[Row]:
    found = facts([TOLD, *tickets], settings=settings or desk(EIGHT_HOURS), **given).sla_instances.to_dicts()
    return [row for row in found if row["ticket_id"] != "told" and row["thing"] == thing]


@pytest.mark.parametrize(
    ("until", "state"), [(date(2026, 3, 2), "paused"), (date(2026, 3, 3), "running"), (date(2027, 1, 1), "running")]
)
def test_a_wait_for_others_that_nobody_recorded_pauses_by_the_rules_of_the_day_of_the_figures(
    until: date, state: str
) -> None:
    rules = desk(EIGHT_HOURS, on_hold_pauses=True, earlier=(EarlierRules(until, (), 0.75, False),))
    (row,) = runs(ticket(status="on_hold"), settings=rules, as_of="2026-03-02 12:00")
    assert row["state"] == state


def test_a_ticket_of_unknown_status_is_not_taken_to_rest() -> None:
    (row,) = runs(ticket(status=None), as_of="2026-03-02 12:00")
    assert (row["state"], row["due_at"], row["left_seconds"]) == ("running", at("2026-03-02 18:00"), 5 * HOUR)


def test_it_is_known_that_a_wait_for_the_next_reply_never_rests() -> None:
    talk = [
        message("1", "2026-03-02 09:00"),
        message("1", "2026-03-02 09:10", "agent"),
        message("1", "2026-03-02 10:00"),
    ]
    promised = desk(Target("next_response", HOUR, "calendar"))
    (row,) = runs(
        ticket(status="pending"), messages=talk, settings=promised, as_of="2026-03-02 10:30", thing="next_response"
    )
    assert (row["state"], row["left_seconds"], row["due_at"]) == ("running", 1800, at("2026-03-02 11:00"))
    assert (row["pauses_known"], row["paused_calendar_seconds"], row["paused_business_seconds"]) == (True, 0, 0)


@pytest.mark.parametrize(
    ("clock", "pause", "due"),
    [
        ("calendar", ("15:30", "16:00"), "15:00"),
        ("calendar", ("14:59", "16:00"), "16:01"),
        ("business", ("15:30", "15:45"), "16:15"),
        ("business", ("16:00", "16:15"), "16:00"),
    ],
)
def test_only_a_pause_that_began_before_the_promised_time_was_used_up_on_its_clock_moves_the_due_instant(
    clock: Clock, pause: tuple[str, str], due: str
) -> None:
    """Six hours from nine on end at 15:00 on the wall, and at 16:00 by the opening hours with their lunch break."""
    changes = [change("1", f"2026-03-02 {hour}", to) for hour, to in zip(pause, ("pending", "open"), strict=True)]
    made = ticket(status="resolved", resolved_at="2026-03-03 17:00")
    (row,) = runs(made, changes=changes, settings=desk(Target("resolution", 6 * HOUR, clock)))
    assert (row["state"], row["due_at"]) == ("breached", at(f"2026-03-02 {due}"))


def test_a_ticket_that_came_this_instant_and_waits_for_the_customer_rests() -> None:
    (row,) = runs(ticket(status="pending"), as_of="2026-03-02 09:00")
    assert (row["state"], row["due_at"], row["left_seconds"]) == ("paused", None, 8 * HOUR)
