"""The stand-up's first contact resolution: of the newest week that can be judged, by the desk's own way."""

from datetime import date

import pytest

from dashboard.services.analysis.first_contact import changes_of_way, first_contacts, waits_for, way_in
from metrics.desk import EarlierRules
from metrics.model import Period, Scope
from tests.builders import desk, facts, ticket


@pytest.mark.parametrize(
    ("way", "days"), [("fcr_repeat_14d", 14), ("fcr_repeat_1d", 1), ("fcr_one_touch", 7), ("fcr_survey", 0)]
)
def test_the_days_are_as_old_as_the_way_of_counting_needs(way: str, days: int) -> None:
    assert waits_for(desk(first_contact=way)) == days


def test_the_newest_week_that_can_be_judged_stands_beside_the_one_before() -> None:
    rows = [ticket(str(day), f"2026-03-{day:02d} 09:00", status="resolved", resolved_at=f"2026-03-{day:02d} 10:00",
                   replies=1 + (day < 8), reopens=0) for day in range(1, 22)]  # fmt: skip
    settings = desk(first_contact="fcr_one_touch")
    days, reading = first_contacts(facts(rows, settings=settings, as_of="2026-03-22 12:00"), settings, Scope())
    assert days.now == Period(date(2026, 3, 8), date(2026, 3, 15))
    assert (reading.value, reading.n, reading.value_before, reading.n_before) == (1.0, 7, 0.0, 7)


def test_two_ways_of_counting_are_not_compared() -> None:
    rows = [ticket(str(day), f"2026-03-{day:02d} 09:00", status="resolved", resolved_at=f"2026-03-{day:02d} 10:00",
                   replies=2, reopens=0, customer=str(day)) for day in range(1, 22)]  # fmt: skip
    earlier = (EarlierRules(date(2026, 3, 10), (), 0.75, False),)
    settings = desk(first_contact="fcr_one_touch", earlier=earlier)
    assert changes_of_way(settings) == [date(2026, 3, 10)]
    days, reading = first_contacts(facts(rows, settings=settings, as_of="2026-03-22 12:00"), settings, Scope())
    assert days.now == Period(date(2026, 3, 10), date(2026, 3, 15))
    assert (reading.value, reading.n, reading.value_before, reading.moved) == (0.0, 5, None, False)
    assert way_in(settings, Period(date(2026, 3, 1), date(2026, 3, 10))) == ("fcr_repeat_7d", None)
    assert way_in(settings, Period(date(2026, 3, 1), date(2026, 3, 11))) == ("fcr_one_touch", date(2026, 3, 10))
    assert way_in(settings, Period(date(2026, 3, 10), date(2026, 4, 1))) == ("fcr_one_touch", None)
    assert way_in(settings, None) == ("fcr_one_touch", date(2026, 3, 10))
