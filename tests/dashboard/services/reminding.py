"""One process that reminds once: `python -m tests.dashboard.services.reminding FOLDER INSTANT [DATABASE]`."""

import sys
from datetime import datetime
from pathlib import Path

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.triage.reminders import deliver

if __name__ == "__main__":
    folder, instant, *database = sys.argv[1:]
    done = deliver(COMMAND_LINE, open_desk(Path(folder), database=next(iter(database), None)),
                  at=datetime.fromisoformat(instant))  # fmt: skip
    print(done.claimed, done.sent, done.failed)
