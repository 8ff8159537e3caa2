"""What the runs of connections say while they go on and afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.store import SyncRun
from dashboard.triage.now import now
from metrics.errors import ActionableError

SILENT = timedelta(minutes=15)
"""A run that has said nothing for so long was ended from outside; the longest wait within a run is shorter."""
KEPT = 500
"""So many runs of a connection are remembered."""
RunState = Literal["running", "done", "failed", "ended"]
Sentence = Mapping[str, Any]
"""`template` and `params`, to be said in the reader's language."""


@dataclass
class Counts:
    """What a run did so far."""

    records: int = 0
    loads: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    asked: int = 0
    again: int = 0

    def plain(self) -> dict[str, int]:
        return dict(vars(self))


@dataclass(frozen=True)
class Run:
    """A run as people read it; `ended`: from outside, without a word."""

    id: int
    connection_id: int
    started_at: datetime
    ended_at: datetime | None
    state: RunState
    counts: Mapping[str, int]
    told: Sequence[Sentence] = field(default_factory=tuple)


@needs(Act.SEE_DATA)
def runs(actor: Actor, desk: Desk, connection: int, *, limit: int = 10) -> tuple[Run, ...]:
    """The newest runs of a connection, the last one first."""
    del actor
    wanted = select(SyncRun).where(SyncRun.connection_id == connection).order_by(SyncRun.id.desc()).limit(limit)
    with desk.reading() as session:
        return tuple(map(_shown, session.scalars(wanted)))


@needs(Act.LOAD_DATA)
def begin(actor: Actor, desk: Desk, connection: int) -> int:
    """The number of a new run."""
    del actor  # the audit has a row of it when it has ended
    at = now()
    with desk.keeping() as session:
        row = SyncRun(connection_id=connection, started_at=at, seen_at=at, state="running", counts={}, told=[])
        session.add(row)
        session.flush()
        newest = select(SyncRun.id).where(SyncRun.connection_id == connection).order_by(SyncRun.id.desc())
        oldest = session.scalars(newest.offset(KEPT - 1).limit(1)).first()
        if oldest is not None:
            session.execute(delete(SyncRun).where(SyncRun.connection_id == connection, SyncRun.id < oldest))
        return row.id


@needs(Act.LOAD_DATA)
def go_on(actor: Actor, desk: Desk, run: int, counts: Counts) -> None:
    """Say how far the run is."""
    del actor
    with desk.keeping() as session:
        row = session.get(SyncRun, run)
        if row is not None:
            row.seen_at, row.counts = now(), counts.plain()


@needs(Act.LOAD_DATA)
def end(
    actor: Actor, desk: Desk, run: int, counts: Counts, told: Sequence[Sentence], failed: ActionableError | None
) -> None:
    """Say how it ended; the audit keeps the counts of a run that loaded something or failed."""
    said = [*told, *([sentence(failed)] if failed else ())]
    with desk.keeping() as session:
        row = session.get(SyncRun, run)
        if row is not None:  # the connection may be gone
            row.seen_at = row.ended_at = now()
            row.state, row.counts, row.told = "failed" if failed else "done", counts.plain(), said
            if counts.loads or failed:
                details = {"state": row.state, **counts.plain()}
                record(session, actor, "connection.run", f"connection:{row.connection_id}", details)


def sentence(error: ActionableError) -> dict[str, Any]:
    """An error as it can be kept and said in another language later."""
    return {"template": error.template, "params": {name: _simple(value) for name, value in error.params.items()}}


def _simple(value: object) -> object:
    return value if isinstance(value, str | int | float) else str(value)


def _shown(row: SyncRun) -> Run:
    state: RunState = row.state  # type: ignore[assignment]
    if state == "running" and now() - row.seen_at > SILENT:
        state = "ended"
    return Run(row.id, row.connection_id, row.started_at, row.ended_at, state, row.counts, tuple(row.told))
