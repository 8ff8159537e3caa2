"""Making a desk from a backup: beside its place, then into it in one step; until then, and killed before, the old one
stands."""

import ctypes
import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Engine, func, select

from dashboard.desk import DATABASE, Desk, open_desk
from dashboard.people import Act, Actor, needs, record
from dashboard.services.upkeep.backups import BackupError, insert_all, unpacked
from dashboard.store import Base, make_engine, migrate
from metrics.words import N_

_THERE = N_(
    "There is a desk in {path} already. Restore into another folder, or say --replace; "
    "the old one is then put beside it."
)
_NOT_RESTORED = N_("The desk could not be restored to {path} ({detail}). What was there is as it was.")
_NOT_EMPTY = N_("The database that FLOORWALKER_DATABASE names is not empty. Name an empty one to restore into.")
_EXCHANGE = 2
_HERE = -100


@needs(Act.BACK_UP)
def restore(actor: Actor, file: Path, root: Path, *, database: str | None = None, is_replacing: bool = False) -> Desk:
    """Make the desk that a backup holds, in this folder. Raises BackupError.

    `is_replacing`: a desk that is there is put beside its place, under its name with `.replaced-` and the instant.
    `database`: the URL of an empty database elsewhere.
    """
    if root.exists() and any(root.iterdir()) and not is_replacing:
        raise BackupError(_THERE, path=str(root))
    draft = root.with_name(f".{root.name}.restoring-{secrets.token_hex(4)}")
    try:
        draft.mkdir(mode=0o700, parents=True)
        tables = unpacked(file, draft)
        if database is None:
            (draft / "identity").unlink(missing_ok=True)  # names a pair of folder and database elsewhere
        engine = make_engine(database or URL.create("sqlite", database=str(draft / DATABASE)))
        try:
            _fill(engine, tables)
        finally:
            engine.dispose()
        _put(draft, root)
    except OSError as error:
        raise BackupError(_NOT_RESTORED, path=str(root), detail=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    desk = open_desk(root, database=database)
    with desk.keeping() as session:
        record(session, actor, "desk.restore", "desk", {"file": file.name})
    return desk


def _fill(engine: Engine, tables: dict[str, list[dict[str, object]]]) -> None:
    migrate(engine)
    with engine.begin() as connection:
        if any(connection.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables):
            raise BackupError(_NOT_EMPTY)
        insert_all(connection, tables)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")  # the engine begins one, and a checkpoint stands in none
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")


def _put(draft: Path, root: Path) -> None:
    """Let the draft stand at its place in one step."""
    if not root.exists():
        os.rename(draft, root)
        return
    beside = root.with_name(f"{root.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    _exchange(draft, root)
    os.rename(draft, beside)


def _exchange(one: Path, other: Path) -> None:
    """Let two folders take each other's name at once, where the system can; else one after the other."""
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if exchange is not None and exchange(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return
    aside = other.with_name(f".{other.name}.aside-{secrets.token_hex(4)}")
    os.rename(other, aside)
    os.rename(one, other)
    os.rename(aside, one)
