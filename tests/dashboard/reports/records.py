"""What a written report is held against beside figures: the desk's own records, and what pages offer."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.components.takeaway import Takeaway
from dashboard.reports.asked import Asked
from dashboard.reports.model import Report, Table
from tests.dashboard.reports.held import Row

Shown = Callable[..., Mapping[str, Takeaway]]
"""page, its choices -> what it offers to take home, by name."""
DAY = timedelta(days=1)


def table_of(made: Report, key: str) -> Table | None:
    return next((table for _sheet, table in made.tables() if table.key == key), None)


def rows_of(made: Report, key: str) -> list[Row]:
    """The rows of a table; none where the report does not have it."""
    table = table_of(made, key)
    return [] if table is None else list(table.frame.iter_rows(named=True))


@contextmanager
def database(root: Path) -> Iterator[sqlite3.Connection]:
    """The desk's own records, to be read alone; rows by the names of their columns."""
    with closing(sqlite3.connect(f"file:{root / 'desk.db'}?mode=ro", uri=True)) as book:
        book.row_factory = sqlite3.Row
        yield book


def instant(text: str) -> datetime:
    """As the database keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("UTC"))


def of_days(asked: Asked) -> dict[str, str]:
    """The choices by which a page shows a report's days."""
    return {"period": "custom", "from": asked.period.start.isoformat(), "to": asked.period.end.isoformat()}
