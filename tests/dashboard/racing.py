"""Threads of one process that race for the rows of a desk, and the log of what each of them was told."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.desk import Desk, open_desk

Tell = Callable[[dict[str, Any]], None]


def race(
    root: str, database: str | None, threads: int, name: str, log: str, run: Callable[[Desk, str, Tell], None]
) -> int:
    """Let so many threads *run*, each under a name of its own; what one tells is a line on disk before it goes on.

    How many threads ended before they had done all of theirs.
    """
    desk = open_desk(Path(root), database=database)
    through: list[str] = []
    with open(log, "a", encoding="utf-8") as file:
        lock = threading.Lock()

        def told(line: dict[str, Any]) -> None:
            with lock:
                file.write(json.dumps(line) + "\n")
                file.flush()
                os.fsync(file.fileno())

        def run_to_the_end(own: str) -> None:
            run(desk, own, told)
            through.append(own)

        pool = [threading.Thread(target=run_to_the_end, args=(f"{name}.{n}",)) for n in range(threads)]
        for one in pool:
            one.start()
        for one in pool:
            one.join()
    desk.engine.dispose()
    return threads - len(through)
