"""The ways by which messages leave the house: set up by a person, their secrets sealed; without one none leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.people.sealing import opened, sealed
from dashboard.sending import MailServer, Message, NotSent
from dashboard.sending.mail import Security, is_mail_address
from dashboard.sending.robots import is_address
from dashboard.sending.ways import hand_over, purpose, way_of
from dashboard.services.settings.changes import Overtaken
from dashboard.store import CHANNEL_KINDS, MAIL, MailAddress, SendingChannel
from dashboard.triage.now import now
from metrics.errors import ActionableError
from metrics.words import N_

LONGEST = 100
PORTS = range(1, 65_536)
_NAME = N_("Give the channel a name of at most {longest} characters that no other one has.")
_KIND = N_("There is no channel of the kind {found}; the kinds are {known}.")
_HOST = N_("A mail server needs a host, a port from 1 to 65535 and how it is secured: starttls, tls or none.")
_SENDER = N_("“{found}” is no e-mail address.")
_CLEAR = N_("A password is not sent in clear: choose starttls or tls, or leave the user out.")
_ADDRESS = N_("The address of a robot begins with https://; copy it from the settings of the group.")
_ONE_MAIL = N_("There is a mail server already; change that one.")
_GONE = N_("This channel is not there any more.")
_OVERTAKEN = N_("Somebody else has changed this channel meanwhile; look at it again.")
_NOT_TAKEN = N_("{name} did not take the message: {said}")


class ChannelError(ActionableError):
    """A channel that cannot be kept, or that does not take what is sent."""


@dataclass(frozen=True)
class Channel:
    """A channel as people see it: of its secrets no more than whether there are any.

    settings: of a mail server host, port, sender, security and user. teams: of which a group is told; none: of all.
    """

    name: str
    kind: str
    teams: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_on: bool = True
    has_secret: bool = False
    id: int = 0
    version: int = 1


@dataclass(frozen=True)
class Secrets:
    """What is typed in and never shown again; None: as it is. `env:NAME` reads it from the environment."""

    address: str | None = None
    secret: str | None = None


@needs(Act.SET_CHANNELS)
def channels(actor: Actor, desk: Desk) -> tuple[Channel, ...]:
    """Every channel, the mail server first."""
    del actor
    with desk.reading() as session:
        rows = session.scalars(select(SendingChannel).order_by(SendingChannel.kind != MAIL, SendingChannel.name))
        return tuple(map(_shown, rows))


@needs(Act.SET_CHANNELS)
def keep_channel(actor: Actor, desk: Desk, channel: Channel, given: Secrets = Secrets()) -> int:
    """Set up a channel, or change the one of this number as it was seen; its number. Raises ChannelError, Overtaken."""
    _demand_sense(channel)
    with desk.keeping() as session:
        row = _row_of(session, channel)
        _demand_alone(session, channel)
        if _leads_elsewhere(row, channel):
            row.secret = None  # what one server was told is not for another
        row.name, row.kind, row.teams = channel.name.strip(), channel.kind, sorted(set(channel.teams))
        row.settings, row.is_on, row.changed_at = dict(channel.settings), channel.is_on, now()
        _keep_secrets(desk, row, given)
        _demand_whole(desk, row)
        session.add(row)
        session.flush()
        details = {"kind": row.kind, "teams": row.teams, "is_on": row.is_on, "secret": given != Secrets()}
        record(session, actor, "channel.keep", f"channel:{row.id}", details)
        return row.id


@needs(Act.SET_CHANNELS)
def remove_channel(actor: Actor, desk: Desk, id: int, *, expected: int) -> None:
    """Take a channel away with its secrets; nothing is sent by it any more. Raises ChannelError, Overtaken."""
    with desk.keeping() as session:
        session.delete(_to_change(session, id, expected))
        record(session, actor, "channel.remove", f"channel:{id}")


@needs(Act.SET_CHANNELS)
def try_channel(actor: Actor, desk: Desk, id: int, message: Message, *, to: str = "") -> None:
    """Send one message to see whether it arrives; mail goes to this address. Raises ChannelError, SecretError."""
    with desk.reading() as session:
        row = session.get(SendingChannel, id)
        if row is None:
            raise ChannelError(_GONE)
        name, way = row.name, way_of(desk, row)
    if isinstance(way, MailServer) and not is_mail_address(to):
        raise ChannelError(_SENDER, found=to)
    try:
        hand_over(way, message, (to,))
    except NotSent as refused:
        raise ChannelError(_NOT_TAKEN, name=name, said=str(refused)) from refused
    with desk.keeping() as session:
        record(session, actor, "channel.try", f"channel:{id}")


@needs(Act.SET_CHANNELS)
def keep_address(actor: Actor, desk: Desk, person_id: int, address: str) -> None:
    """Let a person get mail at this address; without one, at the name of the account. Raises ChannelError."""
    typed = address.strip()
    if typed and not is_mail_address(typed):
        raise ChannelError(_SENDER, found=typed)
    with desk.keeping() as session:
        row = session.get(MailAddress, person_id)
        if row is not None:
            session.delete(row)
            session.flush()
        if typed:
            session.add(MailAddress(person_id=person_id, address=typed))
        record(session, actor, "channel.address", f"person:{person_id}", {"is_set": bool(typed)})


def _demand_sense(channel: Channel) -> None:
    if not 1 <= len(channel.name.strip()) <= LONGEST:
        raise ChannelError(_NAME, longest=LONGEST)
    if channel.kind not in CHANNEL_KINDS:
        raise ChannelError(_KIND, found=channel.kind, known=", ".join(CHANNEL_KINDS))
    if channel.kind == MAIL:
        _demand_server(channel.settings)


def _demand_server(told: Mapping[str, Any]) -> None:
    port, host = told.get("port"), str(told.get("host") or "").strip()
    if not host or port not in PORTS or told.get("security") not in get_args(Security):
        raise ChannelError(_HOST)
    if not is_mail_address(str(told.get("sender"))):
        raise ChannelError(_SENDER, found=told.get("sender"))
    if told.get("user") and told["security"] == "none" and host not in ("127.0.0.1", "localhost"):
        raise ChannelError(_CLEAR)


def _demand_alone(session: Session, channel: Channel) -> None:
    """No two of one name, and one mail server at most."""
    others = select(SendingChannel).where(SendingChannel.id != channel.id)
    for row in session.scalars(others):
        if row.name == channel.name.strip():
            raise ChannelError(_NAME, longest=LONGEST)
        if row.kind == channel.kind == MAIL:
            raise ChannelError(_ONE_MAIL)


def _leads_elsewhere(row: SendingChannel, channel: Channel) -> bool:
    return row.kind is not None and (row.kind, (row.settings or {}).get("host")) != (
        channel.kind,
        channel.settings.get("host"),
    )


def _row_of(session: Session, channel: Channel) -> SendingChannel:
    if not channel.id:
        return SendingChannel()
    row = _to_change(session, channel.id, channel.version)
    row.version += 1
    return row


def _to_change(session: Session, id: int, expected: int) -> SendingChannel:
    row = session.get(SendingChannel, id)
    if row is None:
        raise ChannelError(_GONE)
    if row.version != expected:
        raise Overtaken(_OVERTAKEN)
    return row


def _keep_secrets(desk: Desk, row: SendingChannel, given: Secrets) -> None:
    """Seal what was typed in; an empty text takes it away."""
    for name, typed in (("address", given.address), ("secret", given.secret)):
        if typed is not None:
            setattr(row, name, sealed(desk, purpose(row.kind, name), typed.strip()) if typed.strip() else None)


def _demand_whole(desk: Desk, row: SendingChannel) -> None:
    """A robot has an address that may be called; one from the environment is looked at when it is used."""
    if row.kind == MAIL:
        return
    if row.address is None or not is_address(opened(desk, purpose(row.kind, "address"), row.address)):
        raise ChannelError(_ADDRESS)


def _shown(row: SendingChannel) -> Channel:
    return Channel(row.name, row.kind, tuple(row.teams), dict(row.settings), row.is_on, row.secret is not None, row.id,
                   row.version)  # fmt: skip
