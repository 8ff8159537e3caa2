"""Several versions of agreements make one set of settings in which every day keeps its own."""

from datetime import date, timedelta

import polars as pl

from dashboard.agreement_history import Version, in_force
from metrics.calendar import business_clock
from metrics.desk import DeskSettings, Target
from tests.builders import ALWAYS, at, calendar, desk

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
EVENING = (((1080, 1320),),) * 7


def history(*settings: DeskSettings) -> DeskSettings:
    """The first for all days, the second from March, the third from April on."""
    days = (date.min, MARCH, APRIL)
    return in_force([Version(day, one) for day, one in zip(days, settings, strict=False)])


def open_hours(settings: DeskSettings, team: str | None, day: date) -> float:
    """How long the desk is open for a team on a day."""
    usual = settings.calendars[0].name
    name = settings.team_calendars.get(team or "", usual)
    clock = business_clock(settings.calendars, start=day, end=day + timedelta(days=2))
    start, end = at(f"{day} 00:00"), at(f"{day + timedelta(days=1)} 00:00")
    return float(pl.select(clock.elapsed(pl.lit(start), pl.lit(end), calendar=name)).item()) / 3600


def test_one_version_is_what_it_says() -> None:
    only = desk(Target("resolution", 60))
    assert in_force([Version(MARCH, only)]) is only


def test_a_promise_holds_on_the_days_of_its_version_and_the_newer_row_wins_inside_one() -> None:
    older = Target("resolution", 60)
    newer = Target("resolution", 900, valid_from=date(2026, 2, 1))
    made = history(desk(older), desk(older, newer))
    inside = {day: [t.seconds for t in made.targets if t.is_in_force(day)] for day in (date(2026, 2, 20), MARCH)}
    assert inside == {date(2026, 2, 20): [60], MARCH: [60, 900]}


def test_hours_of_a_calendar_change_with_its_version() -> None:
    made = history(desk(), desk(calendars=(calendar(weekly=ALWAYS),)))
    assert [open_hours(made, None, day) for day in (date(2026, 2, 26), date(2026, 3, 3))] == [8, 24]
    assert [row.name for row in made.calendars] == ["desk", "desk"]


def test_another_first_calendar_is_everybodys_from_its_day_on() -> None:
    other = calendar("late", weekly=EVENING)
    made = history(desk(calendars=(calendar(), other)), desk(calendars=(other, calendar())))
    assert [open_hours(made, None, day) for day in (date(2026, 2, 26), date(2026, 3, 3))] == [8, 4]


def test_a_team_keeps_the_calendar_of_each_time() -> None:
    both = (calendar(), calendar("late", weekly=EVENING))
    plain, moved = desk(calendars=both), desk(calendars=both, team_calendars={"a": "late"})
    made = history(plain, moved, plain)
    days = (date(2026, 2, 26), date(2026, 3, 3), date(2026, 4, 2))
    assert [open_hours(made, "a", day) for day in days] == [8, 4, 8]
    assert [open_hours(made, None, day) for day in days] == [8, 8, 8]


def test_two_teams_that_change_on_different_days_are_not_mixed_up() -> None:
    both = (calendar(), calendar("late", weekly=EVENING))

    def with_teams(a: str, b: str) -> DeskSettings:
        return desk(calendars=both, team_calendars={"a": a, "b": b})

    made = history(with_teams("desk", "desk"), with_teams("late", "desk"), with_teams("late", "late"))
    days = (date(2026, 2, 26), date(2026, 3, 3), date(2026, 4, 2))
    assert [open_hours(made, "a", day) for day in days] == [8, 4, 4]
    assert [open_hours(made, "b", day) for day in days] == [8, 8, 4]


def test_event_days_are_those_of_the_agreement_of_their_time() -> None:
    days = frozenset({date(2026, 2, 14), date(2026, 3, 14)})
    assert history(desk(event_days=days), desk()).event_days == {date(2026, 2, 14)}
    assert history(desk(), desk(event_days=days)).event_days == {date(2026, 3, 14)}
