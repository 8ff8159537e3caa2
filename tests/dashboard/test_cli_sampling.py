"""The command `floorwalker sample`: plan, draw, extend, make again, certify, results."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from dashboard.cli import main
from dashboard.triage.now import CLOCK
from tests import inspected
from tests.inspected import NOW

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(CLOCK, NOW.isoformat())
    inspected.copied(tmp_path / "desk").engine.dispose()

    def called(*words: object) -> Result:
        return CliRunner().invoke(main, ["sample", *map(str, words), "--data", str(tmp_path / "desk")])

    return called


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_from_a_plan_to_its_certificate(run: Run, tmp_path: Path) -> None:
    plan = told(run("plan", "daily", "--share", 0.2, "--minimum", 4, "--inspector", "iris", "--json"))
    assert plan["conversations"] == inspected.EACH_DAY
    assert plan["plus_minus_once"] > plan["plus_minus_after_weeks"]["4"]
    draw = told(run("draw", "daily", "--day", "2026-03-04", "--json"))
    big = max(draw["strata"], key=lambda one: one["size"])
    grown = told(run("extend", draw["draw"], f"{big['stratum']}=2", "--json"))
    assert grown["drawn"] == draw["drawn"] + 2
    again = told(run("rerun", draw["draw"], "--json"))
    assert (again["same"], again["picked"], again["joined_since"]) == (True, grown["drawn"], 0)
    out, frame = tmp_path / "draw.xlsx", tmp_path / "frame.csv"
    assert run("certify", draw["draw"], "--out", out, "--frame", frame).exit_code == 0
    assert load_workbook(out).worksheets[2].max_row == grown["drawn"] + 1
    assert run("rerun", draw["draw"], "--frame", frame).exit_code == 0


def test_a_frame_that_was_changed_ends_with_one_sentence_and_code_1(run: Run, tmp_path: Path) -> None:
    run("plan", "daily", "--share", 0.2)
    run("draw", "daily", "--day", "2026-03-04")
    frame = tmp_path / "frame.csv"
    run("certify", 1, "--out", tmp_path / "draw.xlsx", "--frame", frame)
    frame.write_bytes(frame.read_bytes().replace(b"T121,", b"T999,"))
    refused = run("rerun", 1, "--frame", frame)
    assert refused.exit_code == 1
    assert "CHANGED" in refused.stdout
    assert refused.stderr.strip() == "The draw is not the same."


@pytest.mark.parametrize(("most", "is_all"), [(20, True), (10, False)])
def test_all_complaints_are_drawn_up_to_the_number_that_is_given(run: Run, most: int, is_all: bool) -> None:
    run("plan", "weekly", "--cycle", "week", "--minimum", 4, "--complaints", most, "--due", 24)
    strata = told(run("draw", "weekly", "--day", "2026-03-04", "--json"))["strata"]
    complaints = [one for one in strata if "complaint" in one["stratum"]]
    assert sum(one["size"] for one in complaints) == 28
    assert all(one["drawn"] == one["size"] for one in complaints) is is_all


def test_a_dry_run_keeps_no_plan_and_what_cannot_be_is_refused(run: Run) -> None:
    assert run("plan", "daily", "--dry-run").exit_code == 0
    assert run("plans").stdout == ""
    for words in (("draw", "daily"), ("plan", "x", "--inspector", "ana"), ("rerun", 7), ("plan", "x", "--share", 2)):
        refused = run(*words)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert refused.stderr.count("\n") == 1
    assert run("extend", 1, "nonsense").exit_code == 2


def test_results_are_told_also_where_nothing_was_read(run: Run) -> None:
    found = told(run("results", "--json"))
    assert (found["value"], found["verdict"], found["drawn"]) == (None, "unsettled", 0)
    assert "Nothing has been read" in run("results").stderr
