"""Connections that the running server reads: what is due, what was pushed, what was dropped into watched folders."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic, sleep

from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.services.sync.apart import sync_apart
from dashboard.services.sync.connections import ConnectionRefused, connections
from dashboard.services.sync.runs import runs
from dashboard.services.sync.watching import KIND as FOLDER
from dashboard.services.sync.watching import Look, look
from dashboard.triage.now import now
from metrics.errors import ActionableError

TURN_SECONDS = 5.0
"""Between two looks at watched folders."""
LOOK_SECONDS = 60.0
GATHER_SECONDS = 5.0
_LOCK = Lock()
_LAST: dict[str, float] = {}
_PUSHED: set[str] = set()
_SEEN: dict[tuple[str, int], Look] = {}
_BUSY: dict[tuple[str, int], Thread] = {}
_LOG = logging.getLogger(__name__)


@contextmanager
def syncing(desk: Callable[[], Desk]) -> Iterator[None]:
    """Read what is due and what is dropped for as long as the block lasts, whether somebody looks at a page or not."""
    ended = Event()
    Thread(target=_turn, args=(desk, ended), name="syncing", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _turn(desk: Callable[[], Desk], ended: Event) -> None:
    while not ended.wait(TURN_SECONDS):
        try:
            sync_what_is_due(desk())
            take_what_was_dropped(desk())
        except (ActionableError, OSError) as error:
            _LOG.warning("connections: %s", error)  # the next turn looks again


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
    """Begin to read what is to be read by itself and was not read for so long; looked at once a minute at most."""
    if not _is_turn(str(desk.root)):
        return []
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


def _is_turn(root: str) -> bool:
    with _LOCK:
        at = monotonic()
        is_turn = at - _LAST.get(root, -LOOK_SECONDS) >= LOOK_SECONDS
        if is_turn:
            _LAST[root] = at
        return is_turn
