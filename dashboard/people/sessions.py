"""Signed-in browsers: one row each, found by the hash of its token, ended by time, by hand or by a change of rights."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people.accounts import actor_of, today_at
from dashboard.people.actor import Actor
from dashboard.people.audit import record
from dashboard.people.policy import Act, needs
from dashboard.store import Person, SessionRow

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
"""How exactly the database knows when somebody was last active."""


@dataclass(frozen=True)
class Live:
    """A session that may pass: its number, the hash of its token, whose it is."""

    id: int
    token: str
    actor: Actor


@dataclass(frozen=True)
class SignedIn:
    """A session as the list of who is signed in shows it."""

    id: int
    person_id: int
    account: str
    name: str
    made_at: datetime
    seen_at: datetime
    address: str | None


def hash_of(token: str) -> str:
    """How a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    session: Session, person: Person, address: str, *, browser: str | None = None, now: datetime | None = None
) -> str:
    """A new session in the caller's transaction; its token, which is told once and kept nowhere.

    browser: the hash by which the browser is known from now on.
    """
    at = now or datetime.now(UTC)
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token=hash_of(token), person_id=person.id, person_version=person.version, made_at=at, seen_at=at,
            ended_at=None, address=address, browser=browser,
        )
    )  # fmt: skip
    return token


def end_replaced(session: Session, token: str | None) -> None:
    """End the session of this hashed token, in whose browser another one begins."""
    row = session.scalars(select(SessionRow).where(SessionRow.token == token)).first() if token else None
    if row is not None and row.ended_at is None:
        row.ended_at = datetime.now(UTC)


def live_of(desk: Desk, tokens: Collection[str], *, now: datetime | None = None) -> dict[str, Live]:
    """Those of the hashed tokens whose sessions may pass at this moment."""
    if not tokens:
        return {}
    at, today = now or datetime.now(UTC), today_at(desk)
    asked = (
        select(SessionRow, Person)
        .join(Person, Person.id == SessionRow.person_id)
        .where(
            SessionRow.token.in_(tokens),
            SessionRow.ended_at.is_(None),
            SessionRow.seen_at > at - IDLE,
            SessionRow.made_at > at - LONGEST,
            SessionRow.person_version == Person.version,
            Person.disabled_at.is_(None),
        )
    )
    with desk.reading() as session:
        rows = session.execute(asked).all()
        return {row.token: Live(row.id, row.token, actor_of(session, person, today)) for row, person in rows}


def note_activity(desk: Desk, tokens: Collection[str], *, now: datetime | None = None) -> None:
    """The people behind these hashed tokens did something just now."""
    at = now or datetime.now(UTC)
    stale = SessionRow.seen_at < at - NOTED_EVERY
    with desk.keeping() as session:
        session.execute(
            update(SessionRow)
            .where(SessionRow.token.in_(tokens), SessionRow.ended_at.is_(None), stale, SessionRow.seen_at > at - IDLE)
            .values(seen_at=at)
        )


def end_own(desk: Desk, token: str, *, now: datetime | None = None) -> bool:
    """End the session of this hashed token, since its owner signs out; whether there was one."""
    with desk.keeping() as session:
        row = session.scalars(select(SessionRow).where(SessionRow.token == token)).first()
        if row is None or row.ended_at is not None:
            return False
        row.ended_at = now or datetime.now(UTC)
        person = session.get_one(Person, row.person_id)
        record(session, actor_of(session, person, today_at(desk)), "sign_out", f"person:{person.id}")
        return True


@needs(Act.SEE_PEOPLE)
def signed_in(actor: Actor, desk: Desk, *, now: datetime | None = None) -> tuple[SignedIn, ...]:  # noqa: ARG001
    """Who is signed in now, the last active first."""
    at = now or datetime.now(UTC)
    asked = (
        select(SessionRow, Person)
        .join(Person, Person.id == SessionRow.person_id)
        .where(SessionRow.ended_at.is_(None), SessionRow.seen_at > at - IDLE, SessionRow.made_at > at - LONGEST,
               SessionRow.person_version == Person.version, Person.disabled_at.is_(None))
        .order_by(SessionRow.seen_at.desc())
    )  # fmt: skip
    with desk.reading() as session:
        rows = session.execute(asked).all()
        return tuple(
            SignedIn(row.id, person.id, person.account, person.name, row.made_at, row.seen_at, row.address)
            for row, person in rows
        )


@needs(Act.MANAGE_PEOPLE)
def end(actor: Actor, desk: Desk, session_id: int) -> None:
    """End somebody's session; his tabs lose the desk within seconds."""
    with desk.keeping() as session:
        row = session.get(SessionRow, session_id)
        if row is not None and row.ended_at is None:
            row.ended_at = datetime.now(UTC)
            record(session, actor, "people.end_session", f"person:{row.person_id}", {"session": session_id})
