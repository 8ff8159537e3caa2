"""Who may read whose reviews: one rule, through which every reader of them goes.

A draft is its reviewer's alone. What a colleague gave in a calibration opens with its reveal, to nobody earlier. Of a
conversation that somebody has still to read for himself he is not told what others gave. An agent reads what was said
of his own conversations once it is submitted, and nothing of the reviewers' own checks.
"""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from dashboard.quality.finals import is_revealed
from dashboard.store import Assignment, Review, SampleUnit

FOR_AGENTS = ("normal", "adhoc")


def may_read(actor: Actor) -> ColumnElement[bool]:
    """What narrows reviews to those that this person may read."""
    submitted = Review.revision > 0
    of_others = and_(submitted, is_revealed(), ~_still_to_read(actor), _within_reach(actor))
    return or_(is_own(actor), of_others)


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


def _still_to_read(actor: Actor) -> ColumnElement[bool]:
    """Whether the person has been given the same conversation and has not submitted what he thinks of it."""
    same = and_(SampleUnit.source == Review.source, SampleUnit.ticket_id == Review.ticket_id)
    waiting = Assignment.state.in_(("open", "started"))
    mine = Assignment.reviewer_id == actor.id if actor.id is not None else Assignment.reviewer == actor.name
    joined = select(Assignment.id).join(SampleUnit, Assignment.unit_id == SampleUnit.id)
    return exists(joined.where(same, waiting, mine).correlate(Review))
