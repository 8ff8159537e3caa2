"""Figures as people read them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.format import change, dated_span, duration, figure, inline, short_day, value_name, weekday_and_day
from dashboard.wording import Language, share, speaking
from metrics.model import Period, Unit

HOUR = 3600


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (None, "–", "–"),
        (0, "0 s", "0 秒"),
        (45.4, "45 s", "45 秒"),
        (125, "2 min 05 s", "2 分 05 秒"),
        (120, "2 min", "2 分钟"),
        (840, "14 min", "14 分钟"),
        (3599, "1 h", "1 小时"),
        (65 * 60, "1 h 05 min", "1 小时 05 分"),
        (47 * HOUR + 59 * 60, "47 h 59 min", "47 小时 59 分"),
        (48 * HOUR, "2 d", "2 天"),
        (76 * HOUR + 100, "3 d 4 h", "3 天 4 小时"),
        (-90, "−1 min 30 s", "−1 分 30 秒"),
    ],
)
def test_a_duration_has_at_most_two_units_and_never_raw_seconds(
    seconds: float | None, english: str, chinese: str
) -> None:
    with speaking("en"):
        assert duration(seconds) == english
    with speaking("zh_CN"):
        assert duration(seconds) == chinese


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, Unit.COUNT, "–"),
        (12345.0, Unit.COUNT, "12,345"),
        (0.8271, Unit.SHARE, "82.7%"),
        (4.2476, Unit.SCORE, "4.25"),
        (90.0, Unit.SECONDS, "1 min 30 s"),
    ],
)
def test_a_figure_is_told_in_its_unit(value: float | None, unit: Unit, text: str) -> None:
    with speaking("en"):
        assert figure(value, unit) == text


def test_a_change_of_a_share_is_told_in_points() -> None:
    with speaking("en"):
        assert change(0.563, 0.418, Unit.SHARE) == "+14.5 points"


@pytest.mark.parametrize(("now", "before"), [(None, 1.0), (1.0, None), (60.0, 60.2)])
def test_what_is_unknown_or_cannot_be_seen_is_no_change(now: float | None, before: float | None) -> None:
    with speaking("en"):
        assert change(now, before, Unit.SECONDS) is None


@pytest.mark.parametrize(("language", "text"), [("en", "Fri 20 Nov"), ("zh_CN", "11月20日 周五")])
def test_a_day_is_told_with_its_weekday(language: Language, text: str) -> None:
    with speaking(language):
        assert weekday_and_day(date(2026, 11, 20)) == text


def test_a_desks_own_word_stays_as_it_is_and_a_shipped_one_is_translated() -> None:
    with speaking("zh_CN"):
        assert value_name("type", "退货快递") == "退货快递"
        assert value_name("type", "complaint") == "投诉"
        assert value_name("team", None) == "未知"


def test_a_dimension_is_small_within_an_english_sentence_unless_it_is_the_desks_own() -> None:
    with speaking("en"):
        assert inline("channel") == "channel"
        assert inline("x_Shop") == "Shop"
    with speaking("zh_CN"):
        assert inline("channel") == "渠道"


def test_a_day_below_an_axis_is_written_as_the_language_writes_days() -> None:
    with speaking("en"):
        assert short_day(date(2026, 11, 20)) == "20 Nov"
    with speaking("zh_CN"):
        assert short_day(date(2026, 11, 20)) == "11/20"


def test_an_unknown_value_begins_like_its_neighbours() -> None:
    with speaking("en"):
        assert value_name("team", None) == "Unknown"


@pytest.mark.parametrize(
    ("value", "goal", "unit", "told"),
    [
        (0.9996, 1.0, Unit.SHARE, "99.96%"),
        (0.999996, 1.0, Unit.SHARE, "99.999%"),
        (0.79949, 0.8, Unit.SHARE, "79.9%"),
        (0.79951, 0.8, Unit.SHARE, "79.95%"),
        (0.80049, 0.8, Unit.SHARE, "80.05%"),
        (0.8, 0.8, Unit.SHARE, "80.0%"),
        (0.8 - 1e-12, 0.8, Unit.SHARE, "80.0%"),
        (0.0004, 0.0, Unit.SHARE, "0.04%"),
        (3.999, 4.0, Unit.SCORE, "3.999"),
        (3899.0, 3900.0, Unit.SECONDS, "1 h 4 min 59 s"),
        (3900.4, 3900.0, Unit.SECONDS, "1 h 05 min"),
    ],
)
def test_a_figure_is_never_rounded_to_the_goal_that_it_misses_or_over_it(
    value: float, goal: float, unit: Unit, told: str
) -> None:
    assert figure(value, unit, beside=goal) == told


@given(value=st.floats(0, 1), goal=st.integers(0, 100), digits=st.integers(0, 2))
def test_a_share_stands_on_the_side_of_the_goal_on_which_it_is(value: float, goal: int, digits: int) -> None:
    told = Decimal(share(value, digits=digits, beside=goal / 100).removesuffix("%"))
    if abs(value - goal / 100) >= 1e-9:
        assert (told < goal, told > goal) == (value < goal / 100, value > goal / 100)
    assert abs(told - Decimal(value) * 100) <= 1


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [
        (("2027-06-13", "2027-06-25"), "Sun 13 Jun – Thu 24 Jun 2027", "2027年6月13日 周日 – 6月24日 周四"),
        (("2026-11-11", "2026-11-12"), "Wed 11 Nov 2026", "2026年11月11日 周三"),
        (("2026-12-31", "2027-01-02"), "Thu 31 Dec 2026 – Fri 1 Jan 2027", "2026年12月31日 周四 – 2027年1月1日 周五"),
    ],
)
def test_days_with_their_year_say_it_once_where_the_language_has_it(
    days: tuple[str, str], english: str, chinese: str
) -> None:
    period = Period(*map(date.fromisoformat, days))
    assert dated_span(period) == english
    with speaking("zh_CN"):
        assert dated_span(period) == chinese
