"""Forecasts of series whose rates are known: right on average, banded as promised, and sensible at every edge."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.desk import DeskSettings
from metrics.staffing.arrivals import completed, history_of, is_made_up, rows_ahead
from metrics.staffing.backtest import back_test
from metrics.staffing.forecast import ENDED, NO_EARLIER, RIVAL_WINS, TOO_SHORT, ahead_of, forecast_of
from metrics.staffing.intraday import todays
from metrics.staffing.level_profile import fitted
from metrics.staffing.model import FORECAST_FRAME, Event, Forecast
from metrics.staffing.origins import looks_back
from metrics.staffing.spread import floor_of
from metrics.staffing.unusual import unusual_days
from tests.metrics.staffing.series import Rate, counted, desk, usual

MONDAY = date(2026, 3, 2)
NOON = timedelta(hours=12)


def made(
    rate: Rate, *, days: int = 98, ahead: int = 14, settings: DeskSettings | None = None, seed: int = 1,
    first: date = MONDAY, events: tuple[Event, ...] = (), **of: str,
) -> Forecast:  # fmt: skip
    """The forecast after so many days of arrivals at that rate, from midnight on."""
    told = settings or desk()
    until = datetime.combine(first + timedelta(days=days), datetime.min.time(), UTC)
    arrivals = completed(counted(rate, first=first, days=days, seed=seed, **of), told, minutes=30, until=until)
    return forecast_of(arrivals, told, minutes=30, origin=until, days=ahead, events=events)


def by_day(forecast: Forecast) -> dict[date, float]:
    local = pl.col("starts_at").dt.convert_time_zone(forecast.zone).dt.date().alias("day")
    return dict(forecast.frame.group_by(local).agg(pl.col("mean").sum()).iter_rows())


def is_sane(forecast: Forecast) -> None:
    """No NaN, nothing negative, the mean within its band, every interval once."""
    frame = forecast.frame
    assert dict(frame.schema) == dict(FORECAST_FRAME)
    assert frame.null_count().sum_horizontal().item() == 0
    for name in ("mean", "low", "high"):
        assert frame[name].is_finite().all()
        assert (frame[name] >= 0).all()
    assert (frame["low"] <= frame["mean"] + 1e-9).all()
    assert (frame["mean"] <= frame["high"] + 1e-9).all()
    assert frame.select("queue", "starts_at").is_unique().all()


def test_the_known_rate_is_found_again() -> None:
    rate = usual(30.0)
    forecast = made(rate)
    is_sane(forecast)
    found = by_day(forecast)
    truth = {day: sum(rate(day, hour) for hour in range(24)) for day in found}
    wrong = sum(abs(found[day] - truth[day]) for day in found) / sum(truth.values())
    assert wrong < 0.04, "fourteen weeks of chance leave no more"
    assert forecast.queues[0].method in ("blend", "level_profile", "mean_8")


def test_a_day_is_the_product_of_its_factors() -> None:
    forecast = made(usual(30.0))
    for day in forecast.days:
        assert np.prod([factor.factor for factor in day.factors]) == pytest.approx(day.total, rel=1e-6)
        assert day.factors[0].name == "level"


def test_the_band_holds_four_of_five_intervals() -> None:
    rate, hits, all_ = usual(20.0), 0, 0
    for seed in range(3):
        forecast = made(rate, seed=seed)
        first = forecast.origin.date()
        came = counted(rate, first=first, days=14, seed=100 + seed)
        both = forecast.frame.join(came.drop("queue"), on="starts_at", how="left").with_columns(
            pl.col("offered").fill_null(0.0)
        )
        told = both.filter(pl.col("mean") >= 0.05)
        hits += told.filter(pl.col("offered").is_between(pl.col("low"), pl.col("high"))).height
        all_ += told.height
    assert 0.74 < hits / all_ < 0.90


def test_what_chance_leaves_is_the_mean_distance_of_a_poisson_count() -> None:
    dice = np.random.default_rng(3)
    for mean in (0.3, 2.0, 11.5, 140.0):
        drawn = np.abs(dice.poisson(mean, 400_000) - mean).mean() / mean
        assert floor_of(np.full((2, 2), mean)) == pytest.approx(drawn, rel=0.01)
    assert floor_of(np.zeros((2, 2))) is None


def test_every_past_forecast_knows_only_what_was_before_it() -> None:
    """The days after an origin, made absurd, change nothing that was forecast at it."""
    rate = usual(15.0)
    series = counted(rate, first=MONDAY, days=98)
    until = datetime.combine(MONDAY + timedelta(days=98), datetime.min.time(), UTC)
    frame = completed(series, desk(), minutes=30, until=until)
    past = history_of(frame, "phone", desk(), minutes=30, until=until.date()).past
    cut = 80
    later = np.arange(98)[:, None] >= cut
    wild = replace(past, counts=np.where(later, past.counts * 7 + 3, past.counts),
                   tame=np.where(later, past.tame * 7 + 3, past.tame))  # fmt: skip
    before = [look for look in looks_back(past, horizon=7) if look.origin <= cut]
    after = [look for look in looks_back(wild, horizon=7) if look.origin <= cut]
    assert len(before) == len(after) > 10
    for one, other in zip(before, after, strict=True):
        for method, means in one.means.items():
            assert np.allclose(means, other.means[method]), (one.origin, method)


def test_less_than_two_weeks_say_so_and_show_the_average() -> None:
    forecast = made(usual(30.0), days=9)
    is_sane(forecast)
    told = forecast.queues[0]
    assert (told.method, told.statement, dict(told.params)) == ("average_profile", TOO_SHORT, {"days": 9})
    assert told.error is None
    one_day = made(usual(30.0), days=1)
    is_sane(one_day)
    assert by_day(one_day)[MONDAY + timedelta(days=1)] > 0, "a weekday that was not yet is not taken for a day off"


@pytest.mark.parametrize(("days", "method"), [(15, "profile_3"), (40, "profile_3"), (57, "blend")])
def test_the_method_follows_the_history(days: int, method: str) -> None:
    forecast = made(usual(60.0), days=days)
    is_sane(forecast)
    assert forecast.queues[0].method in (method, "mean_8")


def test_where_the_mean_of_eight_weeks_erred_less_it_is_used_and_said() -> None:
    """One arrival a day or so: nothing can be learned beyond the mean."""
    forecast = made(lambda _day, hour: 0.12 if 9 <= hour < 18 else 0.0, days=126)
    told = forecast.queues[0]
    assert (told.method, told.statement) == ("mean_8", RIVAL_WINS)
    assert told.error == told.rival_error


def test_a_queue_that_ended_is_told_and_one_that_starts_grows() -> None:
    ends = made(lambda day, hour: usual(20.0)(day, hour) if day < MONDAY + timedelta(days=60) else 0.0, days=98)
    assert (ends.queues[0].method, ends.queues[0].statement, ends.queues[0].ended) == ("nothing", ENDED, True)
    assert ends.frame["mean"].sum() == 0
    starts = made(lambda day, hour: usual(20.0)(day, hour) if day >= MONDAY + timedelta(days=77) else 0.0, days=98)
    assert starts.queues[0].weeks == pytest.approx(3)
    is_sane(starts)


def test_an_outage_is_no_quiet_day() -> None:
    """Two days without any record in the last week: forecast as if they had never been."""
    gone = {MONDAY + timedelta(days=93), MONDAY + timedelta(days=94)}
    whole = by_day(made(usual(30.0)))
    holed = by_day(made(lambda day, hour: 0.0 if day in gone else usual(30.0)(day, hour)))
    for day, total in whole.items():
        assert holed[day] == pytest.approx(total, rel=0.05)


def test_part_of_a_day_not_recorded_is_filled_by_the_days_own_level() -> None:
    hole = MONDAY + timedelta(days=96)
    whole = by_day(made(usual(30.0)))
    holed = by_day(made(lambda day, hour: 0.0 if day == hole and hour < 12 else usual(30.0)(day, hour)))
    for day, total in whole.items():
        assert holed[day] == pytest.approx(total, rel=0.05)


def test_one_huge_day_leaves_the_forecast_where_it_was() -> None:
    huge = MONDAY + timedelta(days=95)
    whole = by_day(made(usual(30.0)))
    jolted = by_day(made(lambda day, hour: usual(30.0)(day, hour) * (40 if day == huge else 1)))
    for day, total in whole.items():
        assert jolted[day] == pytest.approx(total, rel=0.25), "its weekday is up by a large day's part at most"


def test_closed_days_are_not_learned_from_and_are_forecast_as_closed() -> None:
    closed = (MONDAY + timedelta(days=45), MONDAY + timedelta(days=101))
    settings_ = desk(closed=closed)
    found = by_day(made(lambda day, hour: 0.0 if day in closed else usual(30.0)(day, hour), settings=settings_))
    plain = by_day(made(usual(30.0)))
    assert found[closed[1]] < 0.5 * plain[closed[1]], "no closed day was recorded: by the share usually left"
    others = [day for day in plain if day not in (closed[1], closed[1] + timedelta(days=1))]
    for day in others:
        assert found[day] == pytest.approx(plain[day], rel=0.06)


def test_a_queue_that_rests_on_sundays_is_forecast_empty_on_them_unless_one_is_made_up() -> None:
    weekly = lambda day, hour: 0.0 if day.weekday() == 6 else usual(30.0)(day, hour)  # noqa: E731
    sunday = MONDAY + timedelta(days=104)
    assert by_day(made(weekly))[sunday] == 0
    rests = desk()
    calendar = replace(rests.calendars[0], weekly=((((540, 1080),),) * 6) + ((),), days={sunday: ((540, 1080),)})
    opened = replace(rests, calendars=(calendar,))
    assert is_made_up(opened, sunday)
    assert by_day(made(weekly, settings=opened))[sunday] > 100


def test_last_years_event_teaches_this_years() -> None:
    def rate(day: date, hour: int) -> float:
        surge = 2.5 if date(2025, 6, 17) <= day <= date(2025, 6, 18) else 1.4 if day == date(2025, 6, 19) else 1.0
        return usual(20.0)(day, hour) * surge

    before = Event("618 2025", "promotion", date(2025, 6, 17), date(2025, 6, 19))
    again = Event("618 2026", "promotion", date(2026, 6, 17), date(2026, 6, 19))
    first = date(2025, 3, 3)
    days = (date(2026, 6, 10) - first).days
    surging = made(rate, days=days, first=first, events=(before, again))
    plain = by_day(made(rate, days=days, first=first, events=(before,)))
    found = by_day(surging)
    times = [found[day] / plain[day] for day in (date(2026, 6, 17), date(2026, 6, 18), date(2026, 6, 19))]
    assert times == pytest.approx([2.5, 2.5, 1.4], rel=0.15)
    factor = next(f for one in surging.days if one.day == date(2026, 6, 18) for f in one.factors if f.is_event)
    assert (factor.name, factor.n) == ("618 2026", 3)
    assert found[date(2026, 6, 16)] == pytest.approx(plain[date(2026, 6, 16)])


def test_typed_effects_and_unknown_events() -> None:
    day = MONDAY + timedelta(days=100)
    plain = by_day(made(usual(20.0)))[day]
    half = Event("Launch", "launch", day, day, effect="percent", value=0.5)
    assert by_day(made(usual(20.0), events=(half,)))[day] == pytest.approx(1.5 * plain)
    more = Event("Letters", "other", day, day, effect="absolute", value=40)
    assert by_day(made(usual(20.0), events=(more,)))[day] == pytest.approx(plain + 40)
    gone = Event("Nothing open", "other", day, day, effect="absolute", value=-1e6)
    assert by_day(made(usual(20.0), events=(gone,)))[day] == 0
    new = made(usual(20.0), events=(Event("First ever", "launch", day, day),))
    assert by_day(new)[day] == pytest.approx(plain)
    assert (new.queues[0].statement, dict(new.queues[0].params)) == (NO_EARLIER, {"event": "First ever"})
    other = Event("Launch", "launch", day, day, queues=("email",), effect="percent", value=0.5)
    assert by_day(made(usual(20.0), events=(other,)))[day] == pytest.approx(plain)


def test_calendar_effects_are_learned() -> None:
    """The first four days of a month bring a quarter more; four months have taught it."""
    settings_ = desk()
    forecast = made(lambda day, hour: usual(60.0)(day, hour) * (1.25 if day.day <= 4 else 1.0), days=182)
    arrivals = counted(
        lambda day, hour: usual(60.0)(day, hour) * (1.25 if day.day <= 4 else 1.0), first=MONDAY, days=182
    )
    until = datetime.combine(MONDAY + timedelta(days=182), datetime.min.time(), UTC)
    frame = completed(arrivals, settings_, minutes=30, until=until)
    model = fitted(history_of(frame, "phone", settings_, minutes=30, until=until.date()).past)
    start = float(np.exp(model.tag_effects[1]))
    assert 1.15 < start < 1.32
    named = {factor.name for day in forecast.days if day.day.day <= 4 for factor in day.factors}
    assert "month_start" in named


@pytest.mark.parametrize(("zone", "first", "change"), [
    ("Europe/Berlin", date(2025, 12, 29), date(2026, 3, 29)), ("Europe/Berlin", date(2026, 7, 27), date(2026, 10, 25)),
])  # fmt: skip
def test_the_day_of_a_change_of_clocks_has_its_hours(zone: str, first: date, change: date) -> None:
    """An hour is left out or comes twice, and the hours of the wall clock keep their level."""
    flat = lambda _day, _hour: 12.0  # noqa: E731
    days = (change - first).days - 2
    until = datetime.combine(first + timedelta(days=days), datetime.min.time(), UTC)
    series = counted(flat, first=first, days=days, zone=zone)
    frame = completed(series, desk(zone), minutes=30, until=until)
    forecast = forecast_of(frame, desk(zone), minutes=30, origin=until, days=7)
    is_sane(forecast)
    local = pl.col("starts_at").dt.convert_time_zone(zone).dt.date()
    rows = forecast.frame.filter(local == change)
    assert rows.height == (46 if change.month == 3 else 50)
    assert rows["mean"].mean() == pytest.approx(6.0, rel=0.08)


def test_a_day_twice_as_busy_moves_its_afternoon() -> None:
    """At noon of a day at twice its rate the afternoon is expected busier, though not by all of it."""
    today = MONDAY + timedelta(days=98)
    series = counted(lambda day, hour: usual(60.0)(day, hour) * (2 if day == today else 1), first=MONDAY, days=99)
    noon = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=13)
    frame = completed(series.filter(pl.col("starts_at") < noon), desk(), minutes=30, until=noon)
    forecast = forecast_of(frame, desk(), minutes=30, origin=noon, days=1)
    (found,) = todays(forecast, frame)
    assert 0.35 < found.update.share < 0.6
    assert found.update.came / found.update.expected == pytest.approx(2, rel=0.1)
    assert 1.1 < found.update.factor < 2.0
    assert found.after == pytest.approx(found.before * found.update.factor)


def test_unusual_days_are_the_huge_one_and_not_ordinary_ones() -> None:
    huge = MONDAY + timedelta(days=70)
    series = counted(lambda day, hour: usual(30.0)(day, hour) * (3 if day == huge else 1), first=MONDAY, days=98)
    until = datetime.combine(MONDAY + timedelta(days=98), datetime.min.time(), UTC)
    frame = completed(series, desk(), minutes=30, until=until)
    found = unusual_days(frame, desk(), minutes=30, until=until.date())
    assert huge in [one.day for one in found]
    assert len(found) <= 3
    named = Event("Sale", "promotion", huge, huge)
    assert huge not in [one.day for one in unusual_days(frame, desk(), minutes=30, until=until.date(), events=(named,))]


def test_the_back_test_is_the_forecast_made_again_by_hand() -> None:
    series = counted(usual(20.0), first=MONDAY, days=126)
    until = datetime.combine(MONDAY + timedelta(days=126), datetime.min.time(), UTC)
    frame = completed(series, desk(), minutes=30, until=until)
    history = history_of(frame, "phone", desk(), minutes=30, until=until.date())
    found = back_test(history, origins=4)
    wrong = actual = 0.0
    for origin in (98, 102, 106, 110):
        known = replace(history, past=history.past.until(origin))
        mean = ahead_of(known, history.past.rows[origin : origin + 14]).mean
        came = history.past.counts[origin : origin + 14]
        wrong, actual = wrong + float(np.abs(mean - came).sum()), actual + float(came.sum())
    row = found.frame.filter((pl.col("model") == "forecast") & (pl.col("horizon") == "two_weeks")).to_dicts()[0]
    assert row["wape"] == pytest.approx(wrong / actual)
    assert (row["origins"], row["intervals"]) == (4, 4 * 14 * 48)
    assert 0 < row["floor"] < row["wape"]
    assert back_test(replace(history, past=history.past.until(20))).refused


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    days=st.integers(0, 80), level=st.sampled_from([0.0, 0.01, 0.6, 9.0, 4000.0]), seed=st.integers(0, 9),
    holes=st.sets(st.integers(0, 79), max_size=60), huge=st.integers(0, 79), worked=st.sets(st.integers(0, 6)),
    closed=st.sets(st.integers(0, 100), max_size=20), zone=st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin"]),
    ahead=st.sampled_from([1, 7, 30]),
)  # fmt: skip
def test_whatever_the_past_the_forecast_is_sane(
    days: int, level: float, seed: int, holes: set[int], huge: int, worked: set[int], closed: set[int], zone: str,
    ahead: int,
) -> None:  # fmt: skip
    gone = {MONDAY + timedelta(days=at) for at in holes}
    giant = MONDAY + timedelta(days=huge)

    def rate(day: date, hour: int) -> float:
        times = 1000.0 if day == giant else 1.0
        return 0.0 if day in gone or day.weekday() not in worked else usual(level)(day, hour) * times

    told = desk(zone, closed=tuple(MONDAY + timedelta(days=at) for at in sorted(closed)))
    until = datetime.combine(MONDAY + timedelta(days=days), datetime.min.time(), UTC) + timedelta(hours=7)
    series = counted(rate, first=MONDAY, days=days, zone=zone, seed=seed)
    frame = completed(series, told, minutes=30, until=until)
    forecast = forecast_of(frame, told, minutes=30, origin=until, days=ahead)
    is_sane(forecast)
    assert forecast.frame["queue"].n_unique() == len(forecast.queues)
    for one in forecast.queues:
        assert one.error is None or np.isfinite(one.error)


def test_rows_ahead_know_that_yesterday_was_closed() -> None:
    closed = (MONDAY + timedelta(days=97),)
    settings_ = desk(closed=closed)
    series = counted(lambda day, hour: 0.0 if day in closed else usual(30.0)(day, hour), first=MONDAY, days=98)
    until = datetime.combine(MONDAY + timedelta(days=98), datetime.min.time(), UTC)
    frame = completed(series, settings_, minutes=30, until=until)
    history = history_of(frame, "phone", settings_, minutes=30, until=until.date())
    rows = rows_ahead(history, settings_, [until.date(), until.date() + timedelta(days=1)])
    assert rows.tags[:, 0].tolist() == [1.0, 0.0]
