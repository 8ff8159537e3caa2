"""The parent's side of reading: start the child, watch its time and memory, take its table or its refusal.

A workbook of 2 KB can make its parser abort the whole process (fastexcel issue 487); a thread or an exception handler
does not help, a process of its own does.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

import psutil

from loaders.base import OnProgress, Progress, RawTable, ReadOptions, silent
from loaders.errors import ReadError
from loaders.reading.limits import MB, Limits, limits_for
from loaders.reading.sentences import EMPTY, MISSING, STOPPED, TOO_LONG, TOO_MUCH_MEMORY
from loaders.reading.transfer import options_text, read_raw

POLL_SECONDS = 0.03
STARVED = 3
"""So many times its seconds a child may take by the clock while other work leaves it less of the processors."""
CHILD = (sys.executable, "-m", "loaders.reading.child")
Message = dict[str, object]


def read_file(path: Path, *, options: ReadOptions = ReadOptions(), on_progress: OnProgress = silent) -> RawTable:  # noqa: B008  frozen
    """A foreign file as a table of text; raises ReadError with one sentence where it is none.

    The file is parsed in a process of its own under limits of time and memory, so that no file can harm the caller.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise ReadError(MISSING, file=path.name)
        limits = limits_for(path)
        if path.stat().st_size == 0:
            raise ReadError(EMPTY, file=path.name)
    except OSError:
        raise ReadError(MISSING, file=path.name) from None
    on_progress(Progress("reading", 0.0))
    with tempfile.TemporaryDirectory(prefix="floorwalker-", ignore_cleanup_errors=True) as scratch:
        outcome = _supervised(path.resolve(), Path(scratch), options, limits, on_progress)
        if "refused" in outcome:
            params = outcome["params"]
            assert isinstance(params, dict)
            raise ReadError(str(outcome["refused"]), **{"file": path.name, **params})
        if "read" not in outcome:
            raise _failure(outcome, path, limits)
        raw = read_raw(Path(scratch))
    on_progress(Progress("reading", 1.0))
    return raw


def _failure(outcome: Message, path: Path, limits: Limits) -> ReadError:
    if outcome.get("failed") == "memory":
        return ReadError(TOO_MUCH_MEMORY, file=path.name, limit=limits.rss_mb)
    if outcome.get("failed") == "time":
        return ReadError(TOO_LONG, file=path.name, seconds=limits.seconds)
    return ReadError(STOPPED, file=path.name)


def _supervised(path: Path, scratch: Path, options: ReadOptions, limits: Limits, on_progress: OnProgress) -> Message:
    job = {"path": str(path), "folder": str(scratch), "options": options_text(options), "limits": asdict(limits)}
    with _started(scratch) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        with suppress(BrokenPipeError):
            child.stdin.write(json.dumps(job).encode() + b"\n")
            child.stdin.flush()
        messages: queue.Queue[Message] = queue.Queue()
        threading.Thread(target=_listen, args=(child.stdout, messages), daemon=True).start()
        return _watch(child, messages, limits, on_progress)


@contextmanager
def _started(scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child in a group of its own, which is ended in any case."""
    home = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))}
    environment |= {"PYTHONUTF8": "1", "TMPDIR": str(scratch), "POLARS_TEMP_DIR": str(scratch)}
    group: dict[str, object] = {"start_new_session": True}
    if os.name == "nt":
        group = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    child = subprocess.Popen(CHILD, stdin=pipe, stdout=pipe, stderr=null, env=environment, cwd=scratch, **group)  # type: ignore[call-overload]
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            with suppress(OSError, ValueError):
                stream.close()


def _listen(stream: IO[bytes], messages: queue.Queue[Message]) -> None:
    """Pass on the child's lines; the end of its output is told too."""
    with suppress(OSError, ValueError):
        for line in stream:
            with suppress(ValueError):
                messages.put(json.loads(line))
    messages.put({"failed": "stopped"})


def _watch(
    child: subprocess.Popen[bytes], messages: queue.Queue[Message], limits: Limits, on_progress: OnProgress
) -> Message:
    process, begun = psutil.Process(child.pid), time.monotonic()
    while True:
        with suppress(queue.Empty):
            message = messages.get(timeout=POLL_SECONDS)
            if "done" not in message:
                return message
            on_progress(Progress("reading", float(str(message["done"]))))
        if _is_over(process, time.monotonic() - begun, limits.seconds):
            return {"failed": "time"}
        with suppress(psutil.Error):
            if process.memory_info().rss > limits.rss_mb * MB:
                return {"failed": "memory"}


def _is_over(process: psutil.Process, passed: float, seconds: float) -> bool:
    """Whether a child has had its time; on a busy machine that is not the clock's alone."""
    if passed <= seconds:
        return False
    try:
        worked = process.cpu_times()
    except psutil.Error:  # it has just ended, and its last word is on the way
        return passed > STARVED * seconds
    return worked.user + worked.system >= seconds or passed > STARVED * seconds
