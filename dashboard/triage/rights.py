"""Which escalated tickets a person may see and work on: those of his teams, his own, or all."""

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import Session

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from dashboard.store.triage import TriageItem
from dashboard.triage.items import Item, NoSuchItem, item_of, owner_name


def within_reach(actor: Actor, act: Act) -> ColumnElement[bool]:
    """What narrows a question to the items over which the act extends."""
    match reach(actor, act):
        case Reach.ALL:
            return true()
        case Reach.TEAMS:
            return TriageItem.team.in_(sorted(filter(None, actor.teams)))
        case Reach.OWN:
            own = owner_name(actor)
            return or_(TriageItem.owner == own, TriageItem.agent == own)
        case _:
            return false()


def may(actor: Actor, act: Act, item: Item) -> bool:
    """The same of one item in hand."""
    match reach(actor, act):
        case Reach.ALL:
            return True
        case Reach.TEAMS:
            return item.team is not None and item.team in actor.teams
        case Reach.OWN:
            return owner_name(actor) in (item.owner, item.agent)
        case _:
            return False


def demanded(session: Session, actor: Actor, act: Act, item_id: int) -> Item:
    """The item of that number. Raises NoSuchItem, also where the act does not extend over it."""
    row = session.get(TriageItem, item_id)
    if row is None or not may(actor, act, item_of(row)):
        raise NoSuchItem(item_id)
    return item_of(row)
