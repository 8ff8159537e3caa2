"""What the running server does by itself, whether somebody looks at a page or not: each task in a thread of its own."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from dashboard.desk import Desk
from dashboard.looking_ahead import look_ahead_of_new
from dashboard.reminding import remind
from dashboard.syncing import sync_what_is_due, take_what_was_dropped
from metrics.errors import ActionableError

FIRST_SECONDS = 10.0
"""Until the first visitor of a server that was just started has his page."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """A turn that is taken again and again, so many seconds after the end of the last one."""

    name: str
    turn: Callable[[Desk], object]
    every: float


TASKS = (
    Task("reminders", remind, 60.0), Task("forecasts", look_ahead_of_new, 5.0),
    Task("connections", sync_what_is_due, 60.0), Task("folders", take_what_was_dropped, 5.0),
)  # fmt: skip


@contextmanager
def ticking(
    desk: Callable[[], Desk], tasks: tuple[Task, ...] = TASKS, *, first: float = FIRST_SECONDS
) -> Iterator[None]:
    """Let tasks be done as long as the block lasts. One that is refused is logged, and tried again at its next turn."""
    ended = Event()
    for task in tasks:
        Thread(target=_again_and_again, args=(desk, task, ended, first), name=task.name, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _again_and_again(desk: Callable[[], Desk], task: Task, ended: Event, first: float) -> None:
    wait = first
    while not ended.wait(wait):
        wait = task.every
        try:
            task.turn(desk())
        except (ActionableError, OSError) as error:
            _LOG.warning("%s: %s", task.name, error)
