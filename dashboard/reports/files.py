"""The files of the archive of reports, each made under a lock that the system lets go of when its maker dies."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from dashboard.desk import Desk

FOLDER = "reports"


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def path_of(desk: Desk, id: int) -> Path:
    return desk.root / FOLDER / f"{id}.xlsx"


@contextmanager
def held(desk: Desk, id: int) -> Iterator[bool]:
    """Hold the lock of a report while it is made; whether nobody else does."""
    folder = desk.root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(folder / f"{id}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def remove_unfinished(desk: Desk, id: int) -> None:
    """Remove what a maker that died has left."""
    for left in (desk.root / FOLDER).glob(f".{id}.xlsx.*"):
        left.unlink(missing_ok=True)
