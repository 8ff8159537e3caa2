"""What is well and what is not about this installation and its desk, and what to do about it. Nothing is changed."""

import os
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from packaging.requirements import Requirement
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from dashboard.desk import DATABASE, Desk, Head
from dashboard.store import READING, make_engine
from dashboard.store.upgrading import config
from dashboard.wording import _
from loaders.errors import WarehouseError
from metrics.errors import ActionableError
from metrics.words import N_

State = Literal["ok", "warning", "fault"]
OLDEST_PYTHON = (3, 11)
LITTLE_SPACE = 2 * 2**30
SLIP = timedelta(minutes=5)
"""How far two clocks of one network may stand apart."""
KNOWN = frozenset(f"FLOORWALKER_{name}" for name in ("DATA", "DATABASE", "HOSTS", "LANG", "PORT"))
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands, and a sentence that says what to do where it is not well."""

    name: str
    state: State
    template: str
    params: tuple[tuple[str, object], ...] = ()

    @property
    def sentence(self) -> str:
        """In the reader's language."""
        return _(self.template, **dict(self.params))


def examine(root: Path, *, database: str | None = None) -> tuple[Finding, ...]:
    """Look at the program, the folder of the desk, its database, its tables, the disk and the clock."""
    found = [*_program(), *_environment(), *_folder(root), *_disk(root)]
    if (root / "warehouse").is_dir():
        found += _desk(root, database)
    return tuple(found)


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether nothing is at fault; a warning is no fault."""
    return all(finding.state != "fault" for finding in findings)


def _finding(name: str, state: State, template: str, **params: object) -> Finding:
    return Finding(name, state, template, tuple(params.items()))


def _program() -> Iterator[Finding]:
    here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        yield _finding("python", "fault", N_("Python {version} is too old: 3.11 or newer is needed."), version=here)
    else:
        yield _finding("python", "ok", N_("Python {version}."), version=here)
    wrong = [told for line in requires("floorwalker") or () if (told := _unmet(Requirement(line)))]
    if wrong:
        yield _finding(
            "packages", "fault", N_("Not what was tested: {packages}. Install Floorwalker again."),
            packages=", ".join(wrong),
        )  # fmt: skip
    else:
        yield _finding("packages", "ok", N_("Every package has a version that was tested."))


def _unmet(wanted: Requirement) -> str | None:
    """What is there instead of a package that is needed always; None where it is as it should be."""
    if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
        return None
    try:
        there = version(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} (–)"
    return None if wanted.specifier.contains(there, prereleases=True) else f"{wanted.name} {there}"


def _environment() -> Iterator[Finding]:
    strange = sorted(name for name in os.environ if name.startswith("FLOORWALKER_") and name not in KNOWN)
    if strange:
        yield _finding(
            "environment", "warning", N_("Nothing is known by the name of {names}; the program reads {known}."),
            names=", ".join(strange), known=", ".join(sorted(KNOWN)),
        )  # fmt: skip


def _folder(root: Path) -> Iterator[Finding]:
    if not root.exists():
        yield _finding("folder", "warning", N_("There is no desk in {path} yet; the first load makes it."), path=root)
        return
    try:
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError as error:
        yield _finding(
            "folder", "fault", N_("{path} cannot be written ({detail}). Give yourself the right, or name another."),
            path=root, detail=error.strerror or error,
        )  # fmt: skip
        return
    if os.name == "posix" and stat.S_IMODE(root.stat().st_mode) & OPEN_TO_OTHERS:
        yield _finding(
            "folder", "warning",
            N_("Others on this machine may read {path}, with your customers' data. Close it: chmod 700 {path}"),
            path=root,
        )  # fmt: skip
    else:
        yield _finding("folder", "ok", N_("{path} can be written, by you alone."), path=root)


def _disk(root: Path) -> Iterator[Finding]:
    there = next(folder for folder in (root, *root.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    used = sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) if root.exists() else 0
    sizes = {"free": _size(free), "used": _size(used)}
    if free < max(LITTLE_SPACE, used):
        yield _finding(
            "disk", "warning",
            N_("{free} are free, the desk has {used}. A large load may need as much again: make room."), **sizes,
        )  # fmt: skip
    else:
        yield _finding("disk", "ok", N_("{free} are free, the desk has {used}."), **sizes)


def _size(size: float) -> str:
    return f"{size / 2**30:,.1f} GB"


def _desk(root: Path, database: str | None) -> Iterator[Finding]:
    """The database first; with that at fault nothing more can be told of the desk."""
    engine = None
    try:
        engine = make_engine(database or f"sqlite:///{root / DATABASE}")
        found = _database(engine)
        yield found
        if found.state == "ok":
            desk = Desk(root, engine)
            yield from _tables(desk, desk.head())
    except ActionableError as error:
        yield Finding("database", "fault", error.template, tuple(error.params.items()))
    finally:
        if engine is not None:
            engine.dispose()


def _database(engine: Engine) -> Finding:
    try:
        with engine.execution_options(**READING).connect() as connection:
            heads = set(MigrationContext.configure(connection).get_current_heads())
            told = _kind(engine, lambda question: str(connection.execute(text(question)).scalar()))
    except DatabaseError as error:
        return _finding(
            "database", "fault", N_("The desk's database does not answer ({detail}). Bring it back from a copy."),
            detail=getattr(error, "orig", None) or error,
        )  # fmt: skip
    if told is None:
        return _finding("database", "fault", N_("The desk's database is damaged. Bring it back from a copy."))
    newest = set(ScriptDirectory.from_config(config()).get_heads())
    if heads == newest:
        return _finding("database", "ok", N_("{database}, of the newest form."), database=told)
    return _finding(
        "database", "warning",
        N_("{database}, of another form than this program's; the next load or serve brings it up, if it is older."),
        database=told,
    )  # fmt: skip


def _kind(engine: Engine, ask: Callable[[str], str]) -> str | None:
    """The database by name and version; None where it finds damage in itself."""
    if engine.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}" if ask("PRAGMA quick_check") == "ok" else None
    return f"PostgreSQL {ask('SHOW server_version')}"


def _tables(desk: Desk, head: Head | None) -> Iterator[Finding]:
    if head is None:
        yield _finding("tables", "warning", N_("Nothing has been loaded yet."))
        return
    try:
        tables = desk.warehouse.tables(head.versions)
        with desk.warehouse.damage_told(head.versions):
            rows = tables.tickets.select("ticket_id").collect().height
    except WarehouseError as error:
        yield Finding("tables", "fault", error.template, tuple(error.params.items()))
        return
    yield _finding("tables", "ok", N_("{n} tickets can be read (entry {entry})."), n=f"{rows:,}", entry=head.id)
    yield from _clock(desk, head)


def _clock(desk: Desk, head: Head) -> Iterator[Finding]:
    """A clock that stands behind makes new loads look old; one that stands ahead cannot be told from here."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.loading.ledger import history

    now = datetime.now(UTC)
    stamps = (head.as_of, *(entry.at for entry in history(COMMAND_LINE, desk)))
    newest = max((stamp for stamp in stamps if stamp), default=now)
    zone = ZoneInfo(desk.zone() or "UTC")
    if newest > now + SLIP:
        yield _finding(
            "clock", "warning",
            N_("The clock says {now}, but the desk knows of {newest}. Set the clock, or check the zone of the export."),
            now=f"{now.astimezone(zone):%Y-%m-%d %H:%M}", newest=f"{newest.astimezone(zone):%Y-%m-%d %H:%M}",
        )  # fmt: skip
    else:
        yield _finding(
            "clock", "ok", N_("It is {now} in {zone}."), now=f"{now.astimezone(zone):%Y-%m-%d %H:%M}", zone=zone.key
        )
