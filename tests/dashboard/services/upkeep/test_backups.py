"""A backup taken while the desk is used, and the same desk made from it."""

import multiprocessing
import os
import random
import signal
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.people.audit_check import verify
from dashboard.services.facts.figures import facts_of
from dashboard.services.loading.loads import LoadOptions, history, load_files, undo_last
from dashboard.services.upkeep.backups import BackupError, back_up
from dashboard.services.upkeep.restoring import restore
from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.model import Scope
from tests.pages.conftest import small_export

OPTIONS = LoadOptions(zone="Asia/Shanghai")


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk with two loads, the second of them small."""
    url = None if request.param == "sqlite" else request.getfixturevalue("database_url")
    opened = open_desk(tmp_path / "desk", database=url)
    (tmp_path / "export.csv").write_bytes(small_export())
    load_more(opened, tmp_path, 0)
    load_files(COMMAND_LINE, opened, [tmp_path / "export.csv"], options=OPTIONS)
    yield opened
    opened.engine.dispose()


def load_more(desk: Desk, folder: Path, number: int) -> None:
    path = folder / f"more{number}.csv"
    path.write_text(f"工单编号,创建时间\nM{number},2026-03-{1 + number % 20:02d} 09:00:00\n", encoding="utf-8")
    assert load_files(COMMAND_LINE, desk, [path], options=OPTIONS).any_loaded


def told(desk: Desk) -> pl.DataFrame:
    return compute(list(METRICS.values()), facts_of(COMMAND_LINE, desk), Scope(), every="month")


def test_a_restored_desk_is_equal_in_every_figure(desk: Desk, tmp_path: Path) -> None:
    back_up(COMMAND_LINE, desk, tmp_path / "desk.tar")
    assert (tmp_path / "desk.tar").stat().st_mode & 0o777 == 0o600
    again = restore(COMMAND_LINE, tmp_path / "desk.tar", tmp_path / "again")
    assert told(again).equals(told(desk))
    assert [one.files for one in history(COMMAND_LINE, again)] == [one.files for one in history(COMMAND_LINE, desk)]
    assert verify(COMMAND_LINE, again).faults == ()
    undo_last(COMMAND_LINE, again)
    undo_last(COMMAND_LINE, desk)
    assert told(again).equals(told(desk))
    load_more(again, tmp_path, 7)
    assert facts_of(COMMAND_LINE, again).tickets["ticket_id"].sort().to_list() == ["M0", "M7"]
    again.engine.dispose()


def test_a_backup_is_taken_while_others_load(desk: Desk, tmp_path: Path) -> None:
    states: dict[int, int] = {}
    done = threading.Event()

    def load() -> None:
        number = 1
        while not done.is_set():
            load_more(desk, tmp_path, number)
            number += 1

    thread = threading.Thread(target=load)
    thread.start()
    try:
        made = [back_up(COMMAND_LINE, desk, tmp_path / f"{number}.tar") for number in range(3)]
    finally:
        done.set()
        thread.join()
    for number, one in enumerate(made):
        again = restore(COMMAND_LINE, tmp_path / f"{number}.tar", tmp_path / f"again{number}")
        states[one.load] = facts_of(COMMAND_LINE, again).tickets.height
        assert states[one.load] == 420 + one.load - 1  # each load but the export's brought one ticket
        assert verify(COMMAND_LINE, again).faults == ()
        again.engine.dispose()


def test_a_desk_moves_from_one_kind_of_database_to_the_other(
    tmp_path: Path, database_url: str, postgres: object
) -> None:
    del postgres
    opened = open_desk(tmp_path / "desk")
    load_more(opened, tmp_path, 3)
    back_up(COMMAND_LINE, opened, tmp_path / "desk.tar")
    moved = restore(COMMAND_LINE, tmp_path / "desk.tar", tmp_path / "moved", database=database_url)
    assert told(moved).equals(told(opened))
    load_more(moved, tmp_path, 4)
    with pytest.raises(BackupError):
        restore(COMMAND_LINE, tmp_path / "desk.tar", tmp_path / "third", database=database_url)
    assert not (tmp_path / "third").exists()
    for one in (opened, moved):
        one.engine.dispose()


def test_a_desk_that_is_there_is_replaced_only_where_that_was_said(tmp_path: Path) -> None:
    opened = open_desk(tmp_path / "desk")
    load_more(opened, tmp_path, 3)
    back_up(COMMAND_LINE, opened, tmp_path / "desk.tar")
    load_more(opened, tmp_path, 4)
    opened.engine.dispose()
    with pytest.raises(BackupError):
        restore(COMMAND_LINE, tmp_path / "desk.tar", tmp_path / "desk")
    again = restore(COMMAND_LINE, tmp_path / "desk.tar", tmp_path / "desk", is_replacing=True)
    assert facts_of(COMMAND_LINE, again).tickets.height == 1
    again.engine.dispose()
    (beside,) = tmp_path.glob("desk.replaced-*")
    old = open_desk(beside)
    assert facts_of(COMMAND_LINE, old).tickets.height == 2
    old.engine.dispose()


@pytest.mark.parametrize("damage", ["cut", "flipped", "other", "climbing"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(tmp_path: Path, damage: str) -> None:
    opened = open_desk(tmp_path / "desk")
    load_more(opened, tmp_path, 3)
    path = tmp_path / "desk.tar"
    back_up(COMMAND_LINE, opened, path)
    opened.engine.dispose()
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        content[content.index(b"PAR1") + 9] ^= 255
        path.write_bytes(content)
    elif damage == "other":
        path.write_bytes(b"no backup at all")
    else:
        with tarfile.open(path, "w") as archive:
            archive.add(tmp_path / "more3.csv", "../outside.csv")
    with pytest.raises(BackupError):
        restore(COMMAND_LINE, path, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(".again*"))
    assert not (tmp_path / "outside.csv").exists()


def test_only_administrators_take_backups(tmp_path: Path) -> None:
    opened = open_desk(tmp_path / "desk")
    with pytest.raises(Denied):
        back_up(Actor(2, "Gao", "manager"), opened, tmp_path / "desk.tar")
    opened.engine.dispose()


def _restoring(file: str, root: str) -> None:
    restore(COMMAND_LINE, Path(file), Path(root), is_replacing=True)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_in_the_middle_a_restore_leaves_the_old_desk_or_the_new(tmp_path: Path) -> None:
    """pytest tests/dashboard/services/upkeep/test_backups.py -m slow -s"""
    opened = open_desk(tmp_path / "desk")
    load_more(opened, tmp_path, 3)
    back_up(COMMAND_LINE, opened, tmp_path / "desk.tar")
    load_more(opened, tmp_path, 4)
    opened.engine.dispose()
    chance, seen = random.Random(7), {1: 0, 2: 0}
    started = time.monotonic()
    first = multiprocessing.get_context("spawn").Process(
        target=_restoring, args=(str(tmp_path / "desk.tar"), str(tmp_path / "elsewhere"))
    )
    first.start()
    first.join()
    whole = time.monotonic() - started
    for _ in range(10):
        arguments = (str(tmp_path / "desk.tar"), str(tmp_path / "desk"))
        process = multiprocessing.get_context("spawn").Process(target=_restoring, args=arguments)
        process.start()
        time.sleep(chance.uniform(0.3, 1.2) * whole)
        if process.pid and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        found = open_desk(tmp_path / "desk")
        seen[facts_of(COMMAND_LINE, found).tickets.height] += 1
        found.engine.dispose()
    print(f"killed 10 restores: {seen[2]} left the old desk, {seen[1]} the new one")
