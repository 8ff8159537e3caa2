"""Error cases: a wrong answer is put right with the customer and in public, its cause found, its return prevented.

Each act is one transaction: the case, its clock, an event, the audit. What is still missing is told when somebody wants
to close a case; the rule stands in `close` alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import update
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.privacy.masking import masked, masked_frame
from dashboard.quality.errors import (
    CONTACTS,
    KINDS,
    Case,
    ErrorCaseError,
    cases_in,
    clocks_for,
    demanded,
    keep,
    note,
)
from dashboard.quality.settings import settings_of
from dashboard.quality.windows import newest_known
from dashboard.services.facts.figures import readable_facts
from dashboard.store import AffectedTicket, CorrectiveAction, ErrorCase
from dashboard.triage.now import now
from dashboard.wording import N_, _
from metrics.facts import Facts
from metrics.quality.lookback import said_the_same

CHARACTERS = 2000
MOST = 500
_TICKET = N_("There is no conversation {ticket} here for you.")
_SAY = N_("Say {what}, at most {most} characters.")
_CLOSED = N_("This case is closed.")
_OPEN = N_("This cannot be closed yet. Still missing: {left}.")
_LATER = N_("A measure needs a day that is still to come.")
_KIND = N_("“{found}” is not one of: {known}.")
_WRONG, _RIGHT, _WORDS = N_("what was claimed wrongly"), N_("what is right"), N_("the words to look for")
_CORRECTION, _CAUSE = N_("where the correction can be read"), N_("the cause")
_MEASURE, _OWNER, _VERIFIED = N_("the measure"), N_("who does it"), N_("how it was verified")
LEFT = {
    "told": N_("the customer has to be told"), "corrected": N_("the public correction"), "cause": N_("the cause"),
    "planned": N_("a measure"), "done": N_("the measure has to be done"), "verified": N_("the verification"),
    "contact": N_("affected customers whom nobody has contacted"),
}  # fmt: skip


@needs(Act.SEE_QUALITY)
def cases(actor: Actor, desk: Desk) -> tuple[Case, ...]:
    """The cases that the person may see, those that are open first."""
    with desk.reading() as session:
        return cases_in(session, actor)


@needs(Act.SEE_QUALITY)
def case(actor: Actor, desk: Desk, case_id: int) -> Case:
    """One of them. Raises ErrorCaseError."""
    with desk.reading() as session:
        return demanded(session, actor, case_id, Act.SEE_QUALITY)


@needs(Act.CORRECT)
def open_case(
    actor: Actor, desk: Desk, *, source: str, ticket_id: str, wrong_claim: str, right_claim: str, search: str = "",
    was_public: bool = False, owner: str | None = None, review_id: int | None = None, criterion: str | None = None,
    facts: Facts | None = None, at: datetime | None = None,
) -> Case:  # fmt: skip
    """Open a case for a conversation in which something wrong was said; its clocks begin. Raises ErrorCaseError.

    facts: those that the person may read, where they are at hand.
    """
    moment, ticket = at or now(), _ticket(facts or readable_facts(actor, desk), source, ticket_id)
    wrong, right = _said(_WRONG, wrong_claim), _said(_RIGHT, right_claim)
    settings = settings_of(desk)
    with desk.keeping() as session:
        row = ErrorCase(
            source=source, ticket_id=ticket_id, review_id=review_id, criterion=criterion, was_public=was_public,
            found_at=moment, found_by=actor.name, wrong_claim=wrong, right_claim=right, version=1,
            search=masked(search.strip())[:CHARACTERS] or wrong, owner=owner or actor.name, **ticket,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add_all(clocks_for(row.id, settings, was_public=was_public, at=moment))
        session.add(_affected(actor, row.id, source, ticket_id, moment))
        note(session, actor, row.id, 1, "open", {"was_public": was_public}, at=moment)
        session.flush()
        return demanded(session, actor, row.id)


def _ticket(facts: Facts, source: str, ticket_id: str) -> dict[str, Any]:
    wanted = (pl.col("source") == source) & (pl.col("ticket_id") == ticket_id)
    found = facts.tickets.lazy().filter(wanted).select("channel", "type", "team", "agent").collect()
    if found.is_empty():
        raise ErrorCaseError(_TICKET, ticket=f"{source}/{ticket_id}")
    return found.row(0, named=True)


def _said(what: str, text: str) -> str:
    """The text, itself without anybody's number. Raises ErrorCaseError where there is none."""
    told = masked(text.strip())
    if not 1 <= len(told) <= CHARACTERS:
        raise ErrorCaseError(_SAY, what=_(what), most=CHARACTERS)
    return told


def _affected(actor: Actor, case_id: int, source: str, ticket_id: str, at: datetime) -> AffectedTicket:
    return AffectedTicket(
        case_id=case_id, source=source, ticket_id=ticket_id, found_at=at, state="found", changed_at=at,
        changed_by=actor.name,
    )  # fmt: skip


def _open(session: Session, actor: Actor, case_id: int) -> Case:
    found = demanded(session, actor, case_id)
    if found.closed_at is not None:
        raise ErrorCaseError(_CLOSED)
    return found


@needs(Act.CORRECT)
def tell_customer(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, at: datetime | None = None
) -> Case:  # fmt: skip
    """Note that the customer was told what is right, with an apology."""
    moment = at or now()
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        _set_contact(session, actor, found, [(found.source, found.ticket_id)], "contacted", moment)
        return keep(session, actor, found, "tell", {"contacted_at": moment}, expected=expected_version, at=moment,
                    meets="apology")  # fmt: skip


@needs(Act.CORRECT)
def correct_in_public(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, where: str, at: datetime | None = None
) -> Case:  # fmt: skip
    """Note where what is right can be read now. Raises ErrorCaseError."""
    moment, told = at or now(), _said(_CORRECTION, where)
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        values = {"corrected_at": moment, "correction": told}
        return keep(session, actor, found, "correct", values, expected=expected_version, at=moment,
                    meets="public_correction")  # fmt: skip


@needs(Act.CORRECT)
def record_cause(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, cause: str, note: str = "",
    at: datetime | None = None,
) -> Case:  # fmt: skip
    """Note why it happened, by a code of the tree of root causes. Raises ErrorCaseError."""
    moment, code = at or now(), _said(_CAUSE, cause)
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        values = {"cause": code, "cause_note": masked(note.strip())[:CHARACTERS] or None, "cause_at": moment}
        return keep(session, actor, found, "cause", values, expected=expected_version, at=moment, meets="root_cause")


@needs(Act.CORRECT)
def plan_action(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, kind: str, measure: str, owner: str,
    due_at: datetime, at: datetime | None = None,
) -> Case:  # fmt: skip
    """Plan what is done so that it does not come again. Raises ErrorCaseError."""
    moment, what, who = at or now(), _said(_MEASURE, measure), _said(_OWNER, owner)
    if kind not in KINDS:
        raise ErrorCaseError(_KIND, found=kind, known=", ".join(KINDS))
    if due_at <= moment:
        raise ErrorCaseError(_LATER)
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        session.add(
            CorrectiveAction(case_id=case_id, kind=kind, measure=what, owner=who, planned_at=moment, due_at=due_at)
        )
        values = {"verified_at": None, "verification": None}  # what was seen before says nothing of this measure
        return keep(session, actor, found, "plan", values, expected=expected_version, at=moment)


@needs(Act.CORRECT)
def finish_action(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, action_id: int, at: datetime | None = None
) -> Case:  # fmt: skip
    """Note that a measure was done. Raises ErrorCaseError."""
    moment = at or now()
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        row = session.get(CorrectiveAction, action_id)
        if row is None or row.case_id != case_id:
            raise ErrorCaseError(_KIND, found=action_id, known=", ".join(str(one.id) for one in found.actions))
        row.done_at = moment
        session.flush()
        left = [one for one in found.actions if one.done_at is None and one.id != action_id]
        return keep(session, actor, found, "done", {}, expected=expected_version, at=moment,
                    meets=None if left else "action")  # fmt: skip


@needs(Act.CORRECT)
def verify(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, how: str, at: datetime | None = None
) -> Case:  # fmt: skip
    """Note how it was seen that the measure works. Raises ErrorCaseError."""
    moment, told = at or now(), _said(_VERIFIED, how)
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        if not found.actions or any(one.done_at is None for one in found.actions):
            missing = LEFT["done"]
            raise ErrorCaseError(_OPEN, left=_(missing))
        values = {"verification": told, "verified_at": moment}
        return keep(session, actor, found, "verify", values, expected=expected_version, at=moment)


@needs(Act.CORRECT)
def close(actor: Actor, desk: Desk, case_id: int, expected_version: int, *, at: datetime | None = None) -> Case:
    """End a case in which nothing is missing. Raises ErrorCaseError, naming everything that is."""
    moment = at or now()
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        missing = [step for step in found.left if step != "closed"] + (["contact"] if found.to_contact else [])
        if missing:
            raise ErrorCaseError(_OPEN, left="; ".join(_(LEFT[step]) for step in missing))
        return keep(session, actor, found, "close", {"closed_at": moment}, expected=expected_version, at=moment)


@needs(Act.CORRECT)
def look_back(
    actor: Actor, desk: Desk, case_id: int, *, words: str, days: int = 90, facts: Facts | None = None,
    at: datetime | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Conversations in which a person or a bot told a customer the same: source, ticket_id, at, author, excerpt.

    Masked, the newest first; at most MOST. Each line of *words* is one way to say it: all its words in one message.
    """
    _said(_WORDS, words)
    moment, head = at or newest_known(desk), desk.head()
    with desk.reading() as session:
        demanded(session, actor, case_id)
    readable = (facts or readable_facts(actor, desk)).tickets.lazy().select("source", "ticket_id")
    versions = head.versions if head else {}
    with desk.warehouse.damage_told(versions):
        written = desk.warehouse.scan("messages", versions).filter(pl.col("at") >= moment - timedelta(days=days))
        found = said_the_same(written.join(readable, on=["source", "ticket_id"], how="semi"), words, at_most=MOST)
    return masked_frame(found, ["excerpt", "author"])


@needs(Act.CORRECT)
def add_affected(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, tickets: Sequence[tuple[str, str]], words: str,
    at: datetime | None = None,
) -> Case:  # fmt: skip
    """Put conversations that the look-back found on the list of those whose customers are to be told."""
    moment = at or now()
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        known = {(one.source, one.ticket_id) for one in found.affected}
        fresh = [key for key in dict.fromkeys(tickets) if key not in known]
        session.add_all(_affected(actor, case_id, source, ticket, moment) for source, ticket in fresh)
        values = {"searched_at": moment, "search": _said(_WORDS, words)}
        return keep(session, actor, found, "search", values, expected=expected_version, at=moment)


@needs(Act.CORRECT)
def set_contact(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, tickets: Sequence[tuple[str, str]], state: str,
    at: datetime | None = None,
) -> Case:  # fmt: skip
    """Note how far it is with these affected customers. Raises ErrorCaseError."""
    moment = at or now()
    if state not in CONTACTS:
        raise ErrorCaseError(_KIND, found=state, known=", ".join(CONTACTS))
    with desk.keeping() as session:
        found = _open(session, actor, case_id)
        _set_contact(session, actor, found, tickets, state, moment)
        return keep(session, actor, found, "contact", {}, expected=expected_version, at=moment)


def _set_contact(
    session: Session, actor: Actor, found: Case, tickets: Sequence[tuple[str, str]], state: str, at: datetime
) -> None:  # fmt: skip
    for source, ticket in tickets:
        row = (AffectedTicket.case_id == found.id, AffectedTicket.source == source, AffectedTicket.ticket_id == ticket)
        session.execute(update(AffectedTicket).where(*row).values(state=state, changed_at=at, changed_by=actor.name))
