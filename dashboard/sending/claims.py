"""The right to send a message, which one process gets: put down once, taken, and taken again after a failure.

`tries` counts who has it now: a process that was overtaken in the meantime sends nothing and notes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.store.claims import Claim

UNSENT = timedelta(minutes=5)
"""So long a claim may stay unsent before another process may take it."""
ROWS_AT_ONCE = 500


def put_down(
    session: Session, table: type[Any], rows: Sequence[Mapping[str, object]], *columns: InstrumentedAttribute[Any]
) -> list[Any]:
    """Put down what nobody has put down; these columns of what is new. Another one's is not among what comes back."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    found: list[Any] = []
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        claim = dialect.insert(table).values(list(rows[begin : begin + ROWS_AT_ONCE])).on_conflict_do_nothing()
        found += session.execute(claim.returning(*columns)).all()
    return found


def is_free(row: Claim, at: datetime) -> bool:
    """Whether it may be taken now: after a failure when its wait is over, else when its process must be gone."""
    return row.claimed_at + (UNSENT if row.error is None else next_try(row.tries)) <= at


def next_try(tries: int) -> timedelta:
    """How long after a failure the next try comes: at once, then after 1, 2, 4 … minutes, at most an hour."""
    return timedelta(minutes=min(2 ** (min(tries, 9) - 2), 60) if tries > 1 else 0)


def changed(
    session: Session, table: type[Any], id: int, tries: int, /, *where: ColumnElement[bool], **values: Any
) -> bool:  # fmt: skip
    """Change a claim where this try still has it, it is not sent, and this is so; whether it was."""
    mine = (table.id == id) & (table.tries == tries) & table.sent_at.is_(None)
    return session.scalar(update(table).where(mine, *where).values(**values).returning(table.id)) is not None
