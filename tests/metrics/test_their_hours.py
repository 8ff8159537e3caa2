"""Opening hours found from told working times, against a walk minute by minute."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.their_hours import Hours, hours_behind, within

BEGAN = datetime(2026, 3, 2, tzinfo=UTC)


def walked(begin: datetime, end: datetime, days: int, opens: int, closes: int) -> int:
    """Working minutes between, one by one, in UTC."""
    total, at = 0, begin
    while at < end:
        total += at.weekday() < days and opens <= at.hour * 60 + at.minute < closes
        at += timedelta(minutes=1)
    return total * 60


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 14 * 1440), st.integers(1, 3000)), min_size=8, max_size=8),
    st.sampled_from([5, 6, 7]), st.sampled_from([480, 540, 570]), st.sampled_from([1020, 1080, 1260]),
)  # fmt: skip
def test_a_span_within_hours_is_what_a_walk_through_it_finds(
    spans: list[tuple[int, int]], days: int, opens: int, closes: int
) -> None:
    rows = [(BEGAN + timedelta(minutes=at), BEGAN + timedelta(minutes=at + length)) for at, length in spans]
    frame = pl.DataFrame(rows, schema=["begin", "end"], orient="row")
    took = frame.select(within(Hours(days, opens, closes, 0, 0), "begin", "end", "UTC")).to_series()
    assert took.to_list() == [walked(begin, end, days, opens, closes) for begin, end in rows]


def test_hours_are_named_only_where_nearly_all_times_fit_and_something_was_open() -> None:
    ends = [BEGAN + timedelta(hours=hour) for hour in (11, 20, 35, 50, 61, 80, 100, 130)]
    told = [walked(BEGAN, end, 5, 540, 1080) for end in ends]
    frame = pl.DataFrame({"begin": [BEGAN] * 8, "end": ends, "theirs": [float(value) for value in told]})
    found = hours_behind(frame, "UTC")
    assert found is not None
    assert (found.days, found.clock, found.same, found.of) == (5, "09:00–18:00", 8, 8)
    noise = frame.with_columns(theirs=pl.Series([1.0, 9e5, 77.0, 4321.0, 5e5, 12.0, 1e6, 3.0]))
    assert hours_behind(noise, "UTC") is None
    assert hours_behind(frame.head(4), "UTC") is None
    assert hours_behind(frame.with_columns(theirs=0.0), "UTC") is None
