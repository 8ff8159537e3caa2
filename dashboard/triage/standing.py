"""The items that are not ended, as frames: read whole once, and after that only what has changed since.

A queue of thousands is asked for after every act of everybody. Each act leaves an event, and a look of the rules leaves
a run, so what was read before is known to hold still, and what was changed is known by number. Numbers are given one
after the other, as writers take turns, so none that is smaller comes later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import polars as pl
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from dashboard.store.frames import frame_of
from dashboard.store.triage import TriageCause, TriageClock, TriageEvent, TriageItem, TriageRun
from dashboard.triage.items import owner_name
from dashboard.triage.states import OPEN
from metrics.tables import INSTANT

SHOWN = (
    "id", "version", "source", "ticket_id", "state", "owner", "tier", "priority", "is_complaint", "channel", "type",
    "team", "agent", "opened_at", "raised_at", "changed_at", "acknowledged_at", "snoozed_until", "waiting_for",
    "next_update_at", "reopen_count", "ticket_created_at", "decision", "reason", "resolved_at", "merged_into",
)  # fmt: skip
"""The columns of an item that the queue has, and where it was merged into."""
WHOLE = ("id", "version", "tier", "reopen_count", "merged_into")
ITEMS = {
    name: INSTANT if name.endswith(("_at", "_until")) else pl.Int64 if name in WHOLE
    else pl.Boolean if name == "is_complaint" else pl.String
    for name in SHOWN
}  # fmt: skip
CLOCKS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64, "due_kind": pl.String, "due_at": INSTANT, "target_seconds": pl.Int64, "calendar": pl.String,
    "breached_at": INSTANT,
}  # fmt: skip
CAUSES: dict[str, pl.DataType | type[pl.DataType]] = {"item_id": pl.Int64, "rule": pl.String, "since": INSTANT}
KEPT = (*OPEN, "resolved", "merged")
MANY = 400
"""From so many changed items on it is as well to read all."""


@dataclass(frozen=True)
class Standing:
    """Items that are not closed · of each the running clock that is due first · causes, the oldest first."""

    pulse: tuple[int, int, int]
    items: pl.DataFrame
    due: pl.DataFrame
    causes: pl.DataFrame


_seen: WeakKeyDictionary[Engine, Standing] = WeakKeyDictionary()


def standing(desk: Desk) -> Standing:
    """The items as they stand now."""
    with desk.reading() as session:
        pulse, before = pulse_of(session), _seen.get(desk.engine)
        if before is not None and before.pulse == pulse:
            return before
        now = _read(session, pulse) if before is None else _brought_on(session, before, pulse)
    _seen[desk.engine] = now
    return now


def pulse_of(session: Session) -> tuple[int, int, int]:
    """The newest event, cause and run of the rules: other numbers once anything has happened to any item."""
    newest = (select(func.max(kind.id)).scalar_subquery() for kind in (TriageEvent, TriageCause, TriageRun))
    event, cause, run = session.execute(select(*newest)).one()
    return event or 0, cause or 0, run or 0


def _read(session: Session, pulse: tuple[int, int, int]) -> Standing:
    causes = select(TriageCause.item_id, TriageCause.rule, TriageCause.since).join(TriageItem)
    known = causes.where(TriageItem.state.in_(KEPT)).order_by(TriageCause.since, TriageCause.id)
    return Standing(pulse, items_of(session, KEPT), _due(session), frame_of(session, known, CAUSES))


def _brought_on(session: Session, before: Standing, pulse: tuple[int, int, int]) -> Standing:
    """What was read before with what has changed since."""
    asked = select(TriageEvent.item_id).where(TriageEvent.id > before.pulse[0]).distinct()
    changed = list(session.scalars(asked))
    if before.pulse[1:] != pulse[1:] or len(changed) > MANY or _has_come_back(session, before, changed):
        return _read(session, pulse)
    others = ~pl.col("id").is_in(changed)
    return Standing(
        pulse,
        pl.concat([before.items.filter(others), items_of(session, KEPT, changed)]),
        pl.concat([before.due.filter(others), _due(session, changed)]),
        before.causes,
    )


def _has_come_back(session: Session, before: Standing, changed: Sequence[int]) -> bool:
    """Whether one of them was closed when the causes were read."""
    del session
    return not set(changed) <= set(before.items["id"])


def items_of(session: Session, states: Sequence[str], ids: Sequence[int] | None = None) -> pl.DataFrame:
    """The items in these states, of these numbers where some are given."""
    asked = select(*(getattr(TriageItem, name) for name in SHOWN)).where(TriageItem.state.in_(states))
    return frame_of(session, asked if ids is None else asked.where(TriageItem.id.in_(ids)), ITEMS)


def _due(session: Session, ids: Sequence[int] | None = None) -> pl.DataFrame:
    asked = select(
        TriageClock.item_id, TriageClock.kind, TriageClock.due_at, TriageClock.target_seconds, TriageClock.calendar,
        TriageClock.breached_at,
    ).where(
        TriageClock.met_at.is_(None), TriageClock.cancelled_at.is_(None), TriageClock.due_at.is_not(None)
    )  # fmt: skip
    found = frame_of(session, asked if ids is None else asked.where(TriageClock.item_id.in_(ids)), CLOCKS)
    return found.sort("due_at", "due_kind").unique("id", keep="first", maintain_order=True)


def reached(actor: Actor, act: Act) -> pl.Expr:
    """What narrows the items to those over which the act extends; as dashboard.triage.rights tells the database."""
    own = owner_name(actor)
    match reach(actor, act):
        case Reach.ALL:
            return pl.lit(value=True)
        case Reach.TEAMS:
            return pl.col("team").is_in(sorted(filter(None, actor.teams))).fill_null(value=False)
        case Reach.OWN:
            return ((pl.col("owner") == own) | (pl.col("agent") == own)).fill_null(value=False)
        case _:
            return pl.lit(value=False)
