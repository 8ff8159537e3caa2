"""Connections that are read while the dashboard is in use: what is due, and what was pushed, beside the pages."""

from datetime import timedelta
from threading import Lock, Thread
from time import monotonic, sleep

from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.services.sync.apart import sync_apart
from dashboard.services.sync.connections import connections
from dashboard.services.sync.runs import runs
from dashboard.triage.now import now

LOOK_SECONDS = 60.0
GATHER_SECONDS = 5.0
_LOCK = Lock()
_LAST: dict[str, float] = {}
_PUSHED: set[str] = set()


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
