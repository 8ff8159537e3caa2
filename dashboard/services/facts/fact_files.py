"""Facts in a folder: Parquet files, those of a large desk one for each month, and a file that tells what is there.

Most of a fact are names that repeat, which Parquet writes once: read in a fifth of the time of Arrow files with lz4.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import polars as pl

from metrics.facts import Facts
from metrics.facts.partitions import OF_TICKETS
from metrics.model import FactName

TOLD = "facts.json"
FRAMES: tuple[FactName, ...] = get_args(FactName)
_DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, pl.exceptions.PolarsError)


def write_facts(facts: Facts, folder: Path) -> None:
    """Write facts as one file each."""
    write_frames(facts, folder, FRAMES)
    tell(folder, facts.zone, facts.as_of, {name: [name] for name in FRAMES})


def write_frames(facts: Facts, folder: Path, names: Iterable[FactName], *, place: int = 0) -> None:
    """Write some of the facts, without telling of them yet; `place`: of several files for the same facts, which."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        frame, path = facts.frame(name), file_of(folder, named(name, place))
        # One row group is one chunk for whoever reads; the names are short already, and nobody skips by statistics.
        frame.write_parquet(path, compression="uncompressed", statistics=False, row_group_size=max(frame.height, 1))


def named(name: FactName, place: int) -> str:
    """The name of one of several files for the same facts."""
    return f"{name}.{place}" if place else name


def file_of(folder: Path, name: str) -> Path:
    """Where the facts of that name are."""
    return folder / f"{name}.parquet"


def tell(folder: Path, zone: str, as_of: datetime, files: Mapping[FactName, Sequence[str]]) -> None:
    """Say which files, one after the other, make which facts; written last."""
    sizes = {name: file_of(folder, name).stat().st_size for names in files.values() for name in names}
    meta = {"zone": zone, "as_of": as_of.isoformat(), "files": files, "sizes": sizes}
    (folder / TOLD).write_text(json.dumps(meta), encoding="utf-8")


def read_facts(folder: Path) -> Facts | None:
    """The facts kept in this folder, or None where they are absent, cut short or of another form."""
    try:
        told = _told(folder)
        found = pl.collect_all([_scanned(folder, told["files"][name]) for name in FRAMES])
        frames: dict[str, Any] = dict(zip(FRAMES, found, strict=True))
        as_of = datetime.fromisoformat(told["as_of"]).astimezone(UTC)
        return Facts(**frames, zone=told["zone"], as_of=as_of)
    except _DAMAGED:
        return None


@dataclass(frozen=True)
class Slices:
    """Facts that are looked at some tickets at a time, so that not all of them need be in memory at once.

    `tickets`: those of all slices · `read`: slice after slice, each with all facts of its tickets.
    """

    as_of: datetime
    tickets: pl.LazyFrame
    read: Callable[[], Iterator[Facts]]


def read_slices(folder: Path) -> Slices | None:
    """The facts kept in this folder, as they were made; None where they are absent or of another form."""
    try:
        told = _told(folder)
        files, zone, as_of = told["files"], told["zone"], datetime.fromisoformat(told["as_of"]).astimezone(UTC)
        tickets = _scanned(folder, files["tickets"])
    except _DAMAGED:
        return None

    def read() -> Iterator[Facts]:
        for names in zip(*(files[fact] for fact in OF_TICKETS), strict=True):
            frames: dict[str, Any] = {
                fact: read_frame(folder, [name]) for fact, name in zip(OF_TICKETS, names, strict=True)
            }
            yield Facts(**frames, zone=zone, as_of=as_of)

    return Slices(as_of, tickets, read)


def is_whole(folder: Path) -> bool:
    """Whether the folder has all files that it tells of, in full."""
    try:
        return bool(_told(folder)["files"])
    except _DAMAGED:
        return False


def read_frame(folder: Path, names: Sequence[str]) -> pl.DataFrame:
    """One frame from its files, one after the other."""
    return _scanned(folder, names).collect()


def _scanned(folder: Path, names: Sequence[str]) -> pl.LazyFrame:
    return pl.concat([pl.scan_parquet(file_of(folder, name), glob=False) for name in names])


def linked(older: Path, newer: Path) -> bool:
    """Whether all files of a folder are there under a second name; copied where the disk has no second names."""
    try:
        shutil.copytree(older, newer, copy_function=_link)
    except OSError:
        shutil.rmtree(newer, ignore_errors=True)
        return False
    return True


def _link(older: str, newer: str) -> None:
    try:
        os.link(older, newer)
    except OSError:
        shutil.copyfile(older, newer)


def _told(folder: Path) -> dict[str, Any]:
    """Raises one of _DAMAGED where the folder is not whole."""
    told: dict[str, Any] = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    short = [name for name, size in told["sizes"].items() if file_of(folder, name).stat().st_size != size]
    if short:
        raise ValueError(short[0])
    return told
