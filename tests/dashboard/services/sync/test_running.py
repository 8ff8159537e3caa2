"""A connection read into a desk: its cursor lies with the load, secrets nowhere, faults cost nothing.

The long proofs, on a quiet machine:

    FLOORWALKER_SCHEDULES=1000 pytest -n 0 -m '' tests/live -k random
    FLOORWALKER_CRASH_ROUNDS=100 pytest -n 0 -m slow tests/dashboard/services/sync/test_sync_crash.py
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
import stamina

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.server.syncing import sync_what_is_due
from dashboard.services.facts.figures import figures
from dashboard.services.loading.ledger import history, redo_last, undo_last
from dashboard.services.sync.connections import (
    Connected,
    ConnectionRefused,
    connections,
    keep_connection,
    remove_connection,
    try_connection,
)
from dashboard.services.sync.running import sync
from dashboard.services.sync.runs import runs
from loaders.live.errors import SourceError
from tests.live.serving import Weather, served
from tests.live.zendesk import ZendeskModel

SECRET = "secret"
MANAGER = Actor(None, "Mia", "manager")
SUPERVISOR = Actor(None, "Sam", "supervisor")


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk")


def connected(desk: Desk, address: str, *, secret: str | None = SECRET) -> int:
    settings = {"address": address, "user": "agent@example.com"}
    return keep_connection(COMMAND_LINE, desk, Connected("Our Zendesk", "zendesk", settings=settings), secret=secret)


def model(seed: int = 5, steps: int = 60) -> ZendeskModel:
    made = ZendeskModel(seed=seed)
    made.work(steps)
    made.rest()
    return made


def standing(desk: Desk) -> dict[str, str]:
    head = desk.head()
    rows = desk.warehouse.scan("tickets", head.versions if head else {}).select("ticket_id", "status").collect()
    return dict(rows.iter_rows())


def test_what_the_helpdesk_has_stands_on_the_desk_with_its_messages_and_counts(desk: Desk) -> None:
    zendesk = model()
    with served(zendesk) as address:
        outcome = sync(COMMAND_LINE, desk, connected(desk, address), batch=50)
    assert outcome.failed is None
    assert standing(desk) == zendesk.standing()
    head = desk.head()
    assert head is not None
    messages = desk.warehouse.scan("messages", head.versions).collect()
    assert set(messages["message_id"]) <= zendesk.comments()
    assert set(messages["message_id"]) >= zendesk.comments(of_ever_deleted=False)
    assert set(messages["ticket_id"]) <= set(standing(desk)), "nothing is left of a deleted ticket"
    shown = figures(COMMAND_LINE, desk, ["tickets_created"])
    assert shown["value"].to_list() == [float(len(standing(desk)))]
    told = runs(COMMAND_LINE, desk, 1)[0]
    assert told.state == "done"
    assert told.counts["inserted"] == len(standing(desk)) + told.counts["removed"]


def test_a_second_run_without_news_makes_no_load(desk: Desk) -> None:
    zendesk = model()
    with served(zendesk) as address:
        number = connected(desk, address)
        sync(COMMAND_LINE, desk, number)
        entries = len(history(COMMAND_LINE, desk))
        outcome = sync(COMMAND_LINE, desk, number)
    assert (outcome.counts.loads, outcome.counts.records) == (0, 0)
    assert len(history(COMMAND_LINE, desk)) == entries


def test_a_load_that_is_taken_back_is_read_again_and_one_brought_back_is_not(desk: Desk) -> None:
    zendesk = model()
    with served(zendesk) as address:
        number = connected(desk, address)
        sync(COMMAND_LINE, desk, number)
        before = standing(desk)
        zendesk.work(20)
        zendesk.rest()
        sync(COMMAND_LINE, desk, number)
        undo_last(COMMAND_LINE, desk)
        assert standing(desk) == before
        redo_last(COMMAND_LINE, desk)
        assert sync(COMMAND_LINE, desk, number).counts.records == 0
        undo_last(COMMAND_LINE, desk)
        assert sync(COMMAND_LINE, desk, number).counts.records > 0
    assert standing(desk) == zendesk.standing()


def test_faults_are_told_and_what_came_before_them_stays(desk: Desk) -> None:
    zendesk = ZendeskModel(seed=9, page=5)
    zendesk.work(60)
    zendesk.rest()
    failed = 0
    with served(zendesk, Weather(seed=9, share=0.45)) as address:
        number = connected(desk, address)
        for _round in range(60):
            outcome = sync(COMMAND_LINE, desk, number, batch=30)
            if outcome.failed is None:
                break
            assert isinstance(outcome.failed, SourceError)
            assert runs(COMMAND_LINE, desk, number)[0].state == "failed"
            failed += 1
    assert failed
    assert standing(desk) == zendesk.standing()


def test_new_fields_and_lost_ones_are_told(desk: Desk) -> None:
    zendesk = model(steps=150)
    with served(zendesk) as address:
        number = connected(desk, address)
        sync(COMMAND_LINE, desk, number)
        zendesk.work(300)
        zendesk.rest()
        for one in zendesk.tickets.values():
            one["satisfaction_probability"] = 0.5
            one.pop("subject", None)
        told = sync(COMMAND_LINE, desk, number).told
    said = [one["template"].format(**one["params"]) for one in told]
    assert any("satisfaction_probability" in one for one in said)
    assert any("subject" in one and "did not come" in one for one in said)


def test_the_secret_stands_nowhere_in_clear(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    secret = "Zq7-very-secret-token"
    zendesk = ZendeskModel(seed=1, token=f"agent@example.com/token:{secret}")
    with caplog.at_level("DEBUG"), served(zendesk, Weather(seed=1, share=0.3)) as address:
        number = connected(desk, address, secret=secret)
        sync(COMMAND_LINE, desk, number)
        zendesk.token = "another"
        sync(COMMAND_LINE, desk, number)
    assert "has_secret=True" in repr(connections(COMMAND_LINE, desk))
    for path in desk.root.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path
    assert secret not in caplog.text


def test_only_administrators_connect_and_managers_read(desk: Desk) -> None:
    zendesk = model()
    made = Connected("Z", "zendesk", settings={"address": "https://z.example.com", "user": "a@example.com"})
    with pytest.raises(Denied):
        keep_connection(MANAGER, desk, made, secret=SECRET)
    with served(zendesk) as address:
        number = connected(desk, address)
        with pytest.raises(Denied):
            sync(SUPERVISOR, desk, number)
        with pytest.raises(Denied):
            connections(SUPERVISOR, desk)
        assert sync(MANAGER, desk, number).failed is None


@pytest.mark.parametrize(
    ("made", "secret"),
    [
        (Connected("", "zendesk", settings={"address": "https://z.example.com", "user": "a"}), SECRET),
        (Connected("Z", "unheard", settings={}), SECRET),
        (Connected("Z", "zendesk", settings={"address": "http://z.example.com", "user": "a"}), SECRET),
        (Connected("Z", "zendesk", settings={"address": "https:" + "//u:p@z.example.com", "user": "a"}), SECRET),
        (Connected("Z", "zendesk", settings={"address": "https://z.example.com", "user": ""}), SECRET),
        (Connected("Z", "zendesk", settings={"address": "https://z.example.com", "user": "a"}), None),
        (Connected("Z", "zendesk", "../up", {"address": "https://z.example.com", "user": "a"}), SECRET),
    ],
)
def test_what_cannot_be_a_connection_is_refused_and_nothing_is_kept(
    desk: Desk, made: Connected, secret: str | None
) -> None:
    with pytest.raises(ConnectionRefused):
        keep_connection(COMMAND_LINE, desk, made, secret=secret)
    assert connections(COMMAND_LINE, desk) == ()


def test_trying_keeps_nothing_and_removing_leaves_what_was_loaded(desk: Desk) -> None:
    zendesk = model()
    with served(zendesk) as address:
        number = connected(desk, address)
        assert try_connection(COMMAND_LINE, desk, number) > 0
        assert desk.head() is None
        sync(COMMAND_LINE, desk, number)
    remove_connection(COMMAND_LINE, desk, number, expected=1)
    assert connections(COMMAND_LINE, desk) == ()
    assert standing(desk) == zendesk.standing()
    with sqlite3.connect(desk.root / "desk.db") as database:
        left = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("sync_cursors", "sync_runs")
        ]
    assert left == [0, 0]


def test_a_clock_that_goes_back_lets_no_newer_row_be_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    zendesk = model()
    with served(zendesk) as address:
        number = connected(desk, address)
        sync(COMMAND_LINE, desk, number)
        monkeypatch.setattr("dashboard.services.sync.running.datetime", _Yesterday)
        for one in zendesk.tickets.values():
            one |= {"subject": "changed by a machine", "_at": zendesk.now, "_order": zendesk._number()}
        zendesk.rest()
        sync(COMMAND_LINE, desk, number)
    head = desk.head()
    assert head is not None
    assert set(desk.warehouse.scan("tickets", head.versions).select("subject").collect()["subject"]) == {
        "changed by a machine"
    }


class _Yesterday(datetime):
    """A clock that was put back by a day."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) - timedelta(days=1)


def database(path: Path, rows: int) -> Path:
    with sqlite3.connect(path) as there:
        there.execute("CREATE TABLE t (工单编号 TEXT, 创建时间 TEXT, 首次响应时间 TEXT, 渠道 TEXT, 更新时间 TEXT)")
        stamps = [f"2026-03-{1 + n % 28:02d} 10:00:00" for n in range(rows)]
        cells = [(f"T{n}", at, at.replace("10:00", "10:05"), "邮件", at.replace("10:00", "11:00"))
                 for n, at in enumerate(stamps)]  # fmt: skip
        there.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", cells)
    return path


def test_a_table_is_mapped_as_a_file_by_its_headers_and_read_on_from_its_changes(desk: Desk, tmp_path: Path) -> None:
    path = database(tmp_path / "their.db", 200)
    settings = {"dialect": "sqlite", "database": str(path), "table": "t", "id": "工单编号", "updated": "更新时间",
                "zone": "Asia/Shanghai"}  # fmt: skip
    number = keep_connection(COMMAND_LINE, desk, Connected("Own", "sql", "shop", settings=settings))
    assert sync(COMMAND_LINE, desk, number).failed is None
    shown = figures(COMMAND_LINE, desk, ["tickets_created", "first_response_calendar_p50"])
    assert shown["value"].to_list() == [200.0, 300.0]
    with sqlite3.connect(path) as there:
        there.execute("UPDATE t SET 渠道 = '热线', 更新时间 = '2026-03-29 09:00:00' WHERE 工单编号 = 'T7'")
    outcome = sync(COMMAND_LINE, desk, number)
    assert (outcome.counts.inserted, outcome.counts.updated) == (0, 1)
    assert len(standing(desk)) == 200


def test_a_table_whose_headers_say_nothing_asks_for_a_mapping(desk: Desk, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "their.db") as there:
        there.execute("CREATE TABLE t (a TEXT, b TEXT, c TEXT)")
        there.execute("INSERT INTO t VALUES ('1', 'x', '2026-03-01 10:00:00')")
    settings = {"dialect": "sqlite", "database": str(tmp_path / "their.db"), "table": "t", "id": "a", "updated": "c"}
    number = keep_connection(COMMAND_LINE, desk, Connected("Own", "sql", settings=settings))
    outcome = sync(COMMAND_LINE, desk, number)
    assert outcome.failed is not None
    assert "shape" in outcome.told[0]["params"]["toml"]
    mapping = 'name = "own"\nshape = "tickets"\n[columns]\nticket_id = "a"\ncreated_at = "c"\n'
    written = {**settings, "zone": "UTC", "mapping": mapping}
    keep_connection(COMMAND_LINE, desk, Connected("Own", "sql", settings=written, id=number, version=1))
    assert sync(COMMAND_LINE, desk, number).failed is None
    assert set(standing(desk)) == {"1"}


def test_what_is_to_be_read_by_itself_is_read_when_it_is_due(desk: Desk) -> None:
    zendesk = model()
    with served(zendesk) as address:
        settings = {"address": address, "user": "agent@example.com"}
        made = Connected("Z", "zendesk", settings=settings, every=5)
        number = keep_connection(COMMAND_LINE, desk, made, secret=SECRET)
        begun = sync_what_is_due(desk)
        assert len(begun) == 1
        begun[0].join(60)
        assert runs(COMMAND_LINE, desk, number)[0].state == "done"
        assert sync_what_is_due(desk) == [], "read a moment ago"
    assert standing(desk) == zendesk.standing()
