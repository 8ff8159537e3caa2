"""One run of a connection in a process of its own: `python -m tests.live.syncing DESK CONNECTION BATCH`."""

import sys
from pathlib import Path

import stamina

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.sync.running import sync


def main(root: str, connection: str, batch: str) -> None:
    desk = open_desk(Path(root))
    print("ready", flush=True)
    with stamina.set_testing(True, attempts=20):
        outcome = sync(COMMAND_LINE, desk, int(connection), batch=int(batch))
    print(outcome.failed or "done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
