"""Business time against a minute-by-minute count, and the laws it must keep."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Literal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.calendar import BusinessClock, CalendarError, business_clock
from metrics.desk import Calendar, Minutes
from metrics.tables import INSTANT
from tests.oracles.business_minutes import Desk, MinuteOracle

OFFICE: tuple[tuple[Minutes, ...], ...] = (((540, 720), (780, 1080)),) * 5 + ((), ())
ALWAYS: tuple[tuple[Minutes, ...], ...] = (((0, 1440),),) * 7
START, END = date(2025, 1, 1), date(2026, 7, 1)
ZONES = (
    "Asia/Shanghai", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York", "America/St_Johns", "Europe/London",
    "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Chatham", "Asia/Tehran",
    "Africa/Cairo", "America/Havana", "Asia/Beirut", "Europe/Moscow", "Pacific/Kiritimati", "America/Santiago",
    "Asia/Gaza", "UTC",
)  # fmt: skip
WEEKS: tuple[tuple[tuple[Minutes, ...], ...], ...] = (
    OFFICE,
    (((0, 180), (1320, 1860)),) * 5 + (((60, 150),), ((90, 1530),)),  # nights, over both changes
    (((555, 740), (797, 1063)),) * 6 + (((607, 1201),),),  # no quarter anywhere
    (((480, 1200), (600, 1320)), ((0, 1440),), (), ((1439, 2879),), ((0, 1),), ((125, 175),), ((30, 150),)),  # odd
    ALWAYS,
)


def calendar(zone: str = "Asia/Shanghai", **changes: object) -> Calendar:
    return Calendar(**{"name": "desk", "zone": zone, "weekly": OFFICE, **changes})  # type: ignore[arg-type]


def clock(*calendars: Calendar, start: date = START, end: date = END) -> BusinessClock:
    return business_clock(calendars or (calendar(),), start=start, end=end)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def elapsed(made: BusinessClock, start: str, end: str, *, name: str = "desk") -> int | None:
    frame = pl.DataFrame({"start": [utc(start)], "end": [utc(end)]}, schema={"start": INSTANT, "end": INSTANT})
    found = frame.select(made.elapsed(pl.col("start"), pl.col("end"), calendar=name)).item()
    assert found is None or isinstance(found, int)
    return found


def due(made: BusinessClock, start: str, seconds: int) -> datetime | None:
    frame = pl.DataFrame({"start": [utc(start)], "seconds": [seconds]}, schema_overrides={"start": INSTANT})
    found = frame.select(made.due(pl.col("start"), pl.col("seconds"), calendar="desk")).item()
    assert found is None or isinstance(found, datetime)
    return found


def some_calendars(zone: str, random: Random, start: date, days: int) -> list[Calendar]:
    """Two versions of one calendar, with holidays, make-up days and half days strewn over it."""
    special: dict[date, tuple[Minutes, ...]] = {}
    for _ in range(days // 8):
        day = start + timedelta(days=random.randrange(-2, days + 2))
        special[day] = random.choice([(), (), ((540, 1080),), ((480, 725),), ((1200, 1700),), ((60, 200),)])
    change = start + timedelta(days=random.randrange(days // 3, days))
    older, newer = random.sample(WEEKS, 2)
    return [
        Calendar("desk", zone, older, special),
        Calendar("desk", zone, newer, special, valid_from=change),
    ]


def differences(zone: str, *, start: date, days: int, intervals: int, seed: int) -> tuple[int, int]:
    """How many random intervals were compared, and on how many of them clock and oracle differ."""
    random = Random(f"{zone} {seed}")
    end = start + timedelta(days=days)
    calendars = some_calendars(zone, random, start, days)
    oracle = MinuteOracle([Desk(c.zone, c.weekly, c.days, c.valid_from) for c in calendars], start, end)
    made = business_clock(calendars, start=start, end=end)
    pairs = [_random_pair(random, oracle.start, days) for _ in range(intervals)]
    frame = pl.DataFrame(pairs, schema={"start": INSTANT, "end": INSTANT}, orient="row")
    found = frame.select(made.elapsed(pl.col("start"), pl.col("end"), calendar="desk")).to_series().to_list()
    expected = [oracle.elapsed(begin, end) for begin, end in pairs]
    return len(found), sum(one != other for one, other in zip(found, expected, strict=True))


def _random_pair(random: Random, start: datetime, days: int) -> tuple[datetime, datetime]:
    span = days * 86_400_000_000
    first = random.randrange(span)
    length = random.choice([3_600_000_000, 86_400_000_000, 5 * 86_400_000_000, span])
    second = min(first + random.randrange(length), span - 1)
    return start + timedelta(microseconds=first), start + timedelta(microseconds=second)


def near_a_change(zone: str) -> date:
    """A day shortly before the zone's clocks move in 2026, else in February."""
    frame = pl.select(pl.datetime_range(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC), "1d"))
    offsets = frame.to_series().dt.convert_time_zone(zone).dt.dst_offset()
    changed = (offsets != offsets.shift(1)).arg_true().to_list()
    return date(2026, 2, 1) + timedelta(days=(changed or [12])[0] - 12)


@pytest.mark.parametrize("zone", ZONES)
def test_a_hundred_intervals_around_a_change_of_clocks_equal_the_count_of_minutes(zone: str) -> None:
    assert differences(zone, start=near_a_change(zone), days=25, intervals=100, seed=1) == (100, 0)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_a_thousand_intervals_over_sixteen_months_equal_the_count_of_minutes(zone: str) -> None:
    assert differences(zone, start=date(2025, 2, 1), days=480, intervals=1_000, seed=2) == (1_000, 0)


def test_a_reply_outside_business_hours_counts_from_the_next_opening() -> None:
    assert elapsed(clock(), "2025-03-07T19:00:00+08:00", "2025-03-10T09:00:07+08:00") == 7


def test_the_lunch_break_does_not_count() -> None:
    assert elapsed(clock(), "2025-03-10T11:59:30+08:00", "2025-03-10T13:00:30+08:00") == 60


def test_a_shift_over_midnight_goes_on_into_a_closed_day() -> None:
    nights = calendar(weekly=(((1320, 1800),), *((),) * 6))
    assert elapsed(clock(nights), "2025-03-10T23:00:00+08:00", "2025-03-11T09:00:00+08:00") == 7 * 3600


def test_a_holiday_closes_the_shift_that_starts_on_it_and_not_the_one_that_ends_on_it() -> None:
    nights = calendar(weekly=(((1320, 1800),),) * 7, days={date(2025, 3, 10): ()})
    assert elapsed(clock(nights), "2025-03-10T00:00:00+08:00", "2025-03-11T06:00:00+08:00") == 6 * 3600


def test_a_make_up_saturday_counts_and_a_holiday_on_a_weekday_does_not() -> None:
    days: dict[date, tuple[Minutes, ...]] = {
        date(2025, 9, 27): OFFICE[0],
        date(2025, 10, 1): (),
        date(2025, 9, 30): ((540, 600),),
    }
    made = clock(calendar(days=days))
    assert elapsed(made, "2025-09-27T00:00:00+08:00", "2025-09-29T00:00:00+08:00") == 8 * 3600
    assert elapsed(made, "2025-09-30T00:00:00+08:00", "2025-10-02T00:00:00+08:00") == 3600


@pytest.mark.parametrize(
    ("day", "begin", "end", "hours"),
    [
        ("2026-03-29", 60, 180, 1),  # 01:00–03:00 London: the hour from 01:00 is skipped
        ("2026-03-29", 60, 120, 0),
        ("2026-03-29", 0, 1440, 23),
        ("2025-10-26", 60, 120, 2),  # comes twice
        ("2025-10-26", 0, 1440, 25),
    ],
)
def test_hours_over_a_change_of_clocks_last_as_long_as_the_wall_clock_shows_them(
    day: str, begin: int, end: int, hours: int
) -> None:
    sunday = calendar("Europe/London", weekly=(*((),) * 6, ((begin, end),)))
    noon = utc(f"{day}T12:00:00Z")
    around = (str(noon + timedelta(days=days)) for days in (-1, 1))
    assert elapsed(clock(sunday), *around) == hours * 3600


def test_a_day_that_a_zone_left_out_has_no_business_time() -> None:
    apia = clock(calendar("Pacific/Apia", weekly=ALWAYS), start=date(2011, 12, 1), end=date(2012, 2, 1))
    assert elapsed(apia, "2011-12-29T00:00:00-10:00", "2012-01-01T00:00:00+14:00") == 2 * 86_400


def test_hours_that_overlap_are_counted_once() -> None:
    doubled = calendar(weekly=(((540, 720), (600, 780), (780, 840)),) * 7)
    assert elapsed(clock(doubled), "2025-03-10T00:00:00+08:00", "2025-03-11T00:00:00+08:00") == 5 * 3600


def test_a_newer_version_holds_from_its_day_and_the_first_one_also_before_its_own() -> None:
    older = calendar(weekly=(((540, 600),),) * 7, valid_from=date(2025, 3, 1))
    newer = calendar(weekly=(((540, 720),),) * 7, valid_from=date(2025, 4, 1))
    made = clock(newer, older)
    assert elapsed(made, "2025-02-01T00:00:00+08:00", "2025-02-02T00:00:00+08:00") == 3600
    assert elapsed(made, "2025-03-31T00:00:00+08:00", "2025-04-02T00:00:00+08:00") == 4 * 3600


def test_each_row_has_the_calendar_that_it_names() -> None:
    made = clock(calendar(), calendar("America/New_York", name="night"), calendar(name="open", weekly=ALWAYS))
    frame = pl.DataFrame(
        {"start": [utc("2025-03-10T09:00:00+08:00")] * 4, "calendar": ["open", "desk", None, "night"]},
        schema_overrides={"start": INSTANT},
    ).with_columns(end=pl.col("start").dt.offset_by("1d"))
    found = frame.lazy().select(made.elapsed(pl.col("start"), pl.col("end"), calendar=pl.col("calendar")))
    assert found.collect().to_series().to_list() == [86_400, 8 * 3600, None, 8 * 3600]


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_lazy_frame_of_many_rows_is_measured_in_either_engine(engine: Literal["in-memory", "streaming"]) -> None:
    first, last = datetime(2025, 2, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    made = clock(calendar(), calendar("Australia/Lord_Howe", name="night", weekly=WEEKS[1]))
    frame = pl.select(at=pl.datetime_range(first, last, "7m", time_unit="us")).lazy()
    total = frame.select(
        made.seconds(pl.col("at"), calendar=name).diff().drop_nulls().sum().alias(name) for name in made.names
    ).collect(engine=engine)
    end = first + timedelta(minutes=7) * ((last - first) // timedelta(minutes=7))
    assert total.row(0) == tuple(elapsed(made, str(first), str(end), name=name) for name in made.names)


def test_a_calendar_that_a_row_names_and_nobody_made_fails_when_collected() -> None:
    frame = pl.DataFrame(
        {"at": [utc("2025-03-10T09:00:00Z")], "calendar": ["nights"]}, schema_overrides={"at": INSTANT}
    )
    with pytest.raises(pl.exceptions.InvalidOperationError, match="replace_strict"):
        frame.select(clock().seconds(pl.col("at"), calendar=pl.col("calendar")))


def test_an_unknown_end_and_a_stamp_that_means_never_have_no_business_time() -> None:
    stamps = [
        None,
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
    ]
    frame = pl.DataFrame({"at": stamps}, schema={"at": INSTANT})
    assert frame.select(clock().seconds(pl.col("at"), calendar="desk")).to_series().to_list() == [None] * 4


def test_a_stray_stamp_of_1970_or_2199_is_measured_like_any_other() -> None:
    wide = clock(calendar(weekly=ALWAYS), start=date(1970, 1, 1), end=date(2200, 1, 1))
    assert (
        elapsed(wide, "1970-01-01T00:00:00Z", "2199-12-31T23:59:59Z")
        == (date(2200, 1, 1) - date(1970, 1, 1)).days * 86_400 - 1
    )
    assert len(wide.slot_open) <= 96


@pytest.mark.parametrize("stray", [datetime(2024, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)])
def test_an_instant_outside_the_days_that_a_clock_was_made_for_is_refused_and_not_guessed(stray: datetime) -> None:
    made = clock(calendar(), calendar(name="other"))
    frame = pl.DataFrame({"at": [stray]}, schema={"at": INSTANT})
    with pytest.raises(pl.exceptions.OutOfBoundsError):
        frame.select(made.seconds(pl.col("at"), calendar="desk"))


def test_a_scalar_instant_and_an_empty_frame_are_fine() -> None:
    made, now = clock(), pl.lit(utc("2025-03-10T10:00:00+08:00")).cast(INSTANT)
    frame = pl.DataFrame({"at": [utc("2025-03-10T09:00:00+08:00")] * 3}, schema={"at": INSTANT})
    asked = made.elapsed(pl.col("at"), now, calendar="desk").alias("found")
    assert frame.with_columns(asked)["found"].to_list() == [3600] * 3
    assert frame.clear().with_columns(asked)["found"].to_list() == []


def test_a_deadline_runs_on_at_the_next_opening_and_stands_at_closing_time_where_it_falls_there() -> None:
    assert due(clock(), "2025-03-07T17:00:00+08:00", 7200) == utc("2025-03-10T10:00:00+08:00")
    assert due(clock(), "2025-03-07T17:00:00+08:00", 3600) == utc("2025-03-07T18:00:00+08:00")
    assert due(clock(), "2025-03-08T17:00:00.5+08:00", 0) == utc("2025-03-08T17:00:00+08:00")


def test_a_deadline_beyond_the_calendar_is_unknown() -> None:
    assert due(clock(calendar(), calendar(name="other")), "2025-03-07T17:00:00+08:00", 10**9) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weekly": ((),) * 7}, "never open"),
        ({"weekly": OFFICE[:5]}, "5 weekdays"),
        ({"weekly": (((720, 540),), *OFFICE[1:])}, "from minute 720 to minute 540"),
        ({"weekly": (((1500, 1600),), *OFFICE[1:])}, "from minute 1500 to minute 1600"),
        ({"days": {date(2025, 1, 1): ((60, 1501),)}}, "from minute 60 to minute 1501"),
        ({"zone": "Mars/Olympus"}, "no time zone “Mars/Olympus”"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_in_one_sentence(changes: dict[str, object], said: str) -> None:
    with pytest.raises(CalendarError, match=said):
        clock(calendar(**changes))  # type: ignore[arg-type]


def test_a_desk_without_calendars_and_a_calendar_that_is_not_there_are_refused() -> None:
    with pytest.raises(CalendarError, match="no calendar"):
        business_clock((), start=START, end=END)
    with pytest.raises(CalendarError, match="no calendar “nights”; this desk has “desk”"):
        clock().seconds(pl.col("at"), calendar="nights")


def an_instant() -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime(2025, 1, 2), datetime(2026, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001


def a_clock() -> st.SearchStrategy[BusinessClock]:
    zones = st.sampled_from(("Asia/Shanghai", "America/St_Johns", "Australia/Lord_Howe"))
    hours = st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=3).map(
        lambda pairs: tuple((begin, begin + length) for begin, length in pairs)
    )
    weeks = st.lists(hours, min_size=7, max_size=7).filter(any)
    return st.builds(lambda zone, week: clock(calendar(zone, weekly=tuple(week))), zones, weeks)


def row(made: BusinessClock, instants: Sequence[datetime], seconds: int = 0) -> dict[str, int]:
    a, b, c = (pl.lit(instant).cast(INSTANT).first() for instant in instants)
    later = pl.lit(instants[0]).cast(INSTANT).first()
    due_at = made.due(later, pl.lit(seconds), calendar="desk").first()
    return pl.select(
        ab=made.elapsed(a, b, calendar="desk").first(),
        bc=made.elapsed(b, c, calendar="desk").first(),
        ac=made.elapsed(a, c, calendar="desk").first(),
        wall=b.dt.epoch("s") - a.dt.epoch("s"),
        run=made.elapsed(a, due_at, calendar="desk").first(),
        run_less=made.elapsed(a, due_at.dt.offset_by("-1s"), calendar="desk").first(),
    ).row(0, named=True)


@settings(max_examples=60, deadline=None)
@given(a_clock(), st.lists(an_instant(), min_size=3, max_size=3).map(sorted))
def test_open_time_is_never_negative_never_longer_than_the_wall_clock_and_adds_up(
    made: BusinessClock, instants: list[datetime]
) -> None:
    found = row(made, instants)
    assert 0 <= found["ab"] <= found["wall"]
    assert found["ab"] + found["bc"] == found["ac"]


@settings(max_examples=60, deadline=None)
@given(a_clock(), an_instant(), st.integers(1, 40_000))
def test_a_deadline_is_the_first_instant_at_which_the_promised_seconds_have_passed(
    made: BusinessClock, start: datetime, seconds: int
) -> None:
    found = row(made, [start] * 3, seconds)
    assert found["run"] == seconds
    assert found["run_less"] == seconds - 1
