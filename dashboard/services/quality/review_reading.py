"""What a person finds in the review room: what he has to read, what was read, and everything of one review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Executable, or_, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.quality.answers import Answer, Reading
from dashboard.quality.blindness import is_own, may_read
from dashboard.quality.cards import Card
from dashboard.quality.conversation import OwnWork, reading_from
from dashboard.quality.queues import OPEN, free_to
from dashboard.quality.queues import is_own as is_his
from dashboard.quality.review_states import Action
from dashboard.quality.reviewing import NotAllowedNow, answers_at, card_of, demanded
from dashboard.quality.rules import review_rules
from dashboard.services.quality.disputes import window_of
from dashboard.services.quality.reviews import begin
from dashboard.store import (
    Assignment,
    Dispute,
    DisputeItem,
    Review,
    ReviewEvent,
    ReviewRevision,
    SampleUnit,
)
from dashboard.store.frames import frame_of
from dashboard.triage.business import hours_of
from metrics.facts import Facts
from metrics.tables import INSTANT

WAITING: dict[str, pl.DataType | type[pl.DataType]] = {
    "assignment": pl.Int64, "review": pl.Int64, "source": pl.String, "ticket_id": pl.String, "due_at": INSTANT,
    "is_mine": pl.Boolean, "kind": pl.String, "begun_at": INSTANT,
}  # fmt: skip
READ: dict[str, pl.DataType | type[pl.DataType]] = {
    "review": pl.Int64, "source": pl.String, "ticket_id": pl.String, "agent": pl.String, "team": pl.String,
    "channel": pl.String, "type": pl.String, "reviewer": pl.String, "kind": pl.String, "state": pl.String,
    "submitted_at": INSTANT, "told_at": INSTANT, "score": pl.Float64, "critical_failed": pl.Boolean,
    "passed": pl.Boolean, "first_score": pl.Float64, "first_passed": pl.Boolean, "root_cause": pl.String,
    "revision": pl.Int64, "seconds": pl.Int64, "scorecard_version": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Revision:
    """One set of answers with what it came to."""

    revision: int
    at: datetime
    by: str
    reason: str
    score: float | None
    critical_failed: bool
    passed: bool | None
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class DisputedLine:
    """What stood, what is proposed and why, what was decided."""

    criterion: str
    stood: float | None
    proposed: float | None
    why: str
    decision: str | None
    decided: float | None


@dataclass(frozen=True)
class Disputed:
    """One round: the dispute, or the appeal."""

    round: int
    opened_by: str
    opened_at: datetime
    due_at: datetime
    arbiter: str | None
    decided_at: datetime | None
    reason: str
    lines: tuple[DisputedLine, ...]


@dataclass(frozen=True)
class Told:
    """A review whole. draft: the answers that are not submitted yet, for its reviewer alone · until: the end of the
    agent's time for what he can do next · assignment_version: of the assignment that it is the reading of."""

    row: Mapping[str, Any]
    card: Card
    reading: Reading
    draft: Mapping[str, Any]
    revisions: tuple[Revision, ...]
    disputes: tuple[Disputed, ...]
    events: tuple[tuple[datetime, str, str, str], ...]
    until: datetime | None
    assignment_version: int | None = None

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Those that count now."""
        return self.revisions[-1].answers if self.revisions else {}


@needs(Act.REVIEW)
def waiting(actor: Actor, desk: Desk) -> pl.DataFrame:
    """What the person has to read, what he began first, then by when it is due; what nobody has yet comes last.

    Columns WAITING; assignment null: picked by hand, review null: not begun yet.
    """
    with desk.reading() as session:
        given = frame_of(session, _given(actor), WAITING)
        begun = frame_of(session, _by_hand(actor), WAITING)
    once = given.unique(["source", "ticket_id", "is_mine"], keep="first", maintain_order=True)  # hides second readings
    whole = pl.concat([begun, once])
    order = [pl.col("review").is_null(), ~pl.col("is_mine"), pl.col("due_at"), pl.col("assignment")]
    return whole.sort(order, nulls_last=True)


def _given(actor: Actor) -> Executable:
    return (
        select(Assignment.id, Review.id, SampleUnit.source, SampleUnit.ticket_id, Assignment.due_at,
               Assignment.reviewer.is_not(None), SampleUnit.reason, Review.begun_at)
        .join(SampleUnit, Assignment.unit_id == SampleUnit.id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.state.in_(OPEN), or_(is_his(actor), Assignment.id.in_(free_to(actor))))
    )  # fmt: skip


def _by_hand(actor: Actor) -> Executable:
    return select(
        Review.assignment_id, Review.id, Review.source, Review.ticket_id, Review.submitted_at, Review.id.is_not(None),
        Review.kind, Review.begun_at,
    ).where(Review.assignment_id.is_(None), Review.state == "draft", is_own(actor))  # fmt: skip


@needs(Act.REVIEW)
def begin_next(
    actor: Actor, desk: Desk, *, version_id: int, facts: Facts | None = None, but: int | None = None
) -> int | None:  # fmt: skip
    """The next conversation of the person's queue, begun; None where there is none left. but: a review to pass over.

    It looks again as long as the queue moves: where somebody was quicker, a second reading may wait instead.
    """
    seen: list[int] = []
    while (found := waiting(actor, desk))["assignment"].to_list() != seen:
        seen = found["assignment"].to_list()
        for row in found.iter_rows(named=True):
            if row["review"] is not None and row["review"] != but:
                return int(row["review"])
            if row["review"] is None:
                try:
                    return begin(actor, desk, row["assignment"], version_id=version_id, facts=facts)
                except (NotAllowedNow, OwnWork):
                    continue  # somebody was quicker, or it is his own work
    return None


@needs(Act.SEE_REVIEWS)
def read(actor: Actor, desk: Desk, *, own: bool = False, states: tuple[str, ...] = ()) -> pl.DataFrame:
    """The submitted reviews that the person may read, the newest first; columns READ. own: those that he made."""
    asked = select(
        Review.id, Review.source, Review.ticket_id, Review.agent, Review.team, Review.channel, Review.type,
        Review.reviewer, Review.kind, Review.state, Review.submitted_at, Review.told_at, Review.score,
        Review.critical_failed, Review.passed, Review.first_score, Review.first_passed, Review.root_cause,
        Review.revision, Review.seconds, Review.version_id,
    ).where(may_read(actor), Review.revision > 0)  # fmt: skip
    if own:
        asked = asked.where(is_own(actor))
    if states:
        asked = asked.where(Review.state.in_(states))
    with desk.reading() as session:
        return frame_of(session, asked.order_by(Review.submitted_at.desc(), Review.id.desc()), READ)


@needs(Act.SEE_REVIEWS)
def told(actor: Actor, desk: Desk, review_id: int) -> Told:
    """Everything of one review. Raises NoSuchReview, also for what the person may not read."""
    hours, rules = hours_of(desk), review_rules(desk.agreements())
    with desk.reading() as session:
        row = demanded(session, actor, review_id)
        cells = {column.key: getattr(row, column.key) for column in Review.__table__.columns if column.key != "draft"}
        action: Action = "appeal" if row.state in ("upheld", "amended", "part_amended") else "dispute"
        until = (
            window_of(row, hours, rules, action)
            if row.state in ("submitted", "upheld", "amended", "part_amended")
            else None
        )
        draft = row.draft.get("answers", {}) if row.state == "draft" else {}
        return Told(
            cells, card_of(session, row), _reading(session, row), draft, _revisions(session, row),
            _disputes(session, row), _events(session, row), until, _assignment_version(session, row),
        )  # fmt: skip


def _reading(session: Session, row: Review) -> Reading:
    """What nobody has a say in: of a draft as it was found, afterwards as it was submitted."""
    if row.revision == 0:
        return reading_from(row.draft)
    kept = answers_at(session, row.id, row.revision)
    computed = [line.code for line in card_of(session, row).lines if line.auto_rule == "tier_deadlines"]
    return Reading({code: kept[code].value for code in computed if code in kept}, {})


def _assignment_version(session: Session, row: Review) -> int | None:
    return None if row.assignment_id is None else session.get_one(Assignment, row.assignment_id).version


def _revisions(session: Session, row: Review) -> tuple[Revision, ...]:
    asked = select(ReviewRevision).where(ReviewRevision.review_id == row.id).order_by(ReviewRevision.revision)
    return tuple(
        Revision(one.revision, one.at, one.by, one.reason, one.score, one.critical_failed, one.passed,
                 answers_at(session, row.id, one.revision))
        for one in session.scalars(asked)
    )  # fmt: skip


def _disputes(session: Session, row: Review) -> tuple[Disputed, ...]:
    found = session.scalars(select(Dispute).where(Dispute.review_id == row.id).order_by(Dispute.round)).all()
    return tuple(
        Disputed(one.round, one.opened_by, one.opened_at, one.due_at, one.arbiter, one.decided_at, one.reason,
                 _lines(session, one.id))
        for one in found
    )  # fmt: skip


def _lines(session: Session, dispute_id: int) -> tuple[DisputedLine, ...]:
    items = session.scalars(select(DisputeItem).where(DisputeItem.dispute_id == dispute_id).order_by(DisputeItem.id))
    return tuple(DisputedLine(one.criterion, one.stood, one.proposed, one.why, one.decision, one.decided)
                 for one in items)  # fmt: skip


def _events(session: Session, row: Review) -> tuple[tuple[datetime, str, str, str], ...]:
    asked = select(ReviewEvent).where(ReviewEvent.review_id == row.id).order_by(ReviewEvent.version)
    return tuple((one.at, one.actor, one.action, one.reason) for one in session.scalars(asked))
