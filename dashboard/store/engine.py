"""Engines for the desk database: SQLite made safe for several processes, PostgreSQL by URL."""

import sqlite3

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry

READING = {"reading": True}
"""Execution options of a connection that only reads: it does not queue for the one write lock of SQLite."""

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON")


def make_engine(url: str | URL) -> Engine:
    """An engine whose transactions neither fail nor lose updates when several processes write.

    SQLite: a write transaction takes its lock at once (BEGIN IMMEDIATE); begun plainly, a read-then-write
    transaction fails on a stale snapshot, and waiting does not help it. An acknowledged commit is on disk (FULL).
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 10})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
