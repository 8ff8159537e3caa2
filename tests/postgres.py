"""A PostgreSQL of the tests' own, started where its programs are installed and ended with the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine

UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root; its Debian package brings this user."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """The address of a running server whose one user may make databases."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None) or _beside("initdb")
    if programs is None:
        pytest.skip("no PostgreSQL is installed: install the system package postgresql")
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed: pip install '.[postgres]'")
    folder = tempfile.TemporaryDirectory(prefix="floorwalker-postgres-")
    with folder as name, _running(programs, Path(name)) as address:
        yield address


@pytest.fixture(scope="session")
def postgres_pattern(postgres: URL) -> str:
    """The name of a database that the migrations have made, for others to begin as its copies."""
    from dashboard.store import make_engine
    from dashboard.store.upgrading import upgrade

    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE pattern")
    made = make_engine(postgres.set(database="pattern"))
    upgrade(made)
    for engine in (made, server):
        engine.dispose()
    return "pattern"


@pytest.fixture
def database_url(postgres: URL, request: pytest.FixtureRequest) -> Iterator[str]:
    """A new database, dropped after the test; it has its tables, but for tests that ask for all migrations."""
    name, is_empty = f"desk_{uuid4().hex}", "schema_by_migrations" in request.fixturenames
    pattern = "template1" if is_empty else request.getfixturevalue("postgres_pattern")
    server = create_engine(postgres, isolation_level="AUTOCOMMIT", pool_pre_ping=True)  # a test may restart it
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {pattern}")
    yield postgres.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


def _beside(program: str) -> Path | None:
    found = shutil.which(program)
    return Path(found).parent if found else None


@contextmanager
def _running(programs: Path, folder: Path) -> Iterator[URL]:
    data, port = folder / "data", _free_port()
    if os.geteuid() == 0:
        if UNPRIVILEGED not in {user.pw_name for user in pwd.getpwall()}:
            pytest.skip(f"PostgreSQL does not run as root, and there is no user {UNPRIVILEGED}")
        shutil.chown(folder, UNPRIVILEGED)
    _run([str(programs / "initdb"), "-D", str(data), "-U", "desk", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
    # What is written need not outlast the machine: a killed server loses nothing by it.
    hasty = "-c fsync=off -c full_page_writes=off"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} {hasty}"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
    _run([*control, "-o", options, "-l", str(folder / "log"), "start"])
    try:
        yield URL.create("postgresql+psycopg", username="desk", host="127.0.0.1", port=port, database="postgres")
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    as_user = ["runuser", "-u", UNPRIVILEGED, "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_user, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
