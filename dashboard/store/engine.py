"""Engines for the desk database: SQLite made safe for several processes, PostgreSQL by URL."""

import sqlite3
from importlib.util import find_spec

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

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON")


def make_engine(url: str | URL) -> Engine:
    """An engine whose transactions neither fail nor lose updates when several processes write.

    SQLite: a write transaction takes its lock at once (BEGIN IMMEDIATE); begun plainly, a read-then-write
    transaction fails on a stale snapshot, and waiting does not help it. An acknowledged commit is on disk (FULL).
    PostgreSQL: writers queue for an advisory lock, which is the same promise. Raises DatabaseUrlError.
    """
    named = _named(url)
    if named.get_backend_name() == "postgresql":
        engine = create_engine(named, pool_pre_ping=True)
        event.listen(engine, "begin", _queue)
        return engine
    engine = create_engine(named, connect_args={"timeout": 10})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


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
    connection.exec_driver_sql("BEGIN" if _is_reading(connection) else "BEGIN IMMEDIATE")
