"""The clock of the running server: every task has its turns, a refused one too."""

from collections import Counter
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.server.clock import TASKS, Task, tick
from loaders.errors import WarehouseError


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk")


def test_each_task_has_its_turns_again_and_again_though_it_was_refused(desk: Desk) -> None:
    done: Queue[str] = Queue()

    def refused(_desk: Desk) -> None:
        done.put("refused")
        raise WarehouseError("not now")

    tasks = (Task("fine", lambda _desk: done.put("fine"), 0.01), Task("refused", refused, 0.01))
    seen = Counter[str]()
    is_over = Event()
    tick(is_over, lambda: desk, tasks)
    while min(seen["fine"], seen["refused"]) < 3:
        seen[done.get(timeout=10)] += 1
    is_over.set()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_on_an_empty_desk_there_is_nothing_to_do(task: Task, desk: Desk) -> None:
    task.turn(desk)
