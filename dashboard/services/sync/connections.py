"""What a desk is connected to: set up by an administrator, secrets sealed; without a connection nothing is asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.people.sealing import opened, sealed
from dashboard.services.settings.changes import Overtaken
from dashboard.services.sync.inbox import DeskInbox
from dashboard.store import Connection, PushedEvent, SyncCursor, SyncRun, TakenFile
from dashboard.triage.now import now
from loaders.live import pushed
from loaders.live.caller import is_address
from loaders.live.kinds import KINDS
from loaders.live.page import Kind, Reading
from loaders.mapping import load_mapping
from metrics.errors import ActionableError
from metrics.words import N_

LONGEST = 100
EVERY, COMPARE, COMPARED = "every", "compare", "compared"
WEEKLY = 7
SHORTEST = 24
"""Characters of a secret that deliveries are signed with."""
_NAMED = re.compile(r"\w[\w.-]*")
_NAME = N_("Give the connection a name of at most {longest} characters that no other one has.")
_SOURCE = N_("“{found}” cannot name a source: use letters, digits, dots, dashes and underscores only.")
_KIND = N_("There is no connection of the kind {found}; the kinds are {known}.")
_MISSING = N_("The connection needs: {missing}.")
_ADDRESS = N_("An address begins with https:// and names a host and a path at most; found “{found}”.")
_COMES = N_("What is pushed comes by itself; save it, then send a first delivery.")
_SHORT = N_("A secret that deliveries are signed with has {n} characters or more.")
_CHOICE = N_("“{name}” is one of {known}.")
_GONE = N_("This connection is not there any more.")
_OVERTAKEN = N_("Somebody else has changed this connection meanwhile; look at it again.")


class ConnectionRefused(ActionableError):
    """A connection that cannot be kept, or is not there."""


@dataclass(frozen=True)
class Connected:
    """A connection as people see it: of its secret no more than whether there is one."""

    name: str
    kind: str
    source: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    every: int = 0
    """Read by itself so often, in minutes, while the dashboard is in use; 0: by hand or by a timer outside."""
    compare: int = WEEKLY
    """Held against all that the system has so often, in days, where it can be; 0: never."""
    compared_at: datetime | None = None
    is_on: bool = True
    has_secret: bool = False
    id: int = 0
    version: int = 1


@needs(Act.SEE_DATA)
def connections(actor: Actor, desk: Desk) -> tuple[Connected, ...]:
    """Every connection by its name."""
    del actor
    with desk.reading() as session:
        return tuple(map(shown, session.scalars(select(Connection).order_by(Connection.name))))


@needs(Act.SET_CONNECTIONS)
def keep_connection(actor: Actor, desk: Desk, made: Connected, *, secret: str | None = None) -> int:
    """Set up a connection, or change the one of this number as it was seen; its number.

    `secret` None: as it is; `env:NAME` reads it from the environment. Raises ConnectionRefused,
    MappingError, Overtaken.
    """
    kind = _demand_sense(made, secret)
    with desk.keeping() as session:
        row = to_change(session, made.id, made.version) if made.id else Connection(version=0)
        _demand_alone(session, made)
        leads_elsewhere = bool(made.id) and _leads_to(row.kind, row.settings) != _leads_to(made.kind, made.settings)
        row.version += 1
        if leads_elsewhere and secret is None:
            row.secret = None  # what one server was told is not for another
        row.name, row.kind, row.source = made.name.strip(), made.kind, made.source.strip() or made.kind
        row.settings = {one.name: made.settings.get(one.name, "").strip() for one in kind.asked}
        row.settings |= {EVERY: made.every, COMPARE: made.compare, **_compared_before(made, leads_elsewhere)}
        row.is_on, row.changed_at = made.is_on, now()
        if secret is not None:
            row.secret = sealed(desk, purpose(made.kind), secret.strip()) if secret.strip() else None
        if kind.needs_secret and row.secret is None:
            raise ConnectionRefused(_MISSING, missing=kind.secret)
        session.add(row)
        session.flush()
        details = {"kind": row.kind, "source": row.source, "is_on": row.is_on, "secret": secret is not None}
        record(session, actor, "connection.keep", f"connection:{row.id}", details)
        return row.id


@needs(Act.SET_CONNECTIONS)
def remove_connection(actor: Actor, desk: Desk, id: int, *, expected: int) -> None:
    """Take a connection away with its secret and what it remembers; what it has loaded stays. Raises Overtaken."""
    with desk.keeping() as session:
        row = to_change(session, id, expected)
        for table in (SyncCursor, SyncRun, TakenFile, PushedEvent):
            session.execute(delete(table).where(table.connection_id == id))
        session.delete(row)
        record(session, actor, "connection.remove", f"connection:{id}")


@needs(Act.SET_CONNECTIONS)
def try_settings(actor: Actor, desk: Desk, made: Connected, *, secret: str | None = None) -> int:
    """Ask for the first page as these settings would, and keep nothing, neither of it nor of them: its records.

    `secret` None: the one that is kept, which is sent to the kept address only. Raises ConnectionRefused, SourceError.
    """
    kind = _demand_sense(made, secret)
    if kind.name == pushed.NAME:
        raise ConnectionRefused(_COMES)
    given = secret.strip() if secret is not None else ""
    if secret is None and made.id:
        before, kept = _with_secret(desk, made.id)
        is_same = _leads_to(before.kind, before.settings) == _leads_to(made.kind, made.settings)
        given = opened(desk, purpose(before.kind), kept) if kept and is_same else ""
    if given.startswith("env:"):
        given = opened(desk, purpose(made.kind), given)
    if kind.needs_secret and not given:
        raise ConnectionRefused(_MISSING, missing=kind.secret)
    settings = {one.name: made.settings.get(one.name, "").strip() for one in kind.asked}
    reading = kind.connect(settings, given)
    try:
        first = next(iter(kind.pages(reading, settings, {})), None)
    finally:
        reading.close()
    with desk.keeping() as session:
        record(session, actor, "connection.try", f"connection:{made.id or made.kind}")
    return first.size if first else 0


@needs(Act.SET_CONNECTIONS)
def try_connection(actor: Actor, desk: Desk, id: int) -> int:
    """Ask for the first page and keep nothing of it; how many records it has. Raises SourceError, SecretError."""
    one, caller = asked(actor, desk, id)
    try:
        first = next(iter(KINDS[one.kind].pages(caller, one.settings, {})), None)
    finally:
        caller.close()
    with desk.keeping() as session:
        record(session, actor, "connection.try", f"connection:{id}")
    return first.size if first else 0


@needs(Act.SEE_DATA)
def known(actor: Actor, desk: Desk, id: int) -> Connected:
    """A connection as it stands. Raises ConnectionRefused."""
    del actor
    return _with_secret(desk, id)[0]


@needs(Act.LOAD_DATA)
def asked(actor: Actor, desk: Desk, id: int) -> tuple[Connected, Reading]:
    """A connection with its secret opened, ready to be asked. Raises ConnectionRefused, SecretError."""
    del actor
    one, secret = _with_secret(desk, id)
    if one.kind == pushed.NAME:
        return one, DeskInbox(desk, id)
    return one, KINDS[one.kind].connect(one.settings, opened(desk, purpose(one.kind), secret) if secret else "")


@needs(Act.LOAD_DATA)
def mark_compared(actor: Actor, desk: Desk, id: int) -> None:
    """Remember that all that the system has was held against the desk just now."""
    del actor  # part of a run, which the audit tells of
    with desk.keeping() as session:
        row = session.get(Connection, id)
        if row is not None:
            row.settings = {**row.settings, COMPARED: now().isoformat()}


def _leads_to(kind: str, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Who is told the secret."""
    return kind, *(str(settings.get(name) or "").strip() for name in ("address", "accounts", "dialect", "host", "port"))


def _compared_before(made: Connected, leads_elsewhere: bool) -> dict[str, str]:
    return {} if leads_elsewhere or made.compared_at is None else {COMPARED: made.compared_at.isoformat()}


def _with_secret(desk: Desk, id: int) -> tuple[Connected, str | None]:
    with desk.reading() as session:
        row = session.get(Connection, id)
        if row is None:
            raise ConnectionRefused(_GONE)
        return shown(row), row.secret


def purpose(kind: str) -> str:
    """What a secret is sealed for."""
    return f"connection:{kind}"


def shown(row: Connection) -> Connected:
    own = (EVERY, COMPARE, COMPARED)
    settings = {name: str(value) for name, value in row.settings.items() if name not in own}
    compared = row.settings.get(COMPARED)
    return Connected(
        row.name, row.kind, row.source, settings, int(row.settings.get(EVERY) or 0),
        int(row.settings.get(COMPARE, WEEKLY)), datetime.fromisoformat(compared) if compared else None, row.is_on,
        row.secret is not None, row.id, row.version,
    )  # fmt: skip


def _demand_sense(made: Connected, secret: str | None) -> Kind:
    """The kind of a connection that can be kept."""
    if not 1 <= len(made.name.strip()) <= LONGEST:
        raise ConnectionRefused(_NAME, longest=LONGEST)
    if made.kind not in KINDS:
        raise ConnectionRefused(_KIND, found=made.kind, known=", ".join(KINDS))
    if made.source.strip() and not _NAMED.fullmatch(made.source.strip()):
        raise ConnectionRefused(_SOURCE, source=made.source, found=made.source)
    kind = KINDS[made.kind]
    missing = [one.label for one in kind.asked if one.is_required and not made.settings.get(one.name, "").strip()]
    if missing:
        raise ConnectionRefused(_MISSING, missing=", ".join(missing))
    if made.settings.get("mapping", "").strip():
        load_mapping(made.settings["mapping"])
    if (
        kind.name == pushed.NAME
        and secret is not None
        and not secret.startswith("env:")
        and len(secret.strip()) < SHORTEST
    ):
        raise ConnectionRefused(_SHORT, n=SHORTEST)
    for one in kind.asked:
        if one.choices and made.settings.get(one.name) not in one.choices:
            raise ConnectionRefused(_CHOICE, name=one.name, known=", ".join(one.choices))
        address = made.settings.get(one.name, "").strip()
        if one.name in ("address", "accounts") and not is_address(address):
            raise ConnectionRefused(_ADDRESS, found=address)
    return kind


def _demand_alone(session: Session, made: Connected) -> None:
    same = select(Connection.id).where(Connection.name == made.name.strip(), Connection.id != made.id)
    if session.scalars(same).first() is not None:
        raise ConnectionRefused(_NAME, longest=LONGEST)


def to_change(session: Session, id: int, expected: int) -> Connection:
    row = session.get(Connection, id)
    if row is None:
        raise ConnectionRefused(_GONE)
    if row.version != expected:
        raise Overtaken(_OVERTAKEN)
    return row
