"""Tables of a MariaDB server, as MySQL speaks: read only, in chunks, instants told from wall times.

With the system package mariadb-server-core and `pip install '.[mysql]'`, which nothing else needs:

    pytest -n 0 -m slow tests/live/test_mariadb.py
"""

from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import figures
from dashboard.services.sync.connections import Connected, keep_connection
from dashboard.services.sync.running import sync
from loaders.live import database
from loaders.live.errors import SourceError
from loaders.live.page import State
from tests.mariadb import mariadb  # noqa: F401  (a fixture)

pytestmark = pytest.mark.slow
TABLE = """CREATE TABLE support.tickets (id varchar(20) PRIMARY KEY, created_at datetime, updated_at timestamp(3) NULL,
  local_at datetime, day date, note text, paid decimal(10,2), open boolean, tags set('a','b'), took time, more json)"""
ROWS = """INSERT INTO support.tickets SELECT concat('T', lpad(n, 4, '0')), t, t, t, date(t), '查询 🚚', 1.5, n = 1,
  'a,b', '00:05:00', '{"k": 1}' FROM (SELECT seq AS n, '2026-03-01 10:00:00' + INTERVAL (seq DIV 7) SECOND AS t
  FROM support.numbers) one"""


@pytest.fixture
def theirs(mariadb: sa.Engine) -> sa.Engine:  # noqa: F811  (the fixture)
    with mariadb.begin() as there:
        there.exec_driver_sql("CREATE OR REPLACE DATABASE support CHARACTER SET utf8mb4")
        there.exec_driver_sql("CREATE TABLE support.numbers (seq int PRIMARY KEY)")
        there.exec_driver_sql("INSERT INTO support.numbers VALUES " + ",".join(f"({n})" for n in range(100)))
        there.exec_driver_sql(TABLE)
        there.exec_driver_sql(ROWS)
    return mariadb


def settings(engine: sa.Engine, **more: str) -> dict[str, str]:
    where = {"host": "127.0.0.1", "port": str(engine.url.port), "database": "support", "user": "root"}
    return {"dialect": "mysql", "table": "tickets", "id": "id", "updated": "updated_at", **where, **more}


def read(engine: sa.Engine, state: State | None = None, **more: str) -> tuple[list[str], State]:
    asked = settings(engine, **more)
    reading, found, state = database.connect(asked, ""), list[str](), state or {}
    try:
        for page in database.pages(reading, asked, state):
            found += [row["id"] for row in page.parts["tickets"]]
            state = page.state
    finally:
        reading.close()
    return found, state


@pytest.mark.parametrize("updated", ["updated_at", "local_at", "day"])
def test_every_row_comes_once_though_many_share_a_stamp_at_the_border_of_a_chunk(
    theirs: sa.Engine, updated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CHUNK", 5)
    found, state = read(theirs, updated=updated)
    assert sorted(found) == [f"T{n:04d}" for n in range(100)]
    assert read(theirs, state, updated=updated)[0] == []
    with theirs.begin() as there:
        there.exec_driver_sql(
            "INSERT INTO support.tickets (id, updated_at, local_at, day)"
            " SELECT 'late', updated_at, local_at, day FROM support.tickets WHERE id = 'T0099'"
        )
        there.exec_driver_sql("UPDATE support.tickets SET note = 'y' WHERE id = 'T0098'")
    assert sorted(read(theirs, state, updated=updated)[0]) == ["T0098", "late"], "the stamp is the border's own"


def test_nothing_can_be_written_and_a_view_is_read_as_a_table(theirs: sa.Engine) -> None:
    reading = database.connect(settings(theirs), "")
    for refused in ("DELETE FROM tickets", "UPDATE tickets SET note = ''", "CREATE TABLE more (id int)"):
        with pytest.raises(SourceError, match="READ ONLY"), reading.asking() as there:
            there.execute(sa.text(refused))
    reading.close()
    with theirs.begin() as there:
        there.exec_driver_sql("CREATE VIEW support.few AS SELECT * FROM support.tickets WHERE id < 'T0010'")
    assert sorted(read(theirs, table="few")[0]) == [f"T{n:04d}" for n in range(10)]
    assert sorted(read(theirs, table="support.few")[0]) == [f"T{n:04d}" for n in range(10)]


def test_cells_come_as_a_file_would_hold_them(theirs: sa.Engine) -> None:
    reading = database.connect(settings(theirs), "")
    row = next(database.pages(reading, settings(theirs), {})).parts["tickets"][0]
    reading.close()
    assert (row["local_at"], row["day"], row["paid"]) == ("2026-03-01 10:00:00", "2026-03-01", "1.50")
    assert (row["note"], row["open"], row["tags"], row["took"]) == ("查询 🚚", 0, ["a", "b"], "00:05:00")
    assert row["updated_at"] == "2026-03-01T02:00:00+00:00", "an instant, whatever the server's own zone is"


def test_a_question_that_takes_too_long_is_given_up(theirs: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SECONDS", 1)
    reading = database.connect(settings(theirs), "")
    with pytest.raises(SourceError), reading.asking() as there:
        there.execute(sa.text("SELECT sleep(20)"))
    reading.close()


def test_a_chinese_table_is_mapped_by_its_headers_and_what_is_deleted_there_leaves(
    theirs: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CHUNK", 7)
    with theirs.begin() as there:
        there.exec_driver_sql(
            "CREATE TABLE support.工单 (工单编号 varchar(20), 创建时间 datetime, 首次响应时间 datetime, 渠道 text,"
            " 更新时间 timestamp)"
        )
        there.exec_driver_sql(
            "INSERT INTO support.工单 SELECT concat('T', seq), t, t + INTERVAL 5 MINUTE, '邮件', t"
            " FROM (SELECT seq, '2026-03-02 10:00:00' + INTERVAL seq HOUR AS t FROM support.numbers WHERE seq < 40) one"
        )
    desk = open_desk(tmp_path / "desk")
    asked = settings(theirs, table="工单", id="工单编号", updated="更新时间", zone="Asia/Shanghai")
    number = keep_connection(COMMAND_LINE, desk, Connected("Own", "sql", "shop", settings=asked))
    assert sync(COMMAND_LINE, desk, number).failed is None
    shown = figures(COMMAND_LINE, desk, ["tickets_created", "first_response_calendar_p50"])
    assert shown["value"].to_list() == [40.0, 300.0]
    with theirs.begin() as there:
        there.exec_driver_sql("UPDATE support.工单 SET 渠道 = '热线', 更新时间 = now() WHERE 工单编号 = 'T7'")
        there.exec_driver_sql("DELETE FROM support.工单 WHERE 工单编号 = 'T9'")
    again = sync(COMMAND_LINE, desk, number, compare=True)
    assert (again.counts.inserted, again.counts.updated, again.counts.removed) == (0, 1, 1)
    desk.engine.dispose()
