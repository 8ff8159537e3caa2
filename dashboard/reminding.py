"""Reminders while people look at the pages: at most once a minute, beside the page, and only where a channel is set up.

A page waits for nothing: what is to be told is claimed and sent by a thread of its own. Beside it `floorwalker remind`
may run as often as it likes, as each reminder is claimed once.
"""

import logging
import time
from threading import Lock, Thread

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.services.triage.reminders import deliver
from dashboard.store import SendingChannel
from metrics.errors import ActionableError

EVERY_SECONDS = 60.0
_LOG = logging.getLogger(__name__)
_LOCK = Lock()
_LAST: dict[str, float] = {}


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
    except ActionableError as error:
        _LOG.warning("reminders: %s", error)  # the claims stay, and are taken up again
