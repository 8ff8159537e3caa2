"""What the running server does by itself, whether somebody looks at a page or not: each task in a thread of its own."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from dashboard import data
from dashboard.desk import Desk
from dashboard.server.looking_ahead import look_ahead_of_new
from dashboard.server.reminding import remind
from dashboard.server.syncing import sync_what_is_due, take_what_was_dropped
from metrics.errors import ActionableError

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


def tick(is_over: Event, desk: Callable[[], Desk] = data.desk, tasks: tuple[Task, ...] = TASKS) -> None:
    """Begin to give each task its turns until all is over. One that is refused is logged, and tried at its next."""
    for task in tasks:
        Thread(target=_again_and_again, args=(desk, task, is_over), name=task.name, daemon=True).start()


def _again_and_again(desk: Callable[[], Desk], task: Task, is_over: Event) -> None:
    while not is_over.is_set():
        try:
            task.turn(desk())
        except (ActionableError, OSError) as error:
            _LOG.warning("%s: %s", task.name, error)
        is_over.wait(task.every)
