"""Who is to read what: a person's own assignments, and those that he may take while nobody has them.

A second reading is for somebody who knows nothing of the first: whoever works in triage learns of a critical failure at
once, so he is never offered one; and it is offered only once the first reading is somebody's.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from dashboard.store import Assignment, CalibrationSession, SampleDraw, SampleUnit

OPEN = ("open", "started")


def is_own(actor: Actor, row: Any = Assignment) -> ColumnElement[bool]:
    """Whether an assignment is this person's."""
    if actor.id is not None:
        return row.reviewer_id == actor.id  # type: ignore[no-any-return]  # an aliased class
    return and_(row.reviewer_id.is_(None), row.reviewer == actor.name)


def reads_second(actor: Actor) -> bool:
    """Whether the person can read what a colleague reads, too, and not be told before what he found."""
    return reach(actor, Act.REVIEW) is not Reach.NONE and reach(actor, Act.WORK_TRIAGE) is Reach.NONE


def free_to(actor: Actor) -> Select[int]:
    """Assignments that nobody has and that the person may take: not his own work, and none that he reads already."""
    mine, first, later = aliased(Assignment), aliased(Assignment), aliased(SampleDraw)
    reads = exists().where(mine.unit_id == Assignment.unit_id, or_(is_own(actor, mine), mine.reviewer == actor.name))
    replaced = exists().where(later.supersedes == SampleUnit.draw_id)
    given = exists().where(first.unit_id == Assignment.unit_id, first.role == "primary", first.reviewer.is_not(None))
    own = sorted({*actor.also, *filter(None, [actor.agent])})
    others_work = or_(SampleUnit.agent.is_(None), SampleUnit.agent.not_in(own))
    is_first = Assignment.role != "double"
    offered = or_(is_first, given) if reads_second(actor) else is_first
    asked = select(Assignment.id).join(SampleUnit, Assignment.unit_id == SampleUnit.id)
    return asked.where(
        Assignment.reviewer.is_(None), Assignment.state == "open", others_work, offered, ~reads, ~replaced
    ).order_by(Assignment.due_at, Assignment.id)  # fmt: skip


def is_blind_to(actor: Actor, source: Any, ticket_id: Any) -> ColumnElement[bool]:
    """Whether the conversation of these columns is one that the person is to judge without knowing what others found.

    He has still to read it, or may take it for a second reading, or has read it in a calibration that is not revealed.
    """
    hidden = select(CalibrationSession.id).where(CalibrationSession.revealed_at.is_(None))
    same = and_(SampleUnit.source == source, SampleUnit.ticket_id == ticket_id)
    waiting = and_(is_own(actor), or_(Assignment.state.in_(OPEN), SampleUnit.session_id.in_(hidden)))
    if reads_second(actor):
        waiting = or_(waiting, and_(Assignment.role == "double", Assignment.id.in_(free_to(actor).order_by(None))))
    joined = select(Assignment.id).join(SampleUnit, Assignment.unit_id == SampleUnit.id)
    return exists(joined.where(same, waiting).correlate_except(Assignment, SampleUnit))
