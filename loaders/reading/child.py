"""The process that parses one foreign file: `python -m loaders.reading.child`.

It is told on its first line of input what to read, says how far it is as JSON lines, and ends when its input ends, so
that it never outlives the process that started it. What it finds goes into a folder (transfer.py).
"""

import json
import os
import shutil
import sys
import threading
from pathlib import Path


def main() -> None:
    """Read one file as told by the first line of standard input."""
    job = json.loads(sys.stdin.readline())
    from loaders.reading.limits import Limits, restrict

    restrict(Limits(**job["limits"]))
    threading.Thread(target=_end_with_parent, args=(job["folder"],), daemon=True).start()
    _say(_outcome(job))


def _end_with_parent(folder: str) -> None:
    """A parent that was killed cannot clear up: what was unpacked of the file goes with its child."""
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(3)


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _outcome(job: dict[str, str]) -> dict[str, object]:
    from loaders.reading.refusal import Refusal

    try:
        _read(job)
    except Refusal as refusal:
        return {"refused": refusal.template, "params": refusal.params}
    except MemoryError:
        return {"failed": "memory"}
    except BaseException as error:  # noqa: BLE001  a Polars panic is a BaseException; the parent gives the sentence
        print(repr(error), file=sys.stderr)  # noqa: T201
        return {"failed": "stopped"}
    return {"read": True}


def _read(job: dict[str, str]) -> None:
    from loaders.reading.parse import parse
    from loaders.reading.transfer import options_from, write_parsed

    folder = Path(job["folder"])
    parsed = parse(Path(job["path"]), folder, options_from(job["options"]), lambda done: _say({"done": round(done, 3)}))
    write_parsed(parsed, folder)


if __name__ == "__main__":
    main()
