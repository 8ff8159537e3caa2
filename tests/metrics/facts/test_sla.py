"""The runnings of targets at their edges: pauses that nobody recorded, reopenings, who is credited."""

from datetime import date
from typing import Any

import pytest

from metrics.desk import EarlierRules, Target
from tests.builders import Row, at, desk, facts, ticket

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
