"""Reminders and reports that are due, while the server runs: once a minute, and only where a channel is set up.

A page waits for nothing: what is to be told is claimed and sent by a thread of its own, reports by a process. Beside it
`floorwalker remind` and `floorwalker report due` may run as often as they like, as each message is claimed once.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.services.reports.due import is_anything_due
from dashboard.services.reports.mailing_apart import send_beside
from dashboard.services.triage.reminders import deliver
from dashboard.store import SendingChannel
from metrics.errors import ActionableError

EVERY_SECONDS = 60.0
_LOG = logging.getLogger(__name__)
_LOCK = Lock()
_LAST: dict[str, float] = {}


@contextmanager
def reminding(desk: Callable[[], Desk]) -> Iterator[None]:
    """Look every minute of the block whether something is to be told, whether somebody looks at a page or not."""
    ended = Event()
    Thread(target=_look, args=(desk, ended), name="clock", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _look(desk: Callable[[], Desk], ended: Event) -> None:
    while not ended.wait(EVERY_SECONDS):
        try:
            remind_beside(desk())
        except (ActionableError, OSError) as error:
            _LOG.warning("reminders: %s", error)  # the next minute looks again


def remind_beside(desk: Desk) -> Thread | None:
    """Let what is to be told by now be told beside this page; the thread that does it, where one began."""
    if not _is_turn(str(desk.root)) or not _has_channels(desk):
        return None
    beside = Thread(target=_deliver, args=(desk,), name="reminders", daemon=True)
    beside.start()
    return beside


def _is_turn(root: str) -> bool:
    with _LOCK:
        at = time.monotonic()
        is_turn = at - _LAST.get(root, -EVERY_SECONDS) >= EVERY_SECONDS
        if is_turn:
            _LAST[root] = at
        return is_turn


def _has_channels(desk: Desk) -> bool:
    with desk.reading() as session:
        return session.scalar(select(SendingChannel.id).where(SendingChannel.is_on).limit(1)) is not None


def _deliver(desk: Desk) -> None:
    try:
        deliver(SERVER, desk)
        if is_anything_due(SERVER, desk):
            send_beside(SERVER, desk)
    except ActionableError as error:
        _LOG.warning("reminders: %s", error)  # the claims stay, and are taken up again
