"""How often somebody may try to sign in: counted in the database, so that a restart forgives nothing."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people.actor import NOBODY
from dashboard.people.audit import record
from dashboard.people.key import keyed
from dashboard.store import SignInTry
from metrics.errors import ActionableError
from metrics.words import N_

MOST = 10
WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
TOO_MANY = N_("Too many tries. Wait {minutes} minutes, then try again.")


class ThrottledError(ActionableError):
    """Too many failed tries for this account or from this address."""


def begin(desk: Desk, account: str, address: str, *, now: datetime | None = None) -> int:
    """Count a try as failed before the password is looked at, so that tries at the same time do not slip through.

    Returns its number for `succeed`. Raises ThrottledError after ten failed ones in fifteen minutes.
    """
    at = now or datetime.now(UTC)
    name = account_hash(desk, account)
    with desk.keeping() as session:
        failed = max(
            _failed(session, at, SignInTry.account == name), _failed(session, at, SignInTry.address == address)
        )
        if failed >= MOST:
            raise ThrottledError(TOO_MANY, minutes=int(WINDOW.total_seconds() // 60))
        session.execute(delete(SignInTry).where(SignInTry.at < at - KEPT))
        made = SignInTry(at=at, account=name, address=address, succeeded=False)
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
    return keyed(desk, "account", account.strip().casefold())


def _failed(session: Session, at: datetime, of: object) -> int:
    counted = select(func.count()).where(SignInTry.at > at - WINDOW, SignInTry.succeeded.is_(False), of)  # type: ignore[arg-type]
    return session.scalar(counted) or 0
