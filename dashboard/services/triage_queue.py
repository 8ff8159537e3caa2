"""The queue of escalated tickets as a person may see it, and everything that is known of one of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import polars as pl
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.store.triage import TriageCause, TriageClock, TriageEvent, TriageItem, TriageNote, TriageRun
from dashboard.triage.business import Hours, hours_of
from dashboard.triage.clocks import Clock
from dashboard.triage.items import Cause, Event, Item, NoSuchItem, Note, item_of
from dashboard.triage.keeping import clocks_of
from dashboard.triage.now import now
from dashboard.triage.rights import may, within_reach
from dashboard.triage.settings import TriageSettings, triage_settings
from dashboard.triage.states import OPEN
from metrics.tables import INSTANT
from metrics.triage.order import ordered

Part = Literal["open", "snoozed", "resolved", "closed"]
SHOWN = (
    "id", "version", "source", "ticket_id", "state", "owner", "tier", "priority", "is_complaint", "channel", "type",
    "team", "agent", "opened_at", "raised_at", "changed_at", "acknowledged_at", "snoozed_until", "waiting_for",
    "next_update_at", "reopen_count", "ticket_created_at", "decision", "reason", "resolved_at",
)  # fmt: skip
"""The columns of an item that the queue has."""
_SCHEMA = {
    name: INSTANT if name.endswith(("_at", "_until")) else pl.Int64 if name in ("id", "version", "tier", "reopen_count")
    else pl.Boolean if name == "is_complaint" else pl.String
    for name in SHOWN
}  # fmt: skip
_CLOCKS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64, "due_kind": pl.String, "due_at": INSTANT, "target_seconds": pl.Int64, "calendar": pl.String,
    "breached_at": INSTANT,
}  # fmt: skip
_SEARCHED = ("ticket_id", "owner", "team", "agent", "type", "source")


@needs(Act.SEE_TRIAGE)
def queue(
    actor: Actor, desk: Desk, *, at: datetime | None = None, include: Sequence[Part] = ("open",),
    search: str | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The items of the actor's reach in the order of the settings' rules, each with why it stands where it stands.

    Beside the columns SHOWN: place, class, is_moved_up, why (codes for dashboard.triage.sentences.why_sentence), rules
    (of its causes, the oldest first), causes (how many), due_kind, due_at, target_seconds of the time that is up first,
    left_seconds (null where it is up), late_seconds (null where it is not), is_acknowledged, needs_attention.
    """
    moment, hours = at or now(), hours_of(desk)
    settings = triage_settings(hours.versions[-1][1] if hours.versions else None)
    with desk.reading() as session:
        asked = within_reach(actor, Act.SEE_TRIAGE) & _parts(include, moment)
        items = _items(session, asked & _matching(search) if search else asked)
        due, rules = _running(session, asked), _rules(session, asked)
    whole = items.join(_timed(due, moment, hours), on="id", how="left").join(rules, on="id", how="left")
    told = whole.with_columns(
        pl.col("rules").fill_null([]), pl.col("causes").fill_null(0),
        is_acknowledged=pl.col("acknowledged_at").is_not_null(), needs_attention=_needs_attention(settings, moment),
    )  # fmt: skip
    return ordered(told, settings.order, moves_up_after=settings.moves_up_after)


def _parts(include: Sequence[Part], at: datetime) -> ColumnElement[bool]:
    awake = or_(TriageItem.snoozed_until.is_(None), TriageItem.snoozed_until <= at)
    parts: dict[Part, ColumnElement[bool]] = {
        "open": TriageItem.state.in_(OPEN) & awake,
        "snoozed": TriageItem.state.in_(OPEN) & (TriageItem.snoozed_until > at),
        "resolved": TriageItem.state == "resolved",
        "closed": TriageItem.state == "closed",
    }
    return or_(*(parts[name] for name in include))


def _matching(search: str) -> ColumnElement[bool]:
    return or_(*(getattr(TriageItem, name).icontains(search.strip(), autoescape=True) for name in _SEARCHED))


def _items(session: Session, asked: ColumnElement[bool]) -> pl.DataFrame:
    columns = [getattr(TriageItem, name) for name in SHOWN]
    rows = session.execute(select(*columns).where(asked)).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=_SCHEMA, orient="row")


def _running(session: Session, asked: ColumnElement[bool]) -> pl.DataFrame:
    """Of each item the running clock that is due first."""
    columns = (
        TriageClock.item_id, TriageClock.kind, TriageClock.due_at, TriageClock.target_seconds, TriageClock.calendar,
        TriageClock.breached_at,
    )  # fmt: skip
    running = TriageClock.met_at.is_(None) & TriageClock.cancelled_at.is_(None) & TriageClock.due_at.is_not(None)
    rows = session.execute(select(*columns).join(TriageItem).where(asked & running)).all()
    found = pl.DataFrame([tuple(row) for row in rows], schema=_CLOCKS, orient="row")
    return found.sort("due_at", "due_kind").unique("id", keep="first", maintain_order=True)


def _timed(due: pl.DataFrame, at: datetime, hours: Hours) -> pl.DataFrame:
    """How much time is left, or by how much it is up, on each clock's own hours."""
    known = due.with_columns(now=pl.lit(at, INSTANT))
    known = known.with_columns(late=hours.passed(known, "due_at", "now"), left=hours.passed(known, "now", "due_at"))
    is_late = pl.col("breached_at").is_not_null() | (pl.col("late") > 0)
    return known.select(
        "id", "due_kind", "due_at", "target_seconds",
        late_seconds=pl.when(is_late).then("late"), left_seconds=pl.when(~is_late).then("left"),
    )  # fmt: skip


def _rules(session: Session, asked: ColumnElement[bool]) -> pl.DataFrame:
    """Of each item the rules that hold or have held, those of what was merged into it too, the oldest first."""
    owner = func.coalesce(TriageItem.merged_into, TriageItem.id)
    merged = select(TriageItem.id).where(asked).scalar_subquery()
    rows = session.execute(
        select(owner, TriageCause.rule).join(TriageItem, TriageCause.item_id == TriageItem.id)
        .where(owner.in_(merged)).order_by(TriageCause.since, TriageCause.id)
    ).all()  # fmt: skip
    frame = pl.DataFrame([tuple(row) for row in rows], schema={"id": pl.Int64, "rule": pl.String}, orient="row")
    told = pl.col("rule").unique(maintain_order=True)
    return frame.group_by("id", maintain_order=True).agg(rules=told, causes=pl.len().cast(pl.Int64))


def _needs_attention(settings: TriageSettings, at: datetime) -> pl.Expr:
    """Whether somebody has it, but nothing was done with it for too long, or a promised update is late."""
    moment, idle = pl.lit(at, INSTANT), timedelta(seconds=settings.acknowledged_for)
    idling = pl.col("state").is_in(["acknowledged", "in_progress"]) & (pl.col("changed_at") + idle < moment)
    waited = (pl.col("state") == "waiting") & (pl.col("next_update_at") < moment)
    return (idling | waited).fill_null(False)


@needs(Act.SEE_TRIAGE)
def item(actor: Actor, desk: Desk, item_id: int) -> Item:
    """One item as it stands. Raises NoSuchItem, also for what the person may not see."""
    with desk.reading() as session:
        return _seen(session, actor, item_id)


def _seen(session: Session, actor: Actor, item_id: int) -> Item:
    row = session.get(TriageItem, item_id)
    if row is None or not may(actor, Act.SEE_TRIAGE, item_of(row)):
        raise NoSuchItem(item_id)
    return item_of(row)


@needs(Act.SEE_TRIAGE)
def items_of_ticket(actor: Actor, desk: Desk, source: str, ticket_id: str) -> tuple[Item, ...]:
    """Every item that a ticket has had, the newest first."""
    same = (TriageItem.source == source) & (TriageItem.ticket_id == ticket_id)
    with desk.reading() as session:
        rows = session.scalars(
            select(TriageItem).where(same & within_reach(actor, Act.SEE_TRIAGE)).order_by(TriageItem.id.desc())
        )
        return tuple(item_of(row) for row in rows)


@needs(Act.SEE_TRIAGE)
def causes(actor: Actor, desk: Desk, item_id: int) -> tuple[Cause, ...]:
    """Why it is in the queue, those of what was merged into it too, the oldest first."""
    with desk.reading() as session:
        _seen(session, actor, item_id)
        within = or_(TriageItem.id == item_id, TriageItem.merged_into == item_id)
        rows = session.scalars(
            select(TriageCause).join(TriageItem, TriageCause.item_id == TriageItem.id)
            .where(within).order_by(TriageCause.since, TriageCause.id)
        )  # fmt: skip
        return tuple(
            Cause(row.rule, row.occurrence, row.source, row.ticket_id, row.since, row.values, row.seen_at, row.ended_at)
            for row in rows
        )


@needs(Act.SEE_TRIAGE)
def clocks(actor: Actor, desk: Desk, item_id: int) -> tuple[Clock, ...]:
    """All times that somebody was or is held to with it."""
    with desk.reading() as session:
        _seen(session, actor, item_id)
        return clocks_of(session, item_id)


@needs(Act.SEE_TRIAGE)
def notes(actor: Actor, desk: Desk, item_id: int) -> tuple[Note, ...]:
    """What was handed on with it and what the customer was told, the oldest first; what was taken back is left out."""
    with desk.reading() as session:
        _seen(session, actor, item_id)
        taken_back = select(TriageEvent.undoes).where(
            TriageEvent.item_id == item_id, TriageEvent.undoes.is_not(None)
        )  # fmt: skip
        standing = TriageNote.event_id.not_in(taken_back)
        rows = session.scalars(
            select(TriageNote).where(TriageNote.item_id == item_id, standing).order_by(TriageNote.id)
        )
        return tuple(
            Note(row.tried, row.told, row.promised, row.promised_at, row.at, row.actor, row.from_tier, row.to_tier)
            for row in rows
        )


@needs(Act.SEE_TRIAGE)
def history(actor: Actor, desk: Desk, item_id: int) -> tuple[Event, ...]:
    """Everything that was done with it, the newest first."""
    with desk.reading() as session:
        _seen(session, actor, item_id)
        return _events(session, TriageEvent.item_id == item_id)


@needs(Act.SEE_TRIAGE)
def changed_since(actor: Actor, desk: Desk, event_id: int) -> tuple[Event, ...]:
    """What was done with items of the actor's reach after that event, the newest first."""
    with desk.reading() as session:
        within = select(TriageItem.id).where(within_reach(actor, Act.SEE_TRIAGE))
        return _events(session, (TriageEvent.id > event_id) & TriageEvent.item_id.in_(within))


def _events(session: Session, asked: ColumnElement[bool]) -> tuple[Event, ...]:
    rows = session.scalars(select(TriageEvent).where(asked).order_by(TriageEvent.id.desc())).all()
    undone = {row.undoes: row.id for row in rows if row.undoes is not None}
    return tuple(
        Event(row.id, row.item_id, row.version, row.at, row.actor, row.action, row.before, row.after, row.undoes,
              row.batch, undone.get(row.id))
        for row in rows
    )  # fmt: skip


@needs(Act.SEE_TRIAGE)
def pulse(actor: Actor, desk: Desk) -> str:
    """A mark that is another one once anything has happened to any item; a page asks it before it reads the queue."""
    del actor  # it tells that something happened, never what
    with desk.reading() as session:
        newest: tuple[Any, ...] = tuple(
            session.scalar(select(func.max(kind.id))) or 0 for kind in (TriageEvent, TriageCause, TriageRun)
        )
    return "-".join(map(str, newest))


@needs(Act.SEE_TRIAGE)
def newest_event(actor: Actor, desk: Desk) -> int:
    """The number of the newest event, to ask `changed_since` with later."""
    del actor
    with desk.reading() as session:
        return session.scalar(select(func.max(TriageEvent.id))) or 0


@needs(Act.SEE_TRIAGE)
def loads(actor: Actor, desk: Desk, *, at: datetime | None = None) -> pl.DataFrame:
    """How much each owner has within the actor's reach: owner, open, unacknowledged, late; the fullest first."""
    had = queue(actor, desk, at=at, include=("open", "snoozed")).filter(pl.col("owner").is_not_null())
    counted = had.group_by("owner").agg(
        open=pl.len(),
        unacknowledged=(~pl.col("is_acknowledged")).sum(),
        late=pl.col("late_seconds").is_not_null().sum(),
    )
    return counted.with_columns(pl.exclude("owner").cast(pl.Int64)).sort(["open", "owner"], descending=[True, False])
