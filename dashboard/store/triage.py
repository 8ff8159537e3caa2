"""Triage: escalated tickets, why they are there, their clocks, what was done with them, and the meetings over them.

None of these tables holds what a customer wrote; a ticket is named by its source and number. Notes are the desk's own.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base
from dashboard.store.claims import Claim

STATES = ("new", "acknowledged", "in_progress", "waiting", "resolved", "closed", "merged")
WAITING_FOR = ("customer", "third_party", "internal")
ENDED = "state IN ('closed', 'merged')"


def _one_of(name: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{name} IN ({', '.join(repr(value) for value in values)})", name=name)


class TriageItem(Base):
    """An escalated ticket; one that is not ended per ticket. `version` counts every change, each with its event."""

    __tablename__ = "triage_items"
    __table_args__ = (
        _one_of("state", STATES),
        _one_of("waiting_for", WAITING_FOR),
        CheckConstraint("tier BETWEEN 1 AND 4", name="tier"),
        Index("uq_triage_items_not_ended", "source", "ticket_id", unique=True,
              sqlite_where=text(f"NOT ({ENDED})"), postgresql_where=text(f"NOT ({ENDED})")),
        Index("ix_triage_items_state_team", "state", "team"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    ticket_id: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str | None] = mapped_column(String(200))
    """The name by which the tickets know the person who has it, else the name of the account."""
    tier: Mapped[int] = mapped_column(default=1)
    """1 first line, 2 specialist, 3 cross-team, 4 manager."""
    opened_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    """When it came to its tier."""
    changed_at: Mapped[datetime]
    """When a person last did something with it, else when it was opened."""
    activity_at: Mapped[datetime | None]
    """The newest sign of the customer in the ticket."""
    acknowledged_at: Mapped[datetime | None]
    """In its present tier; None: nobody there has taken it yet."""
    snoozed_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    waiting_for: Mapped[str | None] = mapped_column(String(20))
    next_update_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopen_count: Mapped[int] = mapped_column(default=0)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("triage_items.id"))
    decision: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(40))
    is_complaint: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[str | None] = mapped_column(String(20))
    """This and the following as the newest load tells them; by the team it is decided who sees the item."""
    channel: Mapped[str | None] = mapped_column(String(20))
    type: Mapped[str | None] = mapped_column(String(300))
    team: Mapped[str | None] = mapped_column(String(200))
    agent: Mapped[str | None] = mapped_column(String(200))
    ticket_created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class TriageCause(Base):
    """Why an item is there: a rule that held of its ticket, or of one that was merged into it; once each occurrence."""

    __tablename__ = "triage_causes"
    __table_args__ = (UniqueConstraint("source", "ticket_id", "rule", "occurrence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("triage_items.id"), index=True)
    source: Mapped[str] = mapped_column(String(200))
    ticket_id: Mapped[str] = mapped_column(String(300))
    rule: Mapped[str] = mapped_column(String(40))
    occurrence: Mapped[str] = mapped_column(String(200))
    """What tells one time from the next, such as the thing and run of a target or the number of a rating."""
    since: Mapped[datetime]
    values: Mapped[dict[str, Any]]
    """What fills the sentence of the rule."""
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When the rule was first found not to hold any more."""


class TriageEvent(Base):
    """What was done with an item: one row per item and act, never changed; triggers refuse UPDATE and DELETE."""

    __tablename__ = "triage_events"
    __table_args__ = (UniqueConstraint("item_id", "version"), Index("ix_triage_events_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("triage_items.id"))
    version: Mapped[int]
    """The version that the item has since; 1 is its opening."""
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any]]
    """The columns of the item that changed, and under `clocks` those of its clocks by number; instants as ISO text."""
    after: Mapped[dict[str, Any]]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("triage_events.id"))
    batch: Mapped[str | None] = mapped_column(String(32))
    """The same for all items that were changed in one go."""


class TriageClock(Base):
    """A time that somebody is held to; `pauses` are spans [from, to] in ISO text, the last open one is `paused_at`."""

    __tablename__ = "triage_clocks"
    __table_args__ = (UniqueConstraint("item_id", "kind", "run"), Index("ix_triage_clocks_due_at", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("triage_items.id"))
    kind: Mapped[str] = mapped_column(String(30))
    run: Mapped[int]
    """1, and one more each time that a clock of this kind starts again."""
    tier: Mapped[int]
    started_at: Mapped[datetime]
    target_seconds: Mapped[int]
    clock: Mapped[str] = mapped_column(String(10))
    """business or calendar."""
    calendar: Mapped[str | None] = mapped_column(String(200))
    """The name of the calendar of business time."""
    due_at: Mapped[datetime | None]
    """None while it is paused."""
    paused_at: Mapped[datetime | None]
    pauses: Mapped[list[Any]]
    met_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class TriageNote(Base):
    """What one hands on with an item, or told the customer: what was tried, what was said, what is promised next."""

    __tablename__ = "triage_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("triage_items.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("triage_events.id"))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    from_tier: Mapped[int]
    to_tier: Mapped[int]
    tried: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text)
    promised: Mapped[str] = mapped_column(Text)
    promised_at: Mapped[datetime | None]


class ReminderClaim(Claim, Base):
    """The right to send one reminder, which one process gets; what was claimed and stays unsent may be tried again."""

    __tablename__ = "reminder_claims"
    __table_args__ = (UniqueConstraint("clock_id", "rule_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("triage_clocks.id"))
    rule_id: Mapped[str] = mapped_column(String(60))
    """Which reminder of the settings, and by which way."""
    step: Mapped[str] = mapped_column(String(40))
    """At which share of the target, or of which day."""


class TriageRun(Base):
    """One evaluation of the rules, and what came of it; `state` names the data and the settings that it looked at."""

    __tablename__ = "triage_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(64))
    opened: Mapped[int]
    added: Mapped[int]
    """Causes that came to items which were there already."""
    reopened: Mapped[int]


class Meeting(Base):
    """A stand-up that was held: the list as it was then, and who led it."""

    __tablename__ = "meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    held_on: Mapped[date]
    teams: Mapped[list[Any]]
    """Whose meeting it was; empty: everybody's."""
    led_by_id: Mapped[int | None]
    led_by: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[datetime]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any]]
    """Figures and counts at the start, without anything that a customer wrote."""
    version: Mapped[int] = mapped_column(default=1)


class MeetingItem(Base):
    """One thing that a stand-up looked at, what was decided, who does what next by when, and whether it was kept."""

    __tablename__ = "meeting_items"
    __table_args__ = (UniqueConstraint("meeting_id", "position"), Index("ix_meeting_items_promised_at", "promised_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    """Why it is on the list: overdue, due, unacknowledged, reopened, complaint, snooze, promise, other."""
    item_id: Mapped[int | None] = mapped_column(ForeignKey("triage_items.id"), index=True)
    follows: Mapped[int | None] = mapped_column(ForeignKey("meeting_items.id"))
    """The promise of an earlier meeting that this one looks at."""
    source: Mapped[str | None] = mapped_column(String(200))
    ticket_id: Mapped[str | None] = mapped_column(String(300))
    team: Mapped[str | None] = mapped_column(String(200))
    about: Mapped[dict[str, Any]]
    """What fills the item's sentence."""
    decision: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(200))
    next_step: Mapped[str | None] = mapped_column(Text)
    promised_at: Mapped[datetime | None]
    is_kept: Mapped[bool | None]
    judged_at: Mapped[datetime | None]
    judged_by: Mapped[str | None] = mapped_column(String(200))
    left_at: Mapped[datetime | None]
    """When the meeting went on to the next."""
    seconds: Mapped[int | None]
    """How long the meeting spent on it."""
    version: Mapped[int] = mapped_column(default=1)
