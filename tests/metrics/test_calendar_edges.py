"""The edges of business time: the first and the last instant, several calendars, what each refusal says, open spans."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest

from metrics.calendar import CalendarError, business_clock, open_spans
from metrics.desk import Calendar
from metrics.tables import INSTANT
from tests.metrics.test_calendar import ALWAYS, OFFICE, START, WEEKS, calendar, clock, utc
from tests.oracles.business_minutes import Desk, MinuteOracle

SUNDAYS = calendar(weekly=(*((),) * 6, ((540, 600),)))


def seconds(made: object, *instants: str, name: str = "desk") -> list[int | None]:
    frame = pl.DataFrame({"at": [utc(text) for text in instants]}, schema={"at": INSTANT})
    return frame.select(made.seconds(pl.col("at"), calendar=name)).to_series().to_list()  # type: ignore[attr-defined]


def test_the_first_instant_of_a_table_is_measured_and_the_one_after_its_last_is_not() -> None:
    made = clock(calendar(weekly=ALWAYS), calendar(name="other", weekly=ALWAYS))
    first = datetime.fromtimestamp(made.first_day * 86_400, UTC)
    end = first + timedelta(days=made.days)
    assert seconds(made, str(first), str(end - timedelta(seconds=1))) == [0, made.days * 86_400 - 1]
    for stray in (first - timedelta(seconds=1), end):
        with pytest.raises(pl.exceptions.OutOfBoundsError):
            seconds(made, str(stray))


def test_a_table_reaches_over_every_zone_of_its_days() -> None:
    made = clock(calendar("Pacific/Kiritimati"), start=date(2025, 3, 3), end=date(2025, 3, 4))
    assert datetime.fromtimestamp(made.first_day * 86_400, UTC) == utc("2025-03-02T00:00:00Z")
    assert made.days == 1 + 400 + 2
    assert seconds(made, "2025-03-02T10:00:00Z", "2026-04-05T00:00:00Z")[0] == 0


def test_an_end_before_the_start_makes_a_table_of_the_start() -> None:
    made = clock(start=date(2025, 3, 3), end=date(2020, 1, 1))
    assert seconds(made, "2025-03-03T01:00:00Z", "2025-03-03T03:00:00Z") == [0, 7200]


def test_a_table_of_years_that_mean_never_is_one_of_the_years_beside_them() -> None:
    before = clock(calendar("UTC", weekly=ALWAYS), start=date(1900, 1, 1), end=date(1900, 2, 1))
    assert (before.first_day, before.days) == (-1, 400 + 2)
    after = clock(calendar("UTC", weekly=ALWAYS), start=date(2500, 1, 1), end=date(2500, 2, 1))
    assert datetime.fromtimestamp((after.first_day + after.days) * 86_400, UTC) == utc("2200-01-02T00:00:00Z")


@pytest.mark.parametrize(
    ("text", "is_never"), [("1970-01-01T00:00:00Z", False), ("2199-12-31T23:59:59Z", False),
                           ("1969-12-31T23:59:59Z", True), ("2200-01-01T00:00:00Z", True)],
)  # fmt: skip
def test_a_stamp_means_never_before_1970_and_from_2200_on(text: str, is_never: bool) -> None:
    if is_never:
        assert seconds(clock(), text) == [None]
    else:
        with pytest.raises(pl.exceptions.OutOfBoundsError):
            seconds(clock(), text)


def test_a_clock_of_all_years_begins_in_1970_and_ends_with_2199() -> None:
    wide = clock(calendar("UTC", weekly=ALWAYS), start=date(1, 1, 1), end=date(9999, 12, 31))
    assert seconds(wide, "1970-01-01T00:00:00Z") == [86_400]
    assert seconds(wide, "2199-12-31T23:59:59Z") == [86_400 + (date(2200, 1, 1) - date(1970, 1, 1)).days * 86_400 - 1]


def test_each_row_has_the_deadline_of_the_calendar_that_it_names() -> None:
    made = clock(calendar(), calendar(name="open", weekly=ALWAYS), calendar("America/New_York", name="night"))
    frame = pl.DataFrame(
        {"start": [utc("2025-03-07T17:00:00+08:00")] * 4, "calendar": ["night", "open", None, "desk"]},
        schema_overrides={"start": INSTANT},
    )
    found = frame.select(made.due(pl.col("start"), pl.lit(7200), calendar=pl.col("calendar"))).to_series().to_list()
    # In New York it is four in the morning: two hours from nine on.
    assert found == [
        utc("2025-03-07T16:00:00Z"), utc("2025-03-07T11:00:00Z"), None, utc("2025-03-10T10:00:00+08:00"),
    ]  # fmt: skip
    named = frame.select(made.due(pl.col("start"), pl.lit(7200), calendar="night")).to_series().to_list()
    assert named == [utc("2025-03-07T16:00:00Z")] * 4


def test_a_deadline_beyond_the_table_of_one_calendar_is_not_that_of_the_next() -> None:
    made = clock(calendar(), calendar(name="other"), start=START, end=START)
    frame = pl.DataFrame({"start": [utc("2025-01-02T09:00:00+08:00")]}, schema={"start": INSTANT})
    for name in ("desk", "other"):
        assert frame.select(made.due(pl.col("start"), pl.lit(3_000 * 3600), calendar=name)).item() is None


def test_the_deadline_of_an_unknown_start_or_promise_is_unknown() -> None:
    frame = pl.DataFrame(
        {"start": [None, utc("2025-03-07T17:00:00+08:00")], "seconds": [60, None]},
        schema={"start": INSTANT, "seconds": pl.Int64},
    )
    assert frame.select(clock().due(pl.col("start"), pl.col("seconds"), calendar="desk")).to_series().to_list() == [
        None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weekly": OFFICE[:5]},
         "Calendar “desk” has hours for 5 weekdays; it needs all seven, an empty list for a closed day."),
        ({"weekly": ((),) * 7}, "Calendar “desk” is never open; give it opening hours."),
        *(({"weekly": ((hours,), *OFFICE[1:])},
           f"Calendar “desk” has hours from minute {hours[0]} to minute {hours[1]} of a day; they must start within "
           "the day, and end later and at most 24 hours after.")
          for hours in ((-1, 60), (1440, 1500), (600, 600), (720, 540), (60, 1501))),
        ({"zone": "Mars/Olympus"},
         "There is no time zone “Mars/Olympus”; name one like Asia/Shanghai or Europe/London."),
        ({"zone": "../shadow"}, "There is no time zone “../shadow”; name one like Asia/Shanghai or Europe/London."),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_is_told_in_full(changes: dict[str, object], said: str) -> None:
    with pytest.raises(CalendarError) as refused:
        clock(calendar(**changes))  # type: ignore[arg-type]
    assert str(refused.value) == said


@pytest.mark.parametrize("hours", [(0, 1440), (1439, 2879), (0, 1)])
def test_hours_from_the_first_to_the_last_minute_and_of_a_whole_day_are_fine(hours: tuple[int, int]) -> None:
    made = clock(calendar("UTC", weekly=((hours,), *((),) * 6)))
    monday = "2025-03-10T00:00:00Z", "2025-03-12T00:00:00Z"
    begin, end = seconds(made, *monday)
    assert begin is not None
    assert end == begin + (hours[1] - hours[0]) * 60


def test_a_calendar_that_is_open_on_a_single_date_alone_is_one() -> None:
    made = clock(calendar("UTC", weekly=((),) * 7, days={date(2025, 3, 10): ((540, 600),)}))
    assert seconds(made, "2025-03-10T00:00:00Z", "2026-01-01T00:00:00Z") == [0, 3600]


def test_no_calendar_and_an_unknown_one_are_told_in_full() -> None:
    with pytest.raises(CalendarError) as refused:
        business_clock((), start=START, end=START)
    assert str(refused.value) == "The desk has no calendar; give it one with opening hours."
    with pytest.raises(CalendarError) as refused:
        clock(calendar(), calendar(name="other")).seconds(pl.col("at"), calendar="nights")
    assert str(refused.value) == "There is no calendar “nights”; this desk has “desk”, “other”."


def minutes_of(spans: list[tuple[datetime, datetime]], start: datetime) -> set[int]:
    return {
        minute for begin, end in spans
        for minute in range(int((begin - start).total_seconds()) // 60, int((end - start).total_seconds()) // 60)
    }  # fmt: skip


@pytest.mark.parametrize("week", range(4))
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/St_Johns", "Australia/Lord_Howe"])
def test_open_spans_are_the_open_minutes_in_order_and_apart(zone: str, week: int) -> None:
    first, days = date(2026, 3, 2), 40
    holidays: dict[date, tuple[tuple[int, int], ...]] = {date(2026, 3, 9): (), date(2026, 3, 14): ((540, 700),)}
    older = Calendar("desk", zone, WEEKS[week], holidays)
    newer = Calendar("desk", zone, WEEKS[(week + 1) % 4], holidays, valid_from=date(2026, 3, 20))
    oracle = MinuteOracle(
        [Desk(c.zone, c.weekly, c.days, c.valid_from) for c in (older, newer)], first, date(2026, 5, 1)
    )
    start = oracle.start + timedelta(hours=7, minutes=13)
    end = start + timedelta(days=days, hours=5)
    spans = open_spans([newer, older, calendar(name="other")], "desk", start=start, end=end)
    expected = {minute for minute in range(13 + 7 * 60, (days * 24 + 12) * 60 + 13) if oracle.open[minute]}
    assert minutes_of(spans, oracle.start) == expected
    assert all(begin < until for begin, until in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    assert {begin.tzinfo for span in spans for begin in span} == {UTC}


def test_open_spans_are_cut_to_the_instants_asked_for() -> None:
    asked = utc("2025-03-10T10:00:00+08:00"), utc("2025-03-10T17:30:07+08:00")
    noon = utc("2025-03-10T12:00:00+08:00"), utc("2025-03-10T13:00:00+08:00")
    assert open_spans([calendar()], "desk", start=asked[0], end=asked[1]) == [(asked[0], noon[0]), (noon[1], asked[1])]
    assert open_spans([calendar()], "desk", start=noon[0], end=noon[1]) == []
    assert open_spans([SUNDAYS], "desk", start=asked[0], end=asked[1]) == []


def test_the_day_before_and_the_day_after_reach_into_open_spans() -> None:
    nights = calendar(weekly=(((1320, 1800),),) * 7)
    begin = utc("2025-03-10T00:00:00+08:00")
    assert open_spans([nights], "desk", start=begin, end=begin + timedelta(days=1)) == [
        (begin, begin + timedelta(hours=6)), (begin + timedelta(hours=22), begin + timedelta(days=1)),
    ]  # fmt: skip


def test_hours_whose_length_does_not_divide_a_day_are_measured_as_well() -> None:
    made = clock(calendar("UTC", weekly=(*(((420, 840),),) * 5, (), ())))
    days = ("2025-03-10T00", "2025-03-10T10", "2025-03-10T14", "2025-03-11T08", "2025-03-15T03")
    whole = seconds(made, *(f"{day}:00:00Z" for day in days))
    assert [value - whole[0] for value in whole] == [0, 3 * 3600, 7 * 3600, 8 * 3600, 35 * 3600]  # type: ignore[operator]


def test_a_promise_of_one_second_before_the_first_opening_of_any_calendar_ends_a_second_after_it() -> None:
    mornings = (((540, 600),),) * 7
    made = clock(calendar("UTC", weekly=mornings), calendar("UTC", name="other", weekly=mornings))
    first = datetime.fromtimestamp(made.first_day * 86_400, UTC)
    frame = pl.DataFrame({"start": [first]}, schema={"start": INSTANT})
    for name in ("desk", "other"):
        due = frame.select(made.due(pl.col("start"), pl.lit(1), calendar=name)).item()
        assert due == first + timedelta(hours=9, seconds=1)
