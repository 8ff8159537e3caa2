"""Taking a review back: it counts no more, and whatever was asked about it ends with it."""

from datetime import datetime

from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.quality.reviewing import demanded, keep
from dashboard.services.quality.critical_failures import take_back
from dashboard.services.quality.disputes import demand_arbiter, open_dispute
from dashboard.services.quality.reviews import required
from dashboard.store import Assignment, Dispute, Review, SampleUnit
from dashboard.store.swap import compare_and_set
from dashboard.triage.now import now


@needs(Act.DECIDE_DISPUTES)
def void(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, *, reason: str, at: datetime | None = None
) -> None:
    """Let a review count no more, with the reason; it can still be read. Its conversation counts as not read.

    A dispute that is open ends undecided, by the same reason; then only who could decide it can void the review.
    """
    said, moment = required(reason), at or now()
    with desk.keeping() as session:
        row = demanded(session, actor, review_id)
        _end_dispute(session, actor, row, said, moment)
        keep(session, actor, row, "void", expected_version, at=moment, reason=said)
        take_back(session, row, moment)
        if row.assignment_id is not None:
            _unread(session, actor, row.assignment_id, moment)


def _end_dispute(session: Session, actor: Actor, row: Review, reason: str, at: datetime) -> None:
    """Nobody waits any more for a decision on a review that is void; what was asked stays as it was asked."""
    opened = open_dispute(session, row)
    if opened is None:
        return
    demand_arbiter(session, actor, row, opened)
    compare_and_set(session, Dispute, opened.id, expected_version=opened.version, values={
        "arbiter_id": actor.id, "arbiter": actor.name, "decided_at": at, "reason": reason,
    })  # fmt: skip


def _unread(session: Session, actor: Actor, assignment_id: int, at: datetime) -> None:
    unit = session.get_one(SampleUnit, session.get_one(Assignment, assignment_id).unit_id)
    if unit.outcome == "reviewed":
        unit.outcome, unit.code, unit.settled_at, unit.settled_by = "skipped", "void", at, actor.name
