"""What every kept part of a plan has: who made it when, its version, and who took it back."""

from typing import Any, TypeVar

from sqlalchemy.orm import Session

from dashboard.people.actor import Actor
from dashboard.store.staffing import Kept
from dashboard.triage.now import now
from metrics.errors import ActionableError
from metrics.words import N_

LONGEST_NAME = 120
GONE = N_("This is not part of the plan any more; look at the plan again.")
STALE = N_("{who} has changed this meanwhile; look at it again before you change it.")
NO_NAME = N_("Give it a name of at most {longest} characters.")
Row = TypeVar("Row", bound=Kept)


class StaffingError(ActionableError):
    """A part of a plan that cannot be kept or found."""


class StalePlan(StaffingError):
    """Somebody else has changed the same part since it was looked at."""


def made_by(actor: Actor) -> dict[str, Any]:
    """The columns that say who makes a row now."""
    return {"made_at": now(), "made_by_id": actor.id, "made_by": actor.name}


def to_change(session: Session, kind: type[Row], id: int, expected: int) -> Row:
    """The row as the person saw it. Raises StaffingError where it is gone, StalePlan where it has changed."""
    row = session.get(kind, id)
    if row is None or row.ended_at is not None:
        raise StaffingError(GONE)
    if row.version != expected:
        raise StalePlan(STALE, who=row.made_by)
    row.version += 1
    return row


def end(row: Kept, actor: Actor) -> None:
    """Take a row back; it stays, with who did it when."""
    row.ended_at, row.ended_by = now(), actor.name


def named(text: str) -> str:
    """A name as it is kept. Raises StaffingError where there is none or it is too long."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise StaffingError(NO_NAME, longest=LONGEST_NAME)
    return name
