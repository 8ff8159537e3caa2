"""When a report goes out by itself: on the desk's clock, over changes of its time, around holidays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.reports.timing import Timing, newest_due, next_due
from dashboard.settings import settings_through
from metrics.desk import DeskSettings

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
OPEN = '[[calendar]]\nname = "day"\nvalid_from = 1970-01-01\nweekdays = "09:00-18:00"\n'


def desk(zone: str, text: str = "") -> DeskSettings:
    return settings_through(zone, ((date.min, text),) if text else ())


def instant(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_a_weekly_report_is_due_at_its_minute_and_is_about_the_week_before() -> None:
    monday = Timing("weekly", day=1, minute=8 * 60 + 30)
    for now, day in (("2026-03-16T08:29", "2026-03-09"), ("2026-03-16T08:30", "2026-03-16"),
                     ("2026-03-22T23:00", "2026-03-16")):  # fmt: skip
        (due,) = newest_due(monday, instant(now), desk(SHANGHAI))
        assert due.day.isoformat() == day
        assert due.at == instant(f"{day}T08:30")
        assert due.period.end <= due.day < due.period.end + timedelta(days=7)
        assert due.period.end.weekday() == 0
    assert next_due(monday, instant("2026-03-16T08:30"), desk(SHANGHAI)).at == instant("2026-03-23T08:30")


@pytest.mark.parametrize(
    ("timing", "now", "day", "begin", "end"),
    [
        (Timing("monthly", 31), "2026-04-30T12:00", "2026-04-30", "2026-03-01", "2026-04-01"),
        (Timing("monthly", 31), "2026-04-29T12:00", "2026-03-31", "2026-02-01", "2026-03-01"),
        (Timing("monthly", 1), "2026-01-01T08:00", "2026-01-01", "2025-12-01", "2026-01-01"),
        (Timing("quarterly", 5), "2026-06-30T12:00", "2026-04-05", "2026-01-01", "2026-04-01"),
        (Timing("quarterly", 5), "2026-01-04T12:00", "2025-10-05", "2025-07-01", "2025-10-01"),
    ],
)
def test_months_and_quarters_end_on_their_own_days(timing: Timing, now: str, day: str, begin: str, end: str) -> None:
    (due,) = newest_due(timing, instant(now), desk(SHANGHAI))
    assert (due.day.isoformat(), due.period.start.isoformat(), due.period.end.isoformat()) == (day, begin, end)


def test_the_hour_stays_that_of_the_wall_when_summer_time_begins_and_ends() -> None:
    sunday = Timing("weekly", day=7, minute=8 * 60)
    found = [newest_due(sunday, instant(f"{day}T12:00", BERLIN), desk(BERLIN))[0].at
             for day in ("2026-03-22", "2026-03-29", "2026-10-25")]  # fmt: skip
    assert [at.hour for at in found] == [7, 6, 7]


def test_an_hour_that_is_left_out_or_comes_twice_is_due_once() -> None:
    night = Timing("weekly", day=7, minute=2 * 60 + 30)
    for day, zone_hours in (("2026-03-29", 1), ("2026-10-25", 2)):
        first = newest_due(night, instant(f"{day}T12:00", BERLIN), desk(BERLIN))[0]
        assert first.day.isoformat() == day
        assert first.at == datetime.fromisoformat(f"{day}T02:30").replace(tzinfo=UTC) - timedelta(hours=zone_hours)
        minutes = (first.at + timedelta(minutes=ahead) for ahead in range(180))
        assert {newest_due(night, at, desk(BERLIN))[0] for at in minutes} == {first}


def test_a_day_off_moves_it_to_the_next_day_on_which_the_desk_works() -> None:
    closed = desk(SHANGHAI, OPEN + 'holidays = "CN"\n')
    calm = Timing("monthly", 1, on_working_days=True)
    (due,) = newest_due(calm, instant("2026-10-09T12:00"), closed)
    assert due.day == date(2026, 10, 1)
    assert due.at == instant("2026-10-08T08:00")
    assert (due.period.start, due.period.end) == (date(2026, 9, 1), date(2026, 10, 1))
    (before,) = newest_due(calm, instant("2026-10-08T07:59"), closed)
    assert before.day == date(2026, 9, 1)
    (strict,) = newest_due(Timing("monthly", 1), instant("2026-10-01T08:00"), closed)
    assert strict.at == instant("2026-10-01T08:00")


def test_two_weeks_that_holidays_move_to_one_day_are_both_due() -> None:
    days = ", ".join(f'2026-03-{day:02d} = "closed"' for day in range(9, 17))
    closed = desk(SHANGHAI, f"{OPEN}days = {{ {days} }}\n")
    found = newest_due(Timing("weekly", 1, on_working_days=True), instant("2026-03-17T09:00"), closed)
    assert [due.day.day for due in found] == [9, 16]
    assert len({due.period for due in found}) == 2
