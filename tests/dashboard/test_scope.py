"""Periods relative to the data's own last day."""

from datetime import date

import pytest

from dashboard import scope
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
