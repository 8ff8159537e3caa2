"""Runs one of our modules in a process of its own, so that the readers of a server neither wait nor hang.

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
from collections.abc import Callable, Mapping
from typing import Any

from loaders.base import OnProgress, Progress, silent

LOOK_SECONDS = 0.5

_log = logging.getLogger(__name__)


def ask_apart(module: str, asked: Mapping[str, Any], *, on_progress: OnProgress = silent) -> Any:
    """What the module's `answer_apart` gives, from a child process; None where that process fails."""
    answer = None
    command = [sys.executable, "-m", module, str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as child:
        if child.stdin is None or child.stdout is None:
            raise TypeError("a child process was started without pipes")
        child.stdin.write(json.dumps(asked))
        child.stdin.close()
        for line in child.stdout:
            told = json.loads(line)
            if "answer" in told:
                answer = told["answer"]
            else:
                on_progress(Progress(told["step"], done=told["done"], detail=told["detail"]))
    if child.returncode:
        _log.warning("%s ended without an answer (exit code %s)", module, child.returncode)
        return None
    return answer


def answer_apart(answer: Callable[[dict[str, Any], OnProgress], Any]) -> None:
    """The child's side: what is asked comes as JSON, progress and the answer go out as a line each."""
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    _say({"answer": answer(json.load(sys.stdin), _tell)})


def _tell(progress: Progress) -> None:
    _say({"step": progress.step, "done": progress.done, "detail": progress.detail})


def _say(told: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _end_with(parent: int) -> None:
    """Whoever asked may be killed; nobody wants the answer then."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
