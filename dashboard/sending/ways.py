"""The channels of a desk as ways to send by, with their secrets opened; and where people get mail."""

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people.sealing import opened
from dashboard.sending.mail import MailServer, is_mail_address, send_mail
from dashboard.sending.message import Message
from dashboard.sending.robots import Robot, RobotKind, post
from dashboard.store import MAIL, MailAddress, Person, SendingChannel
from dashboard.triage.now import now


def addresses_in(session: Session) -> dict[int, str]:
    """Person -> where he gets mail: the address that was entered, else the name of an account that is one."""
    own = {row.person_id: row.address for row in session.scalars(select(MailAddress))}
    named = {person.id: person.account for person in session.scalars(select(Person)) if is_mail_address(person.account)}
    return {**named, **own}


def way_of(desk: Desk, row: SendingChannel) -> MailServer | Robot:
    """The channel with its secrets opened. Raises SecretError."""
    secret = None if row.secret is None else opened(desk, purpose(row.kind, "secret"), row.secret)
    if row.kind == MAIL:
        told = row.settings
        return MailServer(
            told["host"], int(told["port"]), told["sender"], told["security"], told.get("user") or None, secret
        )
    address = opened(desk, purpose(row.kind, "address"), row.address or "")
    return Robot(cast(RobotKind, row.kind), address, secret)


def mail_server(session: Session, desk: Desk) -> MailServer | Robot | None:
    """The desk's mail server, where one is set up and on. Raises SecretError."""
    asked = select(SendingChannel).where(SendingChannel.kind == MAIL, SendingChannel.is_on)
    row = session.scalars(asked).first()
    return None if row is None else way_of(desk, row)


def hand_over(way: MailServer | Robot, message: Message, to: tuple[str, ...]) -> None:
    """Send by this way. Raises NotSent."""
    if isinstance(way, MailServer):
        send_mail(way, message, to)
    else:
        post(way, message, now=now())


def purpose(kind: str, name: str) -> str:
    """What is sealed for one kind of channel cannot be opened as another's."""
    return f"channel.{kind}.{name}"
