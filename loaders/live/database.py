"""A table or view of an SQL database: read only, in chunks, on from the newest change that was seen.

Nobody types SQL: table and columns are named, and looked up in what the database says that it has. Rows that are
deleted there are found by a comparison with all numbers; rows whose stamp of change is empty do not come.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from loaders.live.caller import Told
from loaders.live.errors import Misread, Unreachable
from loaders.live.page import Asked, Kind, Page, Settings, State
from loaders.live.window import Window, stamp_of
from metrics.words import N_

NAME = "sql"
CHUNK = 5000
SECONDS = 60
DRIVERS = {
    "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlserver": "mssql+pymssql", "sqlite": "sqlite",
}  # fmt: skip
_NO_DRIVER = N_("The driver for {dialect} is not installed: pip install 'floorwalker[{extra}]'.")
_NO_TABLE = N_("The database has no table or view “{table}” that this account may read. It has: {known}.")
_NO_COLUMN = N_("“{table}” has no column “{column}”. It has: {known}.")
_SAID = N_("The database could not be read ({detail}). What was loaded stays; the next run goes on from there.")
_DIALECT = N_("The database {found} is not one of those that are read: {known}.")


class _Instant(sa.types.TypeDecorator[datetime]):
    """A stamp that its database keeps as an instant and tells in the zone of the session, which is UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: object) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: object, _dialect: object) -> Any:
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class Database:
    """A database that is only read."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.told = Told()
        self.on_wait: Callable[[float], None] = lambda _seconds: None

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def asking(self) -> Iterator[sa.Connection]:
        """A transaction that is never kept. Raises SourceError, without what we were let in by."""
        self.told.asked += 1
        try:
            with self.engine.connect() as connection:
                try:
                    yield connection
                finally:
                    connection.rollback()
        except SQLAlchemyError as error:
            raise Unreachable(_SAID, detail=_detail(error)) from None


def connect(settings: Settings, secret: str) -> Database:
    """Raises SourceError where the driver is absent."""
    dialect = settings.get("dialect", "")
    if dialect not in DRIVERS:
        raise Misread(_DIALECT, found=dialect, known=", ".join(DRIVERS))
    try:
        engine = sa.create_engine(_address(settings, secret), **_reading_only(dialect))
        if dialect == "mysql":
            sa.event.listen(engine, "connect", _in_utc)
        return Database(engine)
    except (ImportError, NoSuchModuleError):
        extra = {"postgresql": "postgres"}.get(dialect, dialect)
        raise Misread(_NO_DRIVER, dialect=dialect, extra=extra) from None
    except (ArgumentError, ValueError) as error:
        raise Misread(_SAID, detail=type(error).__name__) from None


def _address(settings: Settings, secret: str) -> sa.URL:
    if settings["dialect"] == "sqlite":
        return sa.URL.create("sqlite", database=f"file:{settings['database']}", query={"mode": "ro", "uri": "true"})
    port = settings.get("port") or ""
    return sa.URL.create(
        DRIVERS[settings["dialect"]], username=settings.get("user") or None, password=secret or None,
        host=settings.get("host") or None, port=int(port) if port.isdecimal() else None, database=settings["database"],
    )  # fmt: skip


def _reading_only(dialect: str) -> dict[str, Any]:
    """What keeps a session from writing, as far as the database knows such a thing, and from asking for ever."""
    arguments: dict[str, dict[str, Any]] = {
        "postgresql": {
            "options": f"-c default_transaction_read_only=on -c statement_timeout={SECONDS * 1000}",
            "connect_timeout": 15,
        },
        "mysql": {
            "init_command": "SET SESSION TRANSACTION READ ONLY", "read_timeout": SECONDS, "connect_timeout": 15,
        },
        "sqlserver": {"timeout": SECONDS, "login_timeout": 15, "read_only": True},
    }  # fmt: skip
    return {"connect_args": arguments.get(dialect, {}), "hide_parameters": True}


def _in_utc(connection: Any, _record: object) -> None:
    """MySQL tells a TIMESTAMP, which is an instant, in the zone of the session, and a DATETIME as it was written."""
    with connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")


def pages(database: Database, settings: Settings, state: State) -> Iterator[Page]:
    """Chunks of rows in the order of their change; each run reaches back a little, as rows are written late."""
    table = _table(database, settings)
    changed, number = _column(table, settings["updated"]), _column(table, settings["id"])
    window = Window.of(state.get("rows"))
    after: tuple[Any, Any] | None = None
    since = _floor(window, changed)
    while True:
        wanted = wanted_rows(table, changed, number, since=since, after=after)
        with database.asking() as connection:
            rows = [dict(row) for row in connection.execute(wanted).mappings()]
        plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
        fresh = window.unseen(plain, id=number.name, at=changed.name)
        if fresh:
            window = window.after(fresh, id=number.name, at=changed.name)
            yield Page({"rows": window.to_state()}, {"tickets": fresh})
        if len(rows) < CHUNK:
            return
        after = rows[-1][changed.name], rows[-1][number.name]


def wanted_rows(
    table: sa.Table, changed: sa.Column[Any], number: sa.Column[Any], *, since: object, after: tuple[Any, Any] | None
) -> sa.Select[Any]:
    """The next chunk, by change and number: after the last row of the one before it, or from a stamp on."""
    wanted = sa.select(table).where(changed.is_not(None)).order_by(changed, number).limit(CHUNK)
    if after is not None:
        later = sa.and_(changed == after[0], number > after[1])
        return wanted.where(sa.or_(changed > after[0], later))
    return wanted if since is None else wanted.where(changed >= since)


def listing(database: Database, settings: Settings, key: str) -> Iterator[Sequence[str]]:
    """All values of the column that holds the tickets' numbers, in chunks by that column."""
    column = _column(_table(database, settings), key)
    last: Any = None
    while True:
        wanted = sa.select(column).where(column.is_not(None)).distinct().order_by(column).limit(CHUNK)
        with database.asking() as connection:
            found = connection.scalars(wanted if last is None else wanted.where(column > last)).all()
        yield [str(_plain(value)) for value in found]
        if len(found) < CHUNK:
            return
        last = found[-1]


def _table(database: Database, settings: Settings) -> sa.Table:
    """The table or view of that name, as the database describes it."""
    schema, _dot, name = settings["table"].rpartition(".")
    with database.asking() as connection:
        known = sa.inspect(connection)
        names = sorted({*known.get_table_names(schema or None), *known.get_view_names(schema or None)})
        if name not in names:
            raise Misread(_NO_TABLE, table=settings["table"], known=", ".join(names[:40]) or "–")
        table = sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=connection)
    for column in table.columns:
        column.type = _as_kept(database.engine.dialect.name, column.type)
    return table


def _as_kept(dialect: str, found: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    if dialect == "sqlite" and isinstance(found, sa.DateTime | sa.Date):
        return sa.String()  # it keeps instants as whatever text was written
    return _Instant() if dialect == "mysql" and isinstance(found, sa.TIMESTAMP) else found


def _column(table: sa.Table, name: str) -> sa.Column[Any]:
    if name not in table.c:
        raise Misread(_NO_COLUMN, table=table.name, column=name, known=", ".join(table.c.keys()))
    return table.c[name]


def _floor(window: Window, column: sa.Column[Any]) -> object:
    """From which stamp on to ask, as the column writes it; one that is no instant there is asked for as it was seen."""
    if window.since is None:
        return None
    if isinstance(column.type, _Instant):
        return window.since
    if isinstance(column.type, sa.DateTime):
        return window.since if column.type.timezone else window.since.replace(tzinfo=None)
    if isinstance(column.type, sa.Date):
        return window.since.date()
    oldest = min(window.stamps, key=stamp_of)
    return oldest if isinstance(column.type, sa.String) else float(oldest)


def _plain(value: object) -> object:
    """A cell as a file would hold it."""
    if isinstance(value, datetime):
        return value.isoformat(" " if value.tzinfo is None else "T")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, bytes | memoryview):
        return None
    return value if value is None or isinstance(value, str | int | float | bool | list | Mapping) else str(value)


def _detail(error: SQLAlchemyError) -> str:
    """The first line of what the driver says; it names hosts and tables, never what we were let in by."""
    said = str(error.orig if isinstance(error, DBAPIError) else type(error).__name__)
    return (said.strip().splitlines() or [type(error).__name__])[0][:200]


KIND = Kind(
    name=NAME,
    label="SQL: PostgreSQL, MySQL, SQL Server, SQLite",
    asked=(
        Asked("dialect", N_("Kind of database"), choices=tuple(DRIVERS)),
        Asked("host", N_("Host"), "db.example.com", is_required=False),
        Asked("port", N_("Port"), "5432", is_required=False),
        Asked("database", N_("Database; of SQLite the file"), "helpdesk"),
        Asked("user", N_("Account that may only read"), "reader", is_required=False),
        Asked("table", N_("Table or view, one row a ticket"), "public.tickets"),
        Asked("id", N_("Column of the ticket's number"), "id"),
        Asked("updated", N_("Column of the last change"), "updated_at"),
        Asked("zone", N_("Zone of stamps that carry none"), "Asia/Shanghai", is_required=False),
        Asked("mapping", N_("Mapping as TOML; left empty, the columns are told by their names"), is_required=False,
              is_long=True),
    ),
    secret=N_("Password"),
    connect=connect,
    pages=pages,
    parts=("tickets",),
    listing=listing,
    needs_secret=False,
)  # fmt: skip
