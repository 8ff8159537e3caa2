"""The load ledger: what was loaded when and by whom, and taking the last load back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.services.loading.load_report import worded
from dashboard.store import LoadRow
from loaders.errors import WarehouseError
from metrics.words import N_

PURGED = "purged"
"""Marks an entry, in its settings, as the removal of old data or of a customer."""
SETTLED = "settled"
"""Marks a load, in its settings, up to which all is settled: what stood before it can be taken back no more."""
_NOTHING = N_("There is no load on this desk that could be taken back.")
_NOTHING_TO_REDO = N_("No load has been taken back since the newest one; there is nothing to bring back.")


@dataclass(frozen=True)
class LedgerEntry:
    """One entry as a person reads it; `undone_by`: the entry that took it back, where it has not been brought back."""

    id: int
    at: datetime
    actor: str
    kind: Literal["load", "undo", "purge"]
    source: str | None
    undoes: int | None
    undone_by: int | None
    as_of: datetime | None
    files: Sequence[Mapping[str, Any]]
    folded: int = 0
    """How many entries before it were folded into it."""


@needs(Act.SEE_DATA)
def history(actor: Actor, desk: Desk) -> tuple[LedgerEntry, ...]:
    """All entries of the ledger, newest first."""
    del actor
    with desk.reading() as session:
        rows = session.scalars(select(LoadRow).order_by(LoadRow.id.desc())).all()
        trail = _trail(session)
        standing = {row.id for row in trail.standing} | trail.settled
        undone = {row.undoes: row.id for row in reversed(rows) if row.undoes not in standing}
        return tuple(_entry(row, undone.get(row.id)) for row in rows)


def _entry(row: LoadRow, undone_by: int | None) -> LedgerEntry:
    kind: Literal["load", "undo", "purge"] = "undo" if row.kind == "undo" else "load"
    if PURGED in row.settings:
        kind = "purge"
    files = [worded(file) for file in row.files]
    return LedgerEntry(row.id, row.at, row.actor, kind, row.source, row.undoes, undone_by, row.as_of, files,
                       int(row.settings.get(SETTLED, {}).get("entries", 0)))  # fmt: skip


def standing_loads(session: Session) -> frozenset[int]:
    """The numbers of all loads that were neither taken back nor removed."""
    trail = _trail(session)
    return frozenset(row.id for row in trail.standing) | trail.settled


def undoable(session: Session) -> list[int]:
    """The numbers of the loads that can still be taken back, the newest last."""
    return [row.id for row in _trail(session).standing]


@needs(Act.LOAD_DATA)
def undo_last(actor: Actor, desk: Desk) -> LedgerEntry:
    """Take back the newest load that stands: the desk shows again what it showed before it; again for the one before.

    The undo is an entry of its own. Raises WarehouseError on a desk without a load that stands.
    """
    with desk.alone(), desk.keeping() as session:
        trail = _trail(session)
        standing = trail.standing
        if not standing:
            raise WarehouseError(_NOTHING)
        record(session, actor, "data.undo", f"load:{standing[-1].id}")
        return _shown(session, standing[-2] if len(standing) > 1 else trail.purge, actor, undoes=standing[-1])


@needs(Act.LOAD_DATA)
def redo_last(actor: Actor, desk: Desk) -> LedgerEntry:
    """Bring back the load that was taken back last, as an entry of its own, which undoes the undo.

    Raises WarehouseError where nothing has been taken back since the newest load.
    """
    with desk.alone(), desk.keeping() as session:
        taken_back = _trail(session).taken_back
        if not taken_back:
            raise WarehouseError(_NOTHING_TO_REDO)
        load, undo = taken_back[-1]
        record(session, actor, "data.redo", f"load:{load.id}")
        return _shown(session, load, actor, undoes=undo)


@needs(Act.SEE_DATA)
def can_undo(actor: Actor, desk: Desk) -> LedgerEntry | None:
    """The load that `undo_last` would take back."""
    del actor
    with desk.reading() as session:
        standing = _trail(session).standing
        return _entry(standing[-1], None) if standing else None


@needs(Act.SEE_DATA)
def can_redo(actor: Actor, desk: Desk) -> LedgerEntry | None:
    """The load that `redo_last` would bring back."""
    del actor
    with desk.reading() as session:
        taken_back = _trail(session).taken_back
        return _entry(taken_back[-1][0], None) if taken_back else None


@dataclass(frozen=True)
class _Trail:
    """The loads that stand, and those that can be brought back with the entry that took each back; newest last."""

    standing: Sequence[LoadRow]
    taken_back: Sequence[tuple[LoadRow, LoadRow]]
    purge: LoadRow | None = None
    """The newest removal or folding: what was loaded before it can neither be taken back nor brought back."""
    settled: frozenset[int] = frozenset()
    """The loads that stood then."""


def _trail(session: Session) -> _Trail:
    """Follow the ledger from its first entry; a new load makes an end of what could be brought back."""
    standing: list[LoadRow] = []
    taken_back: list[tuple[LoadRow, LoadRow]] = []
    purge, settled = None, frozenset[int]()
    for row in session.scalars(select(LoadRow).order_by(LoadRow.id)):
        if PURGED in row.settings:
            purge, settled = row, settled | {row.id, *(load.id for load in standing)}
            standing.clear()
            taken_back.clear()
        elif row.kind == "load":
            standing.append(row)
            taken_back.clear()
            if SETTLED in row.settings:
                purge, settled = row, settled | {load.id for load in standing}
                standing.clear()
        elif taken_back and row.undoes == taken_back[-1][1].id:
            standing.append(taken_back.pop()[0])
        else:
            taken_back.append((standing.pop(), row))
    return _Trail(standing, taken_back, purge, settled)


def _shown(session: Session, shown: LoadRow | None, actor: Actor, *, undoes: LoadRow) -> LedgerEntry:
    """Keep an entry that lets the desk show what it showed after the load *shown*, or nothing."""
    row = LoadRow(
        at=datetime.now(UTC),
        actor=actor.name,
        kind="undo",
        source=undoes.source,
        undoes=undoes.id,
        versions=dict(shown.versions) if shown else {},
        as_of=shown.as_of if shown else None,
        files=[],
        settings={},
    )
    session.add(row)
    session.flush()
    return _entry(row, None)
