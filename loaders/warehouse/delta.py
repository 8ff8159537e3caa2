"""One Delta table on disk: written by months in a single commit, read at a version, put back to a version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import polars as pl
from deltalake import ColumnProperties, DeltaTable, PostCommitHookProperties, WriterProperties
from deltalake.exceptions import DeltaError

from loaders.errors import WarehouseError
from loaders.warehouse.merge import MONTH
from metrics.words import N_

_HOOKS = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
"""Log entries are never cleaned up behind our back: the ledger points to old versions."""

UNREADABLE = (DeltaError, OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What damaged files on disk are met with; a panic is no Exception."""

_PLAIN = ColumnProperties(dictionary_enabled=False)
_SAMPLE = 10_000

_WRITE = N_(
    "The desk's store at {path} could not be written ({detail}). Nothing was changed; "
    "check free space and permissions, then load again."
)
_READ = N_("The desk's store at {path} could not be read ({detail}). Check that the folder is whole and may be read.")


@contextmanager
def _told(template: str, path: Path) -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        detail = str(error).strip().splitlines() or [type(error).__name__]
        raise WarehouseError(template, path=str(path), detail=detail[0][:200]) from error


class _Local(DeltaTable):
    """A table that names its data files as the disk does; by itself it writes `%20` for a space, which no file has.

    Our own folders and files below it are plain (`month=2026-11`), so nothing else is changed.
    """

    def file_uris(self, *args: Any, **named: Any) -> list[str]:
        return [unquote(uri) for uri in super().file_uris(*args, **named)]


class DeltaFolder:
    """A Delta table in a folder; the caller holds the desk's lock while it writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        return DeltaTable.is_deltatable(str(self.path))

    def version(self) -> int:
        with _told(_READ, self.path):
            return DeltaTable(str(self.path)).version()

    def scan(self, version: int) -> pl.LazyFrame:
        with _told(_READ, self.path):
            return pl.scan_delta(_Local(str(self.path), version=version))

    def files(self, version: int) -> list[tuple[str, str, int]]:
        """The data files of a version: path below the folder, month, rows."""
        with _told(_READ, self.path):
            added = pl.DataFrame(DeltaTable(str(self.path), version=version).get_add_actions(flatten=True))
        rows = added.select("path", f"partition.{MONTH}", "num_records").rows()
        return [(unquote(path), month, count) for path, month, count in rows]

    def collect(self, frame: pl.LazyFrame, *, engine: Literal["auto", "streaming"] = "auto") -> pl.DataFrame:
        with _told(_READ, self.path):
            return frame.collect(engine=engine)

    def put_back(self, version: int) -> None:
        """Make this version the head again where a load that was never counted went beyond it."""
        with _told(_WRITE, self.path):
            table = DeltaTable(str(self.path))
            if table.version() != version:
                table.restore(version)

    def stand_on(self, version: int) -> None:
        """Make this version the newest and give it a checkpoint, so that no other one is needed."""
        with _told(_WRITE, self.path):
            log = self.path / "_delta_log"
            beyond = sorted((path for path in log.iterdir() if path.name[:20].isdigit()), reverse=True)
            for path in beyond:
                if int(path.name[:20]) > version:
                    (log / "_last_checkpoint").unlink(missing_ok=True)
                    path.unlink()
            DeltaTable(str(self.path)).create_checkpoint()

    def checkpoint(self, version: int) -> None:
        """Let this version be read without the log before it."""
        with _told(_WRITE, self.path):
            DeltaTable(str(self.path), version=version).create_checkpoint()

    def create(self, frame: pl.DataFrame) -> int:
        """Write a whole new table, over whatever a load that was never counted left here."""
        return self._write(frame, "overwrite", {"partition_by": [MONTH], "schema_mode": "overwrite"})

    def append(self, frame: pl.DataFrame) -> int:
        return self._write(frame, "append", {"schema_mode": "merge"})

    def replace_months(self, frame: pl.DataFrame, months: Sequence[str]) -> int:
        """Put these rows in the place of all rows of these months, in one commit."""
        predicate = f"{MONTH} IN ({', '.join(repr(month) for month in months)})"
        return self._write(frame, "overwrite", {"predicate": predicate, "schema_mode": "merge"})

    def _write(self, frame: pl.DataFrame, mode: str, options: dict[str, object]) -> int:
        settled = options | {"post_commithook_properties": _HOOKS, "writer_properties": _properties(frame)}
        with _told(_WRITE, self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            frame.write_delta(str(self.path), mode=mode, delta_write_options=settled)  # type: ignore[call-overload]
        return self.version()


def _properties(frame: pl.DataFrame) -> WriterProperties:
    """How the files are packed: a dictionary of values that hardly repeat costs half of the time of a write."""
    sample = frame.head(_SAMPLE)
    names = [name for name, dtype in frame.schema.items() if not dtype.is_nested()]
    distinct = sample.select(pl.col(names).n_unique()).row(0, named=True)
    varied = [name for name, count in distinct.items() if count > sample.height // 2]
    columns = {name: _PLAIN for name in varied if sample.height == _SAMPLE}
    return WriterProperties(compression="ZSTD", compression_level=1, column_properties=columns)
