"""Durations on both clocks, and the calendar of a team: worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from metrics.calendar import CalendarError
from metrics.facts.durations import (
    CALENDAR,
    business_seconds,
    calendar_of_team,
    calendar_seconds,
    clock_between,
    with_durations,
)
from metrics.tables import INSTANT
from tests.builders import ALWAYS, at, calendar, desk

EPOCH = date(1970, 1, 1)


def days_of(first: str | None, last: str) -> tuple[date, date]:
    """The first day of the tables, and the day after their last."""
    made = clock_between(desk(), at(first) if first else None, at(last))
    assert made is not None
    return EPOCH + timedelta(days=made.first_day), EPOCH + timedelta(days=made.first_day + made.days)


def test_a_clock_reaches_from_the_day_before_the_first_instant_to_well_after_the_last() -> None:
    run_on = date(2026, 3, 5) + timedelta(days=401)
    assert days_of("2026-03-02 23:00", "2026-03-04 01:00") == (date(2026, 3, 1), run_on)
    assert days_of(None, "2026-03-04 01:00") == (date(2026, 3, 3), run_on)
    assert days_of("2026-04-01 00:00", "2026-03-04 01:00") == (date(2026, 3, 3), run_on)


def test_a_last_instant_that_means_never_makes_no_clock_without_end() -> None:
    made = clock_between(desk(), at("2199-12-01 00:00"), datetime(9999, 12, 31, tzinfo=UTC))
    assert made is not None
    assert made.days < 1000


def test_a_desk_without_calendars_has_no_clock_and_no_business_time() -> None:
    assert clock_between(desk(calendars=()), None, at("2026-03-04 01:00")) is None
    frame = pl.DataFrame({"at": [at("2026-03-02 09:00")]}, schema={"at": INSTANT})
    found = frame.select(seconds=business_seconds(None, pl.col("at"), pl.col("at")))
    assert (found.schema["seconds"], found["seconds"].to_list()) == (pl.Int64(), [None])


def test_a_team_has_its_calendar_and_everybody_else_the_first() -> None:
    teams = pl.DataFrame({"team": ["nights", "days", "", None]}, schema={"team": pl.String()})
    two = (calendar("office"), calendar("night", weekly=ALWAYS))
    for settings, expected in (
        (desk(calendars=two, team_calendars={"nights": "night"}), ["night", "office", "office", "office"]),
        (desk(calendars=two), ["office", "office", "office", "office"]),
        (desk(calendars=()), [None, None, None, None]),
        (desk(calendars=(), team_calendars={"nights": "night"}), ["night", None, None, None]),
    ):
        found = teams.select(calendar_of_team(settings))
        assert found.schema == {CALENDAR: pl.String()}
        assert found[CALENDAR].to_list() == expected


def test_a_calendar_that_a_team_names_and_the_desk_lacks_is_told_with_those_there_are() -> None:
    later = calendar("office", valid_from=date(2026, 1, 1))
    with pytest.raises(CalendarError) as refused:
        calendar_of_team(desk(calendars=(calendar("office"), later, calendar("day")), team_calendars={"n": "night"}))
    assert str(refused.value) == "There is no calendar “night”; this desk has “office”, “day”."


def test_fractions_of_a_second_are_cut_off_each_instant() -> None:
    given = [("09:00:00.9", "09:00:01.1", 1), ("09:00:00.1", "09:00:00.9", 0), ("09:00", "10:00:00.999", 3600)]
    frame = pl.DataFrame(
        [(at(f"2026-03-02 {start}"), at(f"2026-03-02 {end}")) for start, end, _ in given],
        schema={"start": INSTANT, "end": INSTANT}, orient="row",
    )  # fmt: skip
    found = frame.select(calendar_seconds(pl.col("start"), pl.col("end"))).to_series().to_list()
    assert found == [seconds for _, _, seconds in given]


def test_each_thing_is_measured_on_both_clocks_and_what_ends_before_it_starts_on_none() -> None:
    stamps = [("2026-03-02 11:00", "2026-03-02 14:00", "2026-03-02 11:00"),
              ("2026-03-02 11:00", "2026-03-02 10:59", None)]  # fmt: skip
    frame = pl.DataFrame(
        [(*(stamp and at(stamp) for stamp in row), "desk") for row in stamps],
        schema={"start": INSTANT, "end": INSTANT, "other": INSTANT, CALENDAR: pl.String()}, orient="row",
    )  # fmt: skip
    spans = {"ride": (pl.col("start"), pl.col("end")), "halt": (pl.col("start"), pl.col("other"))}
    made = clock_between(desk(), at("2026-03-01 00:00"), at("2026-03-04 00:00"))
    found = with_durations(frame, spans, made)
    assert found.columns == [
        *frame.columns,
        *(f"{thing}_{clock}_seconds" for thing in spans for clock in ("calendar", "business")),
    ]
    assert found.select("ride_calendar_seconds", "ride_business_seconds").rows() == [(10_800, 7_200), (None, None)]
    assert found.select("halt_calendar_seconds", "halt_business_seconds").rows() == [(0, 0), (None, None)]
