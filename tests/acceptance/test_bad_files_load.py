"""Every damaged, hostile and odd file through the whole load: once as it is, once with its columns forced into a shape.

Most of these files are no tickets and are refused before a value is looked at. Forced, whatever they hold meets the
checking and the writing too: dates, numbers, ids and texts of each shape.
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from dashboard.desk import open_desk
from dashboard.services.loads import LoadOptions, load_files
from loaders.base import RawTable
from loaders.errors import ReadError
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
    """A mapping that gives the columns of a file, as they come, to the fields of a shape, the required ones first.

    The format of dates is said too: what is none is then a bad value of its row, not a reason to refuse the file.
    """
    shapes = sorted(SHAPES)
    place = hashlib.sha256("".join(raw.headers).encode(errors="replace")).digest()[0] % len(shapes)
    fields = sorted(SHAPES[shapes[place]].values(), key=lambda field: (not field.required, field.name))
    columns = {field.name: raw.headers[at % len(raw.headers)] for at, field in enumerate(fields)}
    return Mapping("forced", shapes[place], columns, formats={"*": "%Y-%m-%d %H:%M:%S"})


def loaded(path: Path, folder: Path, mapping: Mapping | None) -> Outcome:
    """Load one file into a new desk; any exception but a sentence is the test's failure."""
    desk = open_desk(folder)
    started = time.monotonic()
    report = load_files(
        desk, [path], options=LoadOptions(source=mapping and "odd", mapping=mapping, zone="UTC"), actor="test"
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
    assert kinds["loaded"] + kinds["with rejects"] > (100 if by_force else 10)
