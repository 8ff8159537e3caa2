"""Who may enter by the company's own sign-in: people whom the desk knows already, in the roles they have here."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import sessions
from dashboard.people.accounts import AccountError, account_name, actor_of, person_called, revoke, today_at
from dashboard.people.actor import NOBODY, Actor
from dashboard.people.audit import record
from dashboard.people.key import keyed
from dashboard.people.policy import Act, needs
from dashboard.people.provider import Identity, Secrets
from dashboard.store import Person
from metrics.errors import ActionableError
from metrics.words import N_

LONGEST_SUBJECT = 500
_STRANGER = N_(
    "{name} knows you, but this desk has no open account {account}. Ask an administrator of this desk for one."
)
_NAMELESS = N_(
    "{name} knows you, but does not vouch for an e-mail address of yours, and this desk knows you by nothing else. Ask "
    "an administrator of this desk to link your account."
)
_OTHERS = N_(
    "The account {account} belongs to somebody else at {name}. Ask an administrator of this desk to link it anew."
)
_TAKEN = N_("Another account of this desk is linked with this already.")
_TOO_LONG = N_("What names a person at the provider has at most {longest} characters.")


class EntryError(ActionableError):
    """The provider vouches for somebody who may not enter."""


def secrets_of(desk: Desk, mark: str) -> Secrets:
    """What belongs to one browser's try: made of its mark with the desk's key, so that none of it need be kept."""
    return Secrets(*(keyed(desk, f"provider {name}", mark) for name in ("state", "nonce", "verifier")))


def enter(
    desk: Desk, identity: Identity, *, name: str, address: str, browser: str | None = None, replaces: str | None = None
) -> str:
    """The token of a new session for whom the provider vouches; the one of the hash *replaces* ends. Raises EntryError.

    Who is known by his e-mail address only is known by the provider's own name for him from then on, since addresses
    are given to others one day.
    """
    try:
        with desk.keeping() as session:
            person = _known(session, identity, name)
            actor = actor_of(session, person, today_at(desk))
            if person.subject is None:
                person.subject = identity.subject
                record(session, actor, "people.link_provider", f"person:{person.id}")
            sessions.end_replaced(session, replaces)
            token = sessions.begin(session, person, address, browser=browser)
            record(session, actor, "sign_in", f"person:{person.id}", {"address": address, "by": "provider"})
            return token
    except EntryError:
        with desk.keeping() as session:
            subject = f"provider:{keyed(desk, 'subject', identity.subject)[:16]}"
            record(session, NOBODY, "sign_in.failed", subject, {"address": address, "by": "provider"})
        raise


@needs(Act.MANAGE_PEOPLE)
def link_provider(actor: Actor, desk: Desk, account: str, subject: str) -> None:
    """Let the account be entered by whom the provider calls so (issuer and subject), by nobody where it is empty.

    Whoever is signed in with it is out. Raises AccountError.
    """
    wanted = " ".join(subject.split()) or None
    if wanted is not None and len(wanted) > LONGEST_SUBJECT:
        raise AccountError(_TOO_LONG, longest=LONGEST_SUBJECT)
    with desk.keeping() as session:
        person = person_called(session, account)
        other = _by_subject(session, wanted) if wanted else None
        if other is not None and other.id != person.id:
            raise AccountError(_TAKEN)
        person.subject = wanted
        revoke(session, person)
        record(session, actor, "people.link_provider" if wanted else "people.unlink_provider", f"person:{person.id}")


def _known(session: Session, identity: Identity, name: str) -> Person:
    """The person of the desk that this is. Raises EntryError."""
    person = _by_subject(session, identity.subject)
    if person is None and identity.email is None:
        raise EntryError(_NAMELESS, name=name)
    if person is None:
        person = _by_account(session, identity.email or "")
    if person is None or person.disabled_at is not None:
        raise EntryError(_STRANGER, name=name, account=identity.email or (person.account if person else ""))
    if person.subject not in (None, identity.subject):
        raise EntryError(_OTHERS, name=name, account=person.account)
    return person


def _by_subject(session: Session, subject: str) -> Person | None:
    return session.scalars(select(Person).where(Person.subject == subject)).first()


def _by_account(session: Session, email: str) -> Person | None:
    try:
        return session.scalars(select(Person).where(Person.account == account_name(email))).first()
    except AccountError:
        return None
