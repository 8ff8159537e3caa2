"""Connections that the running server reads: what is due, what was pushed, what was dropped into watched folders."""

from datetime import timedelta
from pathlib import Path
from threading import Lock, Thread
from time import sleep

from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.services.sync.apart import sync_apart
from dashboard.services.sync.connections import ConnectionRefused, connections
from dashboard.services.sync.runs import runs
from dashboard.services.sync.watching import KIND as FOLDER
from dashboard.services.sync.watching import Look, look
from dashboard.triage.now import now

GATHER_SECONDS = 5.0
_LOCK = Lock()
_PUSHED: set[str] = set()
_SEEN: dict[tuple[str, int], Look] = {}
_BUSY: dict[tuple[str, int], Thread] = {}


def take_what_was_dropped(desk: Desk) -> list[Thread]:
    """Begin to load from each watched folder that shows something else than when it was looked into before."""
    begun = []
    for one in connections(SERVER, desk):
        at = (str(desk.root), one.id)
        if one.kind != FOLDER or not one.is_on or (at in _BUSY and _BUSY[at].is_alive()):
            continue
        try:
            shown = look(Path(one.settings.get("folder", "")))
        except ConnectionRefused:  # a share that is away for a while; the page tells it
            continue
        if shown != _SEEN.get(at, Look()):
            _SEEN[at] = shown
            _BUSY[at] = sync_apart(SERVER, desk, one.id)
            begun.append(_BUSY[at])
    return begun


def sync_what_is_due(desk: Desk) -> list[Thread]:
    """Begin to read what is to be read by itself and was not read for so long."""
    kept = [one for one in connections(SERVER, desk) if one.kind != FOLDER]
    due = [one.id for one in kept if one.is_on and one.every and _is_due(desk, one.id, one.every)]
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
