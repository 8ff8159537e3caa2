"""Signing in: an account and its password become a session."""

from dataclasses import dataclass

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import passwords, sessions, tries
from dashboard.people.accounts import AccountError, account_name, actor_of, today_at
from dashboard.people.actor import NOBODY
from dashboard.people.audit import record
from dashboard.store import Person
from metrics.errors import ActionableError
from metrics.words import N_

_WRONG = N_("The account or the password is wrong.")


class SignInError(ActionableError):
    """The account or the password is wrong; which of them is not said."""


@dataclass(frozen=True)
class _Candidate:
    """What was kept when the try began: compared again before a session is made of it."""

    id: int
    password: str | None
    version: int


def sign_in(
    desk: Desk, account: str, password: str, *, address: str, browser: str | None = None, replaces: str | None = None
) -> str:
    """The token of a new session; the one of the hash *replaces* ends. Takes half a second.

    browser: the hash of what the browser is known by. Raises SignInError, ThrottledError.
    """
    number = tries.begin(desk, account, address, browser=browser)
    candidate = _candidate(desk, account)
    is_right = passwords.agrees(candidate.password if candidate else None, password[: passwords.MOST + 1])
    if candidate is None or not is_right:
        _note_failure(desk, account, candidate, address)
        raise SignInError(_WRONG)
    better = passwords.hashed(password) if passwords.is_outdated(candidate.password or "") else None
    with desk.keeping() as session:
        person = session.get_one(Person, candidate.id)
        if person.disabled_at is not None or person.version != candidate.version:
            raise SignInError(_WRONG)  # closed or changed in this half second
        tries.succeed(session, number)
        person.password = better or person.password
        sessions.end_replaced(session, replaces)
        token = sessions.begin(session, person, address, browser=browser)
        record(
            session, actor_of(session, person, today_at(desk)), "sign_in", f"person:{person.id}", {"address": address}
        )
        return token


def _candidate(desk: Desk, account: str) -> _Candidate | None:
    try:
        name = account_name(account)
    except AccountError:
        return None
    asked = select(Person).where(Person.account == name, Person.disabled_at.is_(None))
    with desk.reading() as session:
        person = session.scalars(asked).first()
        return None if person is None else _Candidate(person.id, person.password, person.version)


def _note_failure(desk: Desk, account: str, candidate: _Candidate | None, address: str) -> None:
    subject = f"person:{candidate.id}" if candidate else f"account:{tries.account_hash(desk, account)[:16]}"
    with desk.keeping() as session:
        record(session, NOBODY, "sign_in.failed", subject, {"address": address})
