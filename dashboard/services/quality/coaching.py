"""What is agreed with an agent after a review, and whether it helped: later random reviews on the same line tell."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, Reach, needs, reach, record
from dashboard.privacy.masking import masked
from dashboard.quality.blindness import may_know
from dashboard.quality.finals import answers_of
from dashboard.quality.reviewing import NotAllowedNow, card_of, demanded
from dashboard.services.quality.reviews import required
from dashboard.store import CoachingAction, Review, ScorecardVersion
from dashboard.store.swap import compare_and_set
from dashboard.triage.now import now
from metrics.quality.scoring import is_failure
from metrics.words import N_

ENOUGH = 3
"""So many random reviews of the line after it was done say whether it helped."""
_NO_AGENT = N_("Nobody is named on this conversation, so nobody can be coached for it.")
_NO_LINE = N_("Choose a line of this review that lost points.")
_CALIBRATION = N_("What is read in a calibration is nobody’s record; coach by an ordinary review.")
_LATER = N_("Name a time that is still to come.")
_GONE = N_("There is no such coaching here for you.")
_STATE = N_("This coaching has gone on meanwhile; look at it again.")


@dataclass(frozen=True)
class Coaching:
    """One thing agreed. looked_at, failed: random reviews since it was done in which the line applied, and failed."""

    id: int
    version: int
    agent: str
    team: str | None
    criterion: str
    review_id: int
    plan: str
    state: str
    opened_by: str
    opened_at: datetime
    due_at: datetime
    done_at: datetime | None
    result: str
    looked_at: int
    failed: int


@needs(Act.COACH)
def agree(
    actor: Actor, desk: Desk, review_id: int, *, criterion: str, plan: str, due_at: datetime,
    at: datetime | None = None,
) -> int:  # fmt: skip
    """Agree with the agent of a review on what is done about one of its lines; the number of the coaching."""
    said, moment = required(plan), at or now()
    with desk.keeping() as session:
        row = demanded(session, actor, review_id)
        if row.kind == "calibration":
            raise NotAllowedNow(_CALIBRATION)
        if row.agent is None:
            raise NotAllowedNow(_NO_AGENT)
        if row.revision == 0 or criterion not in {line.code for line in card_of(session, row).lines}:
            raise NotAllowedNow(_NO_LINE)
        if due_at <= moment:
            raise NotAllowedNow(_LATER)
        card = session.get_one(ScorecardVersion, row.version_id)
        made = CoachingAction(
            agent=row.agent, team=row.team, criterion=criterion, scorecard_id=card.scorecard_id, review_id=row.id,
            plan=said, state="open", opened_by=actor.name, opened_at=moment, due_at=due_at,
        )  # fmt: skip
        session.add(made)
        session.flush()
        record(session, actor, "coaching.agree", f"coaching:{made.id}", {"review": row.id}, at=moment)
        return made.id


@needs(Act.COACH)
def finish(
    actor: Actor, desk: Desk, coaching_id: int, expected_version: int, *, result: str, at: datetime | None = None
) -> None:
    """Say that it was done and what came of it; from here on random reviews are counted."""
    _move(actor, desk, coaching_id, expected_version, {"open": "done"}, {"result": masked(result.strip()[:2000])},
          "finish", at or now())  # fmt: skip


@needs(Act.COACH)
def drop(
    actor: Actor, desk: Desk, coaching_id: int, expected_version: int, *, reason: str, at: datetime | None = None
) -> None:  # fmt: skip
    """Let it go undone, with the reason."""
    _move(actor, desk, coaching_id, expected_version, {"open": "dropped"}, {"result": required(reason)}, "drop",
          at or now())  # fmt: skip


def _move(
    actor: Actor, desk: Desk, id: int, expected: int, to: dict[str, str], values: dict[str, object], action: str,
    at: datetime,
) -> None:  # fmt: skip
    with desk.keeping() as session:
        row = session.scalar(select(CoachingAction).where(CoachingAction.id == id, _within(actor, Act.COACH)))
        if row is None:
            raise NotAllowedNow(_GONE)
        if row.state not in to:
            raise NotAllowedNow(_STATE)
        done = {"done_at": at} if to[row.state] == "done" else {}
        compare_and_set(session, CoachingAction, id, expected_version=expected,
                        values={**values, **done, "state": to[row.state]})  # fmt: skip
        record(session, actor, f"coaching.{action}", f"coaching:{id}", {}, at=at)


def _within(actor: Actor, act: Act) -> ColumnElement[bool]:
    match reach(actor, act):
        case Reach.ALL:
            return true()
        case Reach.TEAMS:
            return CoachingAction.team.in_(sorted(filter(None, actor.teams)))
        case Reach.OWN:
            return CoachingAction.agent.in_(sorted({*actor.also, *filter(None, [actor.agent])}))
        case _:
            return false()


@needs(Act.SEE_REVIEWS)
def coachings(actor: Actor, desk: Desk) -> tuple[Coaching, ...]:
    """What was agreed with the agents of the person's reach, the newest first; an agent sees his own."""
    with desk.reading() as session:
        asked = select(CoachingAction).join(Review, CoachingAction.review_id == Review.id)
        seen = asked.where(_within(actor, Act.SEE_REVIEWS), may_know(actor))
        rows = session.scalars(seen.order_by(CoachingAction.id.desc())).all()
        answers = answers_of(session, actor) if rows else pl.DataFrame()
        return tuple(_told(row, answers) for row in rows)


def _told(row: CoachingAction, answers: pl.DataFrame) -> Coaching:
    if row.looked_at is not None and row.failed is not None:
        counted = row.looked_at, row.failed
    else:
        counted = since_done(row, answers)
    return Coaching(
        row.id, row.version, row.agent, row.team, row.criterion, row.review_id, row.plan, row.state, row.opened_by,
        row.opened_at, row.due_at, row.done_at, row.result, *counted,
    )  # fmt: skip


def since_done(row: CoachingAction, answers: pl.DataFrame) -> tuple[int, int]:
    """Random reviews of the agent after it was done in which the line applied, and in how many it failed.

    Only what was drawn by chance counts, at its final value: what somebody picked would prove whatever he looked for.
    """
    if row.done_at is None or answers.is_empty():
        return 0, 0
    later = answers.filter(
        (pl.col("agent") == row.agent) & (pl.col("criterion") == row.criterion) & (pl.col("kind") == "normal")
        & pl.col("pi").is_not_null() & (pl.col("reviewed_at") > row.done_at) & pl.col("final").is_not_null()
    )  # fmt: skip
    return later.height, sum(map(is_failure, later["final"]))


@needs(Act.COACH)
def verify(actor: Actor, desk: Desk, coaching_id: int, expected_version: int, *, at: datetime | None = None) -> bool:
    """Close a coaching that was done by what random reviews have shown since; whether it helped.

    Raises NotAllowedNow while there are fewer than ENOUGH of them.
    """
    moment = at or now()
    with desk.keeping() as session:
        row = session.scalar(select(CoachingAction).where(CoachingAction.id == coaching_id, _within(actor, Act.COACH)))
        if row is None:
            raise NotAllowedNow(_GONE)
        looked_at, failed = _demanded_counts(session, actor, row)
        values = {"state": "not_verified" if failed else "verified", "looked_at": looked_at, "failed": failed,
                  "judged_at": moment}  # fmt: skip
        compare_and_set(session, CoachingAction, row.id, expected_version=expected_version, values=values)
        details = {"looked_at": looked_at, "failed": failed}
        record(session, actor, "coaching.verify", f"coaching:{row.id}", details, at=moment)
        return not failed


def _demanded_counts(session: Session, actor: Actor, row: CoachingAction) -> tuple[int, int]:
    if row.state != "done":
        raise NotAllowedNow(_STATE)
    counted = since_done(row, answers_of(session, actor))
    if counted[0] < ENOUGH:
        raise NotAllowedNow(
            N_("{n} random reviews had this line since it was done; from {enough} on they say whether it helped."),
            n=counted[0], enough=ENOUGH,
        )  # fmt: skip
    return counted
