"""A load that is killed, finds the disk full, or meets another one: the desk is as before or as after, never between.

Eight rounds by default; the long run:

    FLOORWALKER_CRASH_ROUNDS=60 pytest -n 0 -m slow tests/dashboard/services/test_crash.py
"""

import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import psutil
import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import tickets
from dashboard.services.loading.ledger import history
from dashboard.services.loading.loads import LoadOptions, load_files
from loaders.mapping import Mapping
from tests.conftest import ROOT

ROUNDS = int(os.environ.get("FLOORWALKER_CRASH_ROUNDS", "8"))
SEED = int(os.environ.get("FLOORWALKER_CRASH_SEED", "20261122"))
START = datetime(2023, 1, 1, tzinfo=UTC)
ORPHAN_SECONDS = 5.0
MAPPING = Mapping("crash", "tickets", {n: n for n in ("ticket_id", "created_at", "resolved_at", "status", "channel")})
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]


@dataclass(frozen=True)
class State:
    """What a desk shows: its entries, and all its tickets in one number."""

    entries: int
    tickets: int
    content: int


@dataclass(frozen=True)
class Pace:
    """Seconds of a whole load, and of it from the first write on."""

    of_all: float
    of_writing: float


def state(desk: Desk) -> State:
    head = desk.head()
    frame = desk.warehouse.scan("tickets", head.versions if head else {}).sort("source", "ticket_id").collect()
    content = int(frame.hash_rows(seed=1).sum()) if frame.height else 0
    assert tickets(COMMAND_LINE, desk).height == frame.height, (
        "the facts and the tables tell different numbers of tickets"
    )
    return State(len(history(COMMAND_LINE, desk)), frame.height, content)


def generated(path: Path, first: int, last: int, *, status: str) -> Path:
    created = [START + timedelta(minutes=20 * number) for number in range(first, last)]
    frame = pl.DataFrame(
        {
            "ticket_id": [f"T{number:07d}" for number in range(first, last)],
            "created_at": [at.isoformat() for at in created],
            "resolved_at": [(at + timedelta(hours=30)).isoformat() for at in created],
            "status": [status] * (last - first),
            "channel": ["chat"] * (last - first),
            "caller": [f"customer {number}" for number in range(first, last)],
        }
    )
    frame.write_csv(path)
    return path


def start(desk: Path, file: Path, mapping: str, *more: str) -> subprocess.Popen[str]:
    """A process that is about to begin the load."""
    command = [sys.executable, "-m", "tests.dashboard.services.load_one", str(desk), str(file), mapping, *more]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str]) -> Pace:
    """Let it finish, and see how long it takes now; the machine may be busier than a moment ago."""
    assert process.stdout is not None
    begun = time.monotonic()
    assert process.stdout.readline() == "writing\n"
    writing = time.monotonic()
    assert process.communicate()[0] == "done\n"
    return Pace(time.monotonic() - begun, time.monotonic() - writing)


def wait(process: subprocess.Popen[str], pace: Pace, moments: random.Random, *, until_writing: bool) -> None:
    """Wait for a random moment of the whole load, or of its writing."""
    assert process.stdout is not None
    if until_writing:
        assert process.stdout.readline() == "writing\n"
    time.sleep(moments.uniform(0, pace.of_writing if until_writing else pace.of_all))


def kill(process: subprocess.Popen[str]) -> None:
    """End it as a power cut would; what it had started must end by itself."""
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.communicate()
    _gone, alive = psutil.wait_procs(children, timeout=ORPHAN_SECONDS)
    for orphan in alive:
        orphan.kill()
    assert not alive, f"{len(alive)} processes outlived the one that was killed"


def survives(prepared: Path, file: Path, mapping: str, scratch: Path) -> None:
    """Kill a load of the file into a copy of the desk, round after round, every other one while it writes."""
    whole = scratch / "whole"
    shutil.copytree(prepared, whole)
    before = state(open_desk(whole))
    pace = finish(start(whole, file, mapping))
    after = state(open_desk(whole))
    assert after.content != before.content
    moments = random.Random(SEED)
    found = {before: 0, after: 0}
    for number in range(ROUNDS):
        root = scratch / f"round-{number}"
        shutil.copytree(prepared, root)
        process = start(root, file, mapping)
        wait(process, pace, moments, until_writing=number % 2 == 1)
        kill(process)
        shown = state(open_desk(root))
        assert shown in found, f"seed {SEED}, round {number}: {shown} is neither {before} nor {after}"
        found[shown] += 1
        pace = finish(start(root, file, mapping))
        repeated = state(open_desk(root))
        assert (repeated.tickets, repeated.content) == (after.tickets, after.content)
        shutil.rmtree(root)
    print(f"killed {ROUNDS} times: {found[before]} times as before, {found[after]} times as after")


@pytest.fixture
def mapping(tmp_path: Path) -> str:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING.to_toml(), encoding="utf-8")
    return str(path)


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A desk with 20,000 open tickets."""
    first = generated(tmp_path / "first.csv", 0, 20_000, status="open")
    load_files(
        COMMAND_LINE, open_desk(tmp_path / "prepared"), [first], options=LoadOptions(mapping=MAPPING, zone="UTC")
    )
    return tmp_path / "prepared"


def test_processes_that_load_the_same_file_at_once_load_it_once(tmp_path: Path, prepared: Path, mapping: str) -> None:
    second = generated(tmp_path / "second.csv", 10_000, 30_000, status="closed")
    processes = [start(prepared, second, mapping) for _ in range(3)]
    assert [process.communicate()[0] for process in processes] == ["writing\ndone\n"] * 3
    desk = open_desk(prepared)
    assert state(desk).tickets == 30_000
    newest = [entry.files[0] for entry in history(COMMAND_LINE, desk)][:3]
    assert [(file["inserted"], file["updated"], file["unchanged"]) for file in newest] == [
        (0, 0, 20_000), (0, 0, 20_000), (10_000, 10_000, 0),
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files here")
@pytest.mark.parametrize("size", [1_000, 20_000, 50_000, 100_000, 200_000, 1_000_000])
def test_a_full_disk_is_told_in_one_sentence_and_changes_nothing(
    tmp_path: Path, prepared: Path, mapping: str, size: int
) -> None:
    before = state(open_desk(prepared))
    second = generated(tmp_path / "second.csv", 10_000, 30_000, status="closed")
    process = start(prepared, second, mapping, str(size))
    told = process.communicate()[0]
    assert process.returncode == 0
    shown = state(open_desk(prepared))
    assert (shown == before) == (told != "writing\ndone\n"), told
    finish(start(prepared, second, mapping))
    assert state(open_desk(prepared)).tickets == 30_000


def test_an_overlapping_load_killed_at_any_moment_is_whole_or_absent(
    tmp_path: Path, prepared: Path, mapping: str
) -> None:
    second = generated(tmp_path / "second.csv", 10_000, 30_000, status="closed")
    survives(prepared, second, mapping, tmp_path)


def test_a_first_load_of_an_event_log_killed_at_any_moment_is_whole_or_absent(
    tmp_path: Path, shared_data: Path
) -> None:
    log = shared_data / "servicenow" / "incident_event_log.csv.gz"
    prepared = tmp_path / "prepared"
    open_desk(prepared)
    survives(prepared, log, "servicenow", tmp_path)
