"""Periods relative to the data's own last day."""

from datetime import date

import pytest

from dashboard import scope
from dashboard.presets import Against, against_of
from dashboard.scope import Choices, Preset, current, period_of
from metrics.model import Period

TODAY = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("last_7", date(2026, 3, 14), date(2026, 3, 21)),
        ("last_28", date(2026, 2, 21), date(2026, 3, 21)),
        ("last_90", date(2025, 12, 21), date(2026, 3, 21)),
        ("this_month", date(2026, 3, 1), date(2026, 3, 21)),
        ("this_week", date(2026, 3, 16), date(2026, 3, 21)),
        ("last_week", date(2026, 3, 9), date(2026, 3, 16)),
        ("this_quarter", date(2026, 1, 1), date(2026, 3, 21)),
        ("last_quarter", date(2025, 10, 1), date(2026, 1, 1)),
        ("last_working_day", date(2026, 3, 20), date(2026, 3, 21)),
        ("last_month", date(2026, 2, 1), date(2026, 3, 1)),
    ],
)
def test_a_preset_ends_with_the_last_day_of_the_data(preset: Preset, start: date, end: date) -> None:
    assert period_of(preset, TODAY) == Period(start, end)


def test_last_month_of_january_is_december() -> None:
    assert period_of("last_month", date(2026, 1, 5)) == Period(date(2025, 12, 1), date(2026, 1, 1))


def test_all_data_has_no_period() -> None:
    assert period_of("all", TODAY) is None


def test_chosen_days_are_taken_as_they_are() -> None:
    days = Period(date(2026, 1, 1), date(2026, 1, 8))
    assert period_of("custom", TODAY, days) == days


@pytest.mark.parametrize(
    "nonsense",
    [
        {"from": ["0001-01-01"], "to": ["0001-01-01"]},
        {"from": ["9999-12-31"], "to": ["9999-12-31"]},
        {"from": ["2026-02-30"], "to": ["2026-03-01"]},
        {"from": ["2026-03-09"], "to": ["2026-03-01"]},
        {"from": ["x" * 100_000], "to": [""]},
        {"from": [], "to": ["2026-03-01"]},
    ],
)
def test_a_link_with_impossible_days_shows_the_last_28_days(
    nonsense: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {**{name: [] for name in scope.PARAMETERS}, "period": ["custom"], "channel": ["nowhere"], **nonsense}
    monkeypatch.setattr(scope.st, "session_state", {scope.KEPT: kept})
    shown = current(Choices(date(2025, 1, 1), TODAY, {"channel": ("chat",)}))
    assert shown.period == Period(date(2026, 2, 21), date(2026, 3, 21))
    assert not shown.where


def test_the_last_working_day_is_the_desks_own() -> None:
    friday = Period(date(2026, 3, 20), date(2026, 3, 23))
    assert period_of("last_working_day", date(2026, 3, 22), working=friday) == friday


@pytest.mark.parametrize(
    ("start", "end", "against", "before"),
    [
        (date(2026, 3, 20), date(2026, 3, 21), "previous", date(2026, 3, 19)),
        (date(2026, 3, 20), date(2026, 3, 21), "weekdays", date(2026, 3, 13)),
        (date(2026, 3, 16), date(2026, 3, 26), "weekdays", date(2026, 3, 2)),
        (date(2026, 3, 2), date(2026, 3, 30), "weekdays", date(2026, 2, 2)),
    ],
)
def test_a_period_is_compared_with_an_equally_long_one_that_does_not_overlap(
    start: date, end: date, against: Against, before: date
) -> None:
    found = against_of(Period(start, end), against)
    assert found.start == before
    assert found.end - found.start == end - start
    assert found.end <= start
