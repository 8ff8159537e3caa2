"""Reads a connection in a process of its own, beside the server's pages; its run is told in the database meanwhile."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any

from dashboard.desk import Desk, open_desk
from dashboard.people import SERVER, Act, Actor, needs
from dashboard.services.apart import answer_apart, ask_apart
from dashboard.services.connections import connections
from dashboard.services.sync import sync
from dashboard.services.sync_runs import runs
from dashboard.settings import AppSettings
from dashboard.triage.now import now
from loaders.base import OnProgress

LOOK_SECONDS = 60.0
GATHER_SECONDS = 5.0
_LOCK = Lock()
_LAST: dict[str, float] = {}
_PUSHED: set[str] = set()


@needs(Act.LOAD_DATA)
def sync_apart(actor: Actor, desk: Desk, connection: int) -> Thread:
    """Begin to read a connection; the thread ends with the run, whose words stand in `runs`."""
    who = {**asdict(actor), "teams": sorted(actor.teams), "also": sorted(actor.also)}
    told = {"root": str(desk.root), "connection": connection, "actor": who}
    beside = Thread(target=ask_apart, args=(__name__, told), name=f"sync-{connection}", daemon=True)
    beside.start()
    return beside


def sync_what_is_due(desk: Desk) -> list[Thread]:
    """Begin to read what is to be read by itself and was not read for so long; looked at once a minute at most."""
    if not _is_turn(str(desk.root)):
        return []
    due = [one.id for one in connections(SERVER, desk) if one.is_on and one.every and _is_due(desk, one.id, one.every)]
    return [sync_apart(SERVER, desk, connection) for connection in due]


def load_pushed(desk: Desk, connection: int) -> None:
    """Let what was pushed be loaded soon, once for all that comes within a moment."""
    with _LOCK:
        key = f"{desk.root} {connection}"
        if key in _PUSHED:
            return
        _PUSHED.add(key)
    Thread(target=_load_soon, args=(desk, connection, key), name=f"pushed-{connection}", daemon=True).start()


def _load_soon(desk: Desk, connection: int, key: str) -> None:
    sleep(GATHER_SECONDS)
    with _LOCK:
        _PUSHED.discard(key)
    sync_apart(SERVER, desk, connection)


def _is_due(desk: Desk, connection: int, minutes: int) -> bool:
    last = next(iter(runs(SERVER, desk, connection, limit=1)), None)
    return last is None or (last.state != "running" and now() - last.started_at >= timedelta(minutes=minutes))


def _is_turn(root: str) -> bool:
    with _LOCK:
        at = monotonic()
        is_turn = at - _LAST.get(root, -LOOK_SECONDS) >= LOOK_SECONDS
        if is_turn:
            _LAST[root] = at
        return is_turn


def _sync(asked: dict[str, Any], on_progress: OnProgress) -> dict[str, int]:
    desk = open_desk(Path(asked["root"]), database=AppSettings.from_environment().database)
    told = asked["actor"]
    actor = Actor(**{**told, "teams": frozenset(told["teams"]), "also": frozenset(told["also"])})
    return sync(actor, desk, asked["connection"], on_progress=on_progress).counts.plain()


if __name__ == "__main__":
    answer_apart(_sync)
