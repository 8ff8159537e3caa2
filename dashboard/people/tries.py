"""How often somebody may try to sign in: counted in the database, so that a restart forgives nothing.

Ten failed tries in a quarter of an hour for an account, and ten from an address. Behind one address a whole office may
sit, so that two things keep it fair: of one account's tries only half count for the address, and a browser from which
an account was entered before has a count of its own for that account, which no stranger's tries can use up.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people.actor import NOBODY
from dashboard.people.audit import record
from dashboard.people.key import keyed
from dashboard.people.names import folded
from dashboard.store import Person, SessionRow, SignInTry
from metrics.errors import ActionableError
from metrics.words import N_

MOST = 10
OF_ONE_ACCOUNT = 5
"""So many of an account's failed tries count for the address they came from."""
WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
REMEMBERED = timedelta(days=180)
"""For so long a browser is known as one from which an account was entered."""
TOO_MANY = N_("Too many tries. Wait {minutes} minutes, then try again.")


class ThrottledError(ActionableError):
    """Too many failed tries for this account or from this address."""


def begin(desk: Desk, account: str, address: str, *, browser: str | None = None, now: datetime | None = None) -> int:
    """Count a try as failed before the password is looked at, so that tries at the same time do not slip through.

    browser: the hash of what the browser keeps since it signed in before. Returns the try's number for `succeed`.
    Raises ThrottledError after ten failed ones in fifteen minutes.
    """
    at = now or datetime.now(UTC)
    name = account_hash(desk, account)
    with desk.keeping() as session:
        known = browser if _is_known(session, account, browser, at) else None
        failed = _failed(session, at, name, address, known)
        if failed >= MOST:
            raise ThrottledError(TOO_MANY, minutes=int(WINDOW.total_seconds() // 60))
        session.execute(delete(SignInTry).where(SignInTry.at < at - KEPT))
        made = SignInTry(at=at, account=name, address=address, succeeded=False, browser=known)
        session.add(made)
        if failed + 1 == MOST:
            record(session, NOBODY, "sign_in.throttled", f"account:{name[:16]}", {"address": address}, at=at)
        session.flush()
        return made.id


def succeed(session: Session, number: int) -> None:
    """The try was a good one: it is not counted."""
    made = session.get(SignInTry, number)
    if made is not None:
        made.succeeded = True


def forgive(session: Session, desk: Desk, account: str) -> None:
    """Forget the failed tries of an account, since it has another password now."""
    session.execute(delete(SignInTry).where(SignInTry.account == account_hash(desk, account)))


def account_hash(desk: Desk, account: str) -> str:
    """How a try names an account: people type passwords into that field, too, so it is never kept as it is."""
    return keyed(desk, "account", folded(account))


def _is_known(session: Session, account: str, browser: str | None, at: datetime) -> bool:
    """Whether the account was entered from this browser before."""
    if browser is None:
        return False
    entered = (
        select(SessionRow.id)
        .join(Person, Person.id == SessionRow.person_id)
        .where(Person.account == folded(account), SessionRow.browser == browser, SessionRow.made_at > at - REMEMBERED)
    )
    return session.scalar(entered.limit(1)) is not None


def _failed(session: Session, at: datetime, account: str, address: str, known: str | None) -> int:
    """The failed tries that count for this one."""
    if known is not None:
        return _count(session, at, SignInTry.account == account, SignInTry.browser == known)
    of_account = _count(session, at, SignInTry.account == account, SignInTry.browser.is_(None))
    return max(of_account, _from_address(session, at, address))


def _from_address(session: Session, at: datetime, address: str) -> int:
    by_account = (
        select(func.count())
        .where(*_lately(at), SignInTry.address == address, SignInTry.browser.is_(None))
        .group_by(SignInTry.account)
    )
    return sum(min(count, OF_ONE_ACCOUNT) for count in session.scalars(by_account))


def _count(session: Session, at: datetime, *of: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(SignInTry).where(*_lately(at), *of)) or 0


def _lately(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SignInTry.at > at - WINDOW, SignInTry.succeeded.is_(False)
