"""Spot-checks that were scored: scorecards with their versions, reviews with revisions, disputes, coaching, cases.

None of these tables holds what a customer wrote; a conversation is named by its source and number, and evidence by the
number of a message and places in it. Comments are the desk's own, kept behind masks. Published versions of scorecards,
revisions, answers and events are only ever added to: triggers refuse anything else.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base

REVIEW_STATES = (
    "draft", "submitted", "acknowledged", "disputed", "upheld", "amended", "part_amended", "appealed", "final",
    "closed", "closed_unacknowledged", "void",
)  # fmt: skip
REVIEW_KINDS = ("normal", "double", "adhoc", "calibration", "grader")
DECISIONS = ("keep", "accept", "other")


def _one_of(name: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{name} IN ({', '.join(repr(value) for value in values)})", name=name)


class Scorecard(Base):
    """A scorecard by its name; what is asked on it stands in its versions."""

    __tablename__ = "scorecards"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    """Of a card that came with the product a key of the wording, else the desk's own words."""
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ScorecardVersion(Base):
    """One version of a scorecard. Once published it does not change; it can only be retired."""

    __tablename__ = "scorecard_versions"
    __table_args__ = (
        UniqueConstraint("scorecard_id", "number"),
        _one_of("status", ("draft", "published", "retired")),
        CheckConstraint("pass_mark BETWEEN 0 AND 100", name="pass_mark"),
        CheckConstraint("least_share BETWEEN 0 AND 1", name="least_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecards.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="draft")
    pass_mark: Mapped[float]
    """From this score on a conversation passes, of 100."""
    least_share: Mapped[float]
    """So much of the weight must apply to a conversation for it to be scored, 0 to 1."""
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Criterion(Base):
    """One line of a version of a scorecard."""

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("version_id", "code"),
        _one_of("kind", ("scored", "critical")),
        CheckConstraint("scale IN (2, 3)", name="scale"),
        CheckConstraint("weight >= 0 AND (kind = 'scored' OR weight = 0)", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("scorecard_versions.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    section: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    scale: Mapped[int]
    weight: Mapped[float]
    na_allowed: Mapped[bool]
    auto_rule: Mapped[str | None] = mapped_column(String(40))
    """By which rule it is computed from the clocks; None: a person judges it."""
    title: Mapped[str] = mapped_column(Text)
    guidance: Mapped[str] = mapped_column(Text)
    """What counts as 1, as a half, as 0."""


class RootCause(Base):
    """Why a line failed; codes are never used again for something else."""

    __tablename__ = "root_causes"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    agent_controllable: Mapped[bool]
    is_active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]


class Review(Base):
    """One conversation read by one person with one version of a scorecard.

    score, critical_failed, passed are the final values; first_score and first_passed those of the first submission.
    Answers stand in revisions; `draft` holds those that are not submitted yet.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("assignment_id"),
        _one_of("state", REVIEW_STATES),
        _one_of("kind", REVIEW_KINDS),
        CheckConstraint("reviewer_agent IS NULL OR agent IS NULL OR reviewer_agent <> agent", name="own_work"),
        CheckConstraint("(state = 'draft') = (revision = 0) OR state = 'void'", name="revision"),
        Index("uq_reviews_one_draft", "source", "ticket_id", "reviewer", "kind", unique=True,
              sqlite_where=text("state = 'draft'"), postgresql_where=text("state = 'draft'")),
        Index("ix_reviews_agent_state", "agent", "state"),
        Index("ix_reviews_conversation", "source", "ticket_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"))
    """None: picked by hand, so that it never enters a rate."""
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("sample_draws.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("calibration_sessions.id"), index=True)
    """The calibration in which it was made, whose reveal opens it to the others."""
    source: Mapped[str] = mapped_column(String(200))
    ticket_id: Mapped[str] = mapped_column(String(300))
    agent: Mapped[str | None] = mapped_column(String(200))
    team: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[str | None] = mapped_column(String(20))
    type: Mapped[str | None] = mapped_column(String(300))
    ticket_created_at: Mapped[datetime]
    reviewer_id: Mapped[int | None]
    reviewer: Mapped[str] = mapped_column(String(200))
    reviewer_agent: Mapped[str | None] = mapped_column(String(200))
    """The name by which the tickets know the reviewer, where they do."""
    version_id: Mapped[int] = mapped_column(ForeignKey("scorecard_versions.id"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(30), default="draft")
    revision: Mapped[int] = mapped_column(default=0)
    """Of the answers that count now; 0: none was submitted."""
    begun_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    """When the agent was last given a new revision to acknowledge or dispute; his time runs from here."""
    acknowledged_at: Mapped[datetime | None]
    seconds: Mapped[int | None]
    """For how long the reviewer had it before him."""
    score: Mapped[float | None]
    applicable_share: Mapped[float | None]
    critical_failed: Mapped[bool | None]
    passed: Mapped[bool | None]
    """None: not scorable, as too little of the card applied, or not submitted."""
    first_score: Mapped[float | None]
    first_passed: Mapped[bool | None]
    root_cause: Mapped[str | None] = mapped_column(String(40))
    """Of the heaviest failure."""
    draft: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)


class ReviewRevision(Base):
    """The result of one set of answers, and why there is a new one."""

    __tablename__ = "review_revisions"
    __table_args__ = (UniqueConstraint("review_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    revision: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    score: Mapped[float | None]
    applicable_share: Mapped[float]
    critical_failed: Mapped[bool]
    passed: Mapped[bool | None]


class ReviewAnswer(Base):
    """One line of one revision; value None: does not apply."""

    __tablename__ = "review_answers"
    __table_args__ = (
        UniqueConstraint("review_id", "revision", "criterion"),
        CheckConstraint("value IS NULL OR value IN (0, 0.5, 1)", name="value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    revision: Mapped[int]
    criterion: Mapped[str] = mapped_column(String(20))
    value: Mapped[float | None]
    root_cause: Mapped[str | None] = mapped_column(String(40))
    message_id: Mapped[str | None] = mapped_column(String(300))
    from_char: Mapped[int | None]
    to_char: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text)


class ReviewEvent(Base):
    """What was done with a review, one row per act."""

    __tablename__ = "review_events"
    __table_args__ = (UniqueConstraint("review_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str | None] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text)


class Dispute(Base):
    """Lines of a review that its agent holds to be wrong; the second round is the appeal."""

    __tablename__ = "disputes"
    __table_args__ = (
        UniqueConstraint("review_id", "round"),
        CheckConstraint("round IN (1, 2)", name="round"),
        CheckConstraint("(decided_at IS NULL) = (arbiter IS NULL)", name="decided"),
        CheckConstraint("arbiter IS NULL OR arbiter <> reviewer", name="arbiter"),
        Index("uq_disputes_open", "review_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    round: Mapped[int]
    reviewer: Mapped[str] = mapped_column(String(200))
    opened_by_id: Mapped[int | None]
    opened_by: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    arbiter_id: Mapped[int | None]
    arbiter: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)


class DisputeItem(Base):
    """One disputed line: what stands, what is proposed, what was decided."""

    __tablename__ = "dispute_items"
    __table_args__ = (
        UniqueConstraint("dispute_id", "criterion"),
        CheckConstraint("decision IS NULL OR decision IN ('keep', 'accept', 'other')", name="decision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"))
    criterion: Mapped[str] = mapped_column(String(20))
    stood: Mapped[float | None]
    proposed: Mapped[float | None]
    why: Mapped[str] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided: Mapped[float | None]


class CoachingAction(Base):
    """What was agreed with an agent after a review; later random reviews show whether it helped."""

    __tablename__ = "coaching_actions"
    __table_args__ = (_one_of("state", ("open", "done", "verified", "not_verified", "dropped")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent: Mapped[str] = mapped_column(String(200), index=True)
    team: Mapped[str | None] = mapped_column(String(200))
    criterion: Mapped[str] = mapped_column(String(20))
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecards.id"))
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    plan: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="open")
    opened_by: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(Text, default="")
    judged_at: Mapped[datetime | None]
    looked_at: Mapped[int | None]
    """How many random reviews after it was done had this line."""
    failed: Mapped[int | None]
    """In how many of them it failed again."""
    version: Mapped[int] = mapped_column(default=1)


class LibraryCase(Base):
    """A conversation that is kept as an example, good or bad."""

    __tablename__ = "library_cases"
    __table_args__ = (UniqueConstraint("source", "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    ticket_id: Mapped[str] = mapped_column(String(300))
    review_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id"))
    is_good: Mapped[bool]
    criterion: Mapped[str | None] = mapped_column(String(20))
    type: Mapped[str | None] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(Text)
    kept_by: Mapped[str] = mapped_column(String(200))
    kept_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
