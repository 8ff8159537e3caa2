"""Scenarios, overrides and kept forecasts: with who and why, each plan its own, and held against what came."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import SERVER, Actor, Denied
from dashboard.services.facts.figures import settings_of
from dashboard.services.staffing.forecast_snapshots import (
    held_against,
    keep_forecast,
    kept_at,
    kept_forecasts,
    kept_runs,
)
from dashboard.services.staffing.overrides import add_override, end_override, override_log, overrides_in_force
from dashboard.services.staffing.page import of_kept
from dashboard.services.staffing.scenarios import end_scenario, save_scenario, scenarios
from dashboard.staffing.keeping import StaffingError, StalePlan
from metrics.staffing.changes import Changes, Override
from metrics.staffing.model import ARRIVAL_FRAME, FORECAST_FRAME, DayForecast, Factor, Forecast, QueueForecast

BOSS, OTHER = Actor(8, "Boss", "manager"), Actor(10, "Chen", "administrator")
LI = Actor(7, "Li", "supervisor", teams=frozenset({"甲组"}))
INSPECTOR = Actor(9, "Wu", "inspector")
FIRST, LAST = date(2026, 11, 23), date(2026, 12, 6)
BERLIN = "Europe/Berlin"
FIRST_OF_TWO, SECOND_OF_TWO = date(2026, 10, 25), date(2026, 10, 26)
AUTUMN = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight of the day that has 25 hours in Berlin


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "desk")
    made.set_zone(BERLIN)
    yield made
    made.engine.dispose()


def forecast(origin: datetime, *, mean: float = 10.0) -> Forecast:
    """Two days from midnight on, hour by hour."""
    starts = [AUTUMN + timedelta(hours=n) for n in range(49)]
    frame = pl.DataFrame(
        [("phone", at, mean, mean - 4, mean + 4, True) for at in starts], schema=dict(FORECAST_FRAME), orient="row"
    )
    why = (Factor("level", 24 * mean, 80), Factor("weekday", 1.0, 8))
    days = tuple(DayForecast("phone", day, n * mean, why) for day, n in ((FIRST_OF_TWO, 25), (SECOND_OF_TWO, 24)))
    told = QueueForecast("phone", "mean_8", 20.0, error=0.1, statement="{day}", params={"day": 3})
    return Forecast(frame, days, (told,), origin, 60, BERLIN)


def test_a_scenario_is_saved_compared_by_name_and_taken_back(desk: Desk) -> None:
    what = Changes(volume=0.3, reserve=0.0, deflection=0.15, queues=("phone",))
    id = save_scenario(BOSS, desk, "大促+30%", what, first_day=FIRST, last_day=LAST, note="看缺口")
    (kept,) = scenarios(OTHER, desk)
    assert (kept.changes, kept.first_day, kept.made_by) == (what, FIRST, "Boss")
    with pytest.raises(StaffingError, match="already"):
        save_scenario(OTHER, desk, "大促+30%", Changes(volume=0.1), first_day=FIRST, last_day=LAST)
    assert scenarios(LI, desk) == ()  # her plan is of her teams alone
    save_scenario(LI, desk, "大促+30%", Changes(volume=0.1), first_day=FIRST, last_day=LAST)
    with pytest.raises(StaffingError, match="another plan"):
        end_scenario(LI, desk, id, expected=1)
    with pytest.raises(StalePlan):
        end_scenario(BOSS, desk, id, expected=2)
    end_scenario(BOSS, desk, id, expected=1)
    assert scenarios(BOSS, desk) == ()


@pytest.mark.parametrize("what", [Changes(), Changes(volume=-1.5), Changes(shrinkage=0.95), Changes(queues=("phone",))])
def test_a_scenario_without_sense_is_refused(desk: Desk, what: Changes) -> None:
    with pytest.raises(StaffingError):
        save_scenario(BOSS, desk, "x", what, first_day=FIRST, last_day=LAST)
    with pytest.raises(Denied):
        save_scenario(INSPECTOR, desk, "x", Changes(volume=0.1), first_day=FIRST, last_day=LAST)


def test_an_override_tells_who_why_and_from_what_to_what_and_stays_in_the_log(desk: Desk) -> None:
    more = Override("phone", AUTUMN, AUTUMN + timedelta(hours=2), "percent", 0.5)
    first = add_override(BOSS, desk, more, old=20.0, new=30.0, why="直播 20 点")
    sets = Override("phone", AUTUMN, AUTUMN + timedelta(hours=1), "set", 99.0)
    add_override(OTHER, desk, sets, old=15.0, new=99.0, why="短信群发")
    assert overrides_in_force(BOSS, desk) == (more, sets)
    assert overrides_in_force(LI, desk) == ()
    end_override(OTHER, desk, first, expected=1)
    assert overrides_in_force(BOSS, desk) == (sets,)
    log = override_log(INSPECTOR, desk)
    assert [(one.why, one.made_by, one.old, one.new, one.ended_by) for one in log] == [
        ("短信群发", "Chen", 15.0, 99.0, None), ("直播 20 点", "Boss", 20.0, 30.0, "Chen"),
    ]  # fmt: skip
    for wrong, why in ((more, " "), (Override("phone", AUTUMN, AUTUMN, "set", 3.0), "x"),
                       (Override("phone", AUTUMN, AUTUMN + timedelta(hours=1), "percent", -2.0), "x")):  # fmt: skip
        with pytest.raises(StaffingError):
            add_override(BOSS, desk, wrong, old=1.0, new=1.0, why=why)


def test_a_forecast_is_kept_once_for_each_state_and_comes_back_as_it_was(desk: Desk) -> None:
    made = forecast(AUTUMN - timedelta(hours=5))
    assert keep_forecast(SERVER, desk, made, state="a") is not None
    assert keep_forecast(SERVER, desk, made, state="a") is None
    assert keep_forecast(LI, desk, made, state="b") is None  # hers is not the whole desk's
    assert [run.origin for run in kept_runs(BOSS, desk)] == [made.origin]
    assert kept_runs(LI, desk) == ()
    kept = kept_forecasts(BOSS, desk, date(2026, 10, 25), date(2026, 10, 26))
    assert (
        kept.select("queue", "starts_at", "mean", "low", "high")
        .sort("starts_at")
        .equals(made.frame.drop("is_open").sort("starts_at"))
    )
    assert kept.group_by("day", "ahead").len().sort("day").rows() == [
        (date(2026, 10, 25), 1, 25), (date(2026, 10, 26), 2, 24),
    ]  # fmt: skip


def test_the_forecast_of_a_state_is_found_again_only_where_it_reaches_as_far(desk: Desk) -> None:
    made = forecast(AUTUMN - timedelta(hours=5))
    keep_forecast(SERVER, desk, made, state="a")
    found = kept_at(BOSS, desk, "a", date(2026, 10, 25), date(2026, 10, 26))
    assert found is not None
    again = of_kept(found[1], found[0], settings_of(BOSS, desk), minutes=60)
    assert (
        again.frame.select("queue", "starts_at", "mean", "low", "high")
        .sort("starts_at")
        .equals(made.frame.drop("is_open"))
    )
    assert (again.origin, again.queues, again.days) == (made.origin, made.queues, made.days)
    assert kept_at(BOSS, desk, "a", date(2026, 10, 25), date(2026, 10, 27)) is None
    assert kept_at(BOSS, desk, "b", date(2026, 10, 25), date(2026, 10, 25)) is None
    assert kept_at(LI, desk, "a", date(2026, 10, 25), date(2026, 10, 25)) is None


def test_kept_forecasts_are_held_against_what_came_by_how_far_ahead_they_looked(desk: Desk) -> None:
    keep_forecast(SERVER, desk, forecast(AUTUMN - timedelta(hours=5), mean=10.0), state="a")
    keep_forecast(SERVER, desk, forecast(AUTUMN + timedelta(hours=20), mean=14.0), state="b")
    came = pl.DataFrame(
        [("phone", AUTUMN + timedelta(hours=n), None if n == 30 else 12.0 if n % 2 else 8.0, True) for n in range(49)],
        schema=dict(ARRIVAL_FRAME), orient="row",
    )  # fmt: skip
    found = held_against(kept_forecasts(BOSS, desk, date(2026, 10, 25), date(2026, 10, 26)), came)
    rows = {row["ahead"]: row for row in found.to_dicts()}
    # One day ahead: the first forecast on the 25th (13 × 8 and 12 × 12) and the second on the 26th (11 × 8, 12 × 12).
    came_on = (13 * 8 + 12 * 12, 11 * 8 + 12 * 12)
    missed = 25 * 2 + (11 * 6 + 12 * 2)
    assert rows[1]["wape"] == pytest.approx(missed / sum(came_on))
    assert rows[1]["bias"] == pytest.approx((25 * 10 + 23 * 14 - sum(came_on)) / sum(came_on))
    assert rows[1]["coverage"] == pytest.approx((25 + 12) / 48)  # 14 ± 4 holds 12, not 8
    assert (rows[1]["days"], rows[1]["intervals"], rows[2]["days"]) == (2, 48, 1)
