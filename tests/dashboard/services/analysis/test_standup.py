"""What a stand-up looks at: which days, what moved, who waits."""

from datetime import UTC, date, datetime

import pytest

from dashboard.services.analysis.standup import Reading, days_of, morning_of, stand_up
from metrics.catalog import metric
from metrics.desk import DeskSettings, Target
from metrics.model import Period, Scope
from tests.builders import calendar, desk, facts, ticket

MONDAY = date(2026, 3, 9)
OPEN, CLOSED = ((540, 1080),), ()


@pytest.mark.parametrize(
    ("morning", "start"),
    [
        (date(2026, 3, 10), date(2026, 3, 9)),
        (MONDAY, date(2026, 3, 6)),
        (date(2026, 3, 8), date(2026, 3, 6)),
    ],
    ids=["on a Tuesday Monday", "on a Monday Friday to Sunday", "on a Sunday Friday and Saturday"],
)
def test_a_stand_up_looks_back_to_the_last_working_day(morning: date, start: date) -> None:
    assert days_of(morning, desk()).now == Period(start, morning)


def test_a_make_up_sunday_is_a_working_day_and_a_holiday_is_none() -> None:
    special = calendar(days={date(2026, 3, 8): OPEN, date(2026, 3, 10): CLOSED})
    settings = desk(calendars=(special,))
    assert days_of(MONDAY, settings).now.start == date(2026, 3, 8)
    assert days_of(date(2026, 3, 11), settings).now.start == MONDAY


def test_the_calendar_in_force_on_the_day_decides() -> None:
    later = calendar(weekly=((OPEN[0],),) * 7, valid_from=date(2026, 3, 1))
    assert days_of(MONDAY, desk(calendars=(calendar(), later))).now.start == date(2026, 3, 8)


def test_the_days_are_compared_with_the_same_weekdays_before() -> None:
    assert days_of(MONDAY, desk()).before == Period(date(2026, 2, 27), date(2026, 3, 2))


def test_after_long_holidays_the_days_compared_do_not_overlap() -> None:
    holidays = {date(2026, 3, day): CLOSED for day in range(2, 14)}
    days = days_of(date(2026, 3, 14), desk(calendars=(calendar(days=holidays),)))
    assert days.now.start == date(2026, 2, 27)
    assert days.before.end <= days.now.start
    assert days.before.start.weekday() == days.now.start.weekday()


def test_without_a_calendar_every_day_is_a_working_day() -> None:
    assert days_of(MONDAY, desk(calendars=())).now.start == date(2026, 3, 8)


@pytest.mark.parametrize(
    ("as_of", "morning"),
    [
        (datetime(2026, 3, 5, 8, 55, tzinfo=UTC), date(2026, 3, 5)),
        (datetime(2026, 3, 5, 18, 0, tzinfo=UTC), date(2026, 3, 6)),
        (datetime(2026, 3, 7, 12, 0, tzinfo=UTC), date(2026, 3, 8)),
    ],
    ids=["before closing it is that morning", "after closing the next", "on a closed day from noon on the next"],
)
def test_the_end_of_the_data_says_which_morning_they_are_for(as_of: datetime, morning: date) -> None:
    assert morning_of(as_of, desk()) == morning


def reading(value: float, n: int, before: float, n_before: int, id_: str = "tickets_created") -> Reading:
    return Reading(metric(id_), value, n, None, None, before, n_before)


def test_a_count_within_its_noise_has_not_moved() -> None:
    assert not reading(110, 110, 100, 100).moved
    assert reading(150, 150, 100, 100).moved


def test_a_share_has_moved_only_when_the_intervals_part() -> None:
    share = metric("csat")
    assert not Reading(share, 0.8, 50, 0.67, 0.89, 0.7, 50, 0.56, 0.81).moved
    assert Reading(share, 0.9, 500, 0.87, 0.92, 0.7, 500, 0.66, 0.74).moved


def busy(settings: DeskSettings) -> object:
    """10 tickets on Thursday 2026-02-26, 60 on Thursday 2026-03-05, the growth all in chat."""
    before = [ticket(f"b{n}", "2026-02-26 10:00", channel="email", status="closed") for n in range(10)]
    now = [ticket(f"n{n}", "2026-03-05 10:00", channel="chat", status="closed") for n in range(55)]
    both = [ticket(f"e{n}", "2026-03-05 11:00", channel="email", status="closed") for n in range(8)]
    early = [ticket(f"c{n}", "2026-02-26 11:00", channel="chat", status="closed") for n in range(5)]
    found = facts([*before, *now, *both, *early], settings=settings, as_of="2026-03-06 08:00")
    return stand_up(found, settings, Scope(), on=date(2026, 3, 6))


def test_what_moved_names_the_part_that_moved_most() -> None:
    found = busy(desk())
    (created,) = [one for one in found.movements if one.reading.metric.id == "tickets_created"]  # type: ignore[attr-defined]
    assert (created.dimension, created.part, created.part_before, created.part_now) == ("channel", "chat", 5.0, 55.0)


PROMISE = Target("first_response", 3600, clock="calendar")


def waiting_desk(*created: str) -> object:
    """Open tickets without an answer beside one answered ticket, seen on 2026-03-05 at 12:00."""
    answered = ticket("0", "2026-03-02 09:00", first_responded_at="2026-03-02 09:05")
    unanswered = [ticket(str(n), at) for n, at in enumerate(created, start=1)]
    settings = desk(PROMISE)
    found = facts([answered, *unanswered], settings=settings, as_of="2026-03-05 12:00")
    return stand_up(found, settings, Scope(), on=date(2026, 3, 5)).waiting


def test_the_longest_wait_stands_first_with_how_much_it_is_over() -> None:
    found = waiting_desk("2026-03-05 10:00", "2026-03-05 09:00")
    rows = found.tickets.select("ticket_id", "waiting_seconds", "over_seconds").rows()  # type: ignore[attr-defined]
    assert rows == [("2", 3 * 3600, 2 * 3600), ("1", 2 * 3600, 3600)]


def test_late_and_nearly_late_tickets_are_counted_apart() -> None:
    found = waiting_desk("2026-03-05 09:00", "2026-03-05 11:10", "2026-03-05 11:50")
    assert (found.n, found.late, found.at_risk) == (3, 1, 1)  # type: ignore[attr-defined]


def test_a_filter_narrows_who_waits() -> None:
    settings = desk(PROMISE)
    answered = ticket("0", "2026-03-02 09:00", first_responded_at="2026-03-02 09:05", channel="chat")
    rows = [answered, ticket("1", "2026-03-05 09:00", channel="chat"), ticket("2", "2026-03-05 09:00", channel="email")]
    found = facts(rows, settings=settings, as_of="2026-03-05 12:00")
    narrowed = stand_up(found, settings, Scope(where={"channel": ("email",)}), on=date(2026, 3, 5))
    assert narrowed.waiting.tickets["ticket_id"].to_list() == ["2"]
