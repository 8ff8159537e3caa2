"""The forecast of what has come is made while the server runs, so that nobody who opens a plan waits for it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.services.staffing.ahead import look_ahead_apart, state_of
from metrics.errors import ActionableError

FIRST_SECONDS = 10.0
"""The first look waits until the first visitor of a server that was just started has his page."""
EVERY_SECONDS = 5.0
_LOG = logging.getLogger(__name__)


@contextmanager
def looking_ahead(desk: Callable[[], Desk]) -> Iterator[None]:
    """After each change of the data, agreements or events within the block have the forecast made, in a process."""
    ended = Event()
    Thread(target=_look, args=(desk, ended), name="forecasts", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _look(desk: Callable[[], Desk], ended: Event) -> None:
    seen: str | None = None
    wait = FIRST_SECONDS
    while not ended.wait(wait):
        wait = EVERY_SECONDS
        try:
            seen = looked(desk(), seen)
        except (ActionableError, OSError) as error:
            _LOG.warning("forecasts: %s", error)  # the next reader makes it himself


def looked(desk: Desk, seen: str | None) -> str | None:
    """Have the forecast made where the desk's state is another than the one seen; the state that is seen now."""
    state = state_of(SERVER, desk)
    if state is not None and state != seen:
        look_ahead_apart(SERVER, desk)
    return state
