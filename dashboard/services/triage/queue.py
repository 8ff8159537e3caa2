"""The queue of escalated tickets as a person may see it, and everything that is known of one of them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

import polars as pl
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.store.triage import TriageCause, TriageEvent, TriageItem, TriageNote
from dashboard.triage.business import Hours, hours_of
from dashboard.triage.clocks import Clock
from dashboard.triage.items import Cause, Event, Item, Note, item_of
from dashboard.triage.keeping import clocks_of
from dashboard.triage.now import now
from dashboard.triage.rights import demanded, kept_items, within_reach
from dashboard.triage.settings import TriageSettings, triage_settings
from dashboard.triage.standing import items_of, pulse_of, reached, standing
from dashboard.triage.states import OPEN
from metrics.tables import INSTANT
from metrics.triage.order import ordered

Part = Literal["open", "snoozed", "resolved", "closed"]
SEARCHED = ("ticket_id", "owner", "team", "agent", "type", "source")


@needs(Act.SEE_TRIAGE)
def queue(
    actor: Actor, desk: Desk, *, at: datetime | None = None, include: Sequence[Part] = ("open",),
    search: str | None = None, ids: Collection[int] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The items of the actor's reach in the order of the settings' rules, each with why it stands where it stands.

    ids: of these items only; `among` puts them into a queue that was read before.

    Beside the columns of dashboard.triage.standing.SHOWN: place, class, is_moved_up, why (codes for
    dashboard.triage.sentences.why_sentence), rules (of its causes, the oldest first), causes (how many), due_kind,
    due_at, target_seconds of the time that is up first, left_seconds (null where it is up), late_seconds (null where it
    is not), is_acknowledged, needs_attention.
    """
    moment, hours = at or now(), hours_of(desk)
    settings = triage_settings(hours.versions[-1][1] if hours.versions else None)
    known = standing(desk)
    items = known.items
    if "closed" in include:
        with desk.reading() as session:
            items = pl.concat([items, items_of(session, ("closed",))])
    with desk.reading() as session:
        kept = kept_items(session, actor)
    known_to = reached(actor, Act.SEE_TRIAGE) & ~pl.col("id").is_in(kept)
    asked = items.filter(known_to, _parts(include, moment))
    asked = asked.filter(_matching(search)) if search and search.strip() else asked
    asked = asked if ids is None else asked.filter(pl.col("id").is_in(list(ids)))
    due = known.due.join(asked.select("id"), on="id", how="semi")
    rules = _rules(items, known.causes, asked)
    whole = asked.drop("merged_into").join(_timed(due, moment, hours), on="id", how="left")
    told = whole.join(rules, on="id", how="left").with_columns(
        pl.col("rules").fill_null([]), pl.col("causes").fill_null(0),
        is_acknowledged=pl.col("acknowledged_at").is_not_null(), needs_attention=_needs_attention(settings, moment),
    )  # fmt: skip
    return ordered(told, settings.order, moves_up_after=settings.moves_up_after)


@needs(Act.SEE_TRIAGE)
def among(
    actor: Actor, desk: Desk, shown: pl.DataFrame, ids: Collection[int], *, at: datetime | None = None,
    include: Sequence[Part] = ("open",),
) -> pl.DataFrame:  # fmt: skip
    """The queue that was shown, with these items as they are now; it is put in its order anew as a whole."""
    others = shown.filter(~pl.col("id").is_in(list(ids)))
    now_shown = queue(actor, desk, at=at, include=include)
    wanted = pl.col("id").is_in(others["id"].implode()) | pl.col("id").is_in(list(ids))
    kept = now_shown.filter(wanted)
    return kept.with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def _parts(include: Sequence[Part], at: datetime) -> pl.Expr:
    is_open, snoozed = (
        pl.col("state").is_in(OPEN),
        (pl.col("snoozed_until") > pl.lit(at, INSTANT)).fill_null(value=False),
    )
    parts: dict[Part, pl.Expr] = {
        "open": is_open & ~snoozed,
        "snoozed": is_open & snoozed,
        "resolved": pl.col("state") == "resolved",
        "closed": pl.col("state") == "closed",
    }
    return pl.any_horizontal(pl.lit(value=False), *(parts[name] for name in include))


def _matching(search: str) -> pl.Expr:
    wanted = search.strip().lower()
    found = (pl.col(name).str.to_lowercase().str.contains(wanted, literal=True) for name in SEARCHED)
    return pl.any_horizontal(*found).fill_null(value=False)


def _timed(due: pl.DataFrame, at: datetime, hours: Hours) -> pl.DataFrame:
    """How much time is left, or by how much it is up, on each clock's own hours."""
    known = due.with_columns(now=pl.lit(at, INSTANT))
    known = known.with_columns(late=hours.passed(known, "due_at", "now"), left=hours.passed(known, "now", "due_at"))
    is_late = pl.col("breached_at").is_not_null() | (pl.col("late") > 0)
    return known.select(
        "id", "due_kind", "due_at", "target_seconds",
        late_seconds=pl.when(is_late).then("late"), left_seconds=pl.when(~is_late).then("left"),
    )  # fmt: skip


def _rules(items: pl.DataFrame, causes: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Of each item the rules that hold or have held, those of what was merged into it too, the oldest first."""
    leading = items.select(item_id="id", id=pl.coalesce("merged_into", "id")).join(asked, on="id", how="semi")
    led = causes.join(leading, on="item_id", how="inner", maintain_order="left")
    told = pl.col("rule").unique(maintain_order=True)
    return led.group_by("id", maintain_order=True).agg(rules=told, causes=pl.len().cast(pl.Int64))


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
    return demanded(session, actor, Act.SEE_TRIAGE, item_id)


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
        return "-".join(map(str, pulse_of(session)))


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
