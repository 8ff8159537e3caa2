"""What people do with escalated tickets. Each act is one transaction: the item, its clocks, an event, the audit.

`expected_version` is the one that was looked at: where somebody else was quicker nothing is done, and StaleItem tells
both values. NotAllowedNow tells what the item as it stands does not allow; NoSuchItem also stands for what the person
may not see.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.store.triage import TriageItem
from dashboard.triage.acts import Asked, Ways, planned
from dashboard.triage.business import hours_of
from dashboard.triage.items import HandOver, Item, NotAllowedNow, owner_name
from dashboard.triage.keeping import clocks_of, demand_version, keep
from dashboard.triage.now import now
from dashboard.triage.rights import demanded, needed_for
from dashboard.triage.settings import triage_settings
from dashboard.triage.states import OPEN, Action, WaitingFor
from metrics.words import N_

_ANOTHER = N_("This ticket is in the queue again already, as another item; work on that one.")


@needs(Act.WORK_TRIAGE)
def acknowledge(actor: Actor, desk: Desk, item_id: int, expected_version: int, *, at: datetime | None = None) -> Item:
    """Take an item that nobody has taken, or whose acknowledgement has expired; it is the actor's then."""
    return _act(actor, desk, item_id, expected_version, "acknowledge", at=at)


@needs(Act.ASSIGN_TRIAGE)
def assign(
    actor: Actor, desk: Desk, item_id: int, expected_version: int, *, owner: str, at: datetime | None = None
) -> Item:
    """Give an item to somebody, by the name that the tickets know; he has still to acknowledge it."""
    return _act(actor, desk, item_id, expected_version, "assign", at=at, owner=owner)


@needs(Act.WORK_TRIAGE)
def start(actor: Actor, desk: Desk, item_id: int, expected_version: int, *, at: datetime | None = None) -> Item:
    """Begin, or go on after waiting."""
    return _act(actor, desk, item_id, expected_version, "start", at=at)


@needs(Act.WORK_TRIAGE)
def wait(
    actor: Actor, desk: Desk, item_id: int, expected_version: int, *, waiting_for: WaitingFor,
    next_update_at: datetime, at: datetime | None = None,
) -> Item:  # fmt: skip
    """Wait for somebody until the next update; only the clock of the resolution rests, while the customer is asked."""
    what = {"waiting_for": waiting_for, "next_update_at": next_update_at}
    return _act(actor, desk, item_id, expected_version, "wait", at=at, **what)


@needs(Act.WORK_TRIAGE)
def snooze(
    actor: Actor, desk: Desk, item_id: int, expected_version: int, *, until: datetime, at: datetime | None = None
) -> Item:
    """Hide an item until then, or until the customer writes; clocks run on, and it may not pass the next deadline."""
    return _act(actor, desk, item_id, expected_version, "snooze", at=at, until=until)


@needs(Act.WORK_TRIAGE)
def wake(actor: Actor, desk: Desk, item_id: int, expected_version: int, *, at: datetime | None = None) -> Item:
    """Let an item that was put off come back at once."""
    return _act(actor, desk, item_id, expected_version, "wake", at=at)


@needs(Act.WORK_TRIAGE)
def tell(
    actor: Actor, desk: Desk, item_id: int, expected_version: int, *, told: str, promised: str = "",
    promised_at: datetime | None = None, at: datetime | None = None,
) -> Item:  # fmt: skip
    """Note what the customer was told: a detailed answer, an interim plan, a promise with its time."""
    what = {"told": told, "promised": promised, "promised_at": promised_at}
    return _act(actor, desk, item_id, expected_version, "tell", at=at, **what)


@needs(Act.WORK_TRIAGE)
def escalate(
    actor: Actor, desk: Desk, item_id: int, expected_version: int, *, note: HandOver, owner: str | None = None,
    at: datetime | None = None,
) -> Item:  # fmt: skip
    """Raise an item to the next tier with a note; it stays its owner's until somebody there takes it."""
    return _act(actor, desk, item_id, expected_version, "escalate", at=at, note=note, owner=owner)


@needs(Act.WORK_TRIAGE)
def resolve(
    actor: Actor, desk: Desk, item_id: int, expected_version: int, *, decision: str, reason: str,
    at: datetime | None = None,
) -> Item:  # fmt: skip
    """Say what was decided and why it came so far, by the codes of dashboard.triage.codes."""
    return _act(actor, desk, item_id, expected_version, "resolve", at=at, decision=decision, reason=reason)


@needs(Act.WORK_TRIAGE)
def close(actor: Actor, desk: Desk, item_id: int, expected_version: int, *, at: datetime | None = None) -> Item:
    """End an item that is resolved."""
    return _act(actor, desk, item_id, expected_version, "close", at=at)


@needs(Act.WORK_TRIAGE)
def reopen(actor: Actor, desk: Desk, item_id: int, expected_version: int, *, at: datetime | None = None) -> Item:
    """Bring back what was resolved or closed; the second time it comes to the next tier."""
    return _act(actor, desk, item_id, expected_version, "reopen", at=at)


@needs(Act.ASSIGN_TRIAGE)
def merge(
    actor: Actor, desk: Desk, item_id: int, expected_version: int, *, into: int, at: datetime | None = None
) -> Item:
    """Let an item end as a part of another open one, which shows its causes from then on."""
    return _act(actor, desk, item_id, expected_version, "merge", at=at, into=into)


def _act(
    actor: Actor, desk: Desk, item_id: int, expected: int, action: Action, *, at: datetime | None, **what: Any
) -> Item:
    ways, moment = ways_of(actor, desk), at or now()
    with desk.keeping() as session:
        return act(session, actor, item_id, expected, Asked(action, owner_name(actor), moment, what), ways)


@needs(Act.SEE_TRIAGE)
def ways_of(actor: Actor, desk: Desk) -> Ways:
    """By which hours and settings triage goes now."""
    del actor
    hours = hours_of(desk)
    return Ways(hours, triage_settings(hours.versions[-1][1] if hours.versions else None))


def act(
    session: Session, actor: Actor, item_id: int, expected: int, asked: Asked, ways: Ways, *, batch: str | None = None
) -> Item:
    """Do it inside the caller's transaction; the guard of the service that was called has allowed the act as such."""
    needed = needed_for(asked.action)
    item = demanded(session, actor, needed, item_id)
    demand_version(session, item, expected)
    clocks = clocks_of(session, item_id)
    what = dict(asked.what)
    if asked.action == "merge":
        what["into"] = demanded(session, actor, needed, int(what["into"]))
    if asked.action == "reopen":
        demand_alone(session, item)
    plan = planned(item, clocks, Asked(asked.action, asked.who, asked.at, what), ways)
    return keep(session, actor, item, clocks, plan, action=asked.action, at=plan.values["changed_at"], batch=batch)


def demand_alone(session: Session, item: Item) -> None:
    """Raises NotAllowedNow where the ticket of an ended item has come to the queue again since."""
    states = (*OPEN, "resolved")
    same = select(TriageItem.id).where(
        TriageItem.source == item.source, TriageItem.ticket_id == item.ticket_id, TriageItem.id != item.id,
        TriageItem.state.in_(states),
    )  # fmt: skip
    if session.scalar(same) is not None:
        raise NotAllowedNow(_ANOTHER)
