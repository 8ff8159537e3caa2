"""A desk on disk: opened by several processes, empty at first."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from zoneinfo import ZoneInfoNotFoundError

import pytest

from dashboard.desk import existing_desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import tickets
from dashboard.services.loading.loads import LoadOptions, load_files, rejects_of
from dashboard.store import DatabaseUrlError, LoadRow
from loaders.errors import WarehouseError

NOW = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)


def test_a_new_desk_is_empty_and_has_no_zone(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "new" / "desk")
    assert desk.head() is None
    assert desk.zone() is None
    assert desk.warehouse.tables({}).tickets.collect().is_empty()


def test_the_newest_ledger_entry_is_what_everybody_reads(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    for version in (3, 4):
        entry = LoadRow(
            at=NOW, actor="a", kind="load", versions={"s/tickets": version}, files=[], settings={}, as_of=NOW
        )
        with desk.keeping() as session:
            session.add(entry)
    head = open_desk(tmp_path).head()
    assert head is not None
    assert (head.id, dict(head.versions), head.as_of) == (2, {"s/tickets": 4}, NOW)


def test_the_zone_is_kept_for_everybody(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.set_zone("Asia/Shanghai")
    desk.set_zone("Europe/Berlin")
    assert open_desk(tmp_path).zone() == "Europe/Berlin"


def test_a_zone_that_nobody_knows_is_not_kept(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    with pytest.raises(ZoneInfoNotFoundError):
        desk.set_zone("Mars/Olympus")
    assert desk.zone() is None


def test_processes_that_open_a_new_desk_at_once_all_succeed(tmp_path: Path) -> None:
    code = "import sys, pathlib, dashboard.desk as d; d.open_desk(pathlib.Path(sys.argv[1])).head()"
    command = [sys.executable, "-c", code, str(tmp_path / "desk")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0] * 4, told


def test_a_folder_that_cannot_be_a_desk_says_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("a file")
    with pytest.raises(WarehouseError, match="could not be opened"):
        open_desk(tmp_path / "desk")


def test_a_file_that_is_no_database_says_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"no database" * 100)
    with pytest.raises(WarehouseError, match="could not be opened"):
        open_desk(tmp_path)


def test_a_damaged_database_says_so_in_one_sentence(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.set_zone("Asia/Shanghai")
    with sqlite3.connect(tmp_path / "desk.db") as database:
        database.execute("UPDATE settings SET value = '{'")
    with pytest.raises(WarehouseError, match="is damaged"):
        desk.zone()
    with pytest.raises(WarehouseError, match="is damaged"):
        desk.set_zone("UTC")
    with sqlite3.connect(tmp_path / "desk.db") as database:
        database.execute("DROP TABLE settings")
    with pytest.raises(WarehouseError, match="is damaged"):
        desk.zone()


def test_a_desk_of_a_newer_program_says_so_in_one_sentence(tmp_path: Path) -> None:
    open_desk(tmp_path)
    with sqlite3.connect(tmp_path / "desk.db") as database:
        database.execute("UPDATE alembic_version SET version_num = 'later'")
    with pytest.raises(WarehouseError, match="newer Floorwalker"):
        open_desk(tmp_path)


def test_a_desk_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "My desk #2 {x} é 客服台?"
    export = tmp_path / "export.csv"
    for day in (1, 2):
        export.write_text(f"ticket_id,created_at\nT1,2026-03-01 10:00:00\nT{day},2026-03-0{day} 10:00:00\nT3,never\n")
        report = load_files(COMMAND_LINE, open_desk(folder), [export], options=LoadOptions(zone="UTC"))
        assert report.any_loaded, report.errors
    desk = open_desk(folder)
    assert tickets(COMMAND_LINE, desk).height == 2
    assert rejects_of(COMMAND_LINE, desk, 1).height == 1
    assert (folder / "desk.db").is_file()


@pytest.mark.parametrize("name", ["desk [1]", "50%20", "a=b", "a^b", "a|b"])
def test_a_folder_whose_name_would_be_lost_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(WarehouseError, match="cannot lie in"):
        open_desk(tmp_path / name / "desk")
    assert not (tmp_path / name).exists()


def test_a_desk_is_kept_in_a_database_elsewhere_and_opened_again(tmp_path: Path, database_url: str) -> None:
    export = tmp_path / "t.csv"
    export.write_text("ticket_id,created_at\nT1,2026-03-01 10:00:00\n")
    desk = open_desk(tmp_path / "desk", database=database_url)
    report = load_files(COMMAND_LINE, desk, [export], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    desk.engine.dispose()
    again = existing_desk(tmp_path / "desk", database=database_url)
    assert tickets(COMMAND_LINE, again).height == 1
    assert again.zone() == "Asia/Shanghai"
    assert not (tmp_path / "desk" / "desk.db").exists()
    again.engine.dispose()


def test_a_database_of_another_desk_is_refused(tmp_path: Path, database_url: str) -> None:
    open_desk(tmp_path / "one", database=database_url).engine.dispose()
    with pytest.raises(WarehouseError, match="another desk"):
        open_desk(tmp_path / "two", database=database_url)


def test_processes_that_open_a_new_desk_elsewhere_at_once_all_succeed(tmp_path: Path, database_url: str) -> None:
    code = (
        "import sys, pathlib, dashboard.desk as d; d.open_desk(pathlib.Path(sys.argv[1]), database=sys.argv[2]).head()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "desk"), database_url]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0] * 4, told


@pytest.mark.parametrize("url", ["no url", "mysql://desk:secret@host/name"])
def test_an_address_that_cannot_be_used_says_so_without_repeating_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(DatabaseUrlError) as told:
        open_desk(tmp_path / "desk", database=url)
    assert "secret" not in str(told.value)


def test_many_who_wait_to_write_leave_connections_to_those_who_read(tmp_path: Path, database_url: str) -> None:
    desk = open_desk(tmp_path / "desk", database=database_url)
    waiting = 40
    with ThreadPoolExecutor(waiting) as pool:
        with desk.keeping():
            begun = [pool.submit(desk.set_zone, "Asia/Shanghai") for _writer in range(waiting)]
            sleep(1)  # until all of them wait
            started = monotonic()
            assert desk.zone() is None
            assert monotonic() - started < 10
        for one in begun:
            one.result(60)
    assert desk.zone() == "Asia/Shanghai"
    desk.engine.dispose()
