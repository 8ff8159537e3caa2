"""Acts over several escalated tickets, taking the next one, and taking an act back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.people.policy import demand
from dashboard.services.triage.acts import act, demand_alone, ways_of
from dashboard.services.triage.queue import queue
from dashboard.store.triage import TriageClock, TriageEvent, TriageItem
from dashboard.triage.acts import Asked, Plan, Ways
from dashboard.triage.clocks import Clock, cancelled
from dashboard.triage.items import Item, NotAllowedNow, Outcome, StaleItem, clock_of, owner_name
from dashboard.triage.keeping import CLOCKS, MADE, clocks_of, demand_version, keep, restored
from dashboard.triage.now import now
from dashboard.triage.rights import demanded, needed_for
from dashboard.triage.states import BY_SYSTEM, OPEN, Action
from metrics.errors import ActionableError
from metrics.words import N_

_NOTHING = N_("There is nothing of yours to take back here.")
_SINCE = N_("Something else was done with this since; take that back first.")
NOT_UNDONE = (*BY_SYSTEM, "undo")
Seen = tuple[int, int]
"""An item, and the version of it that was looked at."""


@needs(Act.WORK_TRIAGE)
def bulk(
    actor: Actor, /, desk: Desk, action: Action, items: Sequence[Seen], *, at: datetime | None = None, **what: Any
) -> tuple[Outcome, ...]:
    """Do the same with each of these items, one event per item; what cannot be done leaves the others alone."""
    demand(actor, needed_for(action))
    asked, ways, batch = Asked(action, owner_name(actor), at or now(), what), ways_of(actor, desk), uuid4().hex
    with desk.keeping() as session:
        return tuple(_one_of(session, actor, seen, asked, ways, batch) for seen in items)


def _one_of(session: Session, actor: Actor, seen: Seen, asked: Asked, ways: Ways, batch: str) -> Outcome:
    try:
        return Outcome(seen[0], act(session, actor, *seen, asked, ways, batch=batch))
    except ActionableError as error:  # raised before anything of this item was written
        return Outcome(seen[0], error=error)


@needs(Act.WORK_TRIAGE)
def claim_next(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Item | None:
    """Take the first item of the queue that nobody has; None where there is none. Two who ask at once get two items."""
    ways, moment = ways_of(actor, desk), at or now()
    waiting = queue(actor, desk, at=moment)
    free = waiting.filter(~waiting["is_acknowledged"] & waiting["owner"].is_null())
    asked = Asked("acknowledge", owner_name(actor), moment, {})
    for id, version in free.select("id", "version").iter_rows():
        try:
            with desk.keeping() as session:
                return act(session, actor, id, version, asked, ways)
        except (StaleItem, NotAllowedNow):
            continue  # somebody else was quicker
    return None


@needs(Act.WORK_TRIAGE)
def undo(
    actor: Actor, desk: Desk, item_id: int, expected_version: int, *, event_id: int | None = None,
    at: datetime | None = None,
) -> Item:  # fmt: skip
    """Take back the newest act on an item, where it was this person's; it stays in the history, and so does this."""
    ways, moment = ways_of(actor, desk), at or now()
    with desk.keeping() as session:
        return _undone(session, actor, item_id, expected_version, moment, ways, event_id=event_id)


@needs(Act.WORK_TRIAGE)
def undo_batch(actor: Actor, desk: Desk, batch: str, *, at: datetime | None = None) -> tuple[Outcome, ...]:
    """Take back what was done with many in one go, with each item with which nothing else was done since."""
    ways, moment = ways_of(actor, desk), at or now()
    with desk.keeping() as session:
        events = session.scalars(
            select(TriageEvent).where(TriageEvent.batch == batch, TriageEvent.actor_id == actor.id)
        )
        return tuple(_undone_of(session, actor, event, moment, ways) for event in events.all())


def _undone_of(session: Session, actor: Actor, event: TriageEvent, at: datetime, ways: Ways) -> Outcome:
    try:
        item = _undone(session, actor, event.item_id, event.version, at, ways, event_id=event.id)
    except ActionableError as error:
        return Outcome(event.item_id, error=error)
    return Outcome(event.item_id, item)


def _undone(
    session: Session, actor: Actor, item_id: int, expected: int, at: datetime, ways: Ways, *, event_id: int | None
) -> Item:
    item = demanded(session, actor, Act.WORK_TRIAGE, item_id)
    demand_version(session, item, expected)
    event = _newest(session, item)
    if event_id is not None and event.id != event_id:
        raise NotAllowedNow(_SINCE)
    if event.action in NOT_UNDONE or (event.actor_id, event.actor) != (actor.id, actor.name):
        raise NotAllowedNow(_NOTHING)
    clocks = clocks_of(session, item_id)
    then = max(at, item.changed_at)
    cells = {name: value for name, value in event.before.items() if name != CLOCKS}
    values = {**restored(cells, TriageItem), "changed_at": then}
    if item.state not in OPEN and values.get("state") != item.state:
        demand_alone(session, item)
    plan = Plan(values, tuple(_clocks_before(clocks, event, then, ways)))
    return keep(session, actor, item, clocks, plan, action="undo", at=then, undoes=event.id)


def _newest(session: Session, item: Item) -> TriageEvent:
    same = select(TriageEvent).where(TriageEvent.item_id == item.id, TriageEvent.version == item.version)
    return session.scalars(same).one()


def _clocks_before(clocks: Sequence[Clock], event: TriageEvent, at: datetime, ways: Ways) -> list[Clock]:
    """The clocks as they were before the event; those that began with it hold nobody any more."""
    was, made = event.before.get(CLOCKS, {}), set(event.after.get(MADE, ()))
    return [
        cancelled(clock, at, ways.hours) if clock.id in made
        else _restored(clock, was[str(clock.id)]) if str(clock.id) in was
        else clock
        for clock in clocks
    ]  # fmt: skip


def _restored(clock: Clock, cells: dict[str, Any]) -> Clock:
    row = TriageClock(id=clock.id, **_columns(clock))
    for name, value in restored(cells, TriageClock).items():
        setattr(row, name, value)
    return clock_of(row)


def _columns(clock: Clock) -> dict[str, Any]:
    from dashboard.triage.items import columns_of

    return columns_of(clock)
