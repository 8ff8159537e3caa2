"""Links that work once: to set up the first account of a desk, or to choose a password."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import passwords
from dashboard.people.accounts import (
    account_name,
    actor_of,
    added,
    give_password,
    has_accounts,
    person_called,
    today_at,
)
from dashboard.people.actor import COMMAND_LINE, ONE_PERSON, Actor
from dashboard.people.audit import record
from dashboard.people.policy import Act, needs
from dashboard.people.sessions import hash_of
from dashboard.store import OneTimeLink, Person
from metrics.errors import ActionableError
from metrics.words import N_

Kind = Literal["setup", "password"]
SETUP_LASTS = timedelta(hours=1)
PASSWORD_LASTS = timedelta(hours=24)
PATH = "/auth/link/"
_OVER = N_("This link was used already or is too old. Ask an administrator of this desk for a new one.")
_SET_UP = N_("This desk has accounts: sign in, or ask its administrator for one.")


class LinkError(ActionableError):
    """A link that does not open anything."""


@dataclass(frozen=True)
class Opened:
    """What a link is for; `account` is whose password is chosen."""

    kind: Kind
    account: str | None


def setup_link(desk: Desk) -> str:
    """The path of a link that makes the first administrator; any older one ends. Raises LinkError."""
    with desk.keeping() as session:
        if has_accounts(session):
            raise LinkError(_SET_UP)
        _close(session, kind="setup", person_id=None)
        path = _made(session, "setup", None, SETUP_LASTS)
        record(session, COMMAND_LINE, "people.setup_link", "desk")
        return path


@needs(Act.MANAGE_PEOPLE)
def password_link(actor: Actor, desk: Desk, account: str) -> str:
    """The path of a link by which a person chooses his password; any older one ends. Raises AccountError."""
    with desk.keeping() as session:
        person = person_called(session, account)
        _close(session, kind="password", person_id=person.id)
        path = _made(session, "password", person.id, PASSWORD_LASTS)
        record(session, actor, "people.password_link", f"person:{person.id}")
        return path


def opened(desk: Desk, token: str) -> Opened:
    """What this link is for; it is not used up by looking. Raises LinkError."""
    with desk.reading() as session:
        link = _usable(session, token)
        person = session.get(Person, link.person_id) if link.person_id else None
        return Opened("setup" if link.kind == "setup" else "password", person.account if person else None)


def choose_password(desk: Desk, token: str, password: str) -> None:
    """Take the password that the link's owner chose; the link ends. Raises LinkError, PasswordError."""
    account = opened(desk, token).account or ""
    passwords.check(password, account=account)
    secret = passwords.hashed(password)
    with desk.keeping() as session:
        link = _usable(session, token, kind="password")
        person = session.get_one(Person, link.person_id)
        link.used_at = datetime.now(UTC)
        give_password(session, actor_of(session, person, today_at(desk)), desk, person, secret)


def set_up(desk: Desk, token: str, *, account: str, name: str, password: str) -> None:
    """Make the first account, an administrator. Raises LinkError, AccountError, PasswordError."""
    kept_as = account_name(account)
    passwords.check(password, account=kept_as)
    secret = passwords.hashed(password)
    with desk.keeping() as session:
        link = _usable(session, token, kind="setup")
        link.used_at = datetime.now(UTC)
        added(session, ONE_PERSON, desk, kept_as, name=name, role="administrator", secret=secret)


def _usable(session: Session, token: str, kind: Kind | None = None) -> OneTimeLink:
    link = session.scalars(select(OneTimeLink).where(OneTimeLink.token == hash_of(token))).first()
    if (
        link is None
        or link.used_at is not None
        or link.expires_at <= datetime.now(UTC)
        or kind not in (None, link.kind)
    ):
        raise LinkError(_OVER)
    if link.kind == "setup" and has_accounts(session):
        raise LinkError(_SET_UP)
    person = session.get(Person, link.person_id) if link.person_id else None
    if person is not None and person.disabled_at is not None:
        raise LinkError(_OVER)
    return link


def _made(session: Session, kind: Kind, person_id: int | None, lasts: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            token=hash_of(token), kind=kind, person_id=person_id, expires_at=datetime.now(UTC) + lasts, used_at=None
        )
    )
    return PATH + token


def _close(session: Session, *, kind: Kind, person_id: int | None) -> None:
    older = update(OneTimeLink).where(
        OneTimeLink.kind == kind, OneTimeLink.person_id.is_not_distinct_from(person_id), OneTimeLink.used_at.is_(None)
    )
    session.execute(older.values(used_at=datetime.now(UTC)))
