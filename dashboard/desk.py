"""A desk on disk: its folder, its database, its warehouse."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from json import JSONDecodeError
from pathlib import Path
from threading import RLock
from uuid import uuid4
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout
from sqlalchemy import URL, Engine, Select, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from dashboard.store import LOADS, READING, DeskSetting, LoadRow, make_engine, migrate, reading_engine
from dashboard.store.migrate import UnknownSchema
from loaders.errors import WarehouseError
from loaders.warehouse import Warehouse
from metrics.words import N_

DATABASE = "desk.db"
IDENTITY = "identity"
"""Names a desk in its folder and in its database, so that one is never read with another's."""
ZONE = "zone"
AGREEMENTS = "agreements"
UNFIT = frozenset("[]^|=%\\")
"""Characters that Delta tables lose on the way from a folder's name to an address and back."""
_STRANGE = N_(
    "The database that FLOORWALKER_DATABASE names belongs to another desk than {path}. "
    "Name that desk's folder, or an empty database."
)
_KEEPING = N_("The desk's database in {path} could not be written ({detail}). Nothing was changed; check free space.")
_READING = N_("The desk's database in {path} is damaged ({detail}). Bring its folder back from a copy.")
_NEWER = N_("The desk in {path} was made by a newer Floorwalker ({detail}). Use that one, or another folder.")
_NAME = N_("A desk cannot lie in {path}: its tables cannot be kept in a folder with {found} in its name. Name another.")
_ABSENT = N_(
    "There is no desk in {path}. Load a file into it (floorwalker load FILE), or name another folder with --data."
)
_LOCK = N_(
    "The desk in {path} cannot be written to ({detail}). Nothing was changed; check its permissions and the disk."
)
_OPENING = N_("The desk in {path} could not be opened ({detail}). Check that the folder may be written and has space.")


@dataclass(frozen=True)
class Head:
    """The entry of the load ledger that everybody reads: its number, table versions, newest stamp of the data."""

    id: int
    versions: Mapping[str, int]
    as_of: datetime | None


@dataclass(frozen=True)
class Desk:
    """One desk. Several processes may hold the same one; loads are `alone` while they write."""

    root: Path
    engine: Engine

    @property
    def warehouse_folder(self) -> Path:
        return self.root / "warehouse"

    @property
    def rejects_folder(self) -> Path:
        return self.root / "rejects"

    @property
    def facts_folder(self) -> Path:
        return self.root / "facts"

    @cached_property
    def _reading_engine(self) -> Engine:
        return reading_engine(self.engine)

    @cached_property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.warehouse_folder)

    @contextmanager
    def alone(self, *, on_waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold the desk for writing; the system lets go of it when the process dies. Raises WarehouseError.

        `on_waiting` is told once where another writer has to end first.
        """
        lock = FileLock(self.root / "load.lock")
        try:
            self._acquire(lock, on_waiting)
        except OSError as error:
            raise WarehouseError(_LOCK, path=str(self.root), detail=error.strerror or str(error)) from error
        try:
            with self._alone_in_database(on_waiting):
                yield
        finally:
            lock.release()

    @contextmanager
    def _alone_in_database(self, on_waiting: Callable[[], None]) -> Iterator[None]:
        """The same among several machines that share a PostgreSQL database; it lets go when the connection ends."""
        if self.engine.dialect.name != "postgresql":
            yield
            return
        with self.engine.execution_options(**READING).connect() as connection:
            if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LOADS})").scalar():
                on_waiting()
                connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOADS})")
            try:
                yield
            finally:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOADS})")

    @staticmethod
    def _acquire(lock: FileLock, on_waiting: Callable[[], None]) -> None:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_waiting()
            lock.acquire()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; it never waits for a load. Raises WarehouseError where there is damage."""
        try:
            with Session(self._reading_engine) as session:
                yield session
        except (DatabaseError, NoConnection, ValueError) as error:
            # ValueError: a cell that holds no date or JSON any more
            raise WarehouseError(_READING, path=str(self.root), detail=_detail(error)) from error

    @contextmanager
    def keeping(self) -> Iterator[Session]:
        """One transaction that is kept as a whole or not at all. Raises WarehouseError where it cannot be written."""
        try:
            with self._turn(), Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except (OSError, DatabaseError, NoConnection) as error:
            raise WarehouseError(_KEEPING, path=str(self.root), detail=_detail(error)) from error
        except JSONDecodeError as error:
            raise WarehouseError(_READING, path=str(self.root), detail=_detail(error)) from error

    def _turn(self) -> AbstractContextManager[object]:
        """Writers of one process take turns before they ask the database.

        Those who wait for SQLite's lock try again by chance, some for too long; those who wait in PostgreSQL each hold
        a connection meanwhile, until none is left for who reads.
        """
        return _turn_at(str(self.engine.url))

    def head(self) -> Head | None:
        """The newest entry of the load ledger, or None on an empty desk."""
        with self.reading() as session:
            row = session.scalars(select(LoadRow).order_by(LoadRow.id.desc()).limit(1)).first()
            return None if row is None else Head(row.id, dict(row.versions), row.as_of)

    def zone(self) -> str | None:
        """The desk's IANA zone, or None until the first load or a person has set it."""
        return self.zone_and_agreements()[0]

    def agreements(self) -> str | None:
        """What this desk has agreed on otherwise than shipped, as TOML, or None."""
        versions = self.agreement_versions()
        return versions[-1][1] if versions else None

    def agreement_versions(self) -> tuple[tuple[date, str], ...]:
        """Every version of the desk's own agreements with the day from which it holds, the oldest first."""
        return self.zone_and_agreements()[1]

    def zone_and_agreements(self) -> tuple[str | None, tuple[tuple[date, str], ...]]:
        """Both at one look, for who needs both with every act."""
        asked = select(DeskSetting.key, DeskSetting.valid_from, DeskSetting.value)
        with self.reading() as session:
            rows = session.execute(asked.where(DeskSetting.key.in_((ZONE, AGREEMENTS))).order_by("valid_from")).all()
        zones = [str(value) for key, _since, value in rows if key == ZONE]
        versions = tuple((since, str(value)) for key, since, value in rows if key == AGREEMENTS)
        return (zones[-1] if zones else None), versions

    def set_zone(self, zone: str) -> None:
        """Let figures be told in this zone from now on, for all dates. Raises ZoneInfoNotFoundError."""
        ZoneInfo(zone)
        with self.keeping() as session:
            keep_zone(session, zone)


@cache
def _turn_at(database: str) -> AbstractContextManager[object]:  # noqa: ARG001 - its name tells it apart
    return RLock()  # a nested one fails on the database, as between processes, where a plain lock would wait for ever


def keep_zone(session: Session, zone: str) -> None:
    """Put the zone into the settings inside the caller's transaction."""
    row = session.scalars(_newest(ZONE)).first()
    if row is None:
        session.add(DeskSetting(key=ZONE, value=zone, valid_from=date.min))
    else:
        row.value = zone


def open_desk(root: Path, *, database: str | None = None) -> Desk:
    """The desk in this folder; made, or brought to the newest schema, where needed. Raises WarehouseError.

    `database`: the URL of a database elsewhere (`postgresql://…`); a SQLite file in the folder if not given.
    """
    found = sorted(UNFIT.intersection("".join(root.absolute().parts[1:])))
    if found:
        raise WarehouseError(_NAME, path=str(root), found=" ".join(found))
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)  # customers' data: for nobody else on the machine
        for folder in ("warehouse", "rejects", "facts"):
            (root / folder).mkdir(exist_ok=True)
        engine = make_engine(database or URL.create("sqlite", database=str(root / DATABASE)))
        _prepare(root, engine, is_elsewhere=database is not None)
    except (OSError, DatabaseError, NoConnection) as error:
        raise WarehouseError(_OPENING, path=str(root), detail=_detail(error)) from error
    except UnknownSchema as error:
        raise WarehouseError(_NEWER, path=str(root), detail=_detail(error)) from error
    return Desk(root=root, engine=engine)


def _prepare(root: Path, engine: Engine, *, is_elsewhere: bool) -> None:
    try:
        migrate(engine)
        if is_elsewhere:
            _recognise(root, engine)
    except BaseException:
        engine.dispose()
        raise


def existing_desk(root: Path, *, database: str | None = None) -> Desk:
    """The desk in this folder; none is made. Raises WarehouseError where there is none."""
    if not (root / (IDENTITY if database else DATABASE)).is_file():
        raise WarehouseError(_ABSENT, path=str(root))
    return open_desk(root, database=database)


def _recognise(root: Path, engine: Engine) -> None:
    """Let folder and database know each other at first; later refuse a pair that does not belong together."""
    mark = root / IDENTITY
    with Session(engine) as session, session.begin():
        kept = session.scalars(_newest(IDENTITY)).first()  # and from here on no other process writes
        own = mark.read_text(encoding="utf-8").strip() if mark.is_file() else None
        is_new = own is None or not any((root / "warehouse").iterdir())
        if kept is None and is_new:
            kept = DeskSetting(key=IDENTITY, value=own or uuid4().hex, valid_from=date.min)
            session.add(kept)
            mark.write_text(str(kept.value), encoding="utf-8")
        elif kept is None or kept.value != own:
            raise WarehouseError(_STRANGE, path=str(root))


def _detail(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)


def _newest(key: str) -> Select[DeskSetting]:
    return select(DeskSetting).where(DeskSetting.key == key).order_by(DeskSetting.valid_from.desc()).limit(1)
