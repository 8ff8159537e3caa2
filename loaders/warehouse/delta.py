"""One Delta table on disk: written by months in a single commit, read at a version, put back to a version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, PostCommitHookProperties
from deltalake.exceptions import DeltaError

from loaders.errors import WarehouseError
from loaders.warehouse.merge import MONTH
from metrics.words import N_

_HOOKS = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
"""Log entries are never cleaned up behind our back: the ledger points to old versions."""

_WRITE = N_(
    "The desk's store at {path} could not be written ({detail}). Nothing was changed; "
    "check free space and permissions, then load again."
)
_READ = N_("The desk's store at {path} could not be read ({detail}). Check that the folder is whole and may be read.")


@contextmanager
def _told(template: str, path: Path) -> Iterator[None]:
    try:
        yield
    except (DeltaError, OSError, pl.exceptions.PolarsError) as error:
        detail = str(error).strip().splitlines() or [type(error).__name__]
        raise WarehouseError(template, path=str(path), detail=detail[0][:200]) from error


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
            return pl.scan_delta(str(self.path), version=version)

    def collect(self, frame: pl.LazyFrame) -> pl.DataFrame:
        with _told(_READ, self.path):
            return frame.collect()

    def put_back(self, version: int) -> None:
        """Make this version the head again where a load that was never counted went beyond it."""
        with _told(_WRITE, self.path):
            table = DeltaTable(str(self.path))
            if table.version() != version:
                table.restore(version)

    def create(self, frame: pl.DataFrame) -> int:
        """Write a whole new table, over whatever a load that was never counted left here."""
        options = {"partition_by": [MONTH], "schema_mode": "overwrite", "post_commithook_properties": _HOOKS}
        return self._write(frame, "overwrite", options)

    def append(self, frame: pl.DataFrame) -> int:
        return self._write(frame, "append", {"schema_mode": "merge", "post_commithook_properties": _HOOKS})

    def replace_months(self, frame: pl.DataFrame, months: Sequence[str]) -> int:
        """Put these rows in the place of all rows of these months, in one commit."""
        predicate = f"{MONTH} IN ({', '.join(repr(month) for month in months)})"
        options = {"predicate": predicate, "schema_mode": "merge", "post_commithook_properties": _HOOKS}
        return self._write(frame, "overwrite", options)

    def _write(self, frame: pl.DataFrame, mode: str, options: dict[str, object]) -> int:
        with _told(_WRITE, self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            frame.write_delta(str(self.path), mode=mode, delta_write_options=options)  # type: ignore[call-overload]
        return self.version()
