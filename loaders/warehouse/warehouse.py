"""Delta tables by source and month of creation: upserted by key, readable at the versions that a ledger names.

`commit` returns table versions and makes nothing visible by itself: a load counts when the caller's ledger has kept
the versions. Versions beyond those of the ledger come from a load that crashed or was undone; the next commit starts
from the ledger's versions again.

Retention: loads never remove data files or log entries, so each load that the ledger can take back can be undone and
each report reproduced. Files go where no version that is still wanted needs them (`leaving`): by a purge or an erasure,
which leaves one version of each table, and where many small loads are folded.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import polars as pl

from loaders.errors import WarehouseError
from loaders.warehouse.delta import UNREADABLE, DeltaFolder
from loaders.warehouse.leaving import without_tickets
from loaders.warehouse.merge import HIDDEN, MONTH, Counts, Merged, merged, prepared, row_key
from metrics.facts.beside import newest_beside
from metrics.tables import INSTANT, TABLES, Table, Tables
from metrics.words import N_

Versions: TypeAlias = Mapping[str, int]
"""`<source>/<table>` -> version of that Delta table."""

MOST_FILES = 8
"""From so many files on, a month that rows are added to is written anew as one: each small load adds a file to it."""
_NAME = re.compile(r"[\w][\w.-]*")
_BAD_NAME = N_("“{source}” cannot name a source: use letters, digits, dots, dashes and underscores only.")


@dataclass(frozen=True)
class Committed:
    """The versions after a commit, what became of the tickets, and whether any table got a new version."""

    versions: Versions
    counts: Counts
    by_table: Mapping[str, Counts] = field(default_factory=dict)
    changed: bool = True


class Warehouse:
    """The canonical tables of one desk below a folder; one writer at a time, readers never wait."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def commit(
        self,
        source: str,
        tables: Mapping[str, pl.DataFrame],
        *,
        base: Versions,
        export_at: datetime | None = None,
        dry_run: bool = False,
    ) -> Committed:
        """Upsert the frames of one file; each table that changes gets one Delta commit.

        `export_at`: how old the file is, the newest stamp in it if not given. `dry_run` only counts.
        A column that a frame lacks leaves the standing values. Raises WarehouseError.
        """
        if not _NAME.fullmatch(source):
            raise WarehouseError(_BAD_NAME, source=source)
        stamp = export_at or newest_stamp(tables)
        versions, counts = dict(base), {}
        for name, frame in tables.items():
            at = f"{source}/{name}"
            upsert = _Upsert(DeltaFolder(self.root / source / name), TABLES[name], base.get(at), dry_run=dry_run)
            version, counts[name] = upsert.run(frame.with_columns(source=pl.lit(source)), stamp)
            if version is not None:
                versions[at] = version
        return Committed(versions, counts.get("tickets", Counts()), counts, changed=versions != dict(base))

    def remove(self, source: str, tickets: Sequence[str], *, base: Versions) -> tuple[Versions, Sequence[str]]:
        """The versions after these tickets left all tables of a source, and which of them stood there.

        The versions before still have them, so that it can be undone until a purge. Raises WarehouseError.
        """
        versions: dict[str, int] = dict(base)
        gone: Sequence[str] = []
        for name, table in TABLES.items():
            at = f"{source}/{name}"
            if at in base and "ticket_id" in table.schema:
                versions[at], found = without_tickets(DeltaFolder(self.root / at), base[at], tickets)
                gone = found if name == "tickets" else gone
        return versions, gone

    def scan(self, name: str, versions: Versions) -> pl.LazyFrame:
        """One canonical table over all sources: canonical columns first, then the sources' own fields.

        A source's Delta table holds the columns that its files have told something about; the others are null here.
        """
        schema = TABLES[name].schema
        sources = sorted(at for at in versions if at.endswith(f"/{name}"))
        frames = [_visible(DeltaFolder(self.root / at).scan(versions[at])) for at in sources]
        empty = TABLES[name].empty().lazy()
        whole = pl.concat([empty, *frames], how="diagonal") if frames else empty
        own = sorted(set(whole.collect_schema().names()) - set(schema))
        return whole.select(*schema, *own)

    def tables(self, versions: Versions) -> Tables:
        """The tables that figures are made of, at these versions."""
        return Tables(**{name: self.scan(name, versions) for name in TABLES})

    def newest(self, versions: Versions) -> datetime | None:
        """The newest instant anywhere in the tables that figures are made of."""
        frames = {name: self.scan(name, versions) for name in ("tickets", "messages", "changes", "ratings")}
        instants = pl.selectors.by_dtype(INSTANT)
        with self.damage_told(versions):
            newest = pl.collect_all([frame.select(pl.max_horizontal(instants.max())) for frame in frames.values()])
            stamps = [frame.item() for frame in newest] + [newest_beside(self.tables(versions))]
        return max((stamp for stamp in stamps if stamp is not None), default=None)

    @contextmanager
    def damage_told(self, versions: Versions) -> Iterator[None]:
        """Tell what fails inside as damage where the tables are damaged; else it is our own mistake and stays one."""
        try:
            yield
        except UNREADABLE:
            for at, version in versions.items():
                folder = DeltaFolder(self.root / at)
                folder.collect(folder.scan(version))
            raise

    def of_source(self, source: str, name: str, versions: Versions) -> pl.LazyFrame:
        """One canonical table of one source only."""
        only = {at: version for at, version in versions.items() if at == f"{source}/{name}"}
        return self.scan(name, only)


def newest_stamp(tables: Mapping[str, pl.DataFrame], *, until: datetime | None = None) -> datetime | None:
    """The newest instant in the frames; stamps after `until` are no witness of a file's age."""
    columns = [frame[name] for frame in tables.values() for name, dtype in frame.schema.items() if dtype == INSTANT]
    known = columns if until is None else [column.filter(column <= until) for column in columns]
    newest = [column.max() for column in known]
    return max((value for value in newest if isinstance(value, datetime)), default=None)


def _visible(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.drop(HIDDEN)


@dataclass(frozen=True)
class _Upsert:
    """The upsert of one frame into one Delta table that stood at `base` (None: it was not there)."""

    folder: DeltaFolder
    table: Table
    base: int | None
    dry_run: bool

    def run(self, frame: pl.DataFrame, stamp: datetime | None) -> tuple[int | None, Counts]:
        """The version after it (the same as before where nothing changed) and the counts."""
        incoming = prepared(frame, self.table, export_at=stamp)
        if incoming.is_empty():
            return self.base, Counts()
        if self.base is None:
            return self._first(incoming)
        found = self._standing_months(incoming)
        if found.is_empty():
            return self._append(incoming)
        return self._overlap(incoming, set(found) | set(incoming[MONTH].unique()))

    def _first(self, incoming: pl.DataFrame) -> tuple[int | None, Counts]:
        counts = Counts(inserted=incoming.height)
        if self.dry_run:
            return None, counts
        return self.folder.create(incoming), counts

    def _append(self, incoming: pl.DataFrame) -> tuple[int | None, Counts]:
        counts = Counts(inserted=incoming.height)
        if self.dry_run:
            return self.base, counts
        self._from_base()
        months = incoming[MONTH].unique().sort().to_list()
        if not self._is_scattered(months):
            return self.folder.append(incoming), counts
        standing = self.folder.collect(self._standing().filter(pl.col(MONTH).is_in(months)))
        return self.folder.replace_months(pl.concat([standing, incoming], how="diagonal"), months), counts

    def _is_scattered(self, months: Sequence[str]) -> bool:
        """Whether a month that is written to lies in so many files that it is better written as one."""
        assert self.base is not None
        files = Counter(month for _path, month, _rows in self.folder.files(self.base))
        return any(files[month] >= MOST_FILES for month in months)

    def _overlap(self, incoming: pl.DataFrame, months: set[str]) -> tuple[int | None, Counts]:
        standing = self.folder.collect(self._standing().filter(pl.col(MONTH).is_in(sorted(months))))
        result = merged(standing, incoming, self.table)
        if self.dry_run or result.rows.is_empty():
            return self.base, result.counts
        self._from_base()
        return self._replace(standing, result), result.counts

    def _replace(self, standing: pl.DataFrame, result: Merged) -> int:
        """Rewrite only the months that lose or gain a row."""
        position = pl.int_range(pl.len())
        gone = standing.select(pl.col(MONTH).gather(result.replaced))[MONTH]
        months = sorted(set(gone) | set(result.rows[MONTH]))
        stays = standing.filter(pl.col(MONTH).is_in(months) & ~position.is_in(result.replaced.implode()))
        return self.folder.replace_months(pl.concat([stays, result.rows], how="diagonal"), months)

    def _standing(self) -> pl.LazyFrame:
        assert self.base is not None
        return self.folder.scan(self.base)

    def _standing_months(self, incoming: pl.DataFrame) -> pl.Series:
        """Months in which incoming keys already stand; a corrected creation instant moves a row between months."""
        key = row_key(self.table)
        keys = self._standing().select(*key, MONTH)
        theirs = keys.join(incoming.lazy().select(key), on=key, how="semi", nulls_equal=True)
        return self.folder.collect(theirs.select(pl.col(MONTH).unique()), engine="streaming")[MONTH]

    def _from_base(self) -> None:
        assert self.base is not None
        self.folder.put_back(self.base)
