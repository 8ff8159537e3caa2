"""The warehouse month by month: which data files there are, and in which months of tickets their rows belong.

A message, change or rating lies in the month in which it happened and belongs to the month in which its ticket was
created. Where a file's rows belong is found once, as the file never changes; the months near its own are looked at
first, and no more than one month of tickets is in memory at a time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import polars as pl

from loaders.warehouse.delta import DeltaFolder
from loaders.warehouse.merge import HIDDEN, MONTH
from metrics.facts.known import USED
from metrics.tables import TABLES

NOBODY = ""
"""The month of rows whose ticket is not there."""
MONTHS_KEPT = 3
MARK, PLACE = "__mark", "__place"
HEIGHT = 2**40
Marks = dict[str, int]
"""Month of tickets -> a number that other rows than those of the file that belong there are not likely to have."""


@dataclass(frozen=True)
class DataFile:
    """One immutable file of a Delta table."""

    source: str
    table: str
    month: str
    path: str
    rows: int

    @property
    def name(self) -> str:
        return f"{self.source}/{self.table}/{self.path}"


@dataclass(frozen=True)
class Span:
    """Tickets that were created from an instant on and before another."""

    begin: datetime | None = None
    end: datetime | None = None

    def holds(self) -> pl.Expr:
        """Whether a ticket is one of them."""
        created = pl.col("created_at")
        since = pl.lit(True) if self.begin is None else created >= self.begin
        return since if self.end is None else since & (created < self.end)


ALL = Span()


@dataclass(frozen=True)
class MonthlyTables:
    """The tables of tickets and their rows below a warehouse's folder, at some versions."""

    root: Path
    versions: Mapping[str, int]

    @cached_property
    def files(self) -> tuple[DataFile, ...]:
        """All data files of the tables that facts are made of."""
        return tuple(self._listed())

    def _listed(self) -> Iterator[DataFile]:
        for at, version in sorted(self.versions.items()):
            source, _, table = at.rpartition("/")
            if table in USED:
                files = DeltaFolder(self.root / at).files(version)
                for path, month, rows in sorted(files, key=lambda file: file[1]):
                    yield DataFile(source, table, month, path, rows)

    @property
    def tickets(self) -> int:
        """How many tickets there are."""
        return sum(file.rows for file in self.files if file.table == "tickets")

    @property
    def months(self) -> list[str]:
        """The months in which tickets were created, the newest first."""
        return sorted({file.month for file in self.files if file.table == "tickets"}, reverse=True)

    @cached_property
    def columns(self) -> dict[str, list[str]]:
        """The columns of each table: canonical ones, then the sources' own."""
        return {name: self._columns(name) for name in USED}

    def _columns(self, name: str) -> list[str]:
        schema = USED[name]
        own = {column for frame in self._scans(name).values() for column in frame.collect_schema().names()}
        return [*schema, *sorted(own - set(TABLES[name].schema) - set(HIDDEN))]

    def _scans(self, name: str) -> dict[str, pl.LazyFrame]:
        return {source: self._scan(source, name) for source in self.sources(name)}

    def sources(self, name: str) -> list[str]:
        """The sources that have a table of this name."""
        return sorted(at.rpartition("/")[0] for at in self.versions if at.endswith(f"/{name}"))

    def _scan(self, source: str, name: str) -> pl.LazyFrame:
        key = f"{source}/{name}"
        if key not in self._opened:
            self._opened[key] = DeltaFolder(self.root / key).scan(self.versions[key])
        return self._opened[key]

    @cached_property
    def _opened(self) -> dict[str, pl.LazyFrame]:
        return {}

    def rows(self, name: str, months: Mapping[str, Collection[str]]) -> pl.LazyFrame:
        """The rows of a table in these months of each source, in canonical columns and the sources' own."""
        columns = self.columns[name]
        found = [
            self._scan(source, name).filter(pl.col(MONTH).is_in(sorted(asked)))
            for source, asked in months.items()
            if asked and source in self.sources(name)
        ]
        empty = pl.DataFrame(schema={column: USED[name].get(column, pl.String()) for column in columns})
        return pl.concat([empty.lazy(), *found], how="diagonal").select(columns)

    def tickets_of(self, month: str, span: Span = ALL) -> pl.LazyFrame:
        """The tickets that were created in a month, or in some span of it."""
        rows = self.rows("tickets", {source: [month] for source in self.sources("tickets")})
        return rows if span == ALL else rows.filter(span.holds())

    def slices(self, month: str, size: int) -> list[Span]:
        """A month in the order of creation, in spans of about so many tickets; those of one instant stay together."""
        count = sum(file.rows for file in self.files if file.table == "tickets" and file.month == month)
        if count <= size:
            return [ALL]
        created = self.tickets_of(month).select("created_at").collect().to_series().sort()
        step = -(-count // -(-count // size))
        cuts = created.gather_every(step, step).unique().sort().to_list()
        return [Span(*ends) for ends in pairwise([None, *(cut for cut in cuts if cut > created[0]), None])]

    def ids(self, source: str, month: str) -> pl.DataFrame:
        """The tickets of a source that were created in a month, by `ticket_id` alone; those of few months are kept."""
        if source not in self.sources("tickets"):
            return pl.DataFrame(schema={"ticket_id": pl.String})
        if (source, month) not in self._ids:
            if len(self._ids) >= MONTHS_KEPT:
                del self._ids[next(iter(self._ids))]
            self._ids[source, month] = self.rows("tickets", {source: [month]}).select("ticket_id").collect()
        return self._ids[source, month]

    def forget_ids(self) -> None:
        """Let go of the ids that were kept."""
        self._ids.clear()

    @cached_property
    def _ids(self) -> dict[tuple[str, str], pl.DataFrame]:
        return {}

    def belonging(self, file: DataFile, months: Sequence[str], *, all_months: bool) -> Marks:
        """In which of these months of tickets the rows of a file belong, each with their mark.

        all_months: these are all there are, so that what is left over belongs to nobody.
        """
        rest = self._marked(file) if all_months else None
        found: Marks = {}
        for month in _near(file.month, months):
            if rest is not None and rest.is_empty():
                break
            ids = self.ids(file.source, month)
            if rest is None:  # few files have rows of the few months that are asked for
                named = self._opened_file(file).select("ticket_id").collect()
                if ids.join(named, on="ticket_id", how="semi").is_empty():
                    continue
                rest = self._marked(file)
            # An inner join looks up the many in a table of the few.
            there = ids.join(rest, on="ticket_id", how="inner")
            if there.height:
                found[month] = _mark(there)
                rest = rest.join(there.select(PLACE), on=PLACE, how="anti")
        if all_months and rest is not None and not rest.is_empty():
            found[NOBODY] = _mark(rest)
        return found

    def _opened_file(self, file: DataFile) -> pl.LazyFrame:
        path = self.root / file.source / file.table / file.path
        return pl.scan_parquet(path, hive_partitioning=False, glob=False)

    def _marked(self, file: DataFile) -> pl.DataFrame:
        frame = self._opened_file(file)
        kept = [name for name in frame.collect_schema().names() if name in self.columns[file.table]]
        rows = frame.select(kept).with_columns(pl.col(pl.List(pl.String)).list.join("\0")).collect()
        return rows.select("ticket_id", rows.hash_rows(seed=7).alias(MARK)).with_row_index(PLACE)


def _mark(rows: pl.DataFrame) -> int:
    return int((rows[MARK] // 2**20).sum()) * HEIGHT + rows.height


def height(mark: int | None) -> int:
    """How many rows a mark stands for."""
    return 0 if mark is None else mark % HEIGHT


def _near(month: str, months: Iterable[str]) -> list[str]:
    """The months in the order in which those of a row's ticket are likely: its own, those before, those after."""
    before = sorted((other for other in months if other <= month), reverse=True)
    return [*before, *sorted(other for other in months if other > month)]
