"""A critical failure that a reader found: how its conversation comes to triage, and how the cause ends again."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import SERVER, Act, Actor, needs
from dashboard.services.triage.acts import ways_of
from dashboard.services.triage.running import open_found
from dashboard.store import Review
from dashboard.store.triage import TriageCause
from dashboard.triage.acts import Ways
from dashboard.triage.rights import OF_REVIEW
from metrics.facts import Facts, of_tickets
from metrics.triage.evaluate import of_spot_check


@dataclass(frozen=True)
class Opening:
    """What triage needs to know of one ticket, read before anything is written."""

    facts: Facts
    ways: Ways

    def carry_out(self, session: Session, row: Review, at: datetime) -> bool:
        """Add the cause to the ticket's item or a new one, in the caller's transaction; whether a rule asks for it."""
        found = of_spot_check(
            self.facts, self.ways.settings.rules, row.source, row.ticket_id, occurrence=_occurrence(row), since=at
        )
        if not found.is_empty():
            open_found(session, self.facts, found, self.ways, at)
        return not found.is_empty()


def _occurrence(row: Review) -> str:
    return f"{OF_REVIEW}{row.id}"


@needs(Act.REVIEW)
def opening_of(actor: Actor, desk: Desk, facts: Facts, source: str, ticket_id: str) -> Opening:
    """What these facts tell of that ticket alone."""
    del actor
    one = pl.DataFrame({"source": [source], "ticket_id": [ticket_id]})
    return Opening(of_tickets(facts, one), ways_of(SERVER, desk))


def take_back(session: Session, row: Review, at: datetime) -> None:
    """Let the cause end where the failure does not stand any more; what is done with the item is for people to say."""
    asked = select(TriageCause).where(
        TriageCause.source == row.source, TriageCause.ticket_id == row.ticket_id,
        TriageCause.occurrence == _occurrence(row), TriageCause.ended_at.is_(None),
    )  # fmt: skip
    for cause in session.scalars(asked):
        cause.ended_at = at
