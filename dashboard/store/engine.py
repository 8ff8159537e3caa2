"""Engines for the desk database: SQLite made safe for several processes, PostgreSQL by URL."""

import sqlite3
import time
from importlib.util import find_spec
from typing import cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from metrics.errors import ActionableError
from metrics.words import N_

READING = {"reading": True}
"""Execution options of a connection that only reads: it does not queue for the one write lock."""
_NO_URL = N_("FLOORWALKER_DATABASE is no address of a database. Write it as postgresql://user:password@host/name.")
_OTHER = N_("A desk cannot be kept in {backend}. FLOORWALKER_DATABASE takes postgresql://… or sqlite:///….")
_NO_DRIVER = N_("PostgreSQL needs a driver that is not installed: pip install 'floorwalker[postgres]'.")

WRITERS = 0x466C6F6F72
"""The advisory lock of PostgreSQL that writers of the desk database take one after the other."""
LOADS = WRITERS + 1
"""The one that a load holds from its first write to its ledger entry."""

_CONNECTIONS = 15
"""Of one process to PostgreSQL, kept open: a new one costs more than what is asked through it."""
PATIENCE_SECONDS = 10.0
"""So long a transaction waits for SQLite's locks before it fails."""
_AGAIN_MILLISECONDS = 5
_PATIENT, _IMPATIENT = f"busy_timeout={PATIENCE_SECONDS * 1000:.0f}", f"busy_timeout={_AGAIN_MILLISECONDS}"
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", _PATIENT, "secure_delete=ON")


def make_engine(url: str | URL) -> Engine:
    """An engine whose transactions neither fail nor lose updates when several processes write.

    SQLite: a write transaction takes its lock at once (BEGIN IMMEDIATE); begun plainly, a read-then-write
    transaction fails on a stale snapshot, and waiting does not help it. An acknowledged commit is on disk (FULL).
    PostgreSQL: writers queue for an advisory lock, which is the same promise. Raises DatabaseUrlError.
    """
    named = _named(url)
    if named.get_backend_name() == "postgresql":
        engine = create_engine(named, pool_pre_ping=True, pool_size=_CONNECTIONS, max_overflow=0)
        event.listen(engine, "begin", _queue)
        return engine
    engine = create_engine(named, connect_args={"timeout": PATIENCE_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def reading_engine(engine: Engine) -> Engine:
    """The same for who only reads.

    SQLite: what is read in one session is of one instant. PostgreSQL: each statement sees the newest, as it would in
    any transaction there, and so none is begun and ended around it.
    """
    is_server = engine.dialect.name == "postgresql"
    return engine.execution_options(**READING, **({"isolation_level": "AUTOCOMMIT"} if is_server else {}))


class DatabaseUrlError(ActionableError):
    """The address of a database that cannot be used."""


def _named(url: str | URL) -> URL:
    """The address with the driver that is used for it; an error never repeats it, since it may hold a password."""
    try:
        named = make_url(url)
    except ArgumentError:
        raise DatabaseUrlError(_NO_URL) from None
    backend = named.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise DatabaseUrlError(_OTHER, backend=backend)
    if backend == "sqlite":
        return named
    if find_spec("psycopg") is None:
        raise DatabaseUrlError(_NO_DRIVER)
    return named.set(drivername="postgresql+psycopg")


def _is_reading(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("reading", False))


def _queue(connection: Connection) -> None:
    if not _is_reading(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if _is_reading(connection):
        connection.exec_driver_sql("BEGIN")
        return
    raw = cast(sqlite3.Connection, connection.connection.driver_connection)
    raw.execute(f"PRAGMA {_IMPATIENT}")
    try:
        if not _has_begun(raw):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # whose error is told as every other one
    finally:
        raw.execute(f"PRAGMA {_PATIENT}")


def _has_begun(raw: sqlite3.Connection) -> bool:
    """Wait for the lock by many short waits rather than one; whether it was got.

    SQLite's own wait looks again ever more rarely, ten times a second in the end, and a process that writes one thing
    after the other has taken the lock again each time: somebody else's writers would wait until they fail.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            raw.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
    return False
