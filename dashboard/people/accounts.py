"""The accounts of a desk: who there is, what each may do, and every change of it, with its row in the audit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import passwords
from dashboard.people.actor import Actor, Role
from dashboard.people.audit import record
from dashboard.people.known_as import known_as
from dashboard.people.names import folded
from dashboard.people.policy import Act, needs
from dashboard.people.tries import forgive
from dashboard.store import Download, Membership, OneTimeLink, Person, SessionRow
from metrics.errors import ActionableError
from metrics.words import N_

LONGEST = 200
_NAMELESS = N_("An account is 1 to {longest} characters without blanks, such as li.na or li.na@example.com.")
_TAKEN = N_("There is an account {account} already.")
_UNKNOWN = N_("There is no account {account}. `floorwalker user list` shows all of them.")
_NO_ROLE = N_("There is no role {role}; the roles are {roles}.")
_FIRST = N_("The first account of a desk must be an administrator: nobody else could add the others.")
_LAST = N_("{account} is the last administrator who can sign in. Make another one first.")
_STALE = N_("Somebody else changed the account {account} meanwhile. Look at it again, then change it.")


class AccountError(ActionableError):
    """An account that cannot be made or changed so."""


@dataclass(frozen=True)
class Account:
    """A person as lists show him; `version` is handed back with a change, so that no newer one is overwritten."""

    id: int
    account: str
    name: str
    role: Role
    teams: tuple[str, ...]
    agent: str | None
    is_disabled: bool
    has_password: bool
    made_at: datetime
    version: int


@dataclass(frozen=True)
class Change:
    """What is to become different about a person; what is None stays. An empty `agent` takes the name away."""

    name: str | None = None
    role: str | None = None
    teams: Sequence[str] | None = None
    agent: str | None = None


def has_accounts(session: Session) -> bool:
    """Whether anybody has an account: from then on nobody passes without one."""
    return session.scalar(select(Person.id).limit(1)) is not None


@needs(Act.SEE_PEOPLE)
def accounts(actor: Actor, desk: Desk) -> tuple[Account, ...]:  # noqa: ARG001
    """Everybody who has an account, in the order of their names."""
    with desk.reading() as session:
        teams = teams_on(session, today_at(desk))
        people = session.scalars(select(Person).order_by(Person.account)).all()
        return tuple(_shown(person, teams.get(person.id, ())) for person in people)


@needs(Act.MANAGE_PEOPLE)
def add(
    actor: Actor, desk: Desk, account: str, *, name: str, role: str, teams: Sequence[str] = (),
    agent: str | None = None, password: str | None = None,
) -> Account:  # fmt: skip
    """Make an account. Without a password it opens by a one-time link only. Raises AccountError, PasswordError."""
    kept_as = account_name(account)
    secret = None if password is None else _hash_of(password, kept_as)
    with desk.keeping() as session:
        return added(session, actor, desk, kept_as, name=name, role=role, teams=teams, agent=agent, secret=secret)


def added(
    session: Session, actor: Actor, desk: Desk, account: str, *, name: str, role: str, teams: Sequence[str] = (),
    agent: str | None = None, secret: str | None = None,
) -> Account:  # fmt: skip
    """The same inside the caller's transaction, with the password hashed already."""
    _require_role(role)
    if role != "administrator" and not has_accounts(session):
        raise AccountError(_FIRST)
    if session.scalar(select(Person.id).where(Person.account == account)) is not None:
        raise AccountError(_TAKEN, account=account)
    person = Person(
        account=account, name=_plain(name) or account, role=role, agent=_plain(agent), password=secret,
        subject=None, language=None, made_at=datetime.now(UTC), disabled_at=None,
    )  # fmt: skip
    session.add(person)
    session.flush()
    _keep_teams(session, person.id, teams, today_at(desk))
    record(session, actor, "people.add", f"person:{person.id}",
           {"role": role, "teams": sorted(set(teams)), "has_password": secret is not None})  # fmt: skip
    return _shown(person, sorted(set(teams)))


@needs(Act.MANAGE_PEOPLE)
def change(actor: Actor, desk: Desk, account: str, changed: Change, *, version: int | None = None) -> Account:
    """Change a person's name, role, teams or agent name; with his rights his sessions end. Raises AccountError.

    version: the one that the change was thought out for; without it, whichever there is.
    """
    today = today_at(desk)
    with desk.keeping() as session:
        person = person_called(session, account)
        if version is not None and version != person.version:
            raise AccountError(_STALE, account=person.account)
        if changed.role is not None and changed.role != "administrator":
            _require_role(changed.role)
            _require_other_administrator(session, person)
        details = _apply(session, person, changed, today)
        if details.keys() - {"name"}:
            revoke(session, person)
        if details:
            record(session, actor, "people.change", f"person:{person.id}", details)
        return _shown(person, teams_on(session, today, person.id).get(person.id, ()))


@needs(Act.MANAGE_PEOPLE)
def set_disabled(actor: Actor, desk: Desk, account: str, is_disabled: bool) -> Account:
    """Close an account at once, with all its sessions and links, or open it again. Raises AccountError."""
    with desk.keeping() as session:
        person = person_called(session, account)
        if is_disabled:
            _require_other_administrator(session, person)
        if (person.disabled_at is not None) != is_disabled:
            person.disabled_at = datetime.now(UTC) if is_disabled else None
            revoke(session, person)
            record(session, actor, f"people.{'disable' if is_disabled else 'enable'}", f"person:{person.id}")
        return _shown(person, teams_on(session, today_at(desk), person.id).get(person.id, ()))


@needs(Act.MANAGE_PEOPLE)
def set_password(actor: Actor, desk: Desk, account: str, password: str) -> None:
    """Give an account another password; whoever was signed in with the old one is out. Raises PasswordError."""
    secret = _hash_of(password, account_name(account))
    with desk.keeping() as session:
        give_password(session, actor, desk, person_called(session, account), secret)


def give_password(session: Session, actor: Actor, desk: Desk, person: Person, secret: str) -> None:
    """The same inside the caller's transaction, with the password hashed already; all links of the person end."""
    person.password = secret
    revoke(session, person)
    forgive(session, desk, person.account)
    record(session, actor, "people.password", f"person:{person.id}")


def revoke(session: Session, person: Person) -> None:
    """Count a change of rights: every session, link and file that was given before it ends."""
    now = datetime.now(UTC)
    person.version += 1
    session.execute(
        update(SessionRow).where(SessionRow.person_id == person.id, SessionRow.ended_at.is_(None)).values(ended_at=now)
    )
    session.execute(
        update(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None)).values(used_at=now)
    )
    session.execute(update(Download).where(Download.person_id == person.id).values(expires_at=now))


def person_called(session: Session, account: str) -> Person:
    """The person with this account. Raises AccountError."""
    person = session.scalars(select(Person).where(Person.account == account_name(account))).first()
    if person is None:
        raise AccountError(_UNKNOWN, account=account)
    return person


def actor_of(session: Session, person: Person, today: date) -> Actor:
    """The person as one who acts, with the teams of this day."""
    teams = teams_on(session, today, person.id).get(person.id, ())
    also = known_as(session, "agent", [person.agent] if person.agent else [])
    return Actor(
        id=person.id, name=person.name, role=cast(Role, person.role), teams=known_as(session, "team", teams),
        agent=person.agent, also=also, is_disabled=person.disabled_at is not None,
    )  # fmt: skip


def teams_on(session: Session, on: date, person_id: int | None = None) -> dict[int, tuple[str, ...]]:
    """Person -> the teams to which he belongs on that day, in order."""
    asked = select(Membership.person_id, Membership.team).where(_holds(on)).order_by(Membership.team)
    if person_id is not None:
        asked = asked.where(Membership.person_id == person_id)
    found: dict[int, list[str]] = {}
    for person, team in session.execute(asked):
        found.setdefault(person, []).append(team)
    return {person: tuple(teams) for person, teams in found.items()}


def account_name(text: str) -> str:
    """The name to sign in with as it is kept: one form for all ways to type it. Raises AccountError."""
    name = folded(text)
    if not name or len(name) > LONGEST or any(char.isspace() or not char.isprintable() for char in name):
        raise AccountError(_NAMELESS, longest=LONGEST)
    return name


def today_at(desk: Desk) -> date:
    """The day on this desk."""
    return datetime.now(ZoneInfo(desk.zone() or "UTC")).date()


def _apply(session: Session, person: Person, changed: Change, today: date) -> dict[str, object]:
    """Write what differs; what the audit says of it."""
    details: dict[str, object] = {}
    if changed.role is not None and changed.role != person.role:
        details["role"] = [person.role, changed.role]
        person.role = changed.role
    if changed.name is not None and (name := _plain(changed.name)) and name != person.name:
        details["name"] = "changed"
        person.name = name
    if changed.agent is not None and _plain(changed.agent) != person.agent:
        details["agent"] = "changed"
        person.agent = _plain(changed.agent)
    before = teams_on(session, today, person.id).get(person.id, ())
    if changed.teams is not None and set(changed.teams) != set(before):
        details["teams"] = [sorted(before), sorted(set(changed.teams))]
        _keep_teams(session, person.id, changed.teams, today)
    return details


def _keep_teams(session: Session, person_id: int, teams: Collection[str], today: date) -> None:
    kept = session.scalars(select(Membership).where(Membership.person_id == person_id, _holds(today))).all()
    for membership in kept:
        if membership.team not in teams:
            membership.until = today
    there = {membership.team for membership in kept}
    for team in dict.fromkeys(teams):
        if team not in there:
            session.add(Membership(person_id=person_id, team=team, since=today, until=None))
    session.flush()


def _holds(on: date) -> ColumnElement[bool]:
    return and_(Membership.since <= on, or_(Membership.until.is_(None), Membership.until > on))


def _require_role(role: str) -> None:
    if role not in get_args(Role):
        raise AccountError(_NO_ROLE, role=role, roles=", ".join(get_args(Role)))


def _require_other_administrator(session: Session, person: Person) -> None:
    """Leave no desk without anybody who could manage it."""
    others = select(func.count()).where(
        Person.role == "administrator",
        Person.disabled_at.is_(None),
        or_(Person.password.is_not(None), Person.subject.is_not(None)),
        Person.id != person.id,
    )
    if person.role == "administrator" and person.disabled_at is None and not session.scalar(others):
        raise AccountError(_LAST, account=person.account)


def _hash_of(password: str, account: str) -> str:
    """The hash of a password that is taken; made before a transaction begins, since it takes its time."""
    passwords.check(password, account=account)
    return passwords.hashed(password)


def _plain(text: str | None) -> str | None:
    shown = " ".join((text or "").split())[:LONGEST]
    return shown or None


def _shown(person: Person, teams: Sequence[str]) -> Account:
    return Account(
        id=person.id, account=person.account, name=person.name, role=cast(Role, person.role), teams=tuple(teams),
        agent=person.agent, is_disabled=person.disabled_at is not None, has_password=person.password is not None,
        made_at=person.made_at, version=person.version,
    )  # fmt: skip
