"""Loads one file in a process of its own: `python -m tests.dashboard.services.loading DESK FILE SOURCE|MAPPING`.

It says `ready` when it is about to begin, so that a test can end it at a moment of the load itself.
"""

import sys
from pathlib import Path

from dashboard.desk import open_desk
from dashboard.services.loads import LoadOptions, load_files


def main(root: str, file: str, mapping: str) -> None:
    desk = open_desk(Path(root))
    by = {"mapping": Path(mapping)} if mapping.endswith(".toml") else {"source": mapping}
    print("ready", flush=True)
    load_files(desk, [Path(file)], options=LoadOptions(zone="UTC", **by), actor="test")
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
