"""Keeping what is done with a review: its row, its event, its revision and the audit, in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.people.actor import Actor
from dashboard.people.audit import record
from dashboard.quality.answers import Answer, heaviest_cause
from dashboard.quality.blindness import may_read
from dashboard.quality.cards import Card, card
from dashboard.quality.review_states import Action, after
from dashboard.store import Review, ReviewAnswer, ReviewEvent, ReviewRevision
from dashboard.store.swap import compare_and_set
from metrics.errors import ActionableError
from metrics.quality.scoring import Score, scored
from metrics.words import N_

REASON_AT_MOST = 2000
_GONE = N_("There is no review {id} here for you.")
_STATE = N_("This cannot be done any more: the review has gone on meanwhile. Look at it again.")


class NoSuchReview(ActionableError):
    """A review that is not there, or not this person's to see."""


class NotAllowedNow(ActionableError):
    """What the review as it stands does not allow."""


@dataclass(frozen=True)
class Submitted:
    """A review as it was submitted: its number, what it came to, whether triage has been told."""

    id: int
    score: Score
    opened_triage: bool = False


def demanded(session: Session, actor: Actor, review_id: int) -> Review:
    """The review of that number. Raises NoSuchReview, also where this person may not know of it."""
    row = session.scalar(select(Review).where(Review.id == review_id, may_read(actor)))
    if row is None:
        raise NoSuchReview(_GONE, id=review_id)
    return row


def keep(
    session: Session, actor: Actor, row: Review, action: Action, expected: int, *, at: datetime,
    values: Mapping[str, Any] | None = None, reason: str = "",
) -> int:  # fmt: skip
    """Let the action happen to a review that is still of the version that was looked at; the version it has then.

    Raises NotAllowedNow where its state does not allow it, StaleError where somebody was quicker.
    """
    state = row.state
    to = after(action, state)  # type: ignore[arg-type]
    if to is None:
        raise NotAllowedNow(_STATE)
    version = compare_and_set(
        session, Review, row.id, expected_version=expected, values={**(values or {}), "state": to}
    )
    session.add(
        ReviewEvent(review_id=row.id, version=version, at=at, actor_id=actor.id, actor=actor.name, action=action,
                    from_state=state, to_state=to, reason=reason)
    )  # fmt: skip
    details = {"version": version, "ticket": f"{row.source}/{row.ticket_id}"}
    record(session, actor, f"review.{action}", f"review:{row.id}", details, at=at)
    session.refresh(row)
    return version


def result(what: Card, answers: Mapping[str, Answer]) -> Score:
    """What the answers come to."""
    return scored(what.lines, {code: answer.value for code, answer in answers.items()}, what.marks)


def columns(what: Card, answers: Mapping[str, Answer], score: Score) -> dict[str, Any]:
    """The final values of a review with these answers."""
    return {
        "score": score.score, "applicable_share": score.applicable_share, "critical_failed": score.critical_failed,
        "passed": score.passed, "root_cause": heaviest_cause(what, answers),
    }  # fmt: skip


def add_revision(
    session: Session, actor: Actor, row: Review, answers: Mapping[str, Answer], score: Score, *, revision: int,
    at: datetime, reason: str,
) -> None:  # fmt: skip
    """Add a set of answers; the ones before stay as they are."""
    session.add(
        ReviewRevision(review_id=row.id, revision=revision, at=at, by_id=actor.id, by=actor.name, reason=reason,
                       score=score.score, applicable_share=score.applicable_share,
                       critical_failed=score.critical_failed, passed=score.passed)
    )  # fmt: skip
    session.add_all(
        ReviewAnswer(review_id=row.id, revision=revision, criterion=code, value=answer.value,
                     root_cause=answer.root_cause, message_id=answer.message_id, from_char=answer.from_char,
                     to_char=answer.to_char, comment=answer.comment)
        for code, answer in answers.items()
    )  # fmt: skip
    session.flush()


def answers_at(session: Session, review_id: int, revision: int) -> dict[str, Answer]:
    """The answers of one revision by code of the line."""
    rows = session.scalars(
        select(ReviewAnswer).where(ReviewAnswer.review_id == review_id, ReviewAnswer.revision == revision)
    )
    return {
        row.criterion: Answer(row.value, row.root_cause, row.message_id, row.from_char, row.to_char, row.comment)
        for row in rows
    }


def card_of(session: Session, row: Review) -> Card:
    """The scorecard with which a review is made."""
    return card(session, row.version_id)
