"""How triage itself goes: what the events of the items tell, as facts, and the figures over them."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from sqlalchemy import Executable, case, func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.store.frames import frame_of
from dashboard.store.triage import MeetingItem, ReminderClaim, TriageClock, TriageEvent, TriageItem
from dashboard.triage.business import hours_of
from dashboard.triage.now import now
from dashboard.triage.rights import within_reach
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Every, Scope
from metrics.triage.figures import ITEMS, METRICS, item_facts

TAKEN = ("id", "source", "ticket_id", "channel", "priority", "type", "team", "owner", "tier", "opened_at", "state")
_EVENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64, "action": pl.String, "at": pl.Datetime("us", "UTC"), "event": pl.Int64, "undoes": pl.Int64,
}  # fmt: skip


@needs(Act.SEE_TRIAGE)
def triage_facts(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Facts:
    """The items of the actor's reach as facts; what was taken back counts as not done."""
    moment, settings = at or now(), hours_of(desk).settings
    with desk.reading() as session:
        asked = within_reach(actor, Act.SEE_TRIAGE)
        columns = [getattr(TriageItem, name) for name in TAKEN]
        schema: dict[str, pl.DataType | type[pl.DataType]] = {name: ITEMS.get(name, pl.String) for name in TAKEN} | {
            "id": pl.Int64()
        }
        items = frame_of(session, select(*columns).where(asked), schema)
        events = frame_of(session, select(TriageEvent.item_id, TriageEvent.action, TriageEvent.at, TriageEvent.id,
                                        TriageEvent.undoes).where(TriageEvent.at <= moment), _EVENTS)  # fmt: skip
        sent = _counted(session, select(TriageClock.item_id, func.count()).join(
            ReminderClaim, ReminderClaim.clock_id == TriageClock.id
        ).where(ReminderClaim.sent_at <= moment).group_by(TriageClock.item_id), "reminders")  # fmt: skip
        promised = _promises(session, moment)
    whole = items.join(_told(events), on="id", how="left").join(sent, on="id", how="left")
    whole = whole.join(promised, on="id", how="left")
    counts = ("reminders", "snoozes", "raises", "reopens", "promises", "promises_kept")
    ended = pl.when(pl.col("state").is_in(["resolved", "closed", "merged"])).then("left_at")
    known = whole.with_columns(*(pl.col(name).fill_null(0) for name in counts), ended_at=ended)
    return item_facts(known.select(pl.col(name).cast(dtype) for name, dtype in ITEMS.items()), settings, as_of=moment)


def _counted(session: Session, asked: Executable, name: str) -> pl.DataFrame:
    return frame_of(session, asked, {"id": pl.Int64, name: pl.Int64})


def _promises(session: Session, at: datetime) -> pl.DataFrame:
    """Of each item the promises of meetings that were judged by then, and how many of them were kept."""
    judged = MeetingItem.is_kept.is_not(None) & (MeetingItem.judged_at <= at) & MeetingItem.item_id.is_not(None)
    kept = func.sum(case((MeetingItem.is_kept.is_(True), 1), else_=0))
    asked = select(MeetingItem.item_id, func.count(), kept).where(judged).group_by(MeetingItem.item_id)
    return frame_of(session, asked, {"id": pl.Int64, "promises": pl.Int64, "promises_kept": pl.Int64})


def _told(events: pl.DataFrame) -> pl.DataFrame:
    """Of each item when it was first taken and decided, when it last left the queue, and how often what was done."""
    standing = events.filter(~pl.col("event").is_in(events["undoes"].drop_nulls().implode()))
    done, at = pl.col("action"), pl.col("at")
    decided, left = done.is_in(["resolve", "settle"]), done.is_in(["resolve", "settle", "merge"])
    return standing.group_by("id").agg(
        acknowledged_at=at.filter(done == "acknowledge").min(),
        decided_at=at.filter(decided).min(), left_at=at.filter(left).max(),
        snoozes=(done == "snooze").sum(), raises=(done == "escalate").sum(), reopens=(done == "reopen").sum(),
    )  # fmt: skip


@needs(Act.SEE_TRIAGE)
def triage_figures(
    actor: Actor, desk: Desk, scope: Scope | None = None, *, by: Sequence[str] = (), every: Every | None = None,
    at: datetime | None = None,
) -> pl.DataFrame:  # fmt: skip
    """All figures of triage over a scope, as `metrics.compute` gives them; see metrics.triage.figures.METRICS."""
    return compute(METRICS, triage_facts(actor, desk, at=at), scope or Scope(), by=by, every=every)
