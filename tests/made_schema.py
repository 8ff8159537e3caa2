"""New desks of tests begin with a copy of one database that the migrations made, not with all migrations anew.

Each process of the tests lets them run once; so do the tests of the store, PostgreSQL, older databases and the
processes that tests begin.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import wraps
from pathlib import Path
from threading import Lock

import pytest
from sqlalchemy import Engine

UPGRADE = "dashboard.store.upgrading.upgrade"
Upgrade = Callable[[Engine], None]
_ONE_AT_A_TIME = Lock()
"""Whether a database is new is asked and acted upon by one thread at a time."""


@pytest.fixture(scope="session", autouse=True)
def schema_by_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where tests make desks at all, new ones have their tables by copying."""
    if "dashboard.store" not in sys.modules:
        yield
        return
    from dashboard.store.upgrading import upgrade

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UPGRADE, _copying(upgrade, tmp_path_factory.mktemp("schema") / "desk.db"))
        yield


@pytest.fixture
def schema_by_migrations(schema_by_copy: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - undone here
    """All migrations for every database of a test."""
    from dashboard.store import upgrading

    monkeypatch.setattr(UPGRADE, getattr(upgrading.upgrade, "__wrapped__", upgrading.upgrade))


def _copying(upgrade: Upgrade, pattern: Path) -> Upgrade:
    from dashboard.store import make_engine

    @wraps(upgrade)
    def copied(engine: Engine) -> None:
        if engine.dialect.name != "sqlite":
            upgrade(engine)
            return
        with _ONE_AT_A_TIME:
            if not _is_new(engine):
                upgrade(engine)
                return
            if not pattern.exists():
                made = make_engine(f"sqlite:///{pattern}")
                upgrade(made)
                made.dispose()
            _copy(pattern, engine)

    return copied


def _is_new(engine: Engine) -> bool:
    with closing(engine.raw_connection()) as connection:
        found = connection.cursor().execute("SELECT count(*) FROM sqlite_master").fetchone()
    return found is not None and found[0] == 0


def _copy(pattern: Path, engine: Engine) -> None:
    with closing(sqlite3.connect(pattern)) as source, closing(engine.raw_connection()) as connection:
        target = connection.driver_connection
        assert isinstance(target, sqlite3.Connection)
        source.backup(target)
