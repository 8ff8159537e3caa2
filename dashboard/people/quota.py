"""How much each person has handed in lately."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select

from dashboard.desk import Desk
from dashboard.store import Upload

WINDOW = timedelta(days=1)
MOST_BYTES = 2 * 2**30
MOST_FILES = 200
KEPT = timedelta(days=30)


def left(desk: Desk, person_id: int | None, *, now: datetime | None = None) -> int:
    """How many bytes this person may still hand in today; none after too many files."""
    at = now or datetime.now(UTC)
    asked = select(func.coalesce(func.sum(Upload.bytes), 0), func.count()).where(
        _of(person_id), Upload.at > at - WINDOW
    )
    with desk.reading() as session:
        taken, files = session.execute(asked).one()
    return 0 if files >= MOST_FILES else max(0, MOST_BYTES - int(taken))


def take(desk: Desk, person_id: int | None, size: int, *, now: datetime | None = None) -> None:
    """Count what a person handed in."""
    at = now or datetime.now(UTC)
    with desk.keeping() as session:
        session.execute(delete(Upload).where(Upload.at < at - KEPT))
        session.add(Upload(at=at, person_id=person_id, bytes=size))


def _of(person_id: int | None) -> ColumnElement[bool]:
    return Upload.person_id.is_(None) if person_id is None else Upload.person_id == person_id
