"""What people of the desk have written about tickets: found with them, and gone when their words go.

Such a note is the desk's own, but it may repeat what a customer said or who he is. What was decided, by whom and when
stays; so does what triggers keep from every change, such as an inspector's submitted answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Executable, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.privacy.cleaning import GONE, KEYS
from dashboard.store import Base, CustomerTie, LibraryCase, MeetingItem, TriageItem, TriageNote
from dashboard.store.frames import frame_of

AT_ONCE = 500
"""So many rows one statement names at most."""
_IDS = {"id": pl.Int64, "source": pl.String, "ticket_id": pl.String}


@dataclass(frozen=True)
class Notes:
    """A table of notes: its columns of free text, and its rows' numbers with the tickets that they are about."""

    table: type[Base]
    columns: tuple[str, ...]
    about: Executable

    def column(self, name: str) -> InstrumentedAttribute[Any]:
        """One of its columns."""
        found: InstrumentedAttribute[Any] = getattr(self.table, name)
        return found

    def of(self, session: Session, tickets: pl.DataFrame) -> list[int]:
        """The numbers of the rows about these tickets."""
        return frame_of(session, self.about, _IDS).join(tickets.select(KEYS), on=KEYS, how="semi")["id"].to_list()


NOTES = (
    Notes(TriageNote, ("tried", "told", "promised"),
          select(TriageNote.id, TriageItem.source, TriageItem.ticket_id).join(TriageItem)),
    Notes(MeetingItem, ("decision", "next_step"),
          select(MeetingItem.id, MeetingItem.source, MeetingItem.ticket_id).where(MeetingItem.ticket_id.is_not(None))),
    Notes(LibraryCase, ("title", "why"), select(LibraryCase.id, LibraryCase.source, LibraryCase.ticket_id)),
)  # fmt: skip


def remove_notes(session: Session, tickets: pl.DataFrame) -> None:
    """Leave of what was written about these tickets the sign that something was."""
    for notes in NOTES:
        for ids in _some(notes.of(session, tickets)):
            rows = update(notes.table).where(notes.column("id").in_(ids))
            for name in notes.columns:
                session.execute(rows.where(notes.column(name) != "").values({name: GONE}))


def remove_ties(session: Session, people: pl.DataFrame) -> None:
    """Take away what was said of these customers' names: that two of them are one person."""
    names = set(people["customer"])
    for row in session.scalars(select(CustomerTie)) if names else ():
        if names & {row.customer, row.other_customer}:
            session.delete(row)


def notes_about(session: Session, tickets: pl.DataFrame) -> list[dict[str, Any]]:
    """What was written about these tickets, one entry a note, under the name of its table."""
    return [entry for notes in NOTES for entry in _told(session, notes, notes.of(session, tickets))]


def _told(session: Session, notes: Notes, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    for some in _some(ids):
        asked = select(*map(notes.column, notes.columns)).where(notes.column("id").in_(some))
        for row in session.execute(asked.order_by(notes.column("id"))):
            yield {"table": notes.table.__tablename__, **dict(zip(notes.columns, row, strict=True))}


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
