"""Events that people know of: entered, changed with a version, taken back; what the forecast is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.staffing.keeping import StaffingError, end, made_by, named, to_change
from dashboard.store.staffing import StaffingEvent
from metrics.staffing.model import EFFECTS, EVENT_KINDS, Event
from metrics.words import N_

LONGEST = timedelta(days=92)
_DAYS = N_("The event ends on {last}, before it begins on {first}; turn its days around.")
_TOO_LONG = N_("The event has {days} days; give at most {most}, so that it can be told from the season.")
_KIND = N_("“{found}” is no kind of event; known are: {known}.")
_VALUE = N_("Say by how much the event changes what comes; {found} cannot be.")
LEAST, MOST = -1.0, 50.0
"""Of a percentage: nobody comes; fifty times as many more."""


@dataclass(frozen=True)
class KeptEvent:
    """An event as it is kept, by whom and since when."""

    id: int
    version: int
    event: Event
    note: str | None
    made_by: str
    made_at: datetime


@needs(Act.SEE_STAFFING)
def kept_events(actor: Actor, desk: Desk) -> tuple[KeptEvent, ...]:
    """Every event that was not taken back, the newest first day first; whoever plans knows of all of them."""
    del actor
    with desk.reading() as session:
        asked = select(StaffingEvent).where(StaffingEvent.ended_at.is_(None))
        rows = session.scalars(asked.order_by(StaffingEvent.first_day.desc(), StaffingEvent.id))
        return tuple(map(_kept, rows))


@needs(Act.SEE_FIGURES)
def events_of(actor: Actor, desk: Desk) -> tuple[Event, ...]:
    """The same as a forecast and a time axis take them, in order of time."""
    del actor  # days of events stand on the time axes of everybody
    with desk.reading() as session:
        asked = select(StaffingEvent).where(StaffingEvent.ended_at.is_(None))
        rows = session.scalars(asked.order_by(StaffingEvent.first_day, StaffingEvent.id))
        return tuple(map(_event, rows))


@needs(Act.SEE_FIGURES)
def events_pulse(actor: Actor, desk: Desk) -> str:
    """What tells one state of the events from the next, at the cost of one short question."""
    del actor
    with desk.reading() as session:
        asked = select(func.count(), func.sum(StaffingEvent.version), func.count(StaffingEvent.ended_at))
        return ".".join(str(one or 0) for one in session.execute(asked).one())


@needs(Act.PLAN_STAFFING)
def add_event(actor: Actor, desk: Desk, event: Event, *, note: str | None = None) -> int:
    """Keep an event; its number. Raises StaffingError for one without sense."""
    columns = _columns(event, note)
    with desk.keeping() as session:
        row = StaffingEvent(**columns, **made_by(actor))
        session.add(row)
        session.flush()
        record(session, actor, "staffing.event.add", f"staffing_event:{row.id}", _told(columns))
        return row.id


@needs(Act.PLAN_STAFFING)
def change_event(
    actor: Actor, desk: Desk, id: int, event: Event, *, expected: int, note: str | None = None
) -> None:  # fmt: skip
    """Let the event of this number be otherwise. Raises StaffingError, and StalePlan where another has changed it."""
    columns = _columns(event, note)
    with desk.keeping() as session:
        row = to_change(session, StaffingEvent, id, expected)
        for name, value in columns.items():
            setattr(row, name, value)
        record(session, actor, "staffing.event.change", f"staffing_event:{id}", _told(columns))


@needs(Act.PLAN_STAFFING)
def end_event(actor: Actor, desk: Desk, id: int, *, expected: int) -> None:
    """Take an event back; it stays in the database. Raises StaffingError, StalePlan."""
    with desk.keeping() as session:
        end(to_change(session, StaffingEvent, id, expected), actor)
        record(session, actor, "staffing.event.end", f"staffing_event:{id}")


def _kept(row: StaffingEvent) -> KeptEvent:
    return KeptEvent(row.id, row.version, _event(row), row.note, row.made_by, row.made_at)


def _event(row: StaffingEvent) -> Event:
    return Event(
        row.name, row.kind, row.first_day, row.last_day, tuple(map(str, row.queues)),  # type: ignore[arg-type]
        row.effect, row.value or 0.0, row.is_trained_on,  # type: ignore[arg-type]
    )  # fmt: skip


def _columns(event: Event, note: str | None) -> dict[str, Any]:
    _demand_sense(event)
    return {
        "name": named(event.name), "kind": event.kind, "first_day": event.first, "last_day": event.last,
        "queues": sorted(set(event.queues)), "effect": event.effect,
        "value": None if event.effect == "learned" else event.value, "is_trained_on": event.in_training,
        "note": (note or "").strip() or None,
    }  # fmt: skip


def _demand_sense(event: Event) -> None:
    if event.kind not in EVENT_KINDS or event.effect not in EFFECTS:
        raise StaffingError(_KIND, found=event.kind, known=", ".join(EVENT_KINDS))
    if event.last < event.first:
        raise StaffingError(_DAYS, first=event.first.isoformat(), last=event.last.isoformat())
    if event.last - event.first >= LONGEST:
        raise StaffingError(_TOO_LONG, days=(event.last - event.first).days + 1, most=LONGEST.days)
    is_typed = event.effect != "learned"
    if is_typed and (event.value != event.value or event.value == 0):
        raise StaffingError(_VALUE, found=event.value)
    if event.effect == "percent" and not LEAST <= event.value <= MOST:
        raise StaffingError(_VALUE, found=f"{event.value:+.0%}")


def _told(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value
            for name, value in columns.items() if name != "note"}  # fmt: skip
