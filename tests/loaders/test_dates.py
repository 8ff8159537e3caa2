from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.dates import DateOptions, Instants, parse_instants
from loaders.errors import AmbiguousDatesError, MappingError, ZoneNeededError


def parsed(
    *values: str | None,
    zone: str | None = "UTC",
    asked: str | None = None,
    workbook: bool = False,
) -> Instants:
    options = DateOptions(zone=zone, asked=asked, from_workbook=workbook)
    return parse_instants(pl.Series("at", values, dtype=pl.String), header="Created", options=options)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-04-25T09:32:09Z", utc(2019, 4, 25, 9, 32, 9)),
        ("2019-04-25T09:32:09.250+08:00", utc(2019, 4, 25, 1, 32, 9, 250_000)),
        ("2019-04-25 09:32:09 +0800", utc(2019, 4, 25, 1, 32, 9)),
        ("2019-04-25 09:32:09 UTC", utc(2019, 4, 25, 9, 32, 9)),
        ("1556184729", utc(2019, 4, 25, 9, 32, 9)),
        ("1556184729000", utc(2019, 4, 25, 9, 32, 9)),
        ("Tue Oct 31 22:10:47 +0000 2017", utc(2017, 10, 31, 22, 10, 47)),
        ("Tue, 31 Oct 2017 22:10:47 +0000", utc(2017, 10, 31, 22, 10, 47)),
    ],
)
def test_a_stamp_that_carries_its_zone_needs_no_other(value: str, expected: datetime) -> None:
    assert parsed(value, zone=None).at.to_list() == [expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019/4/25 9:32:09", utc(2019, 4, 25, 1, 32, 9)),
        ("29/2/2016 01:16", utc(2016, 2, 28, 17, 16)),
        ("29-02-2016 01:16", utc(2016, 2, 28, 17, 16)),
        ("2019年4月25日 9时32分", utc(2019, 4, 25, 1, 32)),
        ("2019年4月25日 9时32分08秒", utc(2019, 4, 25, 1, 32, 8)),
        ("2019/4/25 下午 9:32:09", utc(2019, 4, 25, 13, 32, 9)),
        ("4/25/2019 9:32 PM", utc(2019, 4, 25, 13, 32)),
        ("Aug 26, 2023 10:00", utc(2023, 8, 26, 2, 0)),
        ("26 August 2023 10:00", utc(2023, 8, 26, 2, 0)),
        ("2023-01-02 01:03:17.432", utc(2023, 1, 1, 17, 3, 17, 432_000)),
        ("43580.5", utc(2019, 4, 25, 4, 0)),
        ("20190425093209", utc(2019, 4, 25, 1, 32, 9)),
    ],
)
def test_a_stamp_without_a_zone_is_local_time(value: str, expected: datetime) -> None:
    found = parsed(value, zone="Asia/Shanghai")
    assert found.at.to_list() == [expected]
    assert found.date_only is None


@pytest.mark.parametrize("value", ["26-Aug-23", "2018/4/24", "20190425", "31 October 2017", "2019年4月25日"])
def test_a_date_without_a_time_stands_at_local_midnight_and_is_known_as_such(value: str) -> None:
    found = parsed(value, zone="Asia/Shanghai")
    assert found.at.dt.convert_time_zone("Asia/Shanghai").dt.hour().to_list() == [0]
    assert found.date_only is not None
    assert found.date_only.to_list() == [True]


def test_stamps_without_a_zone_ask_for_one() -> None:
    with pytest.raises(ZoneNeededError, match=r"'Created' carry no time zone; name it, for example --zone"):
        parsed("2019-04-25 09:32", zone=None)


def test_one_value_that_can_be_read_in_one_way_only_settles_day_and_month_and_is_told() -> None:
    found = parsed("03/04/2023 10:00", "13/04/2023 10:00", None)
    assert found.at.to_list() == [utc(2023, 4, 3, 10), utc(2023, 4, 13, 10), None]
    assert [str(note) for note in found.notes] == [
        "Dates in 'Created' are read day before month: 1 values can be read in no other way."
    ]
    assert parsed("03/04/2023 10:00", "04/13/2023 10:00").at[0] == utc(2023, 3, 4, 10)


def test_day_and_month_that_no_value_settles_are_asked_never_guessed() -> None:
    with pytest.raises(AmbiguousDatesError, match=r"--date-format dmy.*--date-format mdy"):
        parsed("03/04/2023 10:00", "05/06/2023 11:00")
    assert parsed("03/04/2023 10:00", asked="dmy").at[0] == utc(2023, 4, 3, 10)
    assert parsed("03/04/2023 10:00", asked="mdy").at[0] == utc(2023, 3, 4, 10)
    assert parsed("03/04/2023 10:00", asked="%m/%d/%Y").at[0] == utc(2023, 3, 4, 10)


def test_values_that_contradict_each_other_are_asked_too() -> None:
    with pytest.raises(AmbiguousDatesError, match="some dates can only be day before month"):
        parsed("13/04/2023", "04/13/2023")


def test_an_order_that_makes_no_difference_needs_no_answer() -> None:
    assert parsed("05/05/2023 10:00").at[0] == utc(2023, 5, 5, 10)


def test_native_workbook_stamps_and_dates_stand_beside_the_text_form_of_a_column() -> None:
    found = parsed("2019/4/25 9:32:09", "2019-04-08T08:37:20", "2018/4/24", zone="Asia/Shanghai", workbook=True)
    assert found.at.to_list() == [utc(2019, 4, 25, 1, 32, 9), utc(2019, 4, 8, 0, 37, 20), utc(2018, 4, 23, 16)]
    assert found.date_only is not None
    assert found.date_only.to_list() == [False, False, True]


def test_midnight_beside_stamps_with_times_is_no_proof_of_a_date_alone() -> None:
    assert parsed("2019-04-25T00:00:00", "2019-04-26T09:00:00", workbook=True).date_only is None
    assert parsed("26/08/2023 00:00", "27/08/2023 10:00").date_only is None
    assert parsed("2019-04-25T00:00:00").date_only is None


def test_a_workbook_column_of_midnights_only_is_a_column_of_dates() -> None:
    found = parsed("2019-04-25T00:00:00", None, "2019-04-26T00:00:00", workbook=True)
    assert found.date_only is not None
    assert found.date_only.to_list() == [True, False, True]


def test_a_few_values_in_another_form_are_flagged_and_the_others_stay() -> None:
    found = parsed("2019-04-25 09:00", "soon", "2019-04-26 09:00", "2019-02-30 09:00", "2019-04-27 10:00")
    assert {reason: rows.to_list() for reason, rows in found.flags.items()} == {"bad_date": [1, 3]}
    assert found.at.is_null().to_list() == [False, True, False, True, False]


def test_a_column_with_hardly_any_date_is_refused() -> None:
    with pytest.raises(MappingError, match="'Created' holds no dates that can be read, for example 'a', 'b'"):
        parsed("a", "b", "2019-01-01")


def test_spreadsheet_serials_are_believed_only_where_the_whole_column_is_made_of_them() -> None:
    assert parsed("43580", "43581.25").at[1] == utc(2019, 4, 26, 6)
    with pytest.raises(MappingError):
        parsed("43580", "43581", "none of it")


def test_years_that_cannot_be_are_flagged() -> None:
    found = parsed("0001-01-01 00:00:00", "2019-01-01 00:00:00", "9999-12-31 00:00:00", "2020-01-01 00:00:00")
    assert found.flags["date_out_of_range"].to_list() == [0, 2]
    assert found.at.is_null().to_list() == [True, False, True, False]


def test_a_year_beyond_all_calendars_is_flagged_too() -> None:
    found = parsed("13284-01-01 00:00:00", "2019-01-01 00:00:00", "2020-01-01 10:00:00")
    assert found.at.is_null().to_list() == [True, False, False]
    numbers = parsed("9999999999999", "1556184729000", "1556184729001")
    assert numbers.flags["date_out_of_range"].to_list() == [0]


def test_a_local_time_that_the_clock_skipped_is_flagged_and_a_repeated_one_is_the_earlier() -> None:
    found = parsed("2021-03-28 02:30", "2021-10-31 02:30", "2021-06-01 12:00", zone="Europe/Berlin")
    assert found.flags["nonexistent_local_time"].to_list() == [0]
    assert found.at.to_list() == [None, utc(2021, 10, 31, 0, 30), utc(2021, 6, 1, 10)]
    assert "1 stamps in 'Created' fall in the repeated hour" in str(found.notes[-1])


def test_a_column_without_values_stays_empty() -> None:
    found = parsed(None, None)
    assert found.at.to_list() == [None, None]
    assert found.at.dtype == pl.Datetime("us", "UTC")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), min_size=1, max_size=20),  # noqa: DTZ001
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y年%m月%d日 %H时%M分%S秒"]),
)
def test_whatever_is_written_in_one_form_is_read_back(moments: list[datetime], pattern: str) -> None:
    moments = [moment.replace(microsecond=0) for moment in moments]
    order = "mdy" if pattern.startswith("%m") else "dmy"
    found = parsed(*[moment.strftime(pattern) for moment in moments], asked=order)
    assert found.at.to_list() == [moment.replace(tzinfo=UTC) for moment in moments]


def test_local_stamps_agree_with_the_zone_database_over_clock_changes() -> None:
    from zoneinfo import ZoneInfo

    start = datetime(2021, 10, 30, tzinfo=UTC)
    instants = [start + timedelta(minutes=37 * step) for step in range(80)]
    local = [instant.astimezone(ZoneInfo("America/New_York")) for instant in instants]
    found = parsed(*[moment.strftime("%Y-%m-%d %H:%M:%S") for moment in local], zone="America/New_York")
    assert found.at.to_list() == instants


def test_a_named_form_is_used_where_it_fits_and_other_columns_are_read_by_their_own() -> None:
    assert parsed("3.4.19 10:00", asked="%y.%m.%d %H:%M").at[0] == utc(2003, 4, 19, 10)
    assert parsed("2019-04-03 10:00", asked="%d/%m/%Y %H:%M").at[0] == utc(2019, 4, 3, 10)
    assert parsed("03/04/2019 10:00:30", asked="%d/%m/%Y %H:%M").at[0] == utc(2019, 4, 3, 10, 0, 30)


def test_a_year_of_two_digits_that_may_stand_first_is_asked() -> None:
    assert parsed("26/08/23 10:00", "14/08/23 11:00", "15/09/23 11:00").at[0] == utc(2023, 8, 26, 10)
    with pytest.raises(AmbiguousDatesError, match="may stand first or last"):
        parsed("23/08/26 10:00", "23/08/14 11:00", "23/09/15 11:00")
    assert parsed("23/08/26 10:00", "23/08/14 11:00", asked="ymd").at[0] == utc(2023, 8, 26, 10)
