"""What the doctor sees, and that it only looks."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.upkeep.doctor import Finding, examine, is_well


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of whoever runs the tests are none of the desk's."""
    for name in [name for name in os.environ if name.startswith("FLOORWALKER_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    export = tmp_path / "t.csv"
    export.write_text("ticket_id,created_at\nT1,2026-03-01 10:00:00\n")
    desk = open_desk(tmp_path / "desk")
    assert load_files(COMMAND_LINE, desk, [export], options=LoadOptions(zone="UTC")).any_loaded
    desk.engine.dispose()
    return tmp_path / "desk"


def by_name(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def test_a_desk_in_order_is_well(folder: Path) -> None:
    found = examine(folder)
    assert is_well(found)
    assert {one.name: one.state for one in found if one.name != "disk"} == dict.fromkeys(
        ("python", "packages", "folder", "database", "tables", "clock"), "ok"
    )
    assert "1 tickets" in by_name(found)["tables"].sentence


def test_looking_makes_nothing(tmp_path: Path) -> None:
    found = by_name(examine(tmp_path / "none"))
    assert found["folder"].state == "warning"
    assert not (tmp_path / "none").exists()


def test_a_folder_that_others_may_read_is_told_with_what_to_do(folder: Path) -> None:
    folder.chmod(0o755)
    found = by_name(examine(folder))["folder"]
    assert found.state == "warning"
    assert f"chmod 700 {folder}" in found.sentence


def test_a_damaged_database_is_a_fault(folder: Path) -> None:
    for beside in folder.glob("desk.db-*"):
        beside.unlink()
    (folder / "desk.db").write_bytes(b"no database" * 1000)
    found = examine(folder)
    assert not is_well(found)
    assert by_name(found)["database"].state == "fault"


def test_tables_that_are_gone_are_a_fault(folder: Path) -> None:
    for part in (folder / "warehouse").rglob("*.parquet"):
        part.unlink()
    assert by_name(examine(folder))["tables"].state == "fault"


def test_a_clock_that_stands_behind_the_data_is_told(tmp_path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(days=2)
    export = tmp_path / "t.csv"
    export.write_text(f"ticket_id,created_at\nT1,{ahead:%Y-%m-%d %H:%M:%S}\n")
    desk = open_desk(tmp_path / "desk")
    load_files(COMMAND_LINE, desk, [export], options=LoadOptions(zone="UTC"))
    desk.engine.dispose()
    assert by_name(examine(tmp_path / "desk"))["clock"].state == "warning"


def test_a_mistyped_variable_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOORWALKER_DATABSE", "x")
    assert "FLOORWALKER_DATABSE" in by_name(examine(folder))["environment"].sentence


def test_a_desk_in_postgresql_is_looked_at_there(tmp_path: Path, database_url: str) -> None:
    open_desk(tmp_path / "desk", database=database_url).engine.dispose()
    found = by_name(examine(tmp_path / "desk", database=database_url))
    assert found["database"].state == "ok"
    assert found["database"].sentence.startswith("PostgreSQL ")


def test_the_command_ends_with_1_where_something_is_wrong(folder: Path) -> None:
    well = CliRunner().invoke(main, ["doctor", "--data", str(folder), "--json"])
    assert well.exit_code == 0
    assert {one["name"] for one in json.loads(well.output)} >= {"python", "database", "clock"}
    (folder / "desk.db").write_bytes(b"no database" * 1000)
    assert CliRunner().invoke(main, ["doctor", "--data", str(folder)]).exit_code == 1
