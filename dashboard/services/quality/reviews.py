"""Reading conversations and scoring them: a draft that saves itself, a submission that stays, corrections beside it.

`expected_version` is the one that was looked at; where another window or person was quicker nothing is done. `facts`:
those that the person may read, where the caller has them at hand.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.privacy.masking import masked
from dashboard.quality import cards
from dashboard.quality.answers import Answer, Reading, demand_whole, taken_in
from dashboard.quality.blindness import is_own
from dashboard.quality.cards import Card, NoSuchCard
from dashboard.quality.conversation import (
    Conversation,
    conversation,
    demand_other_work,
    names_of,
    promises_kept,
    reading_from,
    reading_of,
    told,
)
from dashboard.quality.reviewing import (
    REASON_AT_MOST,
    NoSuchReview,
    NotAllowedNow,
    Submitted,
    add_revision,
    answers_at,
    card_of,
    columns,
    demanded,
    keep,
    result,
)
from dashboard.services.facts.figures import readable_facts
from dashboard.services.quality.critical_failures import Opening, opening_of, take_back
from dashboard.store import Assignment, CalibrationSession, Dispute, Review, SampleUnit
from dashboard.store.swap import compare_and_set
from dashboard.triage.now import now
from metrics.facts import Facts
from metrics.words import N_

KINDS = {"primary": "normal", "double": "double", "expert": "calibration", "calibration": "calibration"}
"""The role of an assignment -> the kind of the review that comes of it."""
_NOT_YOURS = N_("Somebody else has this conversation, or it has been read already. Take the next one.")
_SUBMITTED = N_("This review has been submitted; what was submitted stays. It can be corrected with a reason.")
_SAME_CARD = N_("In a calibration all read with the same scorecard.")
_NO_REASON = N_("Say why; whoever looks at this review later will ask.")
_DECIDED = N_("Somebody else has decided on what was disputed here; that is not the reviewer’s to correct.")
_NOT_REVIEWER = N_("Only the one who made a review corrects it; others decide on what its agent disputes.")


@needs(Act.REVIEW)
def begin(
    actor: Actor, desk: Desk, assignment_id: int, *, version_id: int, facts: Facts | None = None,
    at: datetime | None = None,
) -> int:  # fmt: skip
    """Open an assignment of one's own, or take one that is nobody's yet; the number of its review.

    Raises NotAllowedNow where somebody was quicker, OwnWork where the person had a hand in the conversation.
    """
    with desk.reading() as session:
        unit = _unit(session, assignment_id)
    known = _conversation(actor, desk, facts, unit.source, unit.ticket_id)
    with desk.keeping() as session:
        there = session.scalar(select(Review).where(Review.assignment_id == assignment_id, is_own(actor)))
        if there is not None:
            return there.id
        row = _taken(session, actor, assignment_id)
        values = {"assignment_id": row.id, "draw_id": unit.draw_id, "session_id": unit.session_id}
        card = _card_of_session(session, unit) or version_id
        return _begun(session, actor, desk, known, KINDS[row.role], card, at or now(), values)


def _card_of_session(session: Session, unit: SampleUnit) -> int | None:
    """In a calibration all read with the same scorecard, whichever they chose."""
    return (
        None if unit.session_id is None else session.get_one(CalibrationSession, unit.session_id).scorecard_version_id
    )


def _unit(session: Session, assignment_id: int) -> SampleUnit:
    row = session.get(Assignment, assignment_id)
    if row is None:
        raise NotAllowedNow(_NOT_YOURS)
    return session.get_one(SampleUnit, row.unit_id)


def _conversation(actor: Actor, desk: Desk, facts: Facts | None, source: str, ticket_id: str) -> Conversation:
    known = conversation(desk, facts or readable_facts(actor, desk), source, ticket_id)
    demand_other_work(actor, known.agents)
    return known


def _taken(session: Session, actor: Actor, assignment_id: int) -> Assignment:
    """The assignment as the actor's own from here on; others who asked for it at the same time meet a started one."""
    row = session.get_one(Assignment, assignment_id)
    is_mine = row.reviewer is None or (row.reviewer_id == actor.id and row.reviewer == actor.name) or (
        row.reviewer_id is None and row.reviewer == actor.name
    )  # fmt: skip
    if not is_mine or row.state != "open":
        raise NotAllowedNow(_NOT_YOURS)
    values = {"reviewer": actor.name, "reviewer_id": actor.id, "state": "started"}
    compare_and_set(session, Assignment, row.id, expected_version=row.version, values=values)
    return row


@needs(Act.REVIEW)
def begin_by_hand(
    actor: Actor, desk: Desk, source: str, ticket_id: str, *, version_id: int, facts: Facts | None = None,
    at: datetime | None = None,
) -> int:  # fmt: skip
    """Read a conversation that nobody drew; its result enters no rate. An open draft of the same is gone on with."""
    known = _conversation(actor, desk, facts, source, ticket_id)
    same = (Review.source == source) & (Review.ticket_id == ticket_id) & (Review.kind == "adhoc")
    with desk.keeping() as session:
        there = session.scalar(select(Review).where(same, Review.state == "draft", is_own(actor)))
        if there is not None:
            return there.id
        return _begun(session, actor, desk, known, "adhoc", version_id, at or now(), {})


def _begun(
    session: Session, actor: Actor, desk: Desk, known: Conversation, kind: str, version_id: int, at: datetime,
    values: Mapping[str, Any],
) -> int:  # fmt: skip
    what = cards.card(session, version_id)
    if what.status != "published" and kind != "calibration":
        raise NoSuchCard(N_("This scorecard is not in use; choose a published one."))
    promises = promises_kept(session, desk, known.source, known.ticket_id, at=at)
    row = Review(
        **values, source=known.source, ticket_id=known.ticket_id, agent=known.agent, team=known.team, kind=kind,
        channel=known.channel, type=known.type, ticket_created_at=known.created_at, reviewer_id=actor.id,
        reviewer=actor.name, reviewer_agent=actor.agent, version_id=version_id, state="draft", revision=0, begun_at=at,
        draft=told(reading_of(what, known, promises)) | {"answers": {}}, version=1,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, actor, "review.begin", f"review:{row.id}", {"ticket": f"{row.source}/{row.ticket_id}"}, at=at)
    return row.id


@needs(Act.REVIEW)
def save(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, answers: object, *, seconds: int | None = None
) -> int:
    """Keep the draft as it is now; the version that it has then. Raises StaleError where another window saved since."""
    with desk.keeping() as session:
        row, what = _draft(session, actor, review_id)
        found = _taken_in(session, row, what, answers)
        kept = {**row.draft, "answers": {code: answer.told() for code, answer in found.items()}}
        values = {"draft": kept, "seconds": seconds if seconds is not None else row.seconds}
        return compare_and_set(session, Review, row.id, expected_version=expected_version, values=values)


def _draft(session: Session, actor: Actor, review_id: int) -> tuple[Review, Card]:
    row = session.scalar(select(Review).where(Review.id == review_id, is_own(actor)))
    if row is None:
        raise NoSuchReview(N_("There is no review {id} here for you."), id=review_id)
    if row.state != "draft":
        raise NotAllowedNow(_SUBMITTED)
    return row, card_of(session, row)


def _taken_in(session: Session, row: Review, what: Card, answers: object) -> dict[str, Answer]:
    return taken_in(answers, what, reading_from(row.draft), (one.code for one in cards.causes(session)))


@needs(Act.REVIEW)
def submit(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, answers: object, *, seconds: int | None = None,
    facts: Facts | None = None, at: datetime | None = None,
) -> Submitted:  # fmt: skip
    """Submit a review with these answers: they stay. A critical failure comes to triage with it.

    Raises NotReady with the lines that lack an answer, a root cause or evidence.
    """
    moment = at or now()
    opening = _opening(actor, desk, facts, review_id, answers)
    with desk.keeping() as session:
        row, what = _draft(session, actor, review_id)
        found = _taken_in(session, row, what, answers)
        demand_whole(found, what, reading_from(row.draft))
        score = result(what, found)
        values = {
            **columns(what, found, score), "revision": 1, "submitted_at": moment, "told_at": moment, "draft": {},
            "first_score": score.score, "first_passed": score.passed,
            "seconds": seconds if seconds is not None else row.seconds,
        }  # fmt: skip
        keep(session, actor, row, "submit", expected_version, at=moment, values=values)
        add_revision(session, actor, row, found, score, revision=1, at=moment, reason="")
        _settle(session, actor, row, moment)
        told_triage = opening is not None and opening.carry_out(session, row, moment)
        return Submitted(row.id, score, told_triage)


def _opening(actor: Actor, desk: Desk, facts: Facts | None, review_id: int, answers: object) -> Opening | None:
    """What is to be read for triage before anything is written, where something critical failed."""
    with desk.reading() as session:
        row, what = _draft(session, actor, review_id)
        found = _taken_in(session, row, what, answers)
        is_critical = any(
            line.kind == "critical" and line.code in found and found[line.code].value == 0 for line in what.lines
        )
        if not is_critical or row.kind not in ("normal", "adhoc"):
            return None  # what a colleague found in a calibration is nobody's to know yet
        source, ticket_id = row.source, row.ticket_id
    return opening_of(actor, desk, facts or readable_facts(actor, desk), source, ticket_id)


def _settle(session: Session, actor: Actor, row: Review, at: datetime) -> None:
    """Let the draw know that the conversation was read."""
    if row.assignment_id is None:
        return
    mine = session.get_one(Assignment, row.assignment_id)
    compare_and_set(session, Assignment, mine.id, expected_version=mine.version,
                    values={"state": "done", "done_at": at})  # fmt: skip
    unit = session.get_one(SampleUnit, mine.unit_id)
    if mine.role == "primary" and unit.outcome is None:
        unit.outcome, unit.settled_at, unit.settled_by = "reviewed", at, actor.name


@needs(Act.REVIEW)
def choose_card(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, *, version_id: int, facts: Facts | None = None
) -> int:  # fmt: skip
    """Read a draft with another scorecard; what was answered so far goes. The version that the draft has then."""
    with desk.reading() as session:
        row, _ = _draft(session, actor, review_id)
        if row.session_id is not None:
            raise NotAllowedNow(_SAME_CARD)
        source, ticket_id = row.source, row.ticket_id
    known = _conversation(actor, desk, facts, source, ticket_id)
    with desk.keeping() as session:
        row, _ = _draft(session, actor, review_id)
        what = cards.card(session, version_id)
        promises = promises_kept(session, desk, row.source, row.ticket_id, at=row.begun_at)
        values = {"version_id": what.id, "draft": told(reading_of(what, known, promises)) | {"answers": {}}}
        return compare_and_set(session, Review, row.id, expected_version=expected_version, values=values)


@needs(Act.REVIEW)
def correct(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, answers: object, *, reason: str,
    facts: Facts | None = None, at: datetime | None = None,
) -> Submitted:  # fmt: skip
    """Put other answers beside those that were submitted, with the reason; the agent is asked anew.

    Only the reviewer does that, and not once his agent has disputed it. The first values stay the first ones.
    """
    said, moment = required(reason), at or now()
    with desk.keeping() as session:
        row = demanded(session, actor, review_id)
        if row.reviewer_id != actor.id or row.reviewer != actor.name:
            raise NotAllowedNow(_NOT_REVIEWER)
        if session.scalar(select(Dispute.id).where(Dispute.review_id == row.id).limit(1)) is not None:
            raise NotAllowedNow(_DECIDED)
        what, reading = card_of(session, row), _reading_again(session, desk, facts or readable_facts(actor, desk), row)
        found = taken_in(answers, what, reading, (one.code for one in cards.causes(session)))
        demand_whole(found, what, reading)
        score = result(what, found)
        values = {**columns(what, found, score), "revision": row.revision + 1, "told_at": moment,
                  "acknowledged_at": None}  # fmt: skip
        keep(session, actor, row, "correct", expected_version, at=moment, values=values, reason=said)
        add_revision(session, actor, row, found, score, revision=row.revision, at=moment, reason=said)
        if not score.critical_failed:
            take_back(session, row, moment)
        return Submitted(row.id, score)


def _reading_again(session: Session, desk: Desk, facts: Facts, row: Review) -> Reading:
    """What nobody has a say in, for a correction: computed lines stay as they were computed."""
    before, what = answers_at(session, row.id, row.revision), card_of(session, row)
    known = conversation(desk, facts, row.source, row.ticket_id)
    auto = {line.code: before[line.code].value for line in what.lines
            if line.auto_rule == "tier_deadlines" and line.code in before}  # fmt: skip
    return Reading(auto, known.messages)


def required(reason: str) -> str:
    """The reason, itself without anybody's number. Raises NotAllowedNow where there is none."""
    said = masked(" ".join(reason.split())[:REASON_AT_MOST])
    if len(said) < 3:
        raise NotAllowedNow(_NO_REASON)
    return said


def is_reviewer(actor: Actor, row: Review) -> bool:
    """Whether the person made this review, under whichever of his names."""
    return (row.reviewer_id is not None and row.reviewer_id == actor.id) or row.reviewer in names_of(actor)
