"""The demo desk in its folder: there and of this program, or made now. Whoever finds it there reads no generator."""

import json
import os
import shutil
from pathlib import Path
from uuid import uuid4

from filelock import FileLock

from dashboard.desk import Desk, open_desk
from loaders.base import OnProgress, silent
from loaders.errors import WarehouseError
from metrics.words import N_

VERSION = 9
"""Grows whenever the generated desk changes, so that a kept one is made anew."""
MARK = "demo.json"
_OTHER_DESK = N_("{path} holds a desk that is not the demo desk. Name an empty folder for the demo with --data.")


def ensure_demo(root: Path, on_progress: OnProgress = silent) -> Desk:
    """The demo desk in this folder, made where it is absent or of an older version of the program.

    It is made beside its place and moved there whole, so what stands in the folder is always complete. A desk there
    that is not the demo desk is never touched. Raises WarehouseError.
    """
    if not is_made(root):
        root.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(root.parent / f".{root.name}.demo.lock"):
            if not is_made(root):
                _refuse_other(root)
                _make_beside(root, on_progress)
    return open_desk(root)


def is_made(root: Path) -> bool:
    """Whether the folder holds the demo desk as this program makes it."""
    return _version(root) == VERSION


def _version(root: Path) -> int | None:
    """The generator's version of the demo desk in the folder, None where there is no demo desk."""
    try:
        mark = json.loads((root / MARK).read_text(encoding="utf-8"))
        return int(mark["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _refuse_other(root: Path) -> None:
    if _version(root) is None and root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise WarehouseError(_OTHER_DESK, path=str(root))


def _make_beside(root: Path, on_progress: OnProgress) -> None:
    from dashboard.demo.making import make  # a second of imports that a desk which is there does not need

    _remove_unfinished(root)
    unfinished = root.parent / f".{root.name}.unfinished-{uuid4().hex}"
    make(unfinished, on_progress)
    (unfinished / MARK).write_text(json.dumps({"version": VERSION}), encoding="utf-8")
    _move(unfinished, root)


def _remove_unfinished(root: Path) -> None:
    """What a process left that ended half-way; the lock is held, so nobody is at work there."""
    for left in root.parent.glob(f".{root.name}.unfinished-*"):
        shutil.rmtree(left, ignore_errors=True)


def _move(unfinished: Path, root: Path) -> None:
    older = root.parent / f".{root.name}.unfinished-{uuid4().hex}"
    if root.exists():
        os.replace(root, older)
    os.replace(unfinished, root)
    shutil.rmtree(older, ignore_errors=True)
