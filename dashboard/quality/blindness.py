"""Who may read whose reviews: one rule, through which every reader of them goes.

A draft is its reviewer's alone. What a colleague gave in a calibration opens with its reveal, to nobody earlier. Of a
conversation that somebody is to judge for himself he is not told what others gave: not their reviews, and not
what these have led to in triage, corrections, coaching or figures. An agent reads what was said of his own
conversations once it is submitted, and nothing of the reviewers' own checks.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from dashboard.quality.queues import is_blind_to
from dashboard.store import CalibrationSession, Review

FOR_AGENTS = ("normal", "adhoc")


def may_read(actor: Actor) -> ColumnElement[bool]:
    """What narrows reviews to those that this person may read."""
    submitted = Review.revision > 0
    return or_(is_own(actor), and_(submitted, may_know(actor), _within_reach(actor)))


def may_know(actor: Actor) -> ColumnElement[bool]:
    """What narrows reviews to those of which the person may learn, if only as part of a figure."""
    return or_(is_own(actor), ~is_blind_to(actor, Review.source, Review.ticket_id)) & is_revealed()


def is_revealed() -> ColumnElement[bool]:
    """What narrows reviews to those that others than their reviewer may know: a calibration's once it is revealed."""
    revealed = select(CalibrationSession.id).where(CalibrationSession.revealed_at.is_not(None))
    return or_(Review.kind != "calibration", Review.session_id.in_(revealed))


def is_own(actor: Actor) -> ColumnElement[bool]:
    """Whether it is the person's own reading."""
    if actor.id is not None:
        return Review.reviewer_id == actor.id
    return and_(Review.reviewer_id.is_(None), Review.reviewer == actor.name)


def _within_reach(actor: Actor) -> ColumnElement[bool]:
    match reach(actor, Act.SEE_REVIEWS):
        case Reach.ALL:
            return true()
        case Reach.TEAMS:
            return Review.team.in_(sorted(filter(None, actor.teams)))
        case Reach.OWN:
            own = sorted({*actor.also, *filter(None, [actor.agent])})
            return and_(Review.agent.in_(own), Review.kind.in_(FOR_AGENTS))
        case _:
            return false()
