"""A desk in one file, taken while it is used, and a desk made from such a file.

What a ledger entry names never changes (a data file of the warehouse is written once), so nobody waits for a backup:
the database is read in one snapshot, then the files that its ledger names are copied. A purge, which does remove such
files, makes it begin anew. Facts are not in it; they are made from what is.
"""

import hashlib
import io
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Date, Table, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.store import READING, Base, LoadRow
from dashboard.store.types import UtcDateTime
from loaders.warehouse.delta import DeltaFolder
from metrics.errors import ActionableError
from metrics.words import N_

FORM = 1
TOLD = "backup.json"
DATABASE = "database"
OWN_FILES = ("key", "identity")
TRIES = 3
BLOCK = 1 << 20
_NOT_WRITTEN = N_("The backup could not be written to {path} ({detail}). The desk is as it was.")
NO_BACKUP = N_("This file is no backup of a desk ({detail}).")


class BackupError(ActionableError):
    """A backup that cannot be written or read."""


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds: up to which entry of the ledger, how many files and bytes."""

    load: int
    files: int
    bytes: int


@needs(Act.BACK_UP)
def back_up(actor: Actor, desk: Desk, file: Path, *, at: datetime | None = None) -> BackedUp:
    """Write the desk into a file for its owner's eyes only, whole or not at all. Raises BackupError."""
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        for attempt in range(TRIES):
            try:
                told = _written(desk, unfinished)
                break
            except FileNotFoundError:
                if attempt == TRIES - 1:
                    raise
        os.replace(unfinished, file)
    except OSError as error:
        raise BackupError(_NOT_WRITTEN, path=str(file), detail=error.strerror or str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    with desk.keeping() as session:
        details = {"load": told.load, "files": told.files, "bytes": told.bytes}
        record(session, actor, "desk.backup", "desk", details, at=at)
    return told


def _written(desk: Desk, path: Path) -> BackedUp:
    digests: dict[str, str] = {}
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w") as archive:
            ledger = _database(desk, archive, digests)
            for name, source in _files(desk, ledger):
                digests[name] = _add_file(archive, name, source)
            newest = max((row["id"] for row in ledger), default=0)
            told = {"form": FORM, "made_at": datetime.now(UTC).isoformat(), "load": newest, "digests": digests}
            _add(archive, TOLD, json.dumps(told, ensure_ascii=False).encode())
        raw.flush()
        os.fsync(raw.fileno())
        return BackedUp(newest, len(digests), raw.tell())


def _database(desk: Desk, archive: tarfile.TarFile, digests: dict[str, str]) -> list[dict[str, Any]]:
    """Add every table as lines of JSON, all as of one instant; the rows of the ledger."""
    engine = desk.engine.execution_options(**READING)
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    ledger: list[dict[str, Any]] = []
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = list(_rows(connection, table))
            if table.name == LoadRow.__tablename__:
                ledger = rows
            content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
            name = f"{DATABASE}/{table.name}.jsonl"
            digests[name] = hashlib.sha256(content).hexdigest()
            _add(archive, name, content)
    return ledger


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
        yield {name: _plain(value) for name, value in row._mapping.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _files(desk: Desk, ledger: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Path]]:
    """Every file that an entry of the ledger needs, by its place below the desk's folder."""
    shown: dict[str, set[int]] = {}
    for row in ledger:
        for at, version in row["versions"].items():
            shown.setdefault(at, set()).add(int(version))
    for at, versions in sorted(shown.items()):
        folder = desk.warehouse_folder / at
        for path in sorted(_of_table(folder, versions)):
            yield str(path.relative_to(desk.root)), path
    for row in ledger:
        rejects = desk.rejects_folder / f"{row['id']}.parquet"
        if rejects.is_file():
            yield str(rejects.relative_to(desk.root)), rejects
    for name in OWN_FILES:
        if (desk.root / name).is_file():
            yield name, desk.root / name


def _of_table(folder: Path, versions: set[int]) -> set[Path]:
    log = {path for path in (folder / "_delta_log").iterdir() if _number(path) <= max(versions)}
    first = min((_number(path) for path in log), default=0)
    standing = {version for version in versions if version >= first}  # a purge has removed the older ones
    data = {folder / path for one in standing for path, _month, _rows in DeltaFolder(folder).files(one)}
    return log | data


def _number(path: Path) -> float:
    """The version of a file of the log; infinite where it is of none, such as the hint of the last checkpoint."""
    return int(path.name[:20]) if path.name[:20].isdigit() else float("inf")


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _add_file(archive: tarfile.TarFile, name: str, source: Path) -> str:
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        member = tarfile.TarInfo(name)
        member.size, member.mode = file.tell(), 0o600
        file.seek(0)
        archive.addfile(member, file)
    return digest


def unpacked(file: Path, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Unpack a backup into a new folder; the rows of its database. Raises BackupError where anything is missing."""
    try:
        with tarfile.open(file, mode="r:") as archive:
            digests = {member.name: _take(archive, member, folder) for member in archive if _is_safe(member)}
        told = json.loads((folder / TOLD).read_text(encoding="utf-8"))
        wanted = told["digests"]
        if told["form"] != FORM or {name: digests.get(name) for name in wanted} != wanted:
            raise BackupError(NO_BACKUP, detail=file.name)
        tables = {Path(name).stem: _lines(folder / name) for name in wanted if name.startswith(f"{DATABASE}/")}
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BackupError(NO_BACKUP, detail=str(error)[:200] or type(error).__name__) from error
    (folder / TOLD).unlink()
    shutil.rmtree(folder / DATABASE)
    return tables


def _is_safe(member: tarfile.TarInfo) -> bool:
    parts = Path(member.name).parts
    if not member.isreg() or Path(member.name).is_absolute() or ".." in parts:
        raise BackupError(NO_BACKUP, detail=member.name[:100])
    return True


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    path = folder / member.name
    path.parent.mkdir(parents=True, exist_ok=True)
    content: IO[bytes] | None = archive.extractfile(member)
    digest = hashlib.sha256()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while content is not None and (block := content.read(BLOCK)):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def insert_all(connection: Connection, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    """Put the rows of a backup into an empty database of the newest schema. Raises BackupError."""
    known = {table.name: table for table in Base.metadata.sorted_tables}
    strange = sorted(set(tables) - set(known))
    if strange:
        raise BackupError(NO_BACKUP, detail=strange[0])
    try:
        for name, table in known.items():
            if rows := [_typed(row, table) for row in tables.get(name, ())]:
                connection.execute(table.insert(), rows)
            _count_on(connection, table)
    except (SQLAlchemyError, KeyError, ValueError) as error:
        raise BackupError(NO_BACKUP, detail=str(error).splitlines()[0][:200]) from error


def _typed(row: Mapping[str, Any], table: Table) -> dict[str, Any]:
    return {name: _of_type(value, table.c[name].type) for name, value in row.items()}


def _of_type(value: Any, kind: TypeEngine[Any]) -> Any:
    if value is None or not isinstance(kind, UtcDateTime | Date):
        return value
    return datetime.fromisoformat(value) if isinstance(kind, UtcDateTime) else date.fromisoformat(value)


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after the ones that were put in."""
    if connection.dialect.name == "postgresql" and "id" in table.columns and table.c.id.autoincrement is not False:
        place = f"pg_get_serial_sequence('{table.name}', 'id')"
        connection.execute(text(f"SELECT setval({place}, COALESCE(MAX(id), 0) + 1, false) FROM {table.name}"))
