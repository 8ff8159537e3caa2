"""Takes in what a helpdesk sends by itself: signed, fresh, once; the next run of the connection loads it."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from dashboard.desk import Desk
from dashboard.people.sealing import SecretError, opened, sealed
from dashboard.services.sync.inbox import BODY
from dashboard.store import Connection, PushedEvent
from dashboard.triage.now import now
from loaders.live.pushed import NAME, is_signed, records_of


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
