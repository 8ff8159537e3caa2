"""What agents do with their reviews: acknowledge them, dispute single lines, appeal once; and how others decide.

Reviewer, agent and arbiter are never the same person, and the arbiter of an appeal has decided nothing of it yet. The
first value stays beside the final one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.format import local
from dashboard.people import SERVER, Act, Actor, Reach, needs, reach
from dashboard.quality.answers import Answer
from dashboard.quality.blindness import FOR_AGENTS
from dashboard.quality.cards import Card
from dashboard.quality.conversation import is_same, names_of
from dashboard.quality.review_states import Action
from dashboard.quality.reviewing import (
    NoSuchReview,
    NotAllowedNow,
    add_revision,
    answers_at,
    card_of,
    columns,
    demanded,
    keep,
    result,
)
from dashboard.quality.rules import ReviewRules, review_rules, working_days_later
from dashboard.services.quality.critical_failures import take_back
from dashboard.services.quality.reviews import is_reviewer, required
from dashboard.store import Assignment, Dispute, DisputeItem, Review
from dashboard.store.swap import compare_and_set
from dashboard.triage.business import Hours, hours_of
from dashboard.triage.now import now
from metrics.quality.scoring import is_failure
from metrics.words import N_

Verdict = Literal["keep", "accept", "other"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_GONE = N_("There is no review {id} here for you.")
_WINDOW = N_("The time for this ended {due}.")
_NO_LINES = N_("Name at least one line, and say of each why its value is wrong.")
_LINE = N_("Line {code} cannot become that value, or has it already.")
_LOWER = N_("Line {code}: a decision cannot take away more than the review did.")
_UNDECIDED = N_("Decide on each disputed line: {lines}.")
_REVIEWER = N_("You made this review, so somebody else has to do this.")
_PARTY = N_("You have a part in this dispute; somebody else has to decide it.")
_NONE = N_("There is no open dispute on this review.")


@dataclass(frozen=True)
class Proposal:
    """What an agent holds to be the right value of a line, and why."""

    value: float | None
    why: str


@dataclass(frozen=True)
class Decision:
    """What the arbiter says of a line; value: with `other` alone."""

    verdict: Verdict
    value: float | None = None


@needs(Act.ANSWER_REVIEWS)
def acknowledge(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, *, at: datetime | None = None
) -> None:  # fmt: skip
    """Say that the review was read and stands, as it is now or as it was decided."""
    moment = at or now()
    with desk.keeping() as session:
        row = _answered_by(session, actor, review_id)
        keep(session, actor, row, "acknowledge", expected_version, at=moment, values={"acknowledged_at": moment})


@needs(Act.ANSWER_REVIEWS)
def dispute(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, *, lines: Mapping[str, Proposal],
    at: datetime | None = None,
) -> int:  # fmt: skip
    """Hold single lines of a review to be wrong, within the window; the number of the dispute."""
    return _open(actor, desk, review_id, expected_version, lines, "dispute", at or now())


@needs(Act.ANSWER_REVIEWS)
def appeal(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, *, lines: Mapping[str, Proposal],
    at: datetime | None = None,
) -> int:  # fmt: skip
    """Ask once more, after a decision and within the window; somebody who has decided nothing of it yet decides."""
    return _open(actor, desk, review_id, expected_version, lines, "appeal", at or now())


def _answered_by(session: Session, actor: Actor, review_id: int) -> Review:
    """The review, where it is this person's to answer: his own work's, or his team's for whom it is told him."""
    row = demanded(session, actor, review_id)
    if row.revision == 0 or not _may_answer(actor, row):
        raise NoSuchReview(_GONE, id=review_id)
    if is_reviewer(actor, row):
        raise NotAllowedNow(_REVIEWER)
    return row


def _may_answer(actor: Actor, row: Review) -> bool:
    match reach(actor, Act.ANSWER_REVIEWS):
        case Reach.ALL:
            return True
        case Reach.TEAMS:
            return row.team is not None and row.team in actor.teams
        case Reach.OWN:
            return row.agent is not None and row.agent in names_of(actor)
        case _:
            return False


def _open(
    actor: Actor, desk: Desk, review_id: int, expected: int, lines: Mapping[str, Proposal], action: Action, at: datetime
) -> int:
    hours, rules = hours_of(desk), review_rules(desk.agreements())
    with desk.keeping() as session:
        row = _answered_by(session, actor, review_id)
        due = window_of(row, hours, rules, action)
        if at > due:
            raise NotAllowedNow(_WINDOW, due=local(due, hours.zone))
        before = answers_at(session, row.id, row.revision)
        items = _proposed(card_of(session, row), before, lines)
        keep(session, actor, row, action, expected, at=at)
        _let_go_of_second(session, row)
        opened = Dispute(
            review_id=row.id, round=1 if action == "dispute" else 2, reviewer=row.reviewer, opened_by_id=actor.id,
            opened_by=actor.name, opened_at=at, due_at=working_days_later(at, rules.acknowledge_days, hours, row.team),
        )  # fmt: skip
        session.add(opened)
        session.flush()
        for item in items:
            item.dispute_id = opened.id
        session.add_all(items)
        return opened.id


def _let_go_of_second(session: Session, row: Review) -> None:
    """A second reading that nobody has begun would keep the review from those who are to decide."""
    if row.assignment_id is None:
        return
    unit = session.get_one(Assignment, row.assignment_id).unit_id
    free = (Assignment.unit_id == unit, Assignment.reviewer.is_(None), Assignment.state == "open")
    session.execute(update(Assignment).where(*free).values(state="returned", version=Assignment.version + 1))


def _proposed(what: Card, before: Mapping[str, Answer], lines: Mapping[str, Proposal]) -> list[DisputeItem]:
    if not lines or any(len(one.why.strip()) < 3 for one in lines.values()):
        raise NotAllowedNow(_NO_LINES)
    items = []
    for code, one in lines.items():
        stands = before.get(code)
        if stands is None or not what.line(code).takes(one.value) or one.value == stands.value:
            raise NotAllowedNow(_LINE, code=code)
        items.append(DisputeItem(criterion=code, stood=stands.value, proposed=one.value, why=required(one.why)))
    return items


def window_of(row: Review, hours: Hours, rules: ReviewRules, action: Action) -> datetime:
    """Until when this may be done with a review that its agent has been told of."""
    days = {"dispute": rules.dispute_days, "appeal": rules.appeal_days}.get(action, rules.acknowledge_days)
    return working_days_later(row.told_at or row.begun_at, days, hours, row.team)


@needs(Act.DECIDE_DISPUTES)
def decide(
    actor: Actor, desk: Desk, review_id: int, expected_version: int, *, decisions: Mapping[str, Decision], reason: str,
    at: datetime | None = None,
) -> None:  # fmt: skip
    """Decide on every line of the open dispute: keep the value, take the agent's, or give another one."""
    said, moment = required(reason), at or now()
    with desk.keeping() as session:
        row = demanded(session, actor, review_id)
        opened = _opened(session, row)
        demand_arbiter(session, actor, row, opened)
        items = list(session.scalars(select(DisputeItem).where(DisputeItem.dispute_id == opened.id)))
        lacking = [item.criterion for item in items if item.criterion not in decisions]
        if lacking:
            raise NotAllowedNow(_UNDECIDED, lines=", ".join(lacking))
        changed = _changed(card_of(session, row), items, decisions)
        action = _outcome(opened.round, [decisions[item.criterion].verdict for item in items])
        _apply(session, actor, row, action, expected_version, changed, said, moment)
        compare_and_set(session, Dispute, opened.id, expected_version=opened.version, values={
            "arbiter_id": actor.id, "arbiter": actor.name, "decided_at": moment, "reason": said,
        })  # fmt: skip


def open_dispute(session: Session, row: Review) -> Dispute | None:
    """The dispute of a review that nobody has decided yet."""
    return session.scalar(select(Dispute).where(Dispute.review_id == row.id, Dispute.decided_at.is_(None)))


def _opened(session: Session, row: Review) -> Dispute:
    found = open_dispute(session, row)
    if found is None:
        raise NotAllowedNow(_NONE)
    return found


def demand_arbiter(session: Session, actor: Actor, row: Review, opened: Dispute) -> None:
    """Raises NotAllowedNow for the reviewer, the agent, who opened it, and who has decided on it before."""
    if is_reviewer(actor, row):
        raise NotAllowedNow(_REVIEWER)
    earlier = session.execute(
        select(Dispute.arbiter_id, Dispute.arbiter).where(Dispute.review_id == row.id, Dispute.decided_at.is_not(None))
    ).all()
    parties = [(opened.opened_by_id, opened.opened_by), *((id, name) for id, name in earlier)]
    is_party = any(is_same(actor, id, name) for id, name in parties)
    if is_party or row.agent in names_of(actor):
        raise NotAllowedNow(_PARTY)


def _changed(
    what: Card, items: list[DisputeItem], decisions: Mapping[str, Decision]
) -> dict[str, float | None]:  # fmt: skip
    """Line -> its new value, of those that change; each item notes what was decided."""
    changed: dict[str, float | None] = {}
    for item in items:
        one = decisions[item.criterion]
        value = {"keep": item.stood, "accept": item.proposed}.get(one.verdict, one.value)
        if not what.line(item.criterion).takes(value):
            raise NotAllowedNow(_LINE, code=item.criterion)
        if value is not None and item.stood is not None and value < item.stood and one.verdict == "other":
            raise NotAllowedNow(_LOWER, code=item.criterion)
        item.decision, item.decided = one.verdict, value
        if value != item.stood:
            changed[item.criterion] = value
    return changed


def _outcome(round: int, verdicts: list[Verdict]) -> Action:
    if round == 2:
        return "settle"
    if all(one == "keep" for one in verdicts):
        return "uphold"
    return "amend" if all(one == "accept" for one in verdicts) else "part_amend"


def _apply(
    session: Session, actor: Actor, row: Review, action: Action, expected: int, changed: Mapping[str, float | None],
    reason: str, at: datetime,
) -> None:  # fmt: skip
    """Let the decision happen; where a value changes there is a new revision, and the agent's time begins again."""
    values: dict[str, object] = {"told_at": at, "acknowledged_at": None}
    if not changed:
        keep(session, actor, row, action, expected, at=at, values=values, reason=reason)
        return
    what, before = card_of(session, row), answers_at(session, row.id, row.revision)
    answers = before | {code: _answer(before[code], value) for code, value in changed.items()}
    score = result(what, answers)
    values |= {**columns(what, answers, score), "revision": row.revision + 1}
    keep(session, actor, row, action, expected, at=at, values=values, reason=reason)
    add_revision(session, actor, row, answers, score, revision=row.revision, at=at, reason=reason)
    if not score.critical_failed:
        take_back(session, row, at)


def _answer(before: Answer, value: float | None) -> Answer:
    """What failed before and does no more needs neither a cause nor evidence."""
    return replace(before, value=value) if is_failure(value) else Answer(value, comment=before.comment)


@needs(Act.SEE_REVIEWS)
def let_lapse(actor: Actor, desk: Desk, *, at: datetime | None = None) -> int:
    """Close the reviews whose time to be answered is over; how many. What nobody acknowledged is closed as such."""
    del actor  # time closes them, whoever looks
    moment, hours, rules = at or now(), hours_of(desk), review_rules(desk.agreements())
    with desk.reading() as session:
        if not _lapsed(session, hours, rules, moment):
            return 0
    with desk.keeping() as session:
        rows = _lapsed(session, hours, rules, moment)
        for row in rows:
            keep(session, SERVER, row, "lapse", row.version, at=moment)
        return len(rows)


def _lapsed(session: Session, hours: Hours, rules: ReviewRules, at: datetime) -> list[Review]:
    waiting = ("submitted", "acknowledged", "upheld", "amended", "part_amended", "final")
    asked = select(Review).where(Review.state.in_(waiting), Review.told_at < at, Review.kind.in_(FOR_AGENTS))
    rows = session.scalars(asked)
    return [row for row in rows if window_of(row, hours, rules, "lapse") < at]
