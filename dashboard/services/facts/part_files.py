"""The rollups of single months as files, and all of them together: the months added up."""

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import polars as pl

from dashboard.services.facts.fact_files import FRAMES
from dashboard.services.facts.rollup_files import FOLDER, WHOLE, tell
from metrics.catalog import METRICS
from metrics.facts import Facts
from metrics.facts.partitions import OF_TICKETS
from metrics.model import FactName
from metrics.rollup import MONTH, Parts, Shape, Sums, Words, merged, rolled, shapes

PARTS, WORDS = "parts", "words"
COLUMN = "words"


@dataclass
class PartFiles:
    """The rollups of a state in the making; `words`: the codes of texts so far."""

    folder: Path
    words: Words

    def add(self, month: str, slices: Iterable[Facts]) -> None:
        """Write the rollups of a month, by the name of its folder; its facts come slice by slice."""
        sums: dict[Shape, Sums] = {}
        count = 0
        for facts in slices:
            count += 1
            for shape, table in self._rolled(facts).tables.items():
                sums.setdefault(shape, Sums([MONTH, *shape.keys])).add(table)
        # A rollup that one slice does not have tells nothing of the whole.
        whole = {shape: one.table() for shape, one in sums.items() if one.count == count}
        _write(self.folder / month / PARTS, whole)

    def keep_words(self, month: str) -> None:
        """Write the texts behind the codes of a month that was made elsewhere, for `take` to find."""
        own = self.folder / month / WORDS
        own.mkdir(parents=True, exist_ok=True)
        for (fact, column), words in self.words.items():
            words.to_frame(COLUMN).write_ipc(own / f"{fact}.{column}.arrow")

    def take(self, month: str) -> None:
        """Give the rollups of a month that was made elsewhere the codes of all the others."""
        own = self.folder / month / WORDS
        recoded = {}
        for path in sorted(own.iterdir()):
            fact, column = path.stem.split(".", 1)
            self.words, recoded[fact, column] = _united(
                self.words, (cast(FactName, fact), column), pl.read_ipc(path)[COLUMN]
            )
        for name, some in _files(shapes(METRICS.values())).items():
            tables = _opened(self.folder / month / PARTS / name)
            there = [shape for shape in some if shape.name in tables]
            codes = {shape: [recoded[shape.fact, dim].gather(tables[shape.name][dim]).alias(dim) for dim in shape.dims]
                     for shape in there}  # fmt: skip
            _write(
                self.folder / month / PARTS, {shape: tables[shape.name].with_columns(codes[shape]) for shape in there}
            )
        shutil.rmtree(own)

    def _rolled(self, facts: Facts, names: Collection[FactName] = OF_TICKETS) -> Parts:
        parts = rolled(facts, METRICS.values(), self.words, names)
        self.words = parts.words
        return parts

    def finish(self, months: Sequence[str], beside: Facts) -> None:
        """Write the rollups of all months together; `beside` holds the facts that belong to no ticket."""
        whole = self.folder / FOLDER / WHOLE
        whole.mkdir(parents=True, exist_ok=True)
        other = merged(self._rolled(beside, [name for name in FRAMES if name not in OF_TICKETS]))
        written = []
        for shape, table in (*other.items(), *self._together(months)):
            table.write_ipc(whole / f"{shape.name}.arrow", compression="lz4")
            written.append(shape)
        tell(self.folder / FOLDER, written, self.words)

    def _together(self, months: Sequence[str]) -> Iterator[tuple[Shape, pl.DataFrame]]:
        """Each rollup that all months have, over all of them."""
        for name, some in _files(shape for shape in shapes(METRICS.values()) if shape.fact in OF_TICKETS).items():
            read = [_opened(self.folder / month / PARTS / name) for month in months]
            for shape in some:
                parts = [tables[shape.name] for tables in read if shape.name in tables]
                if len(parts) == len(months):
                    yield shape, _added(shape, pl.concat(parts))


def _united(words: Words, name: tuple[FactName, str], local: pl.Series) -> tuple[Words, pl.Series]:
    """The texts with those that are new, and for each place of the local ones its place among all."""
    before = words.get(name, pl.Series(COLUMN, [None], dtype=pl.String))
    new = local.filter(~local.is_in(before.drop_nulls().implode()) & local.is_not_null())
    whole = pl.concat([before.alias(COLUMN), new.alias(COLUMN)])
    places = pl.DataFrame({COLUMN: whole, "place": pl.int_range(whole.len(), dtype=pl.UInt32, eager=True)})
    found = local.to_frame(COLUMN).join(places, on=COLUMN, how="left", nulls_equal=True, maintain_order="left")
    return {**words, name: whole}, found["place"]


def _added(shape: Shape, table: pl.DataFrame) -> pl.DataFrame:
    return merged(Parts({shape: table}))[shape]


def _files(wanted: Iterable[Shape]) -> dict[str, list[Shape]]:
    """Name of a file -> the rollups of a month in it: those of one fact, by the instant that dates them."""
    found: dict[str, list[Shape]] = {}
    for shape in wanted:
        found.setdefault(f"{shape.fact}.{shape.at}.arrow", []).append(shape)
    return found


def _write(folder: Path, tables: Mapping[Shape, pl.DataFrame]) -> None:
    """Each rollup is a list in the only row of its file: a file for each takes twice the time."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, some in _files(tables).items():
        packed = pl.DataFrame({shape.name: [tables[shape].to_struct()] for shape in some})
        packed.write_ipc(folder / name, compression="lz4")


def _opened(path: Path) -> dict[str, pl.DataFrame]:
    """The rollups in a file by their names; a month that has none has no file."""
    packed = pl.read_ipc(path) if path.is_file() else pl.DataFrame()
    return {column.name: column[0].struct.unnest() for column in packed}
