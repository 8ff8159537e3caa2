"""Runs of a connection in processes of their own: `python -m tests.live.syncing`, then lines `DESK CONNECTION BATCH`.

Each line begins a run in a fork, which saves it the imports; its number is told at once, how it ended afterwards. The
ledger is folded after almost every run, so that who is killed at any moment is killed while folding, too.
"""

import os
import sys
from functools import partial
from pathlib import Path

import stamina

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.folding import fold
from dashboard.services.sync import running


def run(root: str, connection: str, batch: str) -> bool:
    """Whether the run came to its end."""
    running.fold = partial(fold, kept=2, least=1)  # type: ignore[attr-defined]
    with stamina.set_testing(True, attempts=20):
        return running.sync(COMMAND_LINE, open_desk(Path(root)), int(connection), batch=int(batch)).failed is None


def main() -> None:
    for line in sys.stdin:
        number = os.fork()
        if not number:
            os._exit(0 if run(*line.split()) else 1)
        print(number, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
