"""Spot-checks: plans, draws with their frozen frames, who reads what, calibration sessions, error cases.

None of these tables holds what a customer wrote; a conversation is named by the source and number of its ticket. What
was claimed wrongly and what is right are the desk's own sentences.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base

PURPOSES = ("rate", "coaching")
CYCLES = ("day", "week")
REASONS = ("random", "risk", "floor", "adhoc", "calibration")
OUTCOMES = ("reviewed", "ineligible", "skipped")
ROLES_OF_READERS = ("primary", "double", "expert", "calibration")
ASSIGNMENT_STATES = ("open", "started", "done", "returned")
SESSION_STATES = ("planned", "open", "locked", "revealed", "agreed", "closed")
ERROR_CLOCKS = ("apology", "public_correction", "root_cause", "action")
CONTACT_STATES = ("found", "contacted", "confirmed", "unreachable", "not_affected")
ACTION_KINDS = ("knowledge", "training", "system", "process", "other")
DRAWN_BY_CHANCE = "reason IN ('random', 'risk', 'floor')"


def _one_of(name: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{name} IN ({', '.join(repr(value) for value in values)})", name=name)


class SamplePlan(Base):
    """How conversations are picked for review. Never changed: what is edited becomes the next number of its name."""

    __tablename__ = "sample_plans"
    __table_args__ = (_one_of("purpose", PURPOSES), _one_of("cycle", CYCLES), UniqueConstraint("name", "number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(20))
    """rate: for the share that passes · coaching: so that everybody is read, for agents alone."""
    cycle: Mapped[str] = mapped_column(String(10))
    where: Mapped[dict[str, Any]]
    """Dimension -> values: which conversations can be picked at all."""
    strata: Mapped[dict[str, Any]]
    """risks: which kinds of risk are drawn apart, the first that holds counts · by_channel."""
    allocation: Mapped[dict[str, Any]]
    """share, minimum, per_stratum, all_up_to, risk_share: how many of each stratum."""
    min_per_agent: Mapped[int]
    double_share: Mapped[float]
    """The part of each draw that a second inspector reads too, without being told."""
    inspectors: Mapped[list[Any]]
    """Who reads, by name; empty: whoever takes the next one."""
    due_hours: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class SampleDraw(Base):
    """One draw of a plan over a window `[window_from, window_to)`; only ever extended, never changed."""

    __tablename__ = "sample_draws"
    __table_args__ = (
        Index("uq_sample_draws_window", "plan_id", "window_from", "window_to", unique=True,
              sqlite_where=text("supersedes IS NULL"), postgresql_where=text("supersedes IS NULL")),
        UniqueConstraint("supersedes"),
        CheckConstraint("window_from < window_to", name="window"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("sample_plans.id"), index=True)
    window_from: Mapped[datetime]
    window_to: Mapped[datetime]
    load_id: Mapped[int]
    """The entry of the load ledger whose tickets the frame was made of."""
    as_of: Mapped[datetime]
    frame_size: Mapped[int]
    frame_sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str] = mapped_column(String(32))
    algorithm: Mapped[str] = mapped_column(String(20))
    drawn_by_id: Mapped[int | None]
    drawn_by: Mapped[str] = mapped_column(String(200))
    drawn_at: Mapped[datetime]
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("sample_draws.id"))
    """The draw of the same window that this one takes the place of."""
    reason: Mapped[str | None] = mapped_column(Text)


class SampleFrame(Base):
    """All conversations that a draw could have picked, compressed; ids only. The draw names the SHA-256 of its text."""

    __tablename__ = "sample_frames"

    draw_id: Mapped[int] = mapped_column(ForeignKey("sample_draws.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    kept_until: Mapped[datetime]
    """Before that instant nothing takes it away."""


class SampleStratum(Base):
    """One stratum of a draw: how many conversations it has, how many of them were drawn first and are by now."""

    __tablename__ = "sample_strata"
    __table_args__ = (CheckConstraint("0 <= initial AND initial <= drawn AND drawn <= size", name="drawn"),)

    draw_id: Mapped[int] = mapped_column(ForeignKey("sample_draws.id"), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(300), primary_key=True)
    size: Mapped[int]
    initial: Mapped[int]
    drawn: Mapped[int]


class SampleUnit(Base):
    """One picked conversation with the probability that it had; picked by hand it has none and enters no rate."""

    __tablename__ = "sample_units"
    __table_args__ = (
        _one_of("reason", REASONS),
        _one_of("outcome", OUTCOMES),
        CheckConstraint("pi IS NULL OR (pi > 0 AND pi <= 1)", name="pi"),
        CheckConstraint(f"({DRAWN_BY_CHANCE}) = (pi IS NOT NULL AND draw_id IS NOT NULL)", name="chance"),
        CheckConstraint("outcome IS NULL OR outcome = 'reviewed' OR code IS NOT NULL", name="code"),
        UniqueConstraint("draw_id", "source", "ticket_id"),
        Index("ix_sample_units_source_ticket_id", "source", "ticket_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("sample_draws.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("calibration_sessions.id"), index=True)
    source: Mapped[str] = mapped_column(String(200))
    ticket_id: Mapped[str] = mapped_column(String(300))
    stratum: Mapped[str | None] = mapped_column(String(300))
    agent: Mapped[str | None] = mapped_column(String(200))
    u: Mapped[float | None]
    pi: Mapped[float | None]
    reason: Mapped[str] = mapped_column(String(20))
    round: Mapped[int] = mapped_column(default=1)
    """1: of the draw itself; more: of its extensions."""
    added_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(20))
    """None: still to be read."""
    code: Mapped[str | None] = mapped_column(String(40))
    """Why it was not read."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(200))


class Assignment(Base):
    """Who reads a conversation. Only the primary's review enters rates; the role is not shown to who reads."""

    __tablename__ = "assignments"
    __table_args__ = (
        _one_of("role", ROLES_OF_READERS),
        _one_of("state", ASSIGNMENT_STATES),
        UniqueConstraint("unit_id", "reviewer"),
        Index("uq_assignments_primary", "unit_id", unique=True,
              sqlite_where=text("role = 'primary'"), postgresql_where=text("role = 'primary'")),
        Index("ix_assignments_reviewer_state", "reviewer", "state"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("sample_units.id"))
    reviewer_id: Mapped[int | None]
    """The account; None also on a desk without accounts."""
    reviewer: Mapped[str | None] = mapped_column(String(200))
    """None: whoever takes it next."""
    role: Mapped[str] = mapped_column(String(20))
    assigned_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20), default="open")
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class CalibrationSession(Base):
    """Several inspectors read the same conversations; until `revealed_at` nobody reads what another one gave."""

    __tablename__ = "calibration_sessions"
    __table_args__ = (
        _one_of("state", SESSION_STATES),
        CheckConstraint("(revealed_at IS NULL) = (state IN ('planned', 'open', 'locked'))", name="revealed"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    scorecard_version_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(20))
    participants: Mapped[list[Any]]
    """The names of those who read."""
    expert: Mapped[str | None] = mapped_column(String(200))
    """One of them, against whom the others are held."""
    planned_by: Mapped[str] = mapped_column(String(200))
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    revealed_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class CalibrationItem(Base):
    """One conversation of a session, and what was agreed on it after the reveal."""

    __tablename__ = "calibration_items"

    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_sessions.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("sample_units.id"), primary_key=True)
    position: Mapped[int]
    consensus: Mapped[dict[str, Any]]
    """Code of the criterion -> the value on which all agreed."""
    note: Mapped[str | None] = mapped_column(Text)


class ErrorCase(Base):
    """A wrong answer and its way to the correction. What was done when stands here; the state follows from it."""

    __tablename__ = "error_cases"
    __table_args__ = (
        Index("ix_error_cases_closed_at_team", "closed_at", "team"),
        CheckConstraint("closed_at IS NULL OR (cause IS NOT NULL AND owner IS NOT NULL AND verification IS NOT NULL)",
                        name="closed"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    ticket_id: Mapped[str] = mapped_column(String(300))
    review_id: Mapped[int | None]
    criterion: Mapped[str | None] = mapped_column(String(40))
    was_public: Mapped[bool]
    found_at: Mapped[datetime]
    found_by: Mapped[str] = mapped_column(String(200))
    wrong_claim: Mapped[str] = mapped_column(Text)
    right_claim: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)
    """The words by which the same claim is looked for in other conversations."""
    searched_at: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(String(20))
    type: Mapped[str | None] = mapped_column(String(300))
    team: Mapped[str | None] = mapped_column(String(200))
    agent: Mapped[str | None] = mapped_column(String(200))
    owner: Mapped[str | None] = mapped_column(String(200))
    contacted_at: Mapped[datetime | None]
    """When the customer was told, with an apology."""
    corrected_at: Mapped[datetime | None]
    correction: Mapped[str | None] = mapped_column(Text)
    """Where what is right can be read now."""
    cause: Mapped[str | None] = mapped_column(String(60))
    cause_note: Mapped[str | None] = mapped_column(Text)
    cause_at: Mapped[datetime | None]
    verification: Mapped[str | None] = mapped_column(Text)
    verified_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ErrorClock(Base):
    """A time by which a step of a correction is to be done; its target is that of the settings when it began."""

    __tablename__ = "error_clocks"
    __table_args__ = (_one_of("kind", ERROR_CLOCKS), Index("ix_error_clocks_due_at", "due_at"))

    case_id: Mapped[int] = mapped_column(ForeignKey("error_cases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    started_at: Mapped[datetime]
    target_seconds: Mapped[int]
    due_at: Mapped[datetime]
    met_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class AffectedTicket(Base):
    """A conversation in which a customer was told the same wrong thing, and whether he has been told what is right."""

    __tablename__ = "affected_tickets"
    __table_args__ = (_one_of("state", CONTACT_STATES),)

    case_id: Mapped[int] = mapped_column(ForeignKey("error_cases.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    ticket_id: Mapped[str] = mapped_column(String(300), primary_key=True)
    found_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))


class CorrectiveAction(Base):
    """What is done so that the error does not come again, by whom and until when."""

    __tablename__ = "corrective_actions"
    __table_args__ = (_one_of("kind", ACTION_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("error_cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    measure: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(200))
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class ErrorEvent(Base):
    """What was done with an error case: one row per act, never changed; triggers refuse UPDATE and DELETE."""

    __tablename__ = "error_events"
    __table_args__ = (UniqueConstraint("case_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("error_cases.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(20))
    after: Mapped[dict[str, Any]]
    """What the act says: the columns that it set, instants as ISO text."""
