"""Tables of other people's databases: read only, in chunks, on from the newest change, whatever form stamps have."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from loaders.live import database
from loaders.live.errors import Misread, SourceError
from loaders.live.page import State

SETTINGS = {"dialect": "sqlite", "table": "tickets", "id": "id", "updated": "updated_at"}


def made(path: Path, rows: int, *, stamp: str = "2026-03-01 10:{:02d}:00") -> Path:
    with sqlite3.connect(path) as there:
        there.execute(
            "CREATE TABLE tickets (id INTEGER PRIMARY KEY, created_at DATETIME, updated_at DATETIME, note TEXT)"
        )
        cells = [(n, stamp.format(0), stamp.format(n // 7 % 60), "x") for n in range(rows)]
        there.executemany("INSERT INTO tickets VALUES (?, ?, ?, ?)", cells)
    return path


def read(path: Path, state: State | None = None, **more: str) -> tuple[list[str], State]:
    reading = database.connect({**SETTINGS, "database": str(path), **more}, "")
    found, state = [], state or {}
    try:
        for page in database.pages(reading, {**SETTINGS, **more}, state):
            found += [str(row["id"]) for row in page.parts["tickets"]]
            state = page.state
    finally:
        reading.close()
    return found, state


@pytest.mark.parametrize("stamp", ["2026-03-01 10:{:02d}:00", "2026-03-01T10:{:02d}:00Z", "1772359{:02d}0"])
def test_every_row_comes_once_though_many_share_a_stamp_at_the_border_of_a_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stamp: str
) -> None:
    monkeypatch.setattr(database, "CHUNK", 5)
    path = made(tmp_path / "own.db", 100, stamp=stamp)
    found, state = read(path)
    assert sorted(map(int, found)) == list(range(100))
    again, _state = read(path, state)
    assert again == []


def test_what_changed_since_comes_and_what_was_written_late_too(tmp_path: Path) -> None:
    path = made(tmp_path / "own.db", 50)
    _found, state = read(path)
    with sqlite3.connect(path) as there:
        there.execute("UPDATE tickets SET updated_at = '2026-03-02 09:00:00' WHERE id = 3")
        there.execute("INSERT INTO tickets VALUES (900, '2026-03-01 10:00:00', '2026-03-01 10:06:30', 'late')")
    found, _state = read(path, state)
    assert set(found) == {"3", "900"}


def test_nothing_can_be_written_through_a_connection(tmp_path: Path) -> None:
    reading = database.connect({**SETTINGS, "database": str(made(tmp_path / "own.db", 3))}, "")
    with pytest.raises(SourceError), reading.asking() as there:
        there.execute(sa.text("DELETE FROM tickets"))
    reading.close()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"table": "tickets; DROP TABLE tickets"}, "no table or view"),
        ({"updated": "changed"}, "no column “changed”"),
        ({"dialect": "oracle"}, "not one of those"),
        ({"database": "/nowhere/at/all.db"}, "could not be read"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, more: dict[str, str], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(made(tmp_path / "own.db", 3), None, **more)


def test_the_password_stands_in_no_message() -> None:
    settings = {"dialect": "postgresql", "host": "127.0.0.1", "port": "1", "database": "d", "user": "u"}
    reading = database.connect(settings, "very-secret")
    with pytest.raises(SourceError) as told, reading.asking():
        pass
    assert "very-secret" not in str(told.value)
    assert not isinstance(told.value, Misread)
    reading.close()


def test_what_mysql_keeps_as_an_instant_is_one_and_what_was_written_there_stays() -> None:
    shanghai = timezone(timedelta(hours=8))
    kept, written = database._as_kept("mysql", sa.TIMESTAMP()), database._as_kept("mysql", sa.DateTime())
    assert isinstance(kept, database._Instant)
    assert isinstance(written, sa.DateTime)
    assert kept.process_bind_param(datetime(2026, 3, 1, 10, tzinfo=shanghai), None) == datetime(2026, 3, 1, 2)  # noqa: DTZ001
    assert kept.process_result_value(datetime(2026, 3, 1, 2), None) == datetime(2026, 3, 1, 2, tzinfo=UTC)  # noqa: DTZ001
    assert kept.process_bind_param(None, None) is kept.process_result_value(None, None) is None
