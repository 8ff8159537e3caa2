"""Every damaged, hostile and odd file through the whole load: once as it is, once with its columns forced into a shape.

Most of these files are no tickets and are refused before a value is looked at. Forced, those that hold anything like a
date are checked and written too. With an id and a date of our own beside what they hold, everything that can be read at
all meets the checking of every shape: numbers, durations, choices, names, ids and texts.
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import psutil
import pytest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files
from loaders.base import LINE, RawTable
from loaders.build import build
from loaders.errors import MappingError, ReadError
from loaders.mapping import Mapping
from loaders.reading import read_file
from loaders.shapes.fields import SHAPES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
SECONDS, CHILD_MB = 20, 1024
AT_ONCE = 2


@dataclass(frozen=True)
class Outcome:
    """How loading one file ended; `sentence` is why it was refused."""

    seconds: float
    read: int
    accounted: int
    rejected: int
    sentence: str | None

    @property
    def kind(self) -> str:
        return "refused" if self.sentence else "with rejects" if self.rejected else "loaded"


@pytest.fixture(scope="module")
def files(shared_data: Path) -> list[Path]:
    folder = shared_data / "badinput"
    if not folder.is_dir():
        pytest.skip(f"the collection of bad input is not here ({folder})")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def forced(raw: RawTable) -> Mapping:
    """A mapping that gives the columns of a file, as they come, to the fields of a shape, the required ones first."""
    shapes = sorted(SHAPES)
    place = hashlib.sha256("".join(raw.headers).encode(errors="replace")).digest()[0] % len(shapes)
    fields = sorted(SHAPES[shapes[place]].values(), key=lambda field: (not field.required, field.name))
    columns = {field.name: raw.headers[at % len(raw.headers)] for at, field in enumerate(fields)}
    return Mapping("forced", shapes[place], columns)


def loaded(path: Path, folder: Path, mapping: Mapping | None) -> Outcome:
    """Load one file into a new desk; any exception but a sentence is the test's failure."""
    desk = open_desk(folder)
    started = time.monotonic()
    report = load_files(
        COMMAND_LINE, desk, [path], options=LoadOptions(source=mapping and "odd", mapping=mapping, zone="UTC")
    )
    seconds = time.monotonic() - started
    (told,) = report.files
    if told.error is not None:
        assert not desk.head(), f"{path.name} was refused and left an entry"
    return Outcome(seconds, told.rows_read, told.loaded + told.rejected + told.blank, told.rejected, told.refusal)


def mapping_of(path: Path) -> Mapping | None:
    try:
        raw = read_file(path)
    except ReadError:
        return None
    return forced(raw) if raw.headers else None


@contextmanager
def children_watched() -> Iterator[list[float]]:
    """The highest memory (MB) of any child of this process within the block, as the only item."""
    highest, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            for child in psutil.Process().children():
                try:
                    highest[0] = max(highest[0], child.memory_info().rss / 2**20)
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield highest
    finally:
        ended.set()
        watcher.join()


@pytest.mark.parametrize("by_force", [False, True], ids=["as-proposed", "forced"])
def test_every_file_ends_loaded_or_with_a_sentence(files: list[Path], by_force: bool, tmp_path: Path) -> None:
    assert len(files) > 700

    def one(numbered: tuple[int, Path]) -> tuple[str, Outcome]:
        place, path = numbered
        mapping = mapping_of(path) if by_force else None
        return path.name, loaded(path, tmp_path / str(place), mapping)

    with children_watched() as highest, ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(one, enumerate(files)))
    kinds = Counter(outcome.kind for _, outcome in outcomes)
    slowest = max(outcomes, key=lambda named: named[1].seconds)
    print(f"{len(outcomes)} files: {dict(kinds)}; slowest {slowest[1].seconds:.1f} s ({slowest[0]}), "
          f"highest memory of a child {highest[0]:.0f} MB")  # fmt: skip
    for name, outcome in outcomes:
        assert outcome.seconds <= SECONDS, name
        assert outcome.read == outcome.accounted, name
        assert outcome.sentence is None or (outcome.sentence.strip() and "Traceback" not in outcome.sentence), name
    assert highest[0] <= CHILD_MB
    assert kinds["loaded"] + kinds["with rejects"] > (50 if by_force else 10)


def beside_good_keys(raw: RawTable, shape: str) -> tuple[RawTable, Mapping]:
    """The file with a column of ids and one of dates; a mapping gives all that it holds to the other fields."""
    frame = raw.frame.with_columns(
        pl.format("own {}", LINE).alias("own id"), pl.lit("2026-03-01 10:00:00").alias("own date")
    )
    own = {"id": "own id", "instant": "own date"}
    fields = SHAPES[shape].values()
    columns = {field.name: own.get(field.kind if field.required or field.kind == "instant" else "", "")
               or raw.headers[at % len(raw.headers)] for at, field in enumerate(fields)}  # fmt: skip
    return replace(raw, frame=frame, headers=(*raw.headers, *own.values())), Mapping("odd", shape, columns)


def test_whatever_a_file_holds_meets_the_checks_of_every_shape(files: list[Path]) -> None:
    checked = refused = 0
    for path in files:
        try:
            raw = read_file(path)
        except ReadError:
            continue
        for shape in SHAPES if raw.headers and raw.frame.height else ():
            table, mapping = beside_good_keys(raw, shape)
            try:
                built = build(table, mapping, source="odd", zone="UTC")
            except MappingError:
                refused += 1
                continue
            rejected = built.rejects.filter(kind="rejected").height
            assert raw.rows_read == built.loaded + rejected + raw.blank, (path.name, shape)
            checked += 1
    print(f"{checked} times a file was checked as a shape, {refused} times it was refused as one")
    assert checked > 1_000
