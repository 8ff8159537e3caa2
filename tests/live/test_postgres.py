"""Tables of a PostgreSQL server: read only, in chunks, with zones and without, mapped and counted as a file is."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import figures
from dashboard.services.sync.connections import Connected, keep_connection
from dashboard.services.sync.running import sync
from loaders.live import database
from loaders.live.errors import Misread, SourceError
from loaders.live.page import State

SETTINGS = {"dialect": "postgresql", "table": "support.tickets", "id": "id", "updated": "updated_at"}


@pytest.fixture
def theirs(database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database_url)
    with engine.begin() as there:
        there.exec_driver_sql("CREATE SCHEMA support")
        there.exec_driver_sql(
            "CREATE TABLE support.tickets (id bigint PRIMARY KEY, created_at timestamptz, updated_at timestamptz,"
            " local_at timestamp, day date, note text, tags text[], more jsonb, amount numeric(10,2))"
        )
        there.exec_driver_sql(
            "INSERT INTO support.tickets SELECT n, t, t, t AT TIME ZONE 'Asia/Shanghai', t::date, 'x', ARRAY['a','b'],"
            " '{\"k\": 1}', 1.5 FROM (SELECT n, timestamptz '2026-03-01 10:00+08' + (n / 7) * interval '1 second' AS t"
            " FROM generate_series(0, 99) n) one"
        )
    yield engine
    engine.dispose()


def settings(engine: sa.Engine, **more: str) -> dict[str, str]:
    url = engine.url
    where = {"host": str(url.host), "port": str(url.port), "database": str(url.database), "user": str(url.username)}
    return {**SETTINGS, **where, **more}


def read(engine: sa.Engine, state: State | None = None, **more: str) -> tuple[list[int], State]:
    asked = settings(engine, **more)
    reading, found, state = database.connect(asked, ""), list[int](), state or {}
    try:
        for page in database.pages(reading, asked, state):
            found += [int(row["id"]) for row in page.parts["tickets"]]
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
    assert sorted(found) == list(range(100))
    assert read(theirs, state, updated=updated)[0] == []
    late = "INSERT INTO support.tickets (id, updated_at, local_at, day) SELECT 900, updated_at, local_at, day"
    with theirs.begin() as there:
        there.exec_driver_sql(f"{late} FROM support.tickets WHERE id = 99")
        there.exec_driver_sql("UPDATE support.tickets SET note = 'y' WHERE id = 98")
    assert sorted(read(theirs, state, updated=updated)[0]) == [98, 900], "the stamp is the border's own"


def test_nothing_can_be_written_and_a_view_is_read_as_a_table(theirs: sa.Engine) -> None:
    reading = database.connect(settings(theirs), "")
    with pytest.raises(SourceError, match="read-only"), reading.asking() as there:
        there.execute(sa.text("DELETE FROM support.tickets"))
    with pytest.raises(SourceError, match="read-only"), reading.asking() as there:
        there.execute(sa.text("CREATE TABLE support.more (id int)"))
    reading.close()
    with theirs.begin() as there:
        there.exec_driver_sql("CREATE VIEW support.open AS SELECT * FROM support.tickets WHERE id < 10")
    assert sorted(read(theirs, table="support.open")[0]) == list(range(10))


def test_cells_come_as_a_file_would_hold_them(theirs: sa.Engine) -> None:
    reading = database.connect(settings(theirs), "")
    page = next(database.pages(reading, settings(theirs), {}))
    reading.close()
    row = page.parts["tickets"][0]
    assert (row["local_at"], row["day"], row["amount"]) == ("2026-03-01 10:00:00", "2026-03-01", "1.50")
    assert (row["tags"], row["more"]) == (["a", "b"], {"k": 1})
    assert str(row["created_at"]).startswith("2026-03-01T")


def test_a_question_that_takes_too_long_is_given_up(theirs: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SECONDS", 0.2)
    reading = database.connect(settings(theirs), "")
    with pytest.raises(SourceError, match="timeout"), reading.asking() as there:
        there.execute(sa.text("SELECT pg_sleep(20)"))
    reading.close()


def test_what_is_deleted_there_is_not_listed_any_more(theirs: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CHUNK", 7)
    with theirs.begin() as there:
        there.exec_driver_sql("DELETE FROM support.tickets WHERE id IN (3, 50)")
    reading = database.connect(settings(theirs), "")
    listed = [number for page in database.listing(reading, settings(theirs), "id") for number in page]
    reading.close()
    assert sorted(map(int, listed)) == [n for n in range(100) if n not in (3, 50)]


def test_a_chinese_table_is_mapped_by_its_headers_and_its_local_time_is_told_by_the_zone(
    theirs: sa.Engine, tmp_path: Path
) -> None:
    with theirs.begin() as there:
        there.exec_driver_sql(
            'CREATE TABLE "工单" ("工单编号" text, "创建时间" timestamp, "首次响应时间" timestamp, "渠道" text,'
            ' "更新时间" timestamptz)'
        )
        there.exec_driver_sql(
            "INSERT INTO \"工单\" SELECT 'T' || n, t, t + interval '5 minutes', '邮件', t AT TIME ZONE 'Asia/Shanghai'"
            " FROM (SELECT n, timestamp '2026-03-02 10:00' + n * interval '1 hour' AS t"
            " FROM generate_series(1, 40) n) one"
        )
    desk = open_desk(tmp_path / "desk")
    asked = settings(theirs, table="工单", id="工单编号", updated="更新时间", zone="Asia/Shanghai")
    number = keep_connection(COMMAND_LINE, desk, Connected("Own", "sql", "shop", settings=asked))
    outcome = sync(COMMAND_LINE, desk, number)
    assert outcome.failed is None
    shown = figures(COMMAND_LINE, desk, ["tickets_created", "first_response_calendar_p50"])
    assert shown["value"].to_list() == [40.0, 300.0]
    assert _first_created(desk) == "2026-03-02 03:00:00"
    with theirs.begin() as there:
        there.exec_driver_sql('UPDATE "工单" SET "渠道" = \'热线\', "更新时间" = now() WHERE "工单编号" = \'T7\'')
        there.exec_driver_sql('DELETE FROM "工单" WHERE "工单编号" = \'T9\'')
    again = sync(COMMAND_LINE, desk, number, compare=True)
    assert (again.counts.inserted, again.counts.updated, again.counts.removed) == (0, 1, 1)
    desk.engine.dispose()


def _first_created(desk: Desk) -> str:
    head = desk.head()
    assert head is not None
    return str(desk.warehouse.scan("tickets", head.versions).select(pl.col("created_at").min()).collect().item())[:19]


@pytest.mark.parametrize(("dialect", "limit"), [("mysql", "LIMIT"), ("mssql", "TOP"), ("postgresql", "LIMIT")])
def test_what_is_asked_can_be_said_in_each_dialect_with_every_value_bound(dialect: str, limit: str) -> None:
    table = sa.Table("工单", sa.MetaData(), sa.Column("编号", sa.String(20)), sa.Column("更新", sa.DateTime()))
    asked = database.wanted_rows(table, table.c["更新"], table.c["编号"], since=None, after=("2026-03-01", "x' OR 1=1"))
    said = str(asked.compile(dialect=sa.make_url(f"{dialect}://").get_dialect()()))
    assert limit in said
    assert "OR 1=1" not in said
    assert "ORDER BY" in said


@pytest.mark.parametrize("dialect", ["mysql", "sqlserver"])
def test_a_driver_that_is_missing_is_named_with_what_to_install(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_told: object, **_more: object) -> sa.Engine:
        raise ModuleNotFoundError("No module named")

    monkeypatch.setattr(sa, "create_engine", absent)
    with pytest.raises(Misread, match=rf"pip install 'floorwalker\[{dialect}\]'"):
        database.connect({"dialect": dialect, "host": "h", "database": "d"}, "s")
