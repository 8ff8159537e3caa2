"""A watched folder: half-copied files wait, whole ones load, none loads twice."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.server.syncing import take_what_was_dropped
from dashboard.services.loading.ledger import history, undo_last
from dashboard.services.loading.loads import LoadOptions
from dashboard.services.sync.connections import Connected, ConnectionRefused, connections
from dashboard.services.sync.runs import runs
from dashboard.services.sync.watching import KIND, Look, Taken, keep_folder, look, take_whole, watched_folder

OPTIONS = LoadOptions(zone="Asia/Shanghai")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exports"
    made.mkdir()
    return made


def export(first: int, rows: int = 30) -> str:
    lines = [f"T{n},2026-03-{1 + n % 28:02d} 10:00:00,邮件" for n in range(first, first + rows)]
    return "\n".join(["工单编号,创建时间,渠道", *lines]) + "\n"


def looked(desk: Desk, folder: Path, before: Look | None = None) -> tuple[Taken, ...]:
    number = watched_folder(COMMAND_LINE, desk, folder)
    return take_whole(COMMAND_LINE, desk, number, before or look(folder), look(folder), options=OPTIONS)


def test_what_is_dropped_is_loaded_once_whatever_it_is_called(desk: Desk, folder: Path) -> None:
    (folder / "march.csv").write_text(export(0), encoding="utf-8")
    first = looked(desk, folder)
    assert [(one.name, one.report.counts.inserted) for one in first] == [("march.csv", 30)]
    assert looked(desk, folder) == ()
    (folder / "march.csv").rename(folder / "again.csv")
    (folder / "copy.csv").write_text(export(0), encoding="utf-8")
    assert looked(desk, folder) == ()
    assert len(history(COMMAND_LINE, desk)) == 1


def test_a_file_that_grows_between_two_looks_waits(desk: Desk, folder: Path) -> None:
    path = folder / "slow.csv"
    path.write_text(export(0, 10), encoding="utf-8")
    before = look(folder)
    path.write_text(export(0, 20), encoding="utf-8")
    assert looked(desk, folder, before) == ()
    assert looked(desk, folder)[0].report.loaded == 20


def test_a_file_whose_content_is_written_over_in_place_waits(desk: Desk, folder: Path) -> None:
    path = folder / "same-size.csv"
    path.write_text(export(0, 10), encoding="utf-8")
    before = look(folder)
    path.write_text(export(10, 10), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert looked(desk, folder, before) == ()


@pytest.mark.parametrize("name", [".hidden.csv", "~$open.xlsx", "big.csv.part", "x.crdownload", "empty.csv"])
def test_what_is_not_finished_or_not_meant_is_left_alone(desk: Desk, folder: Path, name: str) -> None:
    (folder / name).write_text("" if name.startswith("empty") else export(0), encoding="utf-8")
    assert looked(desk, folder) == ()


def test_a_refused_file_is_told_once_and_taken_when_it_is_mended(desk: Desk, folder: Path) -> None:
    path = folder / "odd.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    refused = looked(desk, folder)
    assert refused[0].load is None
    assert refused[0].report.refusal
    assert looked(desk, folder) == ()
    path.write_text(export(0), encoding="utf-8")
    assert looked(desk, folder)[0].load is not None


def test_the_newer_export_is_loaded_last(desk: Desk, folder: Path) -> None:
    for name, second in (("b.csv", 100), ("a.csv", 200)):
        (folder / name).write_text(export(second, 5), encoding="utf-8")
        os.utime(folder / name, (second, second))
    assert [one.name for one in looked(desk, folder)] == ["b.csv", "a.csv"]


def test_a_load_that_is_taken_back_stays_back(desk: Desk, folder: Path) -> None:
    (folder / "march.csv").write_text(export(0), encoding="utf-8")
    looked(desk, folder)
    undo_last(COMMAND_LINE, desk)
    assert looked(desk, folder) == (), "who took it back did not want it"


def test_the_desks_own_folder_is_not_watched_and_only_administrators_begin_to(desk: Desk, folder: Path) -> None:
    for wrong in (desk.root, desk.root.parent, desk.root / "warehouse", folder / "absent"):
        with pytest.raises(ConnectionRefused):
            watched_folder(COMMAND_LINE, desk, wrong)
    with pytest.raises(Denied):
        watched_folder(Actor(None, "Mia", "manager"), desk, folder)
    assert watched_folder(COMMAND_LINE, desk, folder) == watched_folder(COMMAND_LINE, desk, folder / ".")
    assert [one.kind for one in connections(COMMAND_LINE, desk)] == ["folder"]


def test_the_command_loads_what_lies_there(desk: Desk, folder: Path) -> None:
    (folder / "march.csv").write_text(export(0), encoding="utf-8")
    asked = ["watch", str(folder), "--once", "--every", "0.2", "--zone", "Asia/Shanghai", "--data", str(desk.root)]
    told = CliRunner().invoke(main, asked)
    assert told.exit_code == 0, told.output
    assert "30 new tickets" in told.output


def test_the_running_server_takes_what_is_dropped_until_the_folder_is_stopped(desk: Desk, folder: Path) -> None:
    settings = {"folder": str(folder), "zone": "Asia/Shanghai"}
    number = keep_folder(COMMAND_LINE, desk, Connected("", KIND, settings=settings))
    assert take_what_was_dropped(desk) == [], "nothing lies there"
    (folder / "march.csv").write_text(export(0), encoding="utf-8")
    (folder / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for begun in take_what_was_dropped(desk):
        begun.join(120)
    told = runs(COMMAND_LINE, desk, number)
    assert [one.counts["inserted"] for one in told] == [30]
    assert "odd.csv" in told[0].told[0]["params"]["name"]
    assert take_what_was_dropped(desk) == [], "it shows what it showed"
    kept = next(one for one in connections(COMMAND_LINE, desk))
    stopped = Connected("", KIND, settings=settings, is_on=False, id=number, version=kept.version)
    keep_folder(COMMAND_LINE, desk, stopped)
    (folder / "april.csv").write_text(export(50), encoding="utf-8")
    assert take_what_was_dropped(desk) == []


def test_a_folder_is_watched_once_and_by_an_administrator(desk: Desk, folder: Path) -> None:
    made = Connected("", KIND, settings={"folder": str(folder)})
    keep_folder(COMMAND_LINE, desk, made)
    with pytest.raises(ConnectionRefused, match="already"):
        keep_folder(COMMAND_LINE, desk, made)
    with pytest.raises(ConnectionRefused, match="no source"):
        keep_folder(COMMAND_LINE, desk, Connected("", KIND, "unheard", settings={"folder": str(folder)}))
    with pytest.raises(Denied):
        keep_folder(Actor(None, "Mia", "manager"), desk, made)
