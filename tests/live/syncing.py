"""One run of a connection in a process of its own: `python -m tests.live.syncing DESK CONNECTION BATCH`.

The ledger is folded after almost every run, so that who is killed at any moment is killed while folding, too.
"""

import sys
from functools import partial
from pathlib import Path

import stamina

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.folding import fold
from dashboard.services.sync import running


def main(root: str, connection: str, batch: str) -> None:
    desk = open_desk(Path(root))
    running.fold = partial(fold, kept=2, least=1)  # type: ignore[attr-defined]
    print("ready", flush=True)
    with stamina.set_testing(True, attempts=20):
        outcome = running.sync(COMMAND_LINE, desk, int(connection), batch=int(batch))
    print(outcome.failed or "done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
