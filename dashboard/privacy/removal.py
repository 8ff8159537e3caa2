"""Taking out of a desk's folder and database what no version shows any more, so that no byte of it is left.

A table's older versions lie in its files and, as least and greatest values, in its log. Both go but for the version
that the ledger shows. deltalake's own vacuum is not used: it writes versions of which the ledger knows nothing.
"""

import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from dashboard.desk import Desk
from loaders.warehouse.delta import DeltaFolder

FOLDERS = ("downloads", "backups", "reports")
_LOG = "_delta_log"


def remove_older(desk: Desk, versions: Mapping[str, int]) -> int:
    """Remove every file that these versions do not need: how many went. Safe to be repeated."""
    removed = 0
    for folder in desk.warehouse_folder.glob("*/*"):
        at = f"{folder.parent.name}/{folder.name}"
        if at in versions:
            removed += _only(folder, versions[at])
        elif folder.is_dir():
            removed += sum(path.is_file() for path in folder.rglob("*"))
            shutil.rmtree(folder)
    return removed


def remove_facts(desk: Desk) -> None:
    """Remove all facts and rollups; they are made again from what the tables hold now."""
    for path in desk.facts_folder.iterdir():
        shutil.rmtree(path, ignore_errors=True)


def remove_files(desk: Desk) -> int:
    """Remove made downloads, reports and the backups in the desk's folder, which hold what was there before."""
    found = [path for name in FOLDERS for path in (desk.root / name).rglob("*") if path.is_file()]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def shrink(engine: Engine) -> None:
    """Let the database forget the bytes of rows that were deleted or changed."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM FULL")
        return
    with closing(engine.raw_connection()) as raw:  # VACUUM stands in no transaction, and the engine begins one always
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(statement).close()


def _only(folder: Path, version: int) -> int:
    """Leave of a table this version alone, standing on a checkpoint of its own."""
    table = DeltaFolder(folder)
    table.stand_on(version)
    live = {path for path, _month, _rows in table.files(version)}
    name = f"{version:020}"
    stale = [path for path in (folder / _LOG).iterdir() if not path.name.startswith((name, "_last_checkpoint"))]
    stale += [
        path for path in folder.rglob("*")
        if path.is_file() and path.parent.name != _LOG and str(path.relative_to(folder)) not in live
    ]  # fmt: skip
    for path in stale:
        path.unlink()
    return len(stale)
