"""The desk database: schema, instants, several writers."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from dashboard.store import READING, Base, KeptMapping, LoadRow, make_engine, migrate
from dashboard.store.migrate import newest
from dashboard.store.upgrading import config

NOW = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty desk database of each kind."""
    is_file = request.param == "sqlite"
    made = make_engine(f"sqlite:///{tmp_path / 'desk.db'}" if is_file else request.getfixturevalue("database_url"))
    migrate(made)
    yield made
    made.dispose()


def row(**given: object) -> LoadRow:
    fields = {"at": NOW, "actor": "a", "kind": "load", "versions": {}, "files": [], "settings": {}}
    return LoadRow(**(fields | given))


def keep(engine: Engine, *rows: object) -> None:
    with Session(engine) as session, session.begin():
        session.add_all(rows)


def test_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    checks = {check["name"] for check in inspect(engine).get_check_constraints("loads")}
    assert checks == {"ck_loads_kind"}


def test_the_newest_schema_is_known_without_alembic() -> None:
    assert ScriptDirectory.from_config(config()).get_heads() == [newest()]


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    keep(engine, row())
    migrate(engine)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(LoadRow)) == 1


def test_threads_that_migrate_different_desks_at_once_all_succeed(tmp_path: Path) -> None:
    engines = [make_engine(f"sqlite:///{tmp_path / str(number)}.db") for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    for engine in engines:
        assert "load" in " ".join(inspect(engine).get_table_names())
        engine.dispose()


def test_the_migrations_can_be_taken_back(engine: Engine) -> None:
    settings = config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_an_instant_comes_back_in_utc_whatever_zone_it_was_given_in(engine: Engine) -> None:
    shanghai = timezone(timedelta(hours=8))
    keep(engine, row(at=NOW.astimezone(shanghai), as_of=None))
    with Session(engine) as session:
        kept = session.scalars(select(LoadRow)).one()
        assert kept.at == NOW
        assert kept.at.tzinfo is UTC
        assert kept.as_of is None


def test_an_instant_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="needs a zone"):
        keep(engine, row(at=NOW.replace(tzinfo=None)))


def test_a_ledger_entry_is_a_load_or_an_undo(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        keep(engine, row(kind="other"))
    with pytest.raises(IntegrityError):
        keep(engine, row(kind="undo", undoes=99))


def test_entries_are_numbered_in_their_order_also_where_one_was_lost(engine: Engine) -> None:
    keep(engine, row(actor="first"))
    with Session(engine) as session:
        session.add(row())
        session.flush()  # and never committed
    keep(engine, row())
    with Session(engine) as session:
        ids = {kept.actor: kept.id for kept in session.scalars(select(LoadRow))}
    assert len(ids) == 2
    assert ids["first"] < ids["a"]


def test_an_acknowledged_commit_is_on_disk(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        return
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_writers_that_read_first_lose_no_update(engine: Engine) -> None:
    keep(engine, KeptMapping(name="n", toml="0", header="h", kept_at=NOW))
    failures: list[BaseException] = []

    def add_ten() -> None:
        try:
            for _ in range(10):
                with Session(engine) as session, session.begin():
                    kept = session.get_one(KeptMapping, "n")
                    kept.toml = str(int(kept.toml) + 1)
        except Exception as error:  # noqa: BLE001 - told below, in the thread that can fail the test
            failures.append(error)

    threads = [threading.Thread(target=add_ten) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with Session(engine) as session:
        assert session.get_one(KeptMapping, "n").toml == "60"


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    keep(engine, row())
    with Session(engine) as writer, writer.begin():
        writer.add(row())
        writer.flush()
        with Session(engine.execution_options(**READING)) as reader:
            assert reader.scalar(select(func.count()).select_from(LoadRow)) == 1


def test_a_writer_gets_his_turn_beside_one_who_never_stops(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'desk.db'}")
    migrate(engine)
    is_over = threading.Event()
    busy = threading.Thread(target=write_without_end, args=(tmp_path / "desk.db", is_over))
    busy.start()
    started = time.monotonic()
    try:
        for _ in range(30):
            keep(engine, row())
    finally:
        is_over.set()
        busy.join()
    assert time.monotonic() - started < 4
    engine.dispose()


def write_without_end(path: Path, is_over: threading.Event) -> None:
    """As another process does: the lock is free for a moment only."""
    connection = sqlite3.connect(path, isolation_level=None)
    while not is_over.is_set():
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(0.01)
        connection.execute("ROLLBACK")
        time.sleep(0.0002)
    connection.close()


def test_whoever_waits_for_the_lock_in_vain_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.store.engine.PATIENCE_SECONDS", 0.2)
    engine = make_engine(f"sqlite:///{tmp_path / 'desk.db'}")
    migrate(engine)
    other = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        keep(engine, row())
    other.execute("ROLLBACK")
    keep(engine, row())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
    other.close()
    engine.dispose()
