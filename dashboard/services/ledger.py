"""The load ledger: what was loaded when and by whom, and taking the last load back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.services.load_report import worded
from dashboard.store import LoadRow
from loaders.errors import WarehouseError
from metrics.words import N_

_NOTHING = N_("There is no load on this desk that could be taken back.")


@dataclass(frozen=True)
class LedgerEntry:
    """One entry as a person reads it; `is_current`: the desk shows what this entry made."""

    id: int
    at: datetime
    actor: str
    kind: Literal["load", "undo"]
    source: str | None
    undoes: int | None
    undone_by: int | None
    as_of: datetime | None
    files: Sequence[Mapping[str, Any]]


def history(desk: Desk) -> tuple[LedgerEntry, ...]:
    """All entries of the ledger, newest first."""
    with desk.reading() as session:
        rows = session.scalars(select(LoadRow).order_by(LoadRow.id.desc())).all()
        undone = {row.undoes: row.id for row in rows if row.undoes is not None}
        return tuple(_entry(row, undone.get(row.id)) for row in rows)


def _entry(row: LoadRow, undone_by: int | None) -> LedgerEntry:
    kind: Literal["load", "undo"] = "undo" if row.kind == "undo" else "load"
    files = [worded(file) for file in row.files]
    return LedgerEntry(row.id, row.at, row.actor, kind, row.source, row.undoes, undone_by, row.as_of, files)


def undo_last(desk: Desk, actor: str) -> LedgerEntry:
    """Let the desk show again what it showed before the newest entry; undoing an undo brings the load back.

    The undo is an entry of its own. Raises WarehouseError on a desk without a load.
    """
    with desk.alone(), desk.keeping() as session:
        last, before = _last_two(session)
        row = LoadRow(
            at=datetime.now(UTC),
            actor=actor,
            kind="undo",
            source=last.source,
            undoes=last.id,
            versions=dict(before.versions) if before else {},
            as_of=before.as_of if before else None,
            files=[],
            settings={},
        )
        session.add(row)
        session.flush()
        return _entry(row, None)


def _last_two(session: Session) -> tuple[LoadRow, LoadRow | None]:
    rows = session.scalars(select(LoadRow).order_by(LoadRow.id.desc()).limit(2)).all()
    if not rows:
        raise WarehouseError(_NOTHING)
    return rows[0], rows[1] if len(rows) > 1 else None
