"""Changing a row that others may be changing: compare what the reader saw, then set, in one statement."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.store.people import Goal, Person, SavedView
from dashboard.store.quality_draws import Assignment, CalibrationSession, ErrorCase
from dashboard.store.quality_reviews import CoachingAction, Dispute, LibraryCase, Review, ScorecardVersion
from dashboard.store.triage import Meeting, MeetingItem, TriageItem
from metrics.errors import ActionableError
from metrics.words import N_

_STALE = N_("Somebody else has changed this meanwhile. Nothing was saved: look at it as it is now, and save again.")
Versioned = (
    Person | SavedView | Goal | TriageItem | Meeting | MeetingItem | Assignment | Review | ScorecardVersion | Dispute
    | CoachingAction | LibraryCase | CalibrationSession | ErrorCase
)  # fmt: skip


class StaleError(ActionableError):
    """The row is not any more what the one who changes it has seen."""


def compare_and_set(
    session: Session, kind: type[Versioned], id: int, *, expected_version: int, values: Mapping[str, Any]
) -> int:
    """Change a row of that version, and count the version on: the new one. Raises StaleError, also where it is gone.

    The caller's transaction decides whether it stays; what he adds to it, such as the row of the audit, stays with it.
    """
    at: InstrumentedAttribute[int] = kind.version
    changed = session.execute(
        update(kind).where(kind.id == id, at == expected_version).values({**values, "version": expected_version + 1})
    )
    if not isinstance(changed, CursorResult) or changed.rowcount != 1:
        raise StaleError(_STALE)
    return expected_version + 1
