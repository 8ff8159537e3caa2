"""What a month can still afford: the allowance, what is used, where the pace of the last weeks leads."""

from datetime import date, timedelta
from statistics import mean

import pytest

from dashboard.services.analysis.burn_down import BurnDown, burn_down, month_of
from metrics.desk import Target
from metrics.facts import Facts
from metrics.model import Period, Scope
from tests.builders import Row, at, desk, facts, period, ticket

SETTINGS = desk(Target("first_response", 3600, clock="calendar"))
LATE, KEPT = timedelta(hours=2), timedelta(minutes=5)


def day_of(day: date, kept: int, late: int) -> list[Row]:
    """Tickets of one day, asked at 09:00: so many answered in five minutes, so many in two hours."""
    asked = at(f"{day} 09:00")
    return [
        ticket(f"{day}/{n}", f"{day} 09:00", first_responded_at=asked + (KEPT if n < kept else LATE), status="closed",
               closed_at=asked + LATE)
        for n in range(kept + late)
    ]  # fmt: skip


def desk_until(last: date, *, kept: int = 8, late: int = 2, first: date = date(2026, 2, 1)) -> list[Row]:
    days = (last - first).days + 1
    return [row for n in range(days) for row in day_of(first + timedelta(days=n), kept, late)]


def made(rows: list[Row], as_of: str = "2026-03-15 23:00") -> Facts:
    return facts(rows, settings=SETTINGS, as_of=as_of)


def told(found: Facts, scope: Scope | None = None, **asked: float) -> BurnDown:
    result = burn_down(found, SETTINGS, scope or Scope(), **asked)
    assert result is not None
    return result


def test_an_even_month_ends_with_its_allowance_used_up() -> None:
    found = told(made(desk_until(date(2026, 3, 15))))
    assert (found.month, found.goal.share, found.goal.n) == (Period(date(2026, 3, 1), date(2026, 4, 1)), 0.8, 280)
    assert (found.decided, found.spent) == (150, 30)
    assert found.expected == pytest.approx(310)
    assert found.budget == pytest.approx(62)
    assert found.heading == pytest.approx(62)
    assert (found.low, found.high) == (pytest.approx(62), pytest.approx(62))
    assert (found.days_to_come, found.is_over) == (16, False)


def test_the_line_falls_by_each_days_breaches_and_the_even_one_by_what_the_goal_allows() -> None:
    rows = [*desk_until(date(2026, 3, 9)), *day_of(date(2026, 3, 10), 2, 8)]
    found = told(made(rows, "2026-03-10 23:00"))
    left = found.days.drop_nulls("left")["left"].to_list()
    steps = [before - after for before, after in zip([found.budget, *left], left, strict=False)]
    assert steps == pytest.approx([2] * 9 + [8])
    assert found.days["even"][-1] == pytest.approx(0)
    assert found.days.filter(found.days["day"] > date(2026, 3, 10))["left"].null_count() == 21


def test_the_days_to_come_are_expected_as_their_weekdays_were() -> None:
    rows = [
        row for n in range(42) if (day := date(2026, 2, 1) + timedelta(days=n)).weekday() < 5
        for row in day_of(day, 10 - day.weekday(), day.weekday())
    ]  # fmt: skip
    found = told(made(rows, "2026-03-14 23:00"))
    to_come = [date(2026, 3, day) for day in range(16, 32)]
    expected = found.spent + sum(day.weekday() for day in to_come if day.weekday() < 5)
    assert found.heading == pytest.approx(expected)


def test_days_that_vary_make_the_range_wider() -> None:
    rows = [
        row for n in range(43) for row in day_of(date(2026, 2, 1) + timedelta(days=n), 8, 1 + 4 * (n // 7 % 2))
    ]  # fmt: skip
    found = told(made(rows, "2026-03-15 23:00"))
    assert found.low < found.heading < found.high
    assert found.low >= found.spent


def test_a_finished_month_heads_nowhere() -> None:
    found = told(made(desk_until(date(2026, 3, 15))), Scope(period=period("2026-02-10", "2026-03-01")), wish=0.9)
    assert found.month.start == date(2026, 2, 1)
    assert (found.is_over, found.heading, found.spent) == (True, 56, 56)
    assert found.budget == pytest.approx(28)
    assert found.days["ahead"].null_count() == found.days.height
    assert found.attainment == pytest.approx(0.8)


def test_a_wish_goes_before_the_month_before() -> None:
    found = told(made(desk_until(date(2026, 3, 15))), wish=0.9)
    assert (found.goal.share, found.goal.is_wish) == (0.9, True)
    assert found.left == pytest.approx(31 - 30)


def test_without_a_month_before_or_a_wish_there_is_no_allowance() -> None:
    rows = desk_until(date(2026, 3, 15), first=date(2026, 3, 1))
    assert burn_down(made(rows), SETTINGS, Scope()) is None
    assert burn_down(made(rows), SETTINGS, Scope(), wish=0.8) is not None


def test_a_month_in_which_nothing_was_decided_has_none() -> None:
    assert burn_down(made(desk_until(date(2026, 2, 28))), SETTINGS, Scope(), wish=0.8) is None


def test_event_days_do_not_set_the_pace() -> None:
    busy = date(2026, 3, 11)
    rows = [
        *desk_until(date(2026, 3, 15)),
        *(dict(row, ticket_id=f"x{row['ticket_id']}") for row in day_of(busy, 0, 90)),
    ]
    found = made(rows)
    usual = burn_down(found, desk(*SETTINGS.targets, event_days=frozenset({busy})), Scope())
    assert usual is not None
    wednesdays = [date(2026, 2, 18), date(2026, 2, 25), date(2026, 3, 4)]
    pace = mean(2 for _day in wednesdays)
    assert usual.heading == pytest.approx(30 + 90 + 16 * pace)
    assert told(found).heading > usual.heading


def test_the_month_is_that_of_the_periods_end() -> None:
    found = made(desk_until(date(2026, 3, 15)))
    assert month_of(found, Scope()).start == date(2026, 3, 1)
    assert month_of(found, Scope(period=period("2026-02-01", "2026-03-01"))).start == date(2026, 2, 1)
    assert month_of(found, Scope(period=period("2026-03-01", "2027-01-01"))).start == date(2026, 3, 1)
