"""One file loaded in a process of its own: `python -m tests.dashboard.services.load_one DESK FILE MAPPING [LIMIT]`.

MAPPING is a source or a TOML file. It says `ready` when it is about to begin and `writing` when it begins to write to
the desk, so that a test can end it at a moment of the load itself, then `done` or why not. LIMIT: from then on no file
may grow beyond so many bytes, as on a full disk.
"""

import sys
from pathlib import Path

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files
from loaders.base import Progress
from loaders.errors import LoadError


def main(root: str, file: str, mapping: str, limit: str | None = None) -> None:
    desk = open_desk(Path(root))
    by = {"mapping": Path(mapping)} if mapping.endswith(".toml") else {"source": mapping}

    def tell(progress: Progress) -> None:
        if progress.step == "writing":
            print("writing", flush=True)
            if limit is not None:
                _limit_files(int(limit))

    print("ready", flush=True)
    options = LoadOptions(zone="UTC", **by)
    try:
        report = load_files(COMMAND_LINE, desk, [Path(file)], options=options, on_progress=tell)
    except LoadError as error:
        print(error, flush=True)
    else:
        print(*report.errors or ("done",), sep="\n", flush=True)


def _limit_files(size: int) -> None:
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


if __name__ == "__main__":
    main(*sys.argv[1:])
