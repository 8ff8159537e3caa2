"""What an inspector has to read: his own, the next one that nobody has, and what cannot be read.

A second reading looks like any other to whoever does it. What cannot be judged at all is ineligible and leaves the
population; what was not read for another reason is skipped, and the skipped are told beside every rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.quality.draws import draw_with
from dashboard.quality.queues import OPEN, free_to, is_own
from dashboard.services.quality.draws import extended
from dashboard.store import Assignment, Person, SampleStratum, SampleUnit
from dashboard.store.swap import StaleError, compare_and_set
from dashboard.triage.now import now
from metrics.errors import ActionableError
from metrics.words import N_

INELIGIBLE: Mapping[str, str] = {
    "spam": N_("spam or advertising"),
    "no_agent_message": N_("no answer by a person"),
    "duplicate": N_("the same conversation twice"),
    "test": N_("a test"),
}
SKIPPED: Mapping[str, str] = {
    "language": N_("in a language that nobody here reads"),
    "unreadable": N_("the transcript is missing or damaged"),
    "conflict": N_("the reader knows the customer or worked on it"),
    "no_time": N_("no time"),
    "void": N_("the review was taken back"),
}
_CODE = N_("Say why by one of: {known}.")
_NOT_YOURS = N_("This is not yours to read, or it was settled meanwhile.")
TRIES = 20


class AssignmentError(ActionableError):
    """Something that cannot be done with an assignment."""


@dataclass(frozen=True)
class Given:
    """A conversation that somebody is to read. Whether it is a second reading is not told."""

    id: int
    version: int
    unit: int
    draw_id: int | None
    session_id: int | None
    source: str
    ticket_id: str
    state: str
    reviewer: str | None
    due_at: datetime | None


@needs(Act.REVIEW)
def queue(actor: Actor, desk: Desk) -> tuple[Given, ...]:
    """What the person has still to read, the earliest due first."""
    asked = select(Assignment, SampleUnit).join(SampleUnit).where(is_own(actor), Assignment.state.in_(OPEN))
    with desk.reading() as session:
        return tuple(given_of(*row) for row in session.execute(asked.order_by(Assignment.due_at, Assignment.id)))


@needs(Act.REVIEW)
def unclaimed(actor: Actor, desk: Desk) -> int:
    """How many conversations the person could take."""
    with desk.reading() as session:
        return session.scalar(select(func.count()).select_from(free_to(actor).subquery())) or 0


def given_of(row: Assignment, unit: SampleUnit) -> Given:
    """The rows as a value."""
    return Given(
        id=row.id, version=row.version, unit=unit.id, draw_id=unit.draw_id, session_id=unit.session_id,
        source=unit.source, ticket_id=unit.ticket_id, state=row.state, reviewer=row.reviewer, due_at=row.due_at,
    )  # fmt: skip


@needs(Act.REVIEW)
def claim_next(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Given | None:
    """Take the next conversation that nobody has; None where there is none. Two never get the same one."""
    moment = at or now()
    for _try in range(TRIES):
        with desk.keeping() as session:
            found = session.scalar(free_to(actor).limit(1))
            if found is None:
                return None
            if _took(session, actor, found):
                record(session, actor, "sample.take", f"assignment:{found}", at=moment)
                row = session.get_one(Assignment, found)
                return given_of(row, session.get_one(SampleUnit, row.unit_id))
    return None


def _took(session: Session, actor: Actor, assignment_id: int) -> bool:
    """Whether the person was the first."""
    free = (Assignment.id == assignment_id, Assignment.reviewer.is_(None), Assignment.state == "open")
    values = {"reviewer": actor.name, "reviewer_id": actor.id, "version": Assignment.version + 1}
    done = session.execute(update(Assignment).where(*free).values(values))
    return isinstance(done, CursorResult) and done.rowcount == 1


@needs(Act.REVIEW)
def mark_ineligible(
    actor: Actor, desk: Desk, assignment_id: int, expected_version: int, *, code: str, at: datetime | None = None
) -> None:
    """Set aside what cannot be judged at all; the next one of its stratum is drawn in its place, where there is one.

    Raises AssignmentError.
    """
    _demand_code(code, INELIGIBLE)
    _settle(actor, desk, assignment_id, expected_version, "ineligible", code, at or now())


@needs(Act.REVIEW)
def skip(
    actor: Actor, desk: Desk, assignment_id: int, expected_version: int, *, code: str, at: datetime | None = None
) -> None:
    """Leave a conversation unread; nothing is drawn in its place, and it is told beside every rate.

    Raises AssignmentError.
    """
    _demand_code(code, SKIPPED)
    _settle(actor, desk, assignment_id, expected_version, "skipped", code, at or now())


def _demand_code(code: str, known: Mapping[str, str]) -> None:
    if code not in known:
        raise AssignmentError(_CODE, known=", ".join(known))


def _settle(
    actor: Actor, desk: Desk, assignment_id: int, expected: int, outcome: str, code: str, at: datetime
) -> None:  # fmt: skip
    with desk.keeping() as session:
        row = session.scalar(select(Assignment).where(Assignment.id == assignment_id, is_own(actor)))
        unit = None if row is None else session.get_one(SampleUnit, row.unit_id)
        if row is None or unit is None or row.state not in OPEN or row.version != expected:
            raise AssignmentError(_NOT_YOURS)
        _returned(session, row.id, expected)
        if row.role == "primary" and unit.outcome is None:
            _close_unit(session, unit, outcome, code, actor, at)
        details = {"outcome": outcome, "code": code}
        record(session, actor, "sample.settle", f"assignment:{assignment_id}", details, at=at)


def _returned(session: Session, assignment_id: int, expected: int) -> None:
    try:
        compare_and_set(session, Assignment, assignment_id, expected_version=expected, values={"state": "returned"})
    except StaleError as error:
        raise AssignmentError(_NOT_YOURS) from error


def _close_unit(
    session: Session, unit: SampleUnit, outcome: str, code: str, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Keep what became of the conversation; nobody has to read it a second time."""
    unit.outcome, unit.code, unit.settled_at, unit.settled_by = outcome, code, at, actor.name
    second = (Assignment.unit_id == unit.id, Assignment.role == "double", Assignment.state == "open")
    session.execute(update(Assignment).where(*second).values(state="returned", version=Assignment.version + 1))
    session.flush()
    if outcome == "ineligible" and unit.draw_id is not None and unit.stratum is not None:
        stratum = session.get_one(SampleStratum, (unit.draw_id, unit.stratum))
        found = draw_with(session, unit.draw_id)
        if stratum.drawn < stratum.size and found.superseded_by is None:
            extended(session, found, {unit.stratum: 1}, at=at)


@needs(Act.DRAW_SAMPLES)
def give_to(
    actor: Actor, desk: Desk, assignment_id: int, expected_version: int, *, account: str, at: datetime | None = None
) -> None:
    """Give a conversation that nobody has begun to another reader. Raises AssignmentError."""
    moment = at or now()
    with desk.keeping() as session:
        person = session.scalar(select(Person).where(Person.account == account, Person.disabled_at.is_(None)))
        row = session.get(Assignment, assignment_id)
        if person is None or row is None or row.state != "open":
            raise AssignmentError(_NOT_YOURS)
        taken = select(Assignment.id).where(Assignment.unit_id == row.unit_id, Assignment.reviewer == person.name)
        unit = session.get_one(SampleUnit, row.unit_id)
        if session.scalar(taken) is not None or (person.agent is not None and person.agent == unit.agent):
            raise AssignmentError(_NOT_YOURS)
        values = {"reviewer": person.name, "reviewer_id": person.id}
        compare_and_set(session, Assignment, row.id, expected_version=expected_version, values=values)
        record(session, actor, "sample.give", f"assignment:{assignment_id}", {"to": person.id}, at=moment)
