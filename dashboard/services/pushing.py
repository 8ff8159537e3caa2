"""Takes in what a helpdesk sends by itself: signed, once, of a bounded size; the connection's next run loads it."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from dashboard.desk import Desk
from dashboard.people.sealing import SecretError, opened, sealed
from dashboard.store import Connection, PushedEvent
from dashboard.triage.now import now
from loaders.live.caller import Told
from loaders.live.pushed import NAME, is_signed, records_of

KEPT = timedelta(days=1)
"""So long a delivery that was loaded stays readable, for a load that is taken back."""
BODY = "pushed"


@dataclass(frozen=True)
class Delivery:
    """What came over the wire, of which nothing is believed yet."""

    id: str
    stamp: str
    signature: str
    body: bytes


def receive(desk: Desk, connection: int, delivery: Delivery, *, clock: Callable[[], float] = time.time) -> bool | None:
    """Keep a delivery, sealed: True; False where it came before; None where nobody here knows who signed it.

    Raises BadDelivery for a signed body that is not what is asked for.
    """
    secret = _secret(desk, connection)
    is_ours = is_signed(secret or "-", delivery.id, delivery.stamp, delivery.body, delivery.signature, now=clock())
    if secret is None or not is_ours:
        return None
    records_of(delivery.body)
    digest = hashlib.sha256(delivery.id.encode()).hexdigest()
    body = sealed(desk, BODY, delivery.body.decode())
    row = PushedEvent(connection_id=connection, delivery=digest, at=now(), body=body)
    known = select(PushedEvent.id).where(PushedEvent.connection_id == connection, PushedEvent.delivery == digest)
    try:
        with desk.keeping() as session:
            if session.scalars(known).first() is not None:
                return False
            session.add(row)
    except IntegrityError:  # the same delivery twice at once
        return False
    return True


def _secret(desk: Desk, connection: int) -> str | None:
    with desk.reading() as session:
        row = session.get(Connection, connection)
        kept = row.secret if row is not None and row.kind == NAME and row.is_on else None
    try:
        return opened(desk, f"connection:{NAME}", kept) if kept else None
    except SecretError:
        return None


class DeskInbox:
    """The deliveries of a connection, opened one by one."""

    def __init__(self, desk: Desk, connection: int) -> None:
        self.desk, self.connection = desk, connection
        self.told = Told()
        self.on_wait: Callable[[float], None] = lambda _seconds: None

    def after(self, number: int) -> Iterator[tuple[int, bytes]]:
        self._forget(number)
        while True:
            wanted = select(PushedEvent).where(
                PushedEvent.connection_id == self.connection, PushedEvent.id > number, PushedEvent.body.is_not(None)
            )
            with self.desk.reading() as session:
                row = session.scalars(wanted.order_by(PushedEvent.id).limit(1)).first()
                found = (row.id, row.body) if row else None
            if found is None or found[1] is None:
                return
            number = found[0]
            yield number, opened(self.desk, BODY, found[1]).encode()

    def _forget(self, number: int) -> None:
        """What was loaded a day ago leaves; its number stays, so that it is not taken again."""
        old = (PushedEvent.connection_id == self.connection, PushedEvent.id <= number, PushedEvent.at < now() - KEPT)
        with self.desk.keeping() as session:
            session.execute(update(PushedEvent).where(*old).values(body=None))

    def close(self) -> None:
        """Nothing is held."""
