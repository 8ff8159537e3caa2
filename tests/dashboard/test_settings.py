"""What ships as a desk's agreements, what a desk may change, and how faults are told."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from dashboard.agreements import Fault, parse_days, parse_hours, parse_seconds
from dashboard.public_holidays import public_holidays
from dashboard.settings import (
    AppSettings,
    SettingsError,
    default_settings,
    desk_settings,
    holidays_estimated_from,
    parse_settings,
    settings_key,
    settings_through,
)
from dashboard.wording import catalogue
from metrics.calendar import business_clock
from metrics.desk import Calendar, DeskSettings, QueueGroup
from metrics.tables import INSTANT

SMALL = """
zone = "Asia/Shanghai"
[[calendar]]
name = "desk"
weekdays = "09:00-12:00, 13:00-18:00"
saturday = "22:00-06:00"
holidays = "CN"
days = { 2026-12-31 = "09:00-12:00", 2026-06-06 = "closed" }
"""
EIGHT_HOURS = ((540, 720), (780, 1080))


def promised(settings: DeskSettings, thing: str, **where: str) -> int:
    (found,) = {target.seconds for target in settings.targets if target.thing == thing and target.where == where}
    return found


def calendar(settings: DeskSettings, name: str) -> Calendar:
    return next(calendar for calendar in settings.calendars if calendar.name == name)


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(SettingsError) as raised:
        parse_settings(text)
    return raised.value.faults


@pytest.mark.parametrize(
    ("channel", "first", "resolution"),
    [
        ("phone", 20, None), ("chat", 120, 7200), ("wechat", 120, 7200), ("email", 4 * 3600, 24 * 3600),
        ("social", 2 * 3600, 24 * 3600), ("web_form", 1800, 2 * 3600), ("store", 900, None),
    ],
)  # fmt: skip
def test_each_channel_ships_with_its_promise(channel: str, first: int, resolution: int | None) -> None:
    settings = default_settings("Asia/Shanghai")
    assert promised(settings, "first_response", channel=channel) == first
    if resolution is not None:
        assert promised(settings, "resolution", channel=channel) == resolution


def test_every_shipped_promise_is_dated_and_every_thing_has_one_for_tickets_without_a_channel() -> None:
    settings = default_settings("UTC")
    assert all(target.valid_from == date(1970, 1, 1) for target in settings.targets)
    assert {target.thing for target in settings.targets if not target.where} == {
        "first_response", "next_response", "resolution",
    }  # fmt: skip


def test_no_two_shipped_promises_are_for_the_same_tickets() -> None:
    rows = [(target.thing, *sorted(target.where.items())) for target in default_settings("UTC").targets]
    assert len(rows) == len(set(rows))


def test_the_shipped_desk_is_open_every_day_and_its_peaks_are_those_of_the_trade() -> None:
    settings = default_settings("Europe/London")
    assert settings.calendars[0].weekly == (((540, 1260),),) * 7
    assert settings.peak_hours == ((540, 660), (840, 1020))
    assert settings.csat_positive_share == 0.75


def test_an_office_in_a_chinese_zone_keeps_public_holidays_and_make_up_days() -> None:
    office = calendar(default_settings("Asia/Shanghai"), "office")
    assert office.days[date(2026, 10, 1)] == ()
    assert office.days[date(2026, 10, 10)] == ((540, 1080),)  # a Saturday that is worked
    assert office.days[date(2026, 2, 16)] == ()
    assert date(2026, 10, 12) not in office.days


def test_open_seconds_over_national_day_are_those_of_the_worked_days() -> None:
    settings = default_settings("Asia/Shanghai")
    clock = business_clock(settings.calendars, start=date(2026, 9, 1), end=date(2026, 11, 1))
    week = [datetime(2026, 9, 27, 16, tzinfo=UTC), datetime(2026, 10, 11, 16, tzinfo=UTC)]  # Monday to Sunday, local
    frame = pl.DataFrame([week], schema={"start": INSTANT, "end": INSTANT}, orient="row")
    found = frame.select(clock.elapsed(pl.col("start"), pl.col("end"), calendar="office")).item()
    assert found == (3 + 2 + 1) * 9 * 3600  # 28–30 September, 8–9 October, Saturday the 10th


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "UTC", "Asia/Hong_Kong", "America/New_York"])
def test_elsewhere_no_holiday_and_no_chinese_event_is_assumed(zone: str) -> None:
    settings = default_settings(zone)
    assert all(not calendar.days for calendar in settings.calendars)
    assert settings.event_days == frozenset()
    assert {calendar.zone for calendar in settings.calendars} == {zone}


def test_618_and_double_11_are_event_days_of_every_year() -> None:
    days = default_settings("Asia/Shanghai").event_days
    assert {date(2025, 6, 18), date(2026, 11, 11), date(2027, 11, 1)} <= days
    assert date(2026, 11, 5) not in days


def test_years_without_announced_make_up_days_are_known_to_be_estimated() -> None:
    known = public_holidays("CN")
    assert known.estimated_from is not None
    assert known.estimated_from >= date(2027, 1, 1)
    assert date(2030, 10, 1) in known.closed
    assert not any(day >= known.estimated_from for day in known.made_up)
    assert public_holidays("GB").estimated_from is None


def test_a_desk_is_told_of_estimates_only_where_a_calendar_keeps_public_holidays() -> None:
    assert holidays_estimated_from("Asia/Shanghai") == public_holidays("CN").estimated_from
    assert holidays_estimated_from("Asia/Kolkata") is None
    assert holidays_estimated_from("Asia/Shanghai", '[[calendar]]\nname = "desk"\ndaily = "09:00-18:00"') is None


def test_a_table_of_the_desks_own_replaces_the_shipped_one_and_leaves_the_others() -> None:
    settings = desk_settings("Asia/Shanghai", '[peak]\nhours = "10:00-12:00"\n')
    assert settings.peak_hours == ((600, 720),)
    assert settings.targets == default_settings("Asia/Shanghai").targets


def test_single_days_stand_over_public_holidays_and_the_week() -> None:
    desk = parse_settings(SMALL.replace("2026-12-31", "2026-10-01")).calendars[0]
    assert desk.weekly == (*(EIGHT_HOURS,) * 5, ((1320, 1800),), ())
    assert desk.days[date(2026, 10, 1)] == ((540, 720),)
    assert desk.days[date(2026, 6, 6)] == ()
    assert desk.days[date(2026, 10, 2)] == ()
    assert desk.days[date(2026, 9, 20)] == EIGHT_HOURS  # a make-up Sunday has the hours of the week


def test_versions_of_a_calendar_and_of_a_promise_keep_their_dates() -> None:
    settings = parse_settings(
        SMALL
        + '[[calendar]]\nname = "desk"\nvalid_from = 2026-07-01\ndaily = "00:00-24:00"\n'
        + '[[target]]\nthing = "resolution"\nwhere = { team = "投诉组" }\nwithin = "48 h"\nclock = "calendar"\n'
        + 'valid_from = "2026-07-01"\n'
    )
    assert [calendar.valid_from for calendar in settings.calendars] == [date.min, date(2026, 7, 1)]
    (target,) = settings.targets
    assert (target.clock, target.seconds, target.valid_from) == ("calendar", 172_800, date(2026, 7, 1))


def test_equal_settings_have_one_key_and_any_change_another() -> None:
    first = settings_key(parse_settings(SMALL))
    assert first == settings_key(parse_settings(SMALL.replace("\n[[", "\n\n[[")))
    changed = [
        SMALL.replace("12:00, 13", "12:30, 13"), SMALL.replace("Shanghai", "Urumqi"),
        SMALL.replace("2026-06-06", "2026-06-07"), SMALL + "[satisfaction]\npositive_share = 0.8\n",
    ]  # fmt: skip
    assert len({first, *(settings_key(parse_settings(text)) for text in changed)}) == 5


def test_the_key_of_the_shipped_settings_is_the_same_in_another_process() -> None:
    import subprocess
    import sys

    asked = "from dashboard.settings import *; print(settings_key(default_settings('Asia/Shanghai')))"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
    assert found == settings_key(default_settings("Asia/Shanghai"))


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = faults(
        'zone = "Asia/Peking"\ncolour = "red"\n[[calendar]]\nname = "desk"\ndaily = "9-18"\nholidays = "XX"\n'
        '[[target]]\nthing = "reply"\nwithin = "soon"\nwhere = { channel = "fax" }\n'
        '[peak]\nhours = "25:00-26:00"\n[satisfaction]\npositive_share = 4\n[[event]]\ndays = "618"\n'
    )
    said = " ".join(map(str, found))
    for part in (
        "“Asia/Peking”", "“colour”", "“9-18”", "“XX”", "“reply”", "“soon”", "“fax”", "“25:00-26:00”",
        "“4”", "“618”",
    ):  # fmt: skip
        assert part in said
    assert len(found) == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("calendar = 1", "must be written as [[calendar]] rows"),
        ("peak = 1", "must be written as a [peak] table"),
        ("", "no calendar"),
        ("zone =", "not valid TOML"),
        (SMALL.replace("desk", "night") + '[team_calendars]\nA = "day"', "[team_calendars] A is “day”"),
        (SMALL + SMALL.partition('"Asia/Shanghai"')[2], "given twice"),
        (SMALL.replace('"CN"', '"CN"\nvalid_from = "soon"'), "valid_from is “soon”"),
        (SMALL.replace("2026-06-06", "6th_June"), "days is “6th_June”"),
        (SMALL + '[[target]]\nthing = "resolution"\nwithin = "2 h"\nwhere = 1', "must be written as a [where] table"),
    ],
)
def test_each_fault_is_a_sentence(text: str, said: str) -> None:
    assert any(said in str(fault) for fault in faults(text if "zone" in text else f'zone = "UTC"\n{text}'))


def test_the_sentences_of_faults_are_in_both_languages() -> None:
    for fault in faults("calendar = 1\n[[target]]\nwithin = '1 d'"):
        assert catalogue("zh_CN")[fault.template].format(**fault.params) != str(fault)


@pytest.mark.parametrize("text", ["09:00-24:01", "24:00-25:00", "09:00", "", "9:60-10:00", "09:00-18:00,"])
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_hours(text)


def test_hours_times_and_days_read_as_people_write_them() -> None:
    assert parse_hours("9:00–12:00,22:00 - 06:00") == ((540, 720), (1320, 1800))
    assert parse_hours("00:00-00:00") == parse_hours("00:00-24:00") == ((0, 1440),)
    assert [parse_seconds(text) for text in ("20 s", "2min", "4 h")] == [20, 120, 14_400]
    assert parse_days("2026-12-12") == {date(2026, 12, 12)}


def test_the_application_reads_its_place_language_and_port_from_the_environment() -> None:
    given = {"FLOORWALKER_DATA": "desk", "FLOORWALKER_LANG": "zh-CN", "FLOORWALKER_PORT": "9000"}
    assert AppSettings.from_environment(given) == AppSettings(Path("desk"), "zh_CN", 9000)
    usual = AppSettings.from_environment({})
    assert (usual.language, usual.port) == (None, 8501)
    assert "floorwalker" in str(usual.data)


@pytest.mark.parametrize(
    "given", [{"FLOORWALKER_LANG": "fr"}, {"FLOORWALKER_PORT": "70000"}, {"FLOORWALKER_PORT": "x"}]
)
def test_an_environment_that_cannot_be_is_refused_by_name(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(given))):
        AppSettings.from_environment(given)


QUEUES = """
[[queue]]
name = "售后"
types = ["退换货", "物流"]
channels = ["phone", "chat"]
[[queue]]
name = "售前"
types = ["产品信息"]
"""


def test_groups_of_types_have_queues_of_their_own_and_move_no_figure() -> None:
    settings = parse_settings(SMALL + QUEUES)
    assert settings.queue_groups == (
        QueueGroup("售后", ("退换货", "物流"), ("phone", "chat")), QueueGroup("售前", ("产品信息",)),
    )  # fmt: skip
    assert settings_key(settings) == settings_key(parse_settings(SMALL))
    later = settings_through("UTC", ((date.min, SMALL), (date(2026, 3, 2), SMALL + QUEUES)))
    assert later.queue_groups == settings.queue_groups, "the newest groups hold for all of the past"


def test_a_type_cannot_wait_in_two_queues_of_one_channel() -> None:
    other = '[[queue]]\nname = "{name}"\ntypes = ["物流"]\nchannels = ["{channel}"]\n'
    assert parse_settings(SMALL + QUEUES + other.format(name="快递", channel="email")).queue_groups
    assert parse_settings(SMALL + QUEUES + other.format(name="售后", channel="email")).queue_groups
    (found,) = faults(SMALL + QUEUES + other.format(name="快递", channel="chat"))
    assert found.params == {"type": "物流", "name": "售后", "other": "快递"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('types = ["a"]', "[[queue]] needs a name."),
        ('name = "a/b"\ntypes = ["a"]', "a name of a queue has no “/” in it"),
        ('name = "a"', "names no type"),
        ('name = "a"\ntypes = ["b"]\nchannels = ["fax"]', "channels is “fax”; it must be one of"),
        ('name = "a"\ntypes = ["b"]\ncolour = "red"', "“colour” is not a setting"),
    ],
)
def test_what_is_wrong_with_a_queue_is_said(row: str, said: str) -> None:
    (found,) = faults(f"{SMALL}[[queue]]\n{row}\n")
    assert said in found.template.format(**found.params)
