"""Makes the figures of a load in a process of its own, so that the readers of a server neither wait nor hang.

Polars holds some threads while it waits for Python, and Python while it waits for Polars: with few cores, a page that
hands a table to the browser and figures that are being made in the same process can stand still for ever.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

from dashboard.desk import Desk, Head, open_desk
from dashboard.services.figures import prepare
from dashboard.settings import AppSettings
from loaders.base import OnProgress, Progress, silent

LOOK_SECONDS = 0.5

_log = logging.getLogger(__name__)


def prepare_apart(desk: Desk, head: Head, *, zone: str | None = None, on_progress: OnProgress = silent) -> None:
    """As `figures.prepare`, in a child process; where that fails, the next reader makes the figures."""
    as_of = head.as_of.isoformat() if head.as_of else None
    asked = {"root": str(desk.root), "versions": dict(head.versions), "as_of": as_of, "zone": zone}
    command = [sys.executable, "-m", "dashboard.services.preparing", str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as child:
        if child.stdin is None or child.stdout is None:
            raise TypeError("a child process was started without pipes")
        child.stdin.write(json.dumps(asked))
        child.stdin.close()
        for line in child.stdout:
            told = json.loads(line)
            on_progress(Progress("figures", done=told["done"], detail=told["detail"]))
    if child.returncode:
        _log.warning("the figures could not be made beside the server (exit code %s)", child.returncode)


def main() -> None:
    """The child: what is asked comes as JSON, progress goes out as a line each."""
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    asked = json.load(sys.stdin)
    desk = open_desk(Path(asked["root"]), database=AppSettings.from_environment().database)
    as_of = datetime.fromisoformat(asked["as_of"]) if asked["as_of"] else None
    prepare(desk, Head(0, asked["versions"], as_of), zone=asked["zone"], on_progress=_tell)


def _tell(progress: Progress) -> None:
    sys.stdout.write(json.dumps({"done": progress.done, "detail": progress.detail}) + "\n")
    sys.stdout.flush()


def _end_with(parent: int) -> None:
    """Whoever asked may be killed; nobody wants the answer then."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
