"""Many who change the same few rows at once lose nothing and do nothing twice, also where a process is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, record
from dashboard.people.audit_check import verify
from dashboard.store import SavedView
from dashboard.store.swap import StaleError, compare_and_set
from tests.conftest import ROOT
from tests.dashboard.store.racing import ROWS, faults

NOW = datetime(2026, 3, 2, tzinfo=UTC)
WRITERS, ACTIONS, KILLS = 50, 2000, 4


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("database_url")
    opened = open_desk(tmp_path / "desk", database=url)
    with opened.keeping() as session:
        session.add_all(
            SavedView(id=id, person_id=None, name=f"view {id}", page="sla", query="", is_shared=True, made_at=NOW)
            for id in range(1, ROWS + 1)
        )
    yield opened
    opened.engine.dispose()


def url_of(desk: Desk) -> str:
    is_file = desk.engine.dialect.name == "sqlite"
    return "" if is_file else desk.engine.url.render_as_string(hide_password=False)


def app(desk: Desk, folder: Path, writer: str, threads: int, actions: int, name: str) -> subprocess.Popen[bytes]:
    arguments = [str(desk.root), url_of(desk), writer, str(threads), str(actions), name, str(folder / f"{name}.log")]
    return subprocess.Popen([sys.executable, "-m", "tests.dashboard.store.racing", *arguments], cwd=ROOT)


def acknowledged(folder: Path) -> list[dict[str, object]]:
    """Every action that was acknowledged; the line that a kill cut short was not."""
    lines = [
        line for path in folder.glob("*.log") for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
    ]
    return [json.loads(line) for line in lines if line.endswith("\n")]


def change(desk: Desk, id: int, version: int) -> None:
    with desk.keeping() as session:
        record(session, COMMAND_LINE, "views.change", f"view:{id}")
        compare_and_set(session, SavedView, id, expected_version=version, values={"name": "second"})


def test_what_somebody_else_has_changed_is_not_overwritten(desk: Desk) -> None:
    with desk.keeping() as session:
        assert compare_and_set(session, SavedView, 1, expected_version=1, values={"name": "first"}) == 2
    for id, version in ((1, 1), (1, 3), (99, 1)):
        with pytest.raises(StaleError):
            change(desk, id, version)
    with desk.reading() as session:
        kept = session.get_one(SavedView, 1)
        assert (kept.name, kept.version) == ("first", 2)
    assert verify(COMMAND_LINE, desk).rows == 0


def test_two_processes_at_once_lose_nothing(desk: Desk, tmp_path: Path) -> None:
    running = [app(desk, tmp_path, "with_care", 5, 8, name) for name in ("one", "two")]
    assert [one.wait() for one in running] == [0, 0]
    assert len(acknowledged(tmp_path)) == 80
    assert faults(desk, acknowledged(tmp_path)) == []
    assert verify(COMMAND_LINE, desk).faults == ()


def test_the_checker_finds_what_a_naive_writer_loses(desk: Desk, tmp_path: Path) -> None:
    running = [app(desk, tmp_path, "naively", 8, 10, name) for name in ("one", "two")]
    for one in running:
        one.wait()
    assert faults(desk, acknowledged(tmp_path)) != []


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_fifty_writers_and_killed_processes_lose_nothing_and_double_nothing(desk: Desk, tmp_path: Path) -> None:
    """pytest tests/dashboard/store/test_swap.py -m slow -s

    FLOORWALKER_RACE_ACTIONS sets how many actions each of the fifty does, 2,000 unless it is set.
    """
    actions = int(os.environ.get("FLOORWALKER_RACE_ACTIONS", ACTIONS))
    started = time.monotonic()
    running = [app(desk, tmp_path, "with_care", WRITERS // 2, actions, name) for name in ("one", "two")]
    for kill in range(KILLS):
        time.sleep(max(8.0, actions / 25))
        one = running.pop(0)
        assert one.poll() is None, "it had ended before it could be killed; ask for more actions"
        one.send_signal(signal.SIGKILL)
        one.wait()
        running.append(app(desk, tmp_path, "with_care", WRITERS // 2, actions, f"again{kill}"))
    assert [one.wait() for one in running] == [0, 0]
    done = acknowledged(tmp_path)
    seconds = time.monotonic() - started
    assert len(done) >= WRITERS * actions
    assert faults(desk, done) == []
    name = desk.engine.dialect.name
    print(f"{name}: {len(done):,} acknowledged in {seconds:.0f} s, {KILLS} kills: 0 lost, 0 doubled")
    assert verify(COMMAND_LINE, desk).faults == ()
