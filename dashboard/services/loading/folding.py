"""Folding: what connections loaded long ago is settled, so that a desk that is read every few minutes stays small.

The newest loads can be taken back one by one as before. Of those before them the ledger keeps one entry, the one that
they led to, which says how many they were; the versions of tables that only they need leave the disk. Loads of files,
loads that set rows aside or took tickets out, and loads that a report was made of stay as they are.

The ledger is settled first, in one transaction; files go after it. Killed in between nothing is lost, and the next
folding removes what is left.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.services.loading.ledger import SETTLED, standing_loads, undoable
from dashboard.store import LoadRow, ReportRow, SyncCursor
from loaders.warehouse.delta import DeltaFolder
from loaders.warehouse.forgetting import forget

KEPT = 50
"""So many of the newest loads can be taken back on a desk that connections load into."""
LEAST = 50
"""So many loads more make it worth while to fold."""


@dataclass(frozen=True)
class Folded:
    """What a folding did: entries that left the ledger, files that left the disk."""

    entries: int = 0
    files: int = 0


@needs(Act.LOAD_DATA)
def fold(actor: Actor, desk: Desk, *, kept: int = KEPT, least: int = LEAST) -> Folded:
    """Settle what connections loaded before the newest loads, where there is enough of it. Raises WarehouseError."""
    with desk.reading() as session:
        if _border(session, kept, least) is None:
            return Folded()
    with desk.alone():
        with desk.keeping() as session:
            border = _border(session, kept, least)
            if border is None:
                return Folded()
            needed = _of_reports(session)
            gone = _folded(session, border, needed)
            wanted = session.scalars(select(LoadRow).where(LoadRow.id.in_(needed), LoadRow.id < border.id))
            versions = [dict(row.versions) for row in (border, *wanted)]
            record(session, actor, "data.fold", f"load:{border.id}", {"entries": len(gone)})
        return Folded(len(gone), sum(_forget(desk, at, versions) for at in versions[0]))


def _border(session: Session, kept: int, least: int) -> LoadRow | None:
    """The load up to which all is settled: enough stand after it, and none before it was taken back since."""
    standing = undoable(session)
    if len(standing) < kept + least or not _cursors(session, standing[-1]):
        return None
    undone = session.scalars(select(LoadRow).where(LoadRow.kind == "undo", LoadRow.undoes.is_not(None)))
    lowest = {row.id: row.undoes or 0 for row in undone}
    free = [load for load in standing[:-kept] if not any(undo > load >= reach for undo, reach in lowest.items())]
    return session.get(LoadRow, free[-1]) if free else None


def _cursors(session: Session, until: int) -> list[tuple[int, int]]:
    """Connection and load of what connections loaded, the newest first."""
    wanted = select(SyncCursor.connection_id, SyncCursor.load_id).where(SyncCursor.load_id <= until)
    return [(connection, load) for connection, load in session.execute(wanted.order_by(SyncCursor.load_id.desc()))]


def _of_reports(session: Session) -> set[int]:
    """The entries that reports were made of: those that were newest while one was made."""
    entries = session.execute(select(LoadRow.id, LoadRow.at).order_by(LoadRow.id)).all()
    found: set[int] = set()
    for begun, ended in session.execute(select(ReportRow.started_at, ReportRow.ended_at)):
        if begun is not None:
            before = [id for id, at in entries if at <= begun]
            found |= {*before[-1:], *(id for id, at in entries if at > begun and ended is not None and at <= ended)}
    return found


def _folded(session: Session, border: LoadRow, needed: Collection[int]) -> list[int]:
    """The entries that leave; the border is settled and says how many they were."""
    standing = standing_loads(session)
    cursors = _cursors(session, border.id)
    newest: dict[int, int] = {}
    for connection, load in cursors:
        if load in standing:
            newest.setdefault(connection, load)
    named = set(session.scalars(select(LoadRow.undoes).where(LoadRow.undoes.is_not(None))))
    stay = {*needed, *newest.values(), *named, border.id}
    loads = {load for _connection, load in cursors} - stay
    rows = session.scalars(select(LoadRow).where(LoadRow.id.in_(loads)).order_by(LoadRow.id))
    gone = [row for row in rows if not _set_aside(row.files)]
    for connection, load in cursors:
        if newest.get(connection) != load:
            session.execute(
                delete(SyncCursor).where(SyncCursor.connection_id == connection, SyncCursor.load_id == load)
            )
    session.flush()
    numbers = [row.id for row in gone]
    before = border.settings.get(SETTLED, {})
    since = before.get("since") or (gone[0].at.isoformat() if gone else None)
    earlier = sum(int(row.settings.get(SETTLED, {}).get("entries", 0)) for row in gone)
    told = {"entries": len(numbers) + earlier + int(before.get("entries", 0)), "since": since}
    border.settings = {**border.settings, SETTLED: told}
    session.execute(delete(LoadRow).where(LoadRow.id.in_(numbers)))
    return numbers


def _set_aside(files: Collection[Mapping[str, Any]]) -> bool:
    """Whether rows were set aside or doubted, or tickets left, which people may still want to look at."""
    return any(file.get("problems") or file.get("gone") for file in files)


def _forget(desk: Desk, at: str, versions: Collection[Mapping[str, int]]) -> int:
    """Remove what none of these entries, and none after the first of them, needs of a table."""
    border, *wanted = versions
    folder = DeltaFolder(desk.warehouse_folder / at)
    return forget(folder, border[at], also={one[at] for one in wanted if at in one})
