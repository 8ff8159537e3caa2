"""Forecasts, back-tests and people needed at the command line, on a small desk with a switch."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main

START = datetime(2026, 1, 5, tzinfo=UTC)
WEEKS = 12


def run(*given: str) -> Result:
    return CliRunner().invoke(main, list(given))


def told(*given: str) -> Any:
    result = run(*given)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def switch(path: Path, *, weeks: int = WEEKS, channel: str = "phone") -> Path:
    """A switch's half-hours: nine to six, busier on Mondays."""
    dice, lines = (
        np.random.default_rng(5),
        ["start_at,minutes,channel,offered,answered,abandoned,handle_seconds,wait_seconds"],
    )
    for half in range(weeks * 7 * 48):
        at = START + timedelta(minutes=30 * half)
        rate = 24.0 * (1.4 if at.weekday() == 0 else 1.0) if 9 <= at.hour < 18 else 0.0
        offered = int(dice.poisson(rate))
        lost = offered // 12
        lines.append(
            f"{at:%Y-%m-%d %H:%M},30,{channel},{offered},{offered - lost},{lost},{(offered - lost) * 200},"
            f"{offered * 15}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    folder = tmp_path_factory.mktemp("staffing")
    loaded = run("--data", str(folder / "desk"), "load", str(switch(folder / "switch.csv")), "--zone", "UTC")
    assert loaded.exit_code == 0, loaded.output
    return ("--data", str(folder / "desk"))


def test_a_forecast_has_every_interval_with_its_band(desk: tuple[str, ...], tmp_path: Path) -> None:
    rows = told(*desk, "forecast", "--days", "7", "--format", "json")
    assert len(rows) == 7 * 48
    assert rows[0]["starts_at"] == "2026-03-30T00:00:00+00:00", "the day after the last one that is whole"
    assert all(0 <= row["low"] <= row["mean"] <= row["high"] for row in rows)
    monday = [row["mean"] for row in rows if row["starts_at"].startswith("2026-03-30T10")]
    assert monday == pytest.approx([33.6, 33.6], rel=0.15)
    book = tmp_path / "forecast.xlsx"
    assert run(*desk, "forecast", "--days", "7", "--format", "xlsx", "--out", str(book)).exit_code == 0
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["forecast", "queues"]
    assert [cell.value for cell in sheets["forecast"]["C"][1:]] == [row["mean"] for row in rows]
    assert sheets["queues"]["B2"].value == "blend"
    table = run(*desk, "forecast", "--days", "7", "--lang", "zh-CN")
    assert "推算过程" in table.stdout
    assert "近 8 周均值" in table.stdout


def test_people_needed_are_told_as_csv_json_and_workbook(desk: tuple[str, ...], tmp_path: Path) -> None:
    rows = told(*desk, "staff", "--days", "3", "--format", "json")
    busiest = max(rows, key=lambda row: row["arrivals"])
    assert busiest["load"] == pytest.approx(busiest["arrivals"] * 200 / 1800, rel=1e-3), "handle time from the switch"
    assert busiest["base"] <= busiest["with_cap"] <= busiest["with_reserve"] <= busiest["required"]
    assert (busiest["goal_share"], busiest["goal_seconds"]) == (0.8, 20)
    assert (
        "phone: goal 80% within 20 s, calls that hang up (Erlang A), share of all requests, handle time 200 s"
        in run(*desk, "staff", "--days", "1").stdout
    )
    text = run(*desk, "staff", "--days", "3", "--format", "csv")
    assert text.stdout.splitlines()[0].startswith("queue,starts_at,arrivals,load,base,with_cap")
    out = tmp_path / "staff.xlsx"
    assert run(*desk, "staff", "--days", "3", "--format", "xlsx", "--out", str(out)).exit_code == 0
    sheet = openpyxl.load_workbook(out)["staffing"]
    assert sheet.max_row == len(rows) + 1
    assert isinstance(sheet.cell(2, 3).value, int | float)


def test_goals_and_times_of_chats_hold_for_the_planned_days_from_theirs_on(tmp_path: Path) -> None:
    """As a person does it: the settings exported, two rows written into them, imported, and people asked for."""
    desk, agreed = ("--data", str(tmp_path / "desk")), tmp_path / "desk.toml"
    run(*desk, "load", str(switch(tmp_path / "switch.csv", weeks=3, channel="chat")), "--zone", "UTC")
    asked = (*desk, "staff", "--days", "3", "--format", "json")
    before = told(*asked)
    assert run(*desk, "settings", "export", str(agreed)).exit_code == 0
    since = f"valid_from = {before[0]['starts_at'][:8]}28\n"  # the last of the three days
    times = '[[chat_times]]\nqueue = "chat"\ntimes = ["5 min", "336 s", "400 s"]\n' + since
    goal = '[[service_goal]]\nqueue = "chat"\nshare = 0.95\nwithin = "15 s"\n' + since
    agreed.write_text(agreed.read_text() + times + goal)
    kept = run(*desk, "settings", "import", str(agreed), "--from", "2026-01-01", "--reason", "x")
    assert "5 min, 5 min 36 s, 6 min 40 s with 1 to 3 at once are agreed anew" in kept.output
    after = told(*asked)
    assert [row for row in after if row["starts_at"] < "2026-01-28"] == [
        row for row in before if row["starts_at"] < "2026-01-28"
    ]
    pairs = [(was, now) for was, now in zip(before, after, strict=True) if now["starts_at"] >= "2026-01-28"]
    assert {(now["goal_share"], now["goal_seconds"]) for _was, now in pairs} == {(0.95, 15)}
    assert all(now["load"] == pytest.approx(was["load"] * 300 / 200, abs=1e-3) for was, now in pairs)
    assert sum(now["base"] for _was, now in pairs) > sum(was["base"] for was, _now in pairs)
    lines = run(*desk, "staff", "--days", "3").output.splitlines()
    times_told = "300, 336, 400 s with 1, 2, 3 at once"
    assert [line for line in lines if "28 Jan on: goal 95%" in line and times_told in line]
    again = run(*desk, "settings", "export", "-")
    assert 'times = ["5 min", "336 s", "400 s"]' in again.output


def test_the_rest_of_today_is_moved_by_its_morning(desk: tuple[str, ...]) -> None:
    (row,) = told(*desk, "forecast", "--today", "--format", "json")
    assert (row["queue"], row["came"], row["moved"], row["factor"]) == ("phone", 0, False, 1)
    table = run(*desk, "forecast", "--today")
    assert "is not moved before 25%" in table.stdout


def test_shifts_are_proposed_for_the_coming_week(desk: tuple[str, ...]) -> None:
    rows = told(*desk, "staff", "--shifts", "--minutes", "60", "--format", "json")
    assert rows
    assert all(row["people"] > 0 and 1 <= len(row["weekdays"].split()) <= 5 for row in rows)


def test_a_series_is_back_tested_straight_from_its_file(desk: tuple[str, ...], tmp_path: Path) -> None:
    lines = ["ts,y"]
    dice = np.random.default_rng(7)
    for half in range(20 * 7 * 48):
        at = START + timedelta(minutes=30 * half)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%S},{dice.poisson(20 if 8 <= at.hour < 20 else 1)}")
    file = tmp_path / "series.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = told("forecast", "--backtest", str(file), "--origins", "3", "--format", "json")
    assert {row["model"] for row in rows} >= {"forecast", "level_profile", "mean_8", "week_before", "without_tags"}
    shown = next(row for row in rows if row["model"] == "forecast" and row["horizon"] == "week_1")
    assert shown["origins"] == 3
    assert shown["floor"] < shown["wape"] < 1.4 * shown["floor"]
    own = told(*desk, "forecast", "--backtest", "--format", "json")
    assert {row["queue"] for row in own} == {"phone"}


def test_what_cannot_be_forecast_is_said_in_one_sentence(desk: tuple[str, ...], tmp_path: Path) -> None:
    wrong = run(*desk, "forecast", "--queue", "fax")
    assert (wrong.exit_code, "fax" in wrong.output, "phone" in wrong.output) == (1, True, True)
    assert run("forecast", str(tmp_path / "x.csv")).exit_code == 2
    odd = tmp_path / "odd.csv"
    odd.write_text("a,b\n1,2\n", encoding="utf-8")
    refused = run("forecast", "--backtest", str(odd))
    assert refused.exit_code == 1
    assert "odd.csv" in refused.output
    assert run("forecast", "--backtest", str(odd), "--zone", "Nowhere").exit_code == 1
    short = tmp_path / "short.csv"
    short.write_text("ts,y\n2026-01-05T09:00:00,3\n2026-01-06T09:00:00,4\n", encoding="utf-8")
    assert "five weeks" in run("forecast", "--backtest", str(short)).output


def test_figures_of_staffing_stand_beside_those_of_calls(desk: tuple[str, ...]) -> None:
    rows = told(
        *desk, "show", "calls_offered", "forecast_wape", "forecast_bias", "forecast_coverage", "staffing_gap_hours",
        "--format", "json",
    )  # fmt: skip
    values = {row["metric"]: row["value"] for row in rows}
    assert 0.05 < values["forecast_wape"] < 0.4
    assert abs(values["forecast_bias"]) < 0.1
    assert 0.7 < values["forecast_coverage"] < 0.9
    assert values["staffing_gap_hours"] is None, "no roster is known, which is no gap of 0"
    by_day = told(*desk, "show", "forecast_wape", "--every", "week", "--from", "2026-03-09", "--format", "json")
    assert any(row["value"] is not None for row in by_day)
