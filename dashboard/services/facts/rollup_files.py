"""Rollups beside the facts that they were made of: one Arrow file each, read when they are first asked for."""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args
from uuid import uuid4

import polars as pl

from metrics.catalog import METRICS
from metrics.facts import Facts
from metrics.model import FactName
from metrics.rollup import EXACT_BELOW, Parts, Rollups, Shape, Words, merged, shapes, updated

FORM = 2
"""Raised when rollups get another form or meaning, so that those kept by an older program are made again."""
FOLDER = "rollups"
WHOLE, PARTS, WORDS = "whole", "parts", "words"
TOLD = "rollups.json"
"""What the folder says of itself; written last."""

_log = logging.getLogger(__name__)
OnFact = Callable[[FactName], None]


class _Kept(Mapping[Shape, pl.DataFrame]):
    """The rollups in a folder, each read once, when it is first asked for; a damaged one is not there."""

    def __init__(self, folder: Path, known: Iterable[Shape]) -> None:
        self._folder, self._known = folder, tuple(known)
        self._read: dict[Shape, pl.DataFrame] = {}

    def __getitem__(self, shape: Shape) -> pl.DataFrame:
        if shape not in self._read:
            try:
                self._read[shape] = pl.read_ipc(self._folder / f"{shape.name}.arrow")
            except (OSError, pl.exceptions.PolarsError) as error:
                _log.warning("a rollup could not be read and will be made anew: %s", error)
                (self._folder.parent / TOLD).unlink(missing_ok=True)
                raise KeyError(shape) from error
        return self._read[shape]

    def __iter__(self) -> Iterator[Shape]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def with_rollups(facts: Facts, folder: Path, *, older: Iterable[Path] = (), on_fact: OnFact = lambda _: None) -> Facts:
    """The facts with their rollups, from the folder of these facts or made anew and kept there.

    Of the `older` folders the first with whole rollups lends the months whose facts are still the same. A desk that is
    small enough to be answered from its facts has none.
    """
    if facts.tickets.height < EXACT_BELOW:
        return facts
    found = _rollups(folder / FOLDER)
    if found is None:
        kept = next((parts for path in older if (parts := read_parts(path / FOLDER)) is not None), Parts())
        parts, _ = updated(kept, facts, METRICS.values(), on_fact=on_fact)
        tables = merged(parts)
        _keep(parts, tables, folder / FOLDER)
        found = _rollups(folder / FOLDER) or Rollups(tables, parts.words)
    return replace(facts, rollups=found)


def read_parts(folder: Path) -> Parts | None:
    """The rollups by partition that are kept in a folder; None where they are absent, damaged or of another form."""
    told = _told(folder)
    if told is None or told["marks"] is None:
        return None
    try:
        tables = dict(_Kept(folder / PARTS, _shapes_in(told)).items())
        facts: tuple[FactName, ...] = get_args(FactName)
        marks = {fact: {int(at): int(mark) for at, mark in told["marks"].get(fact, {}).items()} for fact in facts}
        return Parts(tables, _words(folder, told), marks)
    except (OSError, KeyError, pl.exceptions.PolarsError):
        return None


def read_words(folder: Path) -> Words | None:
    """The texts behind the codes of the rollups in a folder; None where these are absent or of another form."""
    found = _rollups(folder)
    return None if found is None else found.words


def tell(folder: Path, shapes: Iterable[Shape], words: Words) -> None:
    """Say which rollups of all partitions together stand in a folder, and keep the texts behind their codes."""
    listed = list(shapes)
    written = [f"{WHOLE}/{shape.name}.arrow" for shape in listed]
    sizes = {name: (folder / name).stat().st_size for name in written} | _write_words(words, folder)
    _tell(folder, sizes, listed, words, marks=None)


def form() -> str:
    """Names what the program keeps: another metric or another form has another name."""
    wanted = sorted((shape.name, sorted(parts)) for shape, parts in shapes(METRICS.values()).items())
    return hashlib.sha256(json.dumps([FORM, wanted]).encode()).hexdigest()[:16]


def _rollups(folder: Path) -> Rollups | None:
    told = _told(folder)
    if told is None:
        return None
    try:
        return Rollups(_Kept(folder / WHOLE, _shapes_in(told)), _words(folder, told))
    except (OSError, pl.exceptions.PolarsError):
        return None


def _told(folder: Path) -> dict[str, dict[str, dict[str, str]]] | None:
    """What the folder says of itself, where all of its files are there in full."""
    try:
        told = json.loads((folder / TOLD).read_text(encoding="utf-8"))
        whole = all((folder / name).stat().st_size == size for name, size in told["sizes"].items())
        return told if whole and told["form"] == form() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _shapes_in(told: Mapping[str, Iterable[str]]) -> list[Shape]:
    names = set(told["shapes"])
    return [shape for shape in shapes(METRICS.values()) if shape.name in names]


def _words(folder: Path, told: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], pl.Series]:
    found = {}
    for name in told["words"]:
        fact, column = name.split(".", 1)
        found[fact, column] = pl.read_ipc(folder / WORDS / f"{name}.arrow").to_series()
    return found


def _keep(parts: Parts, tables: Mapping[Shape, pl.DataFrame], folder: Path) -> None:
    """Write beside the place, then move there whole; where that fails, the next reader makes them again."""
    unfinished = folder.with_name(f".{folder.name}.{uuid4().hex}")
    if not folder.parent.is_dir():
        return  # not even the facts could be kept
    try:
        _write(parts, tables, unfinished)
        shutil.rmtree(folder, ignore_errors=True)  # damaged or older, or it would have been read
        os.replace(unfinished, folder)
    except (OSError, pl.exceptions.PolarsError) as error:
        _log.warning("rollups were not kept in %s: %s", folder, error)
        shutil.rmtree(unfinished, ignore_errors=True)


def _write(parts: Parts, tables: Mapping[Shape, pl.DataFrame], folder: Path) -> None:
    frames = {f"{WHOLE}/{shape.name}": table for shape, table in tables.items()}
    frames |= {f"{PARTS}/{shape.name}": table for shape, table in parts.tables.items()}
    sizes = _write_frames(frames, folder) | _write_words(parts.words, folder)
    _tell(folder, sizes, tables, parts.words, marks=parts.marks)


def _write_words(words: Words, folder: Path) -> dict[str, int]:
    return _write_frames(
        {f"{WORDS}/{fact}.{column}": kept.to_frame() for (fact, column), kept in words.items()}, folder
    )


def _write_frames(frames: Mapping[str, pl.DataFrame], folder: Path) -> dict[str, int]:
    """Write frames by their path below the folder; the size of each file."""
    sizes = {}
    for name, frame in frames.items():
        path = folder / f"{name}.arrow"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.rechunk().write_ipc(path, compression="lz4")
        sizes[f"{name}.arrow"] = path.stat().st_size
    return sizes


def _tell(
    folder: Path, sizes: Mapping[str, int], shapes: Iterable[Shape], words: Words,
    *, marks: Mapping[FactName, Mapping[int, int]] | None,
) -> None:  # fmt: skip
    """`marks` is None where the partitions are kept elsewhere."""
    meta = {
        "form": form(), "sizes": sizes, "shapes": [shape.name for shape in shapes],
        "words": [f"{fact}.{column}" for fact, column in words], "marks": marks,
    }  # fmt: skip
    (folder / TOLD).write_text(json.dumps(meta), encoding="utf-8")
