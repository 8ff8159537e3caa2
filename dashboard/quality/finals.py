"""What reviews came to, as frames: the values that rates, agreement and trends are computed from.

Only the primary's final value enters a rate. Picks by hand are in neither frame, nor is what nobody may know yet:
reviews of a calibration before its reveal. What the person who asks has still to read for himself is left out, too.
"""

import polars as pl
from sqlalchemy import Executable, and_, select
from sqlalchemy.orm import Session, aliased

from dashboard.people.actor import Actor
from dashboard.quality.blindness import may_know
from dashboard.quality.review_states import COUNTED
from dashboard.store import (
    Assignment,
    Criterion,
    Review,
    ReviewAnswer,
    RootCause,
    SampleUnit,
)
from dashboard.store.frames import frame_of
from metrics.tables import INSTANT

FINALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "review": pl.Int64, "unit": pl.Int64, "draw_id": pl.Int64, "source": pl.String, "ticket_id": pl.String,
    "agent": pl.String, "team": pl.String, "channel": pl.String, "type": pl.String, "ticket_created_at": INSTANT,
    "reviewer": pl.String, "scorecard_version": pl.Int64, "kind": pl.String, "state": pl.String,
    "reviewed_at": INSTANT, "score": pl.Float64, "critical_failed": pl.Boolean, "passed": pl.Boolean,
    "first_score": pl.Float64, "first_passed": pl.Boolean, "pi": pl.Float64, "stratum": pl.String,
    "root_cause": pl.String, "agent_controllable": pl.Boolean,
}  # fmt: skip
ANSWERS: dict[str, pl.DataType | type[pl.DataType]] = {
    "review": pl.Int64, "unit": pl.Int64, "draw_id": pl.Int64, "session_id": pl.Int64, "source": pl.String,
    "ticket_id": pl.String, "agent": pl.String, "team": pl.String, "channel": pl.String, "type": pl.String,
    "reviewer": pl.String, "kind": pl.String, "reviewed_at": INSTANT, "scorecard_version": pl.Int64,
    "criterion": pl.String, "section": pl.String, "criterion_kind": pl.String, "scale": pl.Int64,
    "is_auto": pl.Boolean, "first": pl.Float64, "final": pl.Float64, "root_cause": pl.String,
    "agent_controllable": pl.Boolean, "pi": pl.Float64, "stratum": pl.String,
}  # fmt: skip


def final_reviews(session: Session, actor: Actor) -> pl.DataFrame:
    """One row per conversation that was drawn by chance and scored by its primary reviewer; columns FINALS.

    passed: null where too little of the card applied · root_cause: of the heaviest failure · pi: the probability with
    which it was drawn.
    """
    asked = (
        select(
            Review.id, SampleUnit.id, SampleUnit.draw_id, Review.source, Review.ticket_id, Review.agent, Review.team,
            Review.channel, Review.type, Review.ticket_created_at, Review.reviewer, Review.version_id, Review.kind,
            Review.state, Review.submitted_at, Review.score, Review.critical_failed, Review.passed, Review.first_score,
            Review.first_passed, SampleUnit.pi, SampleUnit.stratum, Review.root_cause, RootCause.agent_controllable,
        )
        .join(Assignment, Review.assignment_id == Assignment.id)
        .join(SampleUnit, Assignment.unit_id == SampleUnit.id)
        .outerjoin(RootCause, RootCause.code == Review.root_cause)
        .where(Review.kind == "normal", Review.state.in_(COUNTED), Assignment.role == "primary")
        .where(SampleUnit.pi.is_not(None), may_know(actor))
        .order_by(Review.id)
    )  # fmt: skip
    return frame_of(session, asked, FINALS)


def answers_of(session: Session, actor: Actor) -> pl.DataFrame:
    """One row per review and line, with the value first given and the one that counts; columns ANSWERS.

    null: does not apply · kind: normal (the primary's), double (the hidden second's), calibration (once revealed),
    grader.
    """
    return frame_of(session, _answers(actor), ANSWERS)


def _answers(actor: Actor) -> Executable:
    first, final = aliased(ReviewAnswer), aliased(ReviewAnswer)
    of_line = and_(Criterion.version_id == Review.version_id, Criterion.code == final.criterion)
    same = and_(first.review_id == Review.id, first.revision == 1, first.criterion == final.criterion)
    return (
        select(
            Review.id, SampleUnit.id, SampleUnit.draw_id, Review.session_id, Review.source, Review.ticket_id,
            Review.agent, Review.team, Review.channel, Review.type, Review.reviewer, Review.kind, Review.submitted_at,
            Review.version_id, final.criterion, Criterion.section, Criterion.kind, Criterion.scale,
            Criterion.auto_rule.is_not(None), first.value, final.value, final.root_cause, RootCause.agent_controllable,
            SampleUnit.pi, SampleUnit.stratum,
        )
        .join(final, and_(final.review_id == Review.id, final.revision == Review.revision))
        .join(first, same)
        .join(Criterion, of_line)
        .join(Assignment, Review.assignment_id == Assignment.id)
        .join(SampleUnit, Assignment.unit_id == SampleUnit.id)
        .outerjoin(RootCause, RootCause.code == final.root_cause)
        .where(Review.state.in_(COUNTED), may_know(actor))
        .order_by(Review.id, Criterion.position)
    )  # fmt: skip
