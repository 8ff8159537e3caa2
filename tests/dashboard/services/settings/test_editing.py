"""Settings as tables to edit: nothing is lost on the way there and back, and each fault is told at its row."""

import tomllib
from datetime import date

import pytest

from dashboard.agreement_text import with_table
from dashboard.agreements import agreed
from dashboard.services.settings.editing import (
    days_in_year,
    days_of_year,
    faults_in,
    hours_text,
    kind_of_day,
    place_of,
    tables_of,
    target_faults,
    target_records,
    targets_of,
    week_of,
    with_days,
    with_week,
)
from dashboard.settings import desk_settings, settings_key, shipped_text

ZONE = "Asia/Shanghai"
OFFICE = next(row for row in tables_of(None)["calendar"] if row["name"] == "office")


def key_with(row: dict[str, object]) -> str:
    return settings_key(agreed({**tables_of(None), "calendar": [row]}, zone=ZONE))


def test_promises_go_into_a_table_and_back_without_a_change() -> None:
    rows = targets_of(target_records(tables_of(None)))
    edited = with_table(None, "target", rows)
    assert settings_key(desk_settings(ZONE, edited)) == settings_key(desk_settings(ZONE))
    kept = {"thing": "resolution", "where": {"team": "甲", "x_region": "north"}, "within": "3 h", "clock": "calendar",
            "valid_from": date(2026, 4, 1)}  # fmt: skip
    assert targets_of(target_records({"target": [kept]})) == [kept]


def test_what_is_wrong_is_told_at_its_row() -> None:
    records = target_records(tables_of(None))[:3]
    records[1] |= {"within": "soon"}
    records.append({**records[0], "within": "9 min"})
    records.append({"thing": None, "within": None, "others": "north"})
    found = target_faults(records, ZONE)
    assert sorted(found) == [1, 3, 4]
    assert "“soon”" in str(found[1][0])
    assert found[3][0].params == {"other": 1}
    assert any("“north” is no condition" in str(fault) for fault in found[4])


@pytest.mark.parametrize(
    "row",
    [
        {"name": "a", "daily": "09:00-21:00"},
        {"name": "a", "weekdays": "09:00-12:00, 13:30-18:00", "saturday": "22:00-06:00"},
        {"name": "a", "monday": "00:00-24:00", "daily": "10:00-11:00"},
        OFFICE,
    ],
)
def test_a_week_goes_into_seven_fields_and_back_without_a_change(row: dict[str, object]) -> None:
    assert key_with(with_week(row, week_of(row))) == key_with(row)


def test_a_night_over_midnight_is_written_as_people_say_it() -> None:
    assert hours_text(((1320, 1800), (0, 1440))) == "22:00-06:00, 00:00-24:00"
    assert hours_text(()) == "closed"


def test_the_single_days_of_a_year_go_into_a_table_and_back_without_a_change() -> None:
    days = days_in_year(OFFICE, tables_of(None), ZONE, 2026)
    assert days[date(2026, 10, 1)] == "closed"
    assert days[date(2026, 10, 10)] == "09:00-18:00"
    assert with_days(OFFICE, tables_of(None), ZONE, 2026, days) == OFFICE


def test_a_day_is_added_changed_or_made_usual_again() -> None:
    tables = tables_of(None)
    days = days_in_year(OFFICE, tables, ZONE, 2026)
    del days[date(2026, 10, 1)]
    days |= {date(2026, 10, 2): "10:00-12:00", date(2026, 6, 6): "10:00-16:00"}
    row = with_days(OFFICE, tables, ZONE, 2026, days)
    assert row["days"] == {"2026-06-06": "10:00-16:00", "2026-10-01": "09:00-18:00", "2026-10-02": "10:00-12:00"}
    (calendar,) = agreed({**tables, "calendar": [row]}, zone=ZONE).calendars
    kinds = {
        day: kind_of_day(calendar, day) for day in (date(2026, 6, 6), *(date(2026, 10, day) for day in range(1, 4)))
    }
    assert list(kinds.values()) == ["worked", "open", "other", "closed"]
    assert days_in_year(row, tables, ZONE, 2026) == dict(sorted({**days, date(2026, 10, 1): "09:00-18:00"}.items()))


def test_a_year_has_all_its_days_each_of_one_kind() -> None:
    office = next(one for one in desk_settings(ZONE).calendars if one.name == "office")
    year = days_of_year(office, 2026)
    assert len(year) == 365
    counted = {kind: sum(1 for _day, found, _hours in year if found == kind) for kind in ("holiday", "worked", "other")}
    assert counted == {"holiday": 19, "worked": 6, "other": 0}


def test_the_newest_row_of_a_calendar_is_the_one_to_edit() -> None:
    rows: list[dict[str, object]] = [
        {"name": "a", "valid_from": date(2026, 5, 1)},
        {"name": "a", "valid_from": date(1970, 1, 1)},
        {"name": "b"},
    ]
    assert place_of(rows, "a") == 0


def test_a_text_is_checked_as_a_whole_its_measures_too() -> None:
    assert faults_in(shipped_text(), ZONE) == ()
    text = '[peak]\nhours = "noon"\n[[measure]]\ntitle = "x"\n'
    assert len(faults_in(text, ZONE)) == 3
    assert tomllib.loads(text)
