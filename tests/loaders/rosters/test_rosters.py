"""Rosters out of tables: lists and grids in both languages, and nothing that cannot be read is lost."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from loaders.reading import read_file
from loaders.rosters import Known, RosterError, RosterRead, codes_of, read_roster
from loaders.rosters.times import day_of, minute_of, spans_of

MONDAY = date(2026, 11, 23)
SHANGHAI = Known(
    "Asia/Shanghai", MONDAY, codes_of("早=09:00-18:00；晚=13:00-22:00"), {"王芳": "甲组"}, ("chat", "phone", "email")
)


def read(tmp_path: Path, text: str, known: Known = SHANGHAI) -> RosterRead:
    file = tmp_path / "roster.csv"
    file.write_text(text, encoding="utf-8")
    return read_roster(read_file(file), known)


def told(found: RosterRead) -> list[tuple[object, ...]]:
    return [(row["line"], row["column"], row["value"], row["reason"], row["kind"]) for row in found.rejects.to_dicts()]


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_one_shift_a_row_in_chinese_with_people_kinds_skills_and_breaks(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "日期,班组,姓名,上班,下班,人数,用工类型,渠道,午休\n"
        "2026-11-23,甲组,,09:00,18:00,6,,,12:00-13:00\n"
        "2026-11-24,,王芳,13:00,22:00,,兼职,,\n"
        "11/25,外包,,22:00,06:00,2.5,外包,在线聊天、热线,\n",
    )
    first, second, third = found.shifts
    assert (first.team, first.people, first.starts_at, first.ends_at) == ("甲组", 6.0, utc(23, 1), utc(23, 10))
    assert (first.break_from, first.break_to) == (utc(23, 4), utc(23, 5))
    assert (second.team, second.person, second.kind) == ("甲组", "王芳", "part_time")  # the desk knows her team
    assert (third.kind, third.queues, third.ends_at - third.starts_at) == (
        "outsourced", ("chat", "phone"), timedelta(hours=8),
    )  # fmt: skip
    assert (third.starts_at, third.day) == (utc(25, 14), date(2026, 11, 25))
    assert (found.rows_read, found.loaded, found.rejected) == (3, 3, 0)


def test_one_person_a_row_with_days_codes_and_times_in_the_cells(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "姓名,班组,11/23 周一,11/24 周二,11/25 周三\n王芳,甲组,早,休,\n"
        "李强,甲组,晚,9:00-12:00/13:00-18:00,夜\n赵敏,乙组,早,早,早\n",
    )
    by_person = {name: [one for one in found.shifts if one.person == name] for name in ("王芳", "李强", "赵敏")}
    assert [len(shifts) for shifts in by_person.values()] == [1, 3, 3]
    assert [(one.starts_at, one.ends_at) for one in by_person["李强"]] == [
        (utc(23, 5), utc(23, 14)), (utc(24, 1), utc(24, 4)), (utc(24, 5), utc(24, 10)),
    ]  # fmt: skip
    # One cell that says nothing known takes neither the row nor the other cells with it.
    assert told(found) == [(3, "11/25 周三", "夜", "roster_unknown_shift", "flagged")]
    assert (found.loaded, found.rejected) == (3, 0)


def test_every_row_that_cannot_be_a_shift_is_kept_aside_with_the_cell_that_says_why(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "date,team,agent,start,end,people,kind,queues\n"
        "2026-11-23,A,Li,09:00,18:00,1,,\n"
        "someday,A,Wu,09:00,18:00,1,,\n"
        "2026-11-23,A,Wu,nine,18:00,1,,\n"
        "2026-11-23,A,Wu,09:00,09:00,1,,\n"
        "2026-11-23,A,Li,12:00,20:00,1,,\n"
        "2026-11-23,,Zoe,09:00,18:00,1,,\n"
        "2026-11-23,A,,09:00,18:00,-3,,\n"
        "2026-11-23,A,,09:00,18:00,1,wizard,\n"
        "2026-11-23,A,,09:00,18:00,1,,fax\n"
        "2026-11-23,A,,09:00,05:00,1,,\n",
    )
    assert [(line, column, reason) for line, column, _value, reason, _kind in told(found)] == [
        (3, "date", "roster_no_day"), (4, "start", "roster_no_time"), (5, "end", "roster_no_time"),
        (6, "agent", "roster_twice"), (7, "team", "roster_no_team"), (8, "people", "roster_bad_people"),
        (9, "kind", "roster_unknown_kind"), (10, "queues", "roster_unknown_queue"), (11, "end", "roster_too_long"),
    ]  # fmt: skip
    assert [one.person for one in found.shifts] == ["Li"]
    assert found.rows_read == found.loaded + found.rejected + found.blank == 10


def test_a_workbook_with_true_dates_and_times_is_read_alike(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Team", "Start", "End", "People"])
    sheet.append([MONDAY, "A", time(9), time(17, 30), 4])
    book.save(tmp_path / "roster.xlsx")
    (shift,) = read_roster(read_file(tmp_path / "roster.xlsx"), SHANGHAI).shifts
    assert (shift.starts_at, shift.ends_at, shift.people) == (utc(23, 1), utc(23, 9, 30), 4.0)


def test_wall_clocks_are_those_of_the_zone_also_where_summer_time_begins(tmp_path: Path) -> None:
    berlin = Known("Europe/Berlin", date(2026, 3, 28))
    found = read(tmp_path, "date,team,start,end\n2026-03-28,A,22:00,06:00\n2026-03-29,A,22:00,06:00\n", berlin)
    assert [one.ends_at - one.starts_at for one in found.shifts] == [timedelta(hours=7), timedelta(hours=8)]


def test_a_table_that_is_no_roster_is_refused_with_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="'colour', 'size'"):
        read(tmp_path, "colour,size\nred,3\n")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("09:00-18:00", ((540, 1080),)), ("9-18", ((540, 1080),)), ("0900-1800", ((540, 1080),)),
        ("9点～18点30分", ((540, 1110),)), ("早班(9:00至18:00)", ((540, 1080),)), ("22:00-次日06:00", ((1320, 1800),)),
        ("9:00-12:00 13:00-18:00", ((540, 720), (780, 1080))), ("00:00-24:00", ((0, 1440),)), ("早", ()),
        ("9:75-10", ()), ("9:00-9:00", ()), ("25:00-26:00", ()),
    ],
)  # fmt: skip
def test_times_as_they_are_written(text: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert spans_of(text) == spans


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)), ("2026年11月24日", date(2026, 11, 24)), ("11/24", date(2026, 11, 24)),
        ("2026/11/24 00:00:00", date(2026, 11, 24)), ("1月2日", date(2027, 1, 2)), ("周五", date(2026, 11, 27)),
        ("Tue", date(2026, 11, 24)),
        ("24", date(2026, 11, 24)), ("1", date(2026, 12, 1)), ("2日(周三)", date(2026, 12, 2)), ("2026-13-01", None),
        ("班组", None), ("", None), ("2/30", None),
    ],
)  # fmt: skip
def test_days_as_they_are_written(text: str, day: date | None) -> None:
    assert day_of(text, MONDAY) == day


@pytest.mark.parametrize(
    ("text", "minute"), [("9:00", 540), ("09:00:00", 540), ("9点30分", 570), ("2026-11-23T17:30:00", 1050),
                         ("24:00", 1440), ("9", 540), ("nine", None), ("25:00", None), ("", None)],
)  # fmt: skip
def test_minutes_as_they_are_written(text: str, minute: int | None) -> None:
    assert minute_of(text) == minute
