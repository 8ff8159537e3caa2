"""The archive of reports: ordered, made beside the server, called off, fetched; each told with who and when.

A report is made by a process of its own that holds a lock on its number; where it dies, the system lets go of the lock,
and whoever looks next writes down that the making broke off. A file is offered only when it is whole and its row says
so, and handed out only while it is the one that was written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, Reach, needs, reach, record
from dashboard.reports.asked import DAY, Asked, as_plain, asked_of
from dashboard.reports.files import digest_of, held, path_of, remove_unfinished
from dashboard.store import ReportColumns, ReportFetch, ReportRow
from metrics.errors import ActionableError
from metrics.words import N_

SHOWN = 50
BEGINS_WITHIN = timedelta(minutes=2)
"""A process that has not begun by then never will."""
State = Literal["waiting", "making", "done", "failed", "cancelled"]
OPEN: tuple[State, ...] = ("waiting", "making")
BROKEN_OFF = N_("The making broke off; the process that made it has ended. Make the report again.")
_GONE = N_("Report {id} is not there any more, or not yet.")
_DAMAGED = N_("The file of report {id} is not the one that was made ({detail}). Make the report again.")


class ArchiveError(ActionableError):
    """A report that cannot be handed out."""


@dataclass(frozen=True)
class Entry:
    """A report in the archive. `fetches`: how often it was taken away · `last`: by whom and when for the last time ·
    notes: what a layout of the desk's own has no room for."""

    id: int
    asked: Asked
    made_by: str
    asked_at: datetime
    ended_at: datetime | None
    state: State
    done: float
    problem: str | None
    size: int | None
    rows: int | None
    fetches: int
    last: tuple[str, datetime] | None
    is_there: bool
    notes: tuple[str, ...] = ()


@needs(Act.MAKE_REPORTS)
def order(actor: Actor, desk: Desk, asked: Asked) -> int:
    """Put a report down to be made; its number. `report_apart.begin` makes it."""
    with desk.keeping() as session:
        row = ReportRow(kind=asked.kind, asked=as_plain(asked), person_id=actor.id, made_by=actor.name,
                        asked_at=datetime.now(UTC), state="waiting", done=0.0)  # fmt: skip
        session.add(row)
        session.flush()
        days = {"start": asked.period.start.isoformat(), "end": asked.period.end.isoformat()}
        record(session, actor, "report.order", f"report:{row.id}", {"kind": asked.kind, **days})
        return row.id


@needs(Act.SEND_REMINDERS)
def order_for(actor: Actor, desk: Desk, asked: Asked, reader: Actor, *, again: int | None = None) -> int:
    """Put a report down that somebody else is to get, made as he may see it; its number.

    again: the number of an earlier try; where it has its file that one stays, else it is made anew under it.
    """
    with desk.keeping() as session:
        row = session.get(ReportRow, again) if again is not None else None
        if row is None:
            row = ReportRow(kind=asked.kind, asked=as_plain(asked), person_id=reader.id, made_by=reader.name, state="")
            session.add(row)
        elif row.state == "done" and path_of(desk, row.id).is_file():
            return row.id
        row.state, row.asked_at, row.done, row.problem = "waiting", datetime.now(UTC), 0.0, None
        session.flush()
        record(session, actor, "report.order", f"report:{row.id}", {"kind": asked.kind, "for": reader.id})
        return row.id


@needs(Act.MAKE_REPORTS)
def entries(actor: Actor, desk: Desk) -> tuple[Entry, ...]:
    """The newest reports: everybody's for whom sees everything, else his own; what broke off says so from now on."""
    _tell_broken(actor, desk)
    with desk.reading() as session:
        rows = session.scalars(_his(actor).order_by(ReportRow.id.desc()).limit(SHOWN)).all()
        fetched = _fetches(session, [row.id for row in rows])
        return tuple(_entry(desk, row, fetched.get(row.id, ())) for row in rows)


def _his(actor: Actor) -> Select[ReportRow]:
    asked = select(ReportRow)
    if reach(actor, Act.MAKE_REPORTS) is Reach.ALL:
        return asked
    return asked.where(ReportRow.person_id == actor.id)


def _fetches(session: Session, ids: Sequence[int]) -> dict[int, Sequence[tuple[str, datetime]]]:
    found: dict[int, list[tuple[str, datetime]]] = {}
    asked = select(ReportFetch).where(ReportFetch.report_id.in_(ids)).order_by(ReportFetch.id)
    for row in session.scalars(asked):
        found.setdefault(row.report_id, []).append((row.by, row.at))
    return dict(found)


def _entry(desk: Desk, row: ReportRow, fetched: Sequence[tuple[str, datetime]]) -> Entry:
    state: Any = row.state
    return Entry(
        row.id, asked_of(row.asked), row.made_by, row.asked_at, row.ended_at, state, row.done, row.problem, row.size,
        row.rows, len(fetched), fetched[-1] if fetched else None, state == "done" and path_of(desk, row.id).is_file(),
        tuple(row.notes or ()),
    )  # fmt: skip


@needs(Act.MAKE_REPORTS)
def call_off(actor: Actor, desk: Desk, id: int) -> None:
    """Let a report not be made that is under way; whoever makes it sees so soon, and leaves nothing behind."""
    with desk.keeping() as session:
        row = session.scalars(_his(actor).where(ReportRow.id == id)).first()
        if row is None or row.state not in OPEN:
            return
        row.state, row.ended_at = "cancelled", datetime.now(UTC)
        record(session, actor, "report.cancel", f"report:{id}")


@needs(Act.MAKE_REPORTS)
def fetched(actor: Actor, desk: Desk, id: int) -> bytes:
    """The workbook, whole as it was made; that it was fetched is written down before. Raises ArchiveError."""
    with desk.keeping() as session:
        row = session.scalars(_his(actor).where(ReportRow.id == id)).first()
        if row is None or row.state != "done":
            raise ArchiveError(_GONE, id=id)
        content = content_of(actor, desk, row)
        session.add(ReportFetch(report_id=id, at=datetime.now(UTC), person_id=actor.id, by=actor.name))
        record(session, actor, "report.fetch", f"report:{id}", {"bytes": len(content)})
    return content


@needs(Act.MAKE_REPORTS)
def content_of(actor: Actor, desk: Desk, row: ReportRow) -> bytes:
    """The file of a report, where it is the one that was made. Raises ArchiveError."""
    del actor  # whose it is was asked with the row
    try:
        content = path_of(desk, row.id).read_bytes()
    except OSError as error:
        raise ArchiveError(_GONE, id=row.id) from error
    if digest_of(content) != row.digest:
        raise ArchiveError(_DAMAGED, id=row.id, detail=f"{len(content)} bytes")
    return content


def file_name(asked: Asked, id: int) -> str:
    """What the file is called by whoever gets it."""
    return f"{asked.kind}-{asked.period.start}-{asked.period.end - DAY}-{id}.xlsx"


def _tell_broken(actor: Actor, desk: Desk) -> None:
    """Write down of what nobody makes any more that it broke off."""
    late = datetime.now(UTC) - BEGINS_WITHIN
    with desk.reading() as session:
        asked = _his(actor).where(ReportRow.state.in_(OPEN)).where(
            (ReportRow.state == "making") | (ReportRow.asked_at < late)
        )  # fmt: skip
        ids = [row.id for row in session.scalars(asked)]
    for id in ids:
        with held(desk, id) as is_mine:
            if is_mine:
                _end_broken(desk, id)


def _end_broken(desk: Desk, id: int) -> None:
    with desk.keeping() as session:
        session.execute(
            update(ReportRow).where(ReportRow.id == id, ReportRow.state.in_(OPEN))
            .values(state="failed", problem=BROKEN_OFF, ended_at=datetime.now(UTC))
        )  # fmt: skip
    remove_unfinished(desk, id)


@needs(Act.MAKE_REPORTS)
def columns_of(actor: Actor, desk: Desk) -> tuple[str, ...] | None:
    """The columns that this person wants of the list of tickets; None: all."""
    with desk.reading() as session:
        newest = select(func.max(ReportColumns.id)).where(ReportColumns.person_id.is_not_distinct_from(actor.id))
        row = session.get(ReportColumns, session.scalar(newest) or 0)
        return tuple(row.columns) if row is not None and row.columns else None


@needs(Act.MAKE_REPORTS)
def keep_columns(actor: Actor, desk: Desk, columns: Sequence[str] | None) -> None:
    """Let these be the columns from now on."""
    with desk.keeping() as session:
        session.add(ReportColumns(person_id=actor.id, columns=list(columns or ()), kept_at=datetime.now(UTC)))
        record(session, actor, "report.columns", "report:columns", {"columns": len(columns or ())})
