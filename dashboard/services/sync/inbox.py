"""What was pushed to a desk and lies there, sealed, until a run of its connection has loaded it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import select, update

from dashboard.desk import Desk
from dashboard.people.sealing import opened
from dashboard.store import PushedEvent
from dashboard.triage.now import now
from loaders.live.caller import Told

KEPT = timedelta(days=1)
"""So long a delivery that was loaded stays readable, for a load that is taken back."""
BODY = "pushed"


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
