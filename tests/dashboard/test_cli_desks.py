"""Which commands make a desk, and what is said where there is none."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.desk import open_desk


@pytest.mark.parametrize("command", [["show"], ["tickets"], ["undo"], ["rejects", "1"], ["explain", "1"]])
def test_a_mistyped_folder_is_told_and_not_made(tmp_path: Path, command: list[str]) -> None:
    folder = tmp_path / "mistyped"
    result = CliRunner().invoke(main, ["--data", str(folder), *command])
    assert result.exit_code == 1
    assert f"There is no desk in {folder}" in result.stderr
    assert not folder.exists()


def test_a_desk_that_cannot_be_locked_is_told_in_one_sentence(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    (desk.root / "load.lock").mkdir()
    result = CliRunner().invoke(main, ["--data", str(desk.root), "undo"])
    assert result.exit_code == 1
    assert "cannot be written to" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("wrong", [["rejects", "99999999999999999999999"], ["load", "x.csv", "--header-line", "-3"]])
def test_impossible_numbers_are_wrong_usage(tmp_path: Path, wrong: list[str]) -> None:
    (tmp_path / "x.csv").write_text("a\n", encoding="utf-8")
    command = [str(tmp_path / part) if part == "x.csv" else part for part in wrong]
    assert CliRunner().invoke(main, ["--data", str(tmp_path / "desk"), *command]).exit_code == 2
