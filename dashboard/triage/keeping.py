"""Keeping what an act comes to: item, clocks, event and the row of the audit, in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from dashboard.people.actor import Actor
from dashboard.people.audit import record
from dashboard.store.swap import compare_and_set
from dashboard.store.triage import TriageClock, TriageEvent, TriageItem, TriageNote
from dashboard.store.types import UtcDateTime
from dashboard.triage.acts import Plan
from dashboard.triage.clocks import Clock
from dashboard.triage.items import Difference, Item, StaleItem, clock_of, columns_of, item_of

CLOCKS = "clocks"
MADE = "made"
"""Under this name the event tells which clocks began with it."""
Cells = dict[str, Any]


def clocks_of(session: Session, item_id: int) -> tuple[Clock, ...]:
    """The clocks of an item in the order in which they began."""
    rows = session.scalars(select(TriageClock).where(TriageClock.item_id == item_id).order_by(TriageClock.id))
    return tuple(clock_of(row) for row in rows)


def demand_version(session: Session, item: Item, expected: int) -> None:
    """Raises StaleItem, with what was seen and what it is now, where somebody has changed the item since."""
    if item.version != expected:
        raise StaleItem(item, _differences(session, item, expected))


def _differences(session: Session, item: Item, expected: int) -> tuple[Difference, ...]:
    """What changed since that version, each column once: its first value before, its last one after."""
    since: Select[TriageEvent] = select(TriageEvent).where(
        TriageEvent.item_id == item.id, TriageEvent.version > expected
    )
    found: dict[str, Difference] = {}
    for event in session.scalars(since.order_by(TriageEvent.version)):
        for column in event.after:
            if column in (CLOCKS, MADE, "changed_at"):
                continue
            seen = found[column].seen if column in found else event.before.get(column)
            found[column] = Difference(column, seen, event.after[column], event.actor, event.at)
    return tuple(one for one in found.values() if one.seen != one.now)


def keep(
    session: Session, actor: Actor, item: Item, clocks: Sequence[Clock], plan: Plan, *, action: str, at: datetime,
    undoes: int | None = None, batch: str | None = None,
) -> Item:  # fmt: skip
    """Keep what the plan says; the item as it is then."""
    changed = {name: value for name, value in plan.values.items() if getattr(item, name) != value}
    version = compare_and_set(session, TriageItem, item.id, expected_version=item.version, values=changed)
    before, after = _keep_clocks(session, item.id, clocks, plan.clocks)
    event = TriageEvent(
        item_id=item.id, version=version, at=at, actor_id=actor.id, actor=actor.name, action=action, undoes=undoes,
        batch=batch, before={name: _plain(getattr(item, name)) for name in changed} | before,
        after={name: _plain(value) for name, value in changed.items()} | after,
    )  # fmt: skip
    session.add(event)
    session.flush()
    if plan.note is not None:
        _keep_note(session, actor, item, plan, event)
    details = {"version": version, "ticket": f"{item.source}/{item.ticket_id}"}
    record(session, actor, f"triage.{action}", f"triage:{item.id}", details, at=at)
    return replace(item, version=version, **changed)


def _keep_note(session: Session, actor: Actor, item: Item, plan: Plan, event: TriageEvent) -> None:
    note = plan.note
    if note is not None:
        session.add(
            TriageNote(item_id=item.id, event_id=event.id, at=event.at, actor=actor.name, from_tier=item.tier,
                       to_tier=plan.values.get("tier", item.tier), tried=note.tried.strip(), told=note.told.strip(),
                       promised=note.promised.strip(), promised_at=note.promised_at)
        )  # fmt: skip


def _keep_clocks(
    session: Session, item_id: int, before: Sequence[Clock], after: Iterable[Clock]
) -> tuple[Cells, Cells]:  # fmt: skip
    """Write the clocks that changed or began: their cells before and after, by the number of the clock."""
    old = {clock.id: clock for clock in before}
    was: dict[str, Cells] = {}
    now: dict[str, Cells] = {}
    made: list[int] = []
    for clock in after:
        if clock.id is None:
            row = TriageClock(item_id=item_id, **columns_of(clock))
            row.run = clock.run
            session.add(row)
            session.flush()
            made.append(row.id)
        elif clock != old[clock.id]:
            cells, then = columns_of(clock), columns_of(old[clock.id])
            differ = {name: value for name, value in cells.items() if value != then[name]}
            session.execute(update(TriageClock).where(TriageClock.id == clock.id).values(differ))
            was[str(clock.id)] = {name: _plain(then[name]) for name in differ}
            now[str(clock.id)] = {name: _plain(value) for name, value in differ.items()}
    return ({CLOCKS: was} if was else {}), ({CLOCKS: now} if now else {}) | ({MADE: made} if made else {})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def restored(cells: Mapping[str, Any], kind: type[TriageItem | TriageClock]) -> Cells:
    """The cells of an event as the columns hold them: instants again where the column has such."""
    instants = {column.name for column in kind.__table__.columns if isinstance(column.type, UtcDateTime)}
    return {
        name: datetime.fromisoformat(value) if name in instants and value is not None else value
        for name, value in cells.items()
    }  # fmt: skip


def item_with(session: Session, item_id: int) -> Item | None:
    """The item of that number as it is now."""
    row = session.get(TriageItem, item_id)
    return None if row is None else item_of(row)
