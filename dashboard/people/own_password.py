"""Everybody's own password: changed by whoever knows the old one."""

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import passwords, sessions, tries
from dashboard.people.accounts import give_password
from dashboard.people.actor import Actor
from dashboard.people.audit import record
from dashboard.people.passwords import PasswordError
from dashboard.people.policy import DENIED, Act, Denied, needs
from dashboard.store import Person
from metrics.words import N_

_WRONG = N_("The password that you have now is another one.")
_NONE = N_("Your account has no password. Ask an administrator of this desk for a link by which you choose one.")
_SAME = N_("This is the password that you have already.")


@needs(Act.KEEP_OWN_ACCOUNT)
def change_own_password(
    actor: Actor, desk: Desk, old: str, new: str, *, address: str, browser: str | None = None
) -> str:
    """Take another password: the token of a new session, since all that were signed in with the old one are out.

    Takes a second. Raises PasswordError, and ThrottledError as signing in does.
    """
    account, kept, version = _as_kept(actor, desk)
    tries.begin(desk, account, address, browser=browser)
    if not passwords.agrees(kept, old[: passwords.MOST + 1]):
        with desk.keeping() as session:
            record(session, actor, "password.refused", f"person:{actor.id}", {"address": address})
        raise PasswordError(_WRONG)
    passwords.check(new, account=account)
    if passwords.agrees(kept, new):
        raise PasswordError(_SAME)
    secret = passwords.hashed(new)
    with desk.keeping() as session:
        person = session.get_one(Person, actor.id)
        if person.version != version or person.disabled_at is not None:
            raise Denied(DENIED)  # closed or changed in this second
        give_password(session, actor, desk, person, secret)
        return sessions.begin(session, person, address, browser=browser)


def _as_kept(actor: Actor, desk: Desk) -> tuple[str, str, int]:
    """The account, the hash of its password, the version of its rights. Raises PasswordError where there is none."""
    with desk.reading() as session:
        person = session.scalars(select(Person).where(Person.id == actor.id)).first()
        if person is None or person.password is None:
            raise PasswordError(_NONE)
        return person.account, person.password, person.version
