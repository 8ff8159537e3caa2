"""Many supervisors at once lose nothing and take nothing twice: two processes, kills, a held lock, a restart."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.people.audit_check import verify
from tests.conftest import ROOT
from tests.dashboard.sending.servers import mail_server
from tests.dashboard.triage.made import clock, item
from tests.dashboard.triage.racing import ITEMS, TEAM, faults
from tests.dashboard.triage.reminding import furnish, told_wrongly
from tests.postgres import _run as run_as_owner

SUPERVISORS, ACTIONS, KILLS = 50, 2_000, 3
THINK_SECONDS = 1.0
HELD_SECONDS = 4.0


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("database_url")
    opened = open_desk(tmp_path / "desk", database=url)
    now = datetime.now(UTC)
    begun = now - timedelta(hours=1)
    for number in range(ITEMS):
        clock(opened, item(opened, f"t{number}", begun), begun, now + timedelta(minutes=number - 20))
    yield opened
    opened.engine.dispose()


def app(desk: Desk, folder: Path, threads: int, actions: int, name: str, think: float) -> subprocess.Popen[bytes]:
    given = [
        str(desk.root),
        *(url_of(desk) or [""]),
        str(threads),
        str(actions),
        str(think),
        name,
        str(folder / f"{name}.log"),
    ]
    return subprocess.Popen([sys.executable, "-m", "tests.dashboard.triage.racing", *given], cwd=ROOT)


def reminding(desk: Desk, going_on: Path) -> subprocess.Popen[bytes]:
    """A process that tells of what is due for as long as the file lies there."""
    given = [str(desk.root), str(going_on), *url_of(desk)]
    return subprocess.Popen([sys.executable, "-m", "tests.dashboard.triage.reminding", *given], cwd=ROOT)


def url_of(desk: Desk) -> list[str]:
    is_file = desk.engine.dialect.name == "sqlite"
    return [] if is_file else [desk.engine.url.render_as_string(hide_password=False)]


def kill(running: list[subprocess.Popen[bytes]], again: subprocess.Popen[bytes]) -> None:
    """Kill the first of them in the middle of what it does, and let another one go on in its place."""
    one = running.pop(0)
    assert one.poll() is None, "it had ended before it could be killed; ask for more acts"
    one.send_signal(signal.SIGKILL)
    one.wait()
    running.append(again)


def acknowledged(folder: Path) -> list[dict[str, object]]:
    """Every act that was acknowledged; the line that a kill cut short was not."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.log")]
    lines = [line for text in texts for line in text.splitlines(keepends=True)]
    return [json.loads(line) for line in lines if line.endswith("\n")]


def hold(desk: Desk, seconds: float) -> None:
    """Keep everybody else from writing for a while."""
    with desk.keeping():
        time.sleep(seconds)


def restart(desk: Desk) -> None:
    """Stop PostgreSQL at once and start it again; SQLite has nobody to restart."""
    if desk.engine.dialect.name != "postgresql":
        return
    with desk.reading() as session:
        data = session.connection().exec_driver_sql("SHOW data_directory").scalar()
    desk.engine.dispose()
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    run_as_owner([str(programs / "pg_ctl"), "-D", str(data), "-w", "-m", "fast", "-l", f"{data}/../log", "restart"])


def test_two_processes_of_supervisors_lose_nothing_and_take_nothing_twice(desk: Desk, tmp_path: Path) -> None:
    running = [app(desk, tmp_path, 4, 8, name, 0.0) for name in ("one", "two")]
    time.sleep(1)
    hold(desk, 0.5)
    assert [one.wait() for one in running] == [0, 0]
    done = acknowledged(tmp_path)
    assert len(done) > 20
    assert faults(desk, done) == []
    assert verify(COMMAND_LINE, desk).faults == ()


def test_the_reckoning_finds_an_act_that_is_lost_and_a_row_that_is_torn(desk: Desk, tmp_path: Path) -> None:
    assert app(desk, tmp_path, 2, 6, "one", 0.0).wait() == 0
    done = acknowledged(tmp_path)
    assert faults(desk, [*done, {"item": 1, "version": 99, "action": "start", "actor": "one.0"}]) != []
    with desk.keeping() as session:
        session.connection().exec_driver_sql("UPDATE triage_items SET state = 'closed', version = version + 1")
    assert faults(desk, done) != []


@pytest.mark.slow
@pytest.mark.timeout(14_400)
def test_fifty_supervisors_through_kills_a_held_lock_and_a_restart(desk: Desk, tmp_path: Path) -> None:
    """pytest tests/dashboard/triage/test_race.py -m slow -s

    FLOORWALKER_RACE_ACTIONS sets how many acts each of the fifty does, 2,000 unless it is set.
    """
    actions = int(os.environ.get("FLOORWALKER_RACE_ACTIONS", ACTIONS))
    started, going_on = time.monotonic(), tmp_path / "going on"
    going_on.touch()
    with mail_server() as box:
        furnish(desk, box, TEAM)
        reminders = [reminding(desk, going_on) for _process in range(2)]
        running = [app(desk, tmp_path, SUPERVISORS // 2, actions, name, 0.0) for name in ("one", "two")]
        for number in range(KILLS):
            time.sleep(max(6.0, actions / 50))
            kill(running, app(desk, tmp_path, SUPERVISORS // 2, actions, f"again{number}", 0.0))
            kill(reminders, reminding(desk, going_on))
            hold(desk, HELD_SECONDS) if number == 0 else restart(desk)
        assert [one.wait() for one in running] == [0, 0]
        going_on.unlink()
        assert [one.wait() for one in reminders] == [0, 0]
        seconds, told = time.monotonic() - started, len(box.mails)
        assert told_wrongly(desk, box) == []
    done = acknowledged(tmp_path)
    name = desk.engine.dialect.name
    assert faults(desk, done) == []
    assert verify(COMMAND_LINE, desk).faults == ()
    print(f"{name}: {len(done):,} acts in {seconds:.0f} s, {KILLS} kills, a held lock, a restart: 0 lost, 0 doubled; "
          f"{told:,} reminders meanwhile by two processes, {KILLS} kills, {len(box.mails):,} in the end: "
          "0 twice, 0 never")  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_how_long_an_act_takes_with_a_second_to_think(desk: Desk, tmp_path: Path) -> None:
    """pytest tests/dashboard/triage/test_race.py -m slow -s -k think"""
    acts = int(os.environ.get("FLOORWALKER_THINK_ACTIONS", "30"))
    running = [app(desk, tmp_path, SUPERVISORS // 2, acts, name, THINK_SECONDS) for name in ("one", "two")]
    assert [one.wait() for one in running] == [0, 0]
    done = acknowledged(tmp_path)
    took = sorted(float(str(one["seconds"])) * 1000 for one in done)
    p50, p95 = statistics.median(took), took[int(len(took) * 0.95)]
    print(f"{desk.engine.dialect.name}: {len(took):,} acts, p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    assert faults(desk, done) == []
