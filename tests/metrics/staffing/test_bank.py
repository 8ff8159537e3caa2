"""On the calls of a bank that are not part of this project: the back-test, a thinned desk, and what a reserve buys.

All of it: pytest -m slow -n 0 tests/metrics/staffing/test_bank.py
"""

from functools import cache
from math import ceil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dashboard.services.staffing.arrival_files import Series, series_of_file
from metrics.staffing.backtest import back_test
from metrics.staffing.erlang import impatient_calls, people_for_impatient
from metrics.staffing.origins import learned, means_at

pytestmark = pytest.mark.slow
CALL = {"handle_seconds": 300.0, "patience_seconds": 180.0, "within_seconds": 20.0}


def series(shared_data: Path, *, thin: float = 1.0) -> Series:
    path = shared_data / "calls" / "us_bank_2003_5min.csv"
    return series_of_file(path, zone="America/New_York", minutes=30, thin=thin)


def row(found: pl.DataFrame, model: str, horizon: str) -> dict[str, float]:
    return found.filter((pl.col("model") == model) & (pl.col("horizon") == horizon)).to_dicts()[0]


def test_the_bank_is_forecast_better_than_by_the_mean_of_eight_weeks(shared_data: Path) -> None:
    found = back_test(series(shared_data).histories[0]).frame
    assert row(found, "forecast", "day_1")["wape"] <= 0.055
    assert row(found, "forecast", "week_1")["wape"] <= 0.052
    assert row(found, "forecast", "two_weeks")["wape"] <= 0.064
    assert row(found, "without_tags", "two_weeks")["wape"] <= 0.064
    for horizon in ("day_1", "week_1", "two_weeks"):
        assert row(found, "forecast", horizon)["wape"] < row(found, "mean_8", horizon)["wape"]
    for horizon in ("day_1", "week_1", "week_2"):
        assert 0.77 <= row(found, "forecast", horizon)["coverage"] <= 0.83


def test_a_small_desk_comes_near_to_what_chance_leaves(shared_data: Path) -> None:
    found = back_test(series(shared_data, thin=0.03).histories[0]).frame
    shown = row(found, "forecast", "two_weeks")
    assert shown["wape"] <= 0.152
    assert shown["wape"] < row(found, "mean_8", "two_weeks")["wape"]
    assert shown["floor"] < shown["wape"] < 1.15 * shown["floor"]


@cache
def _level(calls: int, people: int) -> float:
    return impatient_calls(calls / 10 * 300 / 1800, people, **CALL).in_time


@cache
def _people(calls: int) -> int:
    return people_for_impatient(calls / 10 * 300 / 1800, share=0.8, **CALL)


def test_a_reserve_of_ten_per_cent_brings_a_team_of_39_erlangs_to_its_goal(shared_data: Path) -> None:
    """Plans one to five days ahead by forecasts of a fifth of the calls, each judged at the true rate by Erlang A."""
    rates = series(shared_data).histories[0].past
    past = series(shared_data, thin=0.2).histories[0].past
    kept: dict[float, list[bool]] = {0.0: [], 0.1: [], 0.15: []}
    for origin in range(75, len(past.rows) - 4, 3):
        known, ahead = past.until(origin), past.rows[origin : origin + 5]
        means = means_at(known, origin, ahead, learned(known))["blend"][:, 14:42]
        for day in range(5):
            if rates.usable[origin + day]:
                true = 0.2 * rates.counts[origin + day, 14:42]
                for reserve, reached in kept.items():
                    plan = [ceil(_people(round(mean * 10)) * (1 + reserve) - 1e-9) for mean in means[day]]
                    level = [_level(round(rate * 10), people) for rate, people in zip(true, plan, strict=True)]
                    reached.append(bool(np.average(level, weights=true) >= 0.8))
    shares = {reserve: float(np.mean(reached)) for reserve, reached in kept.items()}
    assert 0.5 <= shares[0.0] <= 0.62
    assert 0.93 <= shares[0.1] <= shares[0.15]
    assert shares[0.15] >= 0.97
