import polars as pl
import pytest

from loaders.durations import parse_seconds


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("90", "s", 90),
        ("1500", "ms", 1.5),
        ("2.5", "min", 150),
        ("1.5", "h", 5400),
        ("0.25", "excel", 21600),
        ("1,200", "s", 1200),
        ("00:05:00", "s", 300),
        ("30:00:01", "s", 108_001),
        ("2 days 03:00", "s", 183_600),
        ("1d 03:00:05", "min", 97_205),
        ("-00:01:00", "s", -60),
        ("1 hour 5 minutes", "s", 3900),
        ("2天3小时", "s", 183_600),
        ("5分30秒", "s", 330),
    ],
)
def test_a_duration_is_read_as_seconds(text: str, unit: str, seconds: float) -> None:
    assert parse_seconds(pl.Series([text]), unit=unit).to_list() == [seconds]


def test_what_is_no_duration_is_null() -> None:
    assert parse_seconds(pl.Series(["soon", None, "12:99:00", ""])).to_list() == [None] * 4
