"""The local clock of many instants is that of each one, whatever its zone does in between."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from metrics.local_time import local_times, offsets_between

ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
SPANS = (
    (date(2024, 3, 1), date(2024, 4, 20)),
    (date(2024, 10, 1), date(2024, 11, 20)),
    (date(2011, 12, 20), date(2012, 1, 5)),
    (date(1986, 1, 1), date(1992, 1, 1)),
    (date(1960, 1, 1), date(1961, 1, 1)),
    (date(2060, 5, 1), date(2060, 6, 1)),
)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("span", SPANS, ids=str)
def test_local_times_are_those_of_the_zone(zone: str, span: tuple[date, date]) -> None:
    first, last = (datetime.combine(day, time(), UTC) for day in span)
    step = (last - first) / 3000 + timedelta(microseconds=1)
    at = [first + step * place for place in range(3000)]
    frame = pl.DataFrame({"at": at, "none": [None] * len(at)}, schema_overrides={"none": pl.Datetime("us", "UTC")})
    local = frame.select(**local_times(frame, ["at", "none"], zone))
    assert local["at"].to_list() == [one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in at]
    assert local["none"].null_count() == len(at)


def test_of_no_columns_there_is_nothing_to_tell() -> None:
    assert local_times(pl.DataFrame({"at": [1]}), [], "UTC") == {}


def test_an_offset_holds_from_the_second_of_the_change_on() -> None:
    changes = offsets_between("Europe/London", date(2024, 3, 1), date(2024, 11, 1))
    hour = timedelta(hours=1)
    assert changes[1:] == [
        (datetime(2024, 3, 31, 1, tzinfo=UTC), hour), (datetime(2024, 10, 27, 1, tzinfo=UTC), timedelta())
    ]  # fmt: skip
    assert changes[0][1] == timedelta()
