"""Which escalated tickets a person may see and work on: those of his teams, his own, or all."""

from sqlalchemy import ColumnElement, CompoundSelect, false, or_, select, true, union
from sqlalchemy.orm import Session, aliased

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from dashboard.quality.queues import is_blind_to, reads_second
from dashboard.store.triage import TriageCause, TriageItem
from dashboard.triage.items import Item, NoSuchItem, item_of, owner_name
from dashboard.triage.states import Action

OF_REVIEW = "review "
"""The occurrence of a cause that a review found begins with it; its number follows."""


def needed_for(action: Action) -> Act:
    """What somebody must be allowed in order to do this with an item."""
    return Act.ASSIGN_TRIAGE if action in ("assign", "merge") else Act.WORK_TRIAGE


def within_reach(actor: Actor, act: Act) -> ColumnElement[bool]:
    """What narrows a question to the items over which the act extends, but for those that are kept from the person."""
    return (
        _reached(actor, act) & TriageItem.id.not_in(kept_from(actor)) if reads_second(actor) else _reached(actor, act)
    )


def kept_items(session: Session, actor: Actor) -> frozenset[int]:
    """The numbers of those that are kept from the person."""
    return frozenset(session.scalars(kept_from(actor))) if reads_second(actor) else frozenset()


def kept_from(actor: Actor) -> CompoundSelect[int]:
    """The items that a spot-check has led to of conversations that the person has still to read for himself."""
    child = aliased(TriageItem)
    found = TriageCause.occurrence.startswith(OF_REVIEW, autoescape=True)
    told = select(TriageCause.item_id).where(
        found, is_blind_to(actor, TriageCause.source, TriageCause.ticket_id)
    )  # fmt: skip
    into = select(child.merged_into).where(child.id.in_(told), child.merged_into.is_not(None))
    return union(told, into)


def _reached(actor: Actor, act: Act) -> ColumnElement[bool]:
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
    row = session.scalar(select(TriageItem).where(TriageItem.id == item_id, within_reach(actor, act)))
    if row is None:
        raise NoSuchItem(item_id)
    return item_of(row)
