"""The audit tells when anybody has laid hands on it."""

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied, record
from dashboard.people.audit import BEGINNING, digest_of
from dashboard.people.audit_check import CHANGED, CUT_OFF, Head, NoHead, head, verify
from dashboard.services.upkeep.audit_log import Search, entries, export, who_and_what

ROWS = 60
TAMPERINGS = 1000
SEED = 20261122
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COLUMNS = ("id", "at", "actor_id", "actor", "action", "subject", "details", "before", "digest")


def fill(desk: Desk, rows: int = ROWS) -> None:
    people = [Actor(1, "Gao", "manager"), Actor(2, "Li", "agent"), COMMAND_LINE]
    with desk.keeping() as session:
        for n in range(rows):
            record(session, people[n % 3], ("ticket.unmask", "data.load")[n % 2], f"ticket:demo/{n}",
                   {"reason": f"回访 {n}", "n": n}, at=NOW + timedelta(minutes=7 * n))  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("database_url")
    opened = open_desk(tmp_path / "desk", database=url)
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with an audit, closed."""
    folder = tmp_path_factory.mktemp("audit") / "desk"
    opened = open_desk(folder)
    fill(opened)
    opened.engine.dispose()
    return folder


def test_a_whole_audit_has_no_fault(desk: Desk) -> None:
    assert verify(COMMAND_LINE, desk).faults == ()
    assert str(head(COMMAND_LINE, desk)) == f"0:{BEGINNING}"
    fill(desk)
    verdict = verify(COMMAND_LINE, desk, [head(COMMAND_LINE, desk)])
    assert (verdict.rows, verdict.faults) == (ROWS, ())
    assert verdict.head == Head.of_line(f" {head(COMMAND_LINE, desk)}\n")


def test_only_who_may_read_the_audit_checks_it(desk: Desk) -> None:
    with pytest.raises(Denied):
        verify(Actor(1, "Gao", "manager"), desk)
    with pytest.raises(Denied):
        entries(Actor(1, "Gao", "manager"), desk, Search())


@pytest.mark.parametrize("line", ["", "7", "7:abc", f"x:{BEGINNING}", f"7:{'z' * 64}"])
def test_what_is_no_head_is_refused(line: str) -> None:
    with pytest.raises(NoHead):
        Head.of_line(line)


def test_an_older_head_still_holds_after_more_was_written(desk: Desk) -> None:
    fill(desk, 5)
    older = head(COMMAND_LINE, desk)
    with desk.keeping() as session:
        record(session, COMMAND_LINE, "data.load", "load:9")
    assert verify(COMMAND_LINE, desk, [older]).faults == ()


def test_a_cut_off_end_is_found_by_the_head_alone(kept: Path, tmp_path: Path) -> None:
    copy, taken = _copy(kept, tmp_path / "desk")
    with _opened(copy) as database:
        database.execute("DELETE FROM audit WHERE id > 50")
    opened = open_desk(copy)
    assert verify(COMMAND_LINE, opened).faults == ()
    assert [(one.template, one.id) for one in verify(COMMAND_LINE, opened, [taken]).faults] == [(CUT_OFF, ROWS)]
    opened.engine.dispose()


def test_a_cell_that_cannot_be_read_is_told_and_the_rest_looked_at(kept: Path, tmp_path: Path) -> None:
    copy, _taken = _copy(kept, tmp_path / "desk")
    with _opened(copy) as database:
        database.execute("UPDATE audit SET details = 'no json' WHERE id = 20")
        database.execute("UPDATE audit SET subject = 'ticket:demo/0' WHERE id = 40")
    opened = open_desk(copy)
    faults = verify(COMMAND_LINE, opened).faults
    assert 20 in [one.id for one in faults]
    assert (CHANGED, 40) in [(one.template, one.id) for one in faults]
    opened.engine.dispose()


def test_every_one_of_a_thousand_tamperings_is_found(kept: Path, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    unseen, counts = [], dict.fromkeys(TAMPERS, 0)
    copy, taken = _copy(kept, tmp_path / "desk")
    opened = open_desk(copy)
    with _opened(copy) as database:
        database.execute("CREATE TABLE whole AS SELECT * FROM audit")
        for number in range(TAMPERINGS):
            kind = list(TAMPERS)[number % len(TAMPERS)]
            counts[kind] += 1
            TAMPERS[kind](database, chance)
            if not verify(COMMAND_LINE, opened, [taken]).faults:
                unseen.append((number, kind))
            database.execute("DELETE FROM audit")
            database.execute("INSERT INTO audit SELECT * FROM whole")
        assert verify(COMMAND_LINE, opened, [taken]).faults == ()
    opened.engine.dispose()
    print(f"{TAMPERINGS - len(unseen)} of {TAMPERINGS} tamperings found, seed {SEED}: {counts}")
    assert unseen == []


def _copy(kept: Path, to: Path) -> tuple[Path, Head]:
    """A copy of the desk, and the head that was kept elsewhere."""
    shutil.copytree(kept, to)
    with sqlite3.connect(to / "desk.db") as database:
        row = database.execute("SELECT id, digest FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return to, Head(*row)


class _opened:
    """The database of a desk in the hands of somebody who takes its triggers away."""

    def __init__(self, folder: Path) -> None:
        self.database = sqlite3.connect(folder / "desk.db", isolation_level=None)
        self.database.execute("PRAGMA synchronous=OFF")

    def __enter__(self) -> sqlite3.Connection:
        for name in ("audit_no_update", "audit_no_delete", "audit_in_order"):
            self.database.execute(f"DROP TRIGGER IF EXISTS {name}")
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.close()


def _row(database: sqlite3.Connection, id: int) -> dict[str, Any]:
    return dict(zip(COLUMNS, database.execute("SELECT * FROM audit WHERE id = ?", (id,)).fetchone(), strict=True))


def _put(database: sqlite3.Connection, row: dict[str, Any]) -> None:
    marks = ", ".join("?" for _ in COLUMNS)
    database.execute(f"INSERT OR REPLACE INTO audit VALUES ({marks})", [row[name] for name in COLUMNS])


def _edit(database: sqlite3.Connection, chance: random.Random) -> None:
    row = _row(database, chance.randint(1, ROWS))
    name = chance.choice(COLUMNS[1:])
    other = _row(database, chance.randint(1, ROWS))[name]
    row[name] = (
        other if other != row[name] else {"actor_id": 77, "at": "2020-01-01 00:00:00.000000"}.get(name, "x" * 64)
    )
    row["details"] = '{"n": -1}' if name == "details" else row["details"]
    if name == "digest":
        row[name] = f"{chance.getrandbits(256):064x}"
    _put(database, row)


def _delete(database: sqlite3.Connection, chance: random.Random) -> None:
    database.execute("DELETE FROM audit WHERE id = ?", (chance.randint(1, ROWS - 1),))


def _swap(database: sqlite3.Connection, chance: random.Random) -> None:
    one, other = (_row(database, id) for id in chance.sample(range(1, ROWS + 1), 2))
    database.execute("DELETE FROM audit WHERE id IN (?, ?)", (one["id"], other["id"]))
    one["id"], other["id"] = other["id"], one["id"]
    _put(database, one)
    _put(database, other)


def _insert(database: sqlite3.Connection, chance: random.Random) -> None:
    at = chance.randint(1, ROWS)
    row = _row(database, at)
    for id in range(ROWS, at - 1, -1):
        database.execute("UPDATE audit SET id = ? WHERE id = ?", (id + 1, id))
    _put(database, row | {"id": at, "subject": "slipped in", "digest": f"{chance.getrandbits(256):064x}"})


def _truncate(database: sqlite3.Connection, chance: random.Random) -> None:
    database.execute("DELETE FROM audit WHERE id > ?", (chance.randint(0, ROWS - 1),))


def _rechain(database: sqlite3.Connection, chance: random.Random) -> None:
    """Change a row, or take it out, and write every later row anew so that the chain is whole again."""
    at, is_taken_out = chance.randint(1, ROWS), chance.random() < 0.5
    rows = [_row(database, id) for id in range(1, ROWS + 1)]
    if is_taken_out:
        rows.pop(at - 1)
    else:
        rows[at - 1]["subject"] = "somebody else's"
    database.execute("DELETE FROM audit")
    before = BEGINNING
    for id, row in enumerate(rows, start=1):
        row |= {"id": id, "before": before}
        before = row["digest"] = digest_of(_said(row))
        _put(database, row)


def _said(row: dict[str, Any]) -> Any:
    at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
    return SimpleNamespace(**row | {"at": at, "details": json.loads(row["details"])})


TAMPERS = {
    "edit": _edit, "delete": _delete, "swap": _swap, "insert": _insert, "truncate": _truncate, "re-chain": _rechain,
}  # fmt: skip


def test_the_audit_is_searched_by_who_what_when_and_to_what(desk: Desk) -> None:
    fill(desk)
    assert [one.id for one in entries(COMMAND_LINE, desk, Search(), limit=3)] == [60, 59, 58]
    assert [one.id for one in entries(COMMAND_LINE, desk, Search(), before=58, limit=2)] == [57, 56]
    assert {one.actor for one in entries(COMMAND_LINE, desk, Search(actor="Li"))} == {"Li"}
    assert len(entries(COMMAND_LINE, desk, Search(action="data.load"))) == 30
    assert [one.id for one in entries(COMMAND_LINE, desk, Search(subject="demo/4"))] == [50, 49, 48, 47, 46, 45, 44, 43,
                                                                                        42, 41, 5]  # fmt: skip
    assert entries(COMMAND_LINE, desk, Search(subject="%")) == ()
    assert entries(COMMAND_LINE, desk, Search(since=NOW.date() + timedelta(days=1))) == ()
    assert len(entries(COMMAND_LINE, desk, Search(since=NOW.date(), until=NOW.date()), limit=99)) == ROWS
    assert who_and_what(COMMAND_LINE, desk) == (("Gao", "Li", "command line"), ("data.load", "ticket.unmask"))


def test_handing_the_audit_out_is_in_the_audit(desk: Desk) -> None:
    fill(desk, 3)
    lines = export(COMMAND_LINE, desk).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "回访 2" in lines[3]
    assert entries(COMMAND_LINE, desk, Search(), limit=1)[0].action == "audit.export"
