"""A calibration as it is kept: what can be done with it when, who reads what, how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.store import Assignment, CalibrationItem, CalibrationSession, SampleUnit
from metrics.errors import ActionableError
from metrics.words import N_

State = Literal["planned", "open", "locked", "revealed", "agreed", "closed"]
Action = Literal["open", "lock", "reveal", "agree", "close"]
AFTER: Mapping[Action, tuple[tuple[State, ...], State]] = {
    "open": (("planned",), "open"), "lock": (("open",), "locked"), "reveal": (("locked",), "revealed"),
    "agree": (("revealed",), "agreed"), "close": (("revealed", "agreed"), "closed"),
}  # fmt: skip
"""What an act needs, and where it leads."""
STAMP: Mapping[State, str] = {
    "open": "opened_at", "locked": "locked_at", "revealed": "revealed_at", "agreed": "agreed_at", "closed": "closed_at",
}  # fmt: skip
_GONE = N_("There is no calibration {id} here.")
_STATE = N_("This cannot be done now: the calibration is {state}.")


class CalibrationError(ActionableError):
    """Something that cannot be done with a calibration as it stands."""


@dataclass(frozen=True)
class Item:
    """One conversation of a session. consensus: line -> the value on which all agreed after the reveal."""

    unit: int
    source: str
    ticket_id: str
    position: int
    consensus: Mapping[str, float | None]
    note: str | None


@dataclass(frozen=True)
class Calibration:
    """A session with its conversations. done: reader -> how many he has read; nothing of what he gave."""

    id: int
    version: int
    name: str
    state: State
    participants: tuple[str, ...]
    expert: str | None
    scorecard_version_id: int | None
    planned_by: str
    planned_at: datetime
    due_at: datetime | None
    locked_at: datetime | None
    revealed_at: datetime | None
    items: tuple[Item, ...]
    done: Mapping[str, int]

    @property
    def is_all_in(self) -> bool:
        """Whether everybody has read everything."""
        return all(self.done.get(name, 0) >= len(self.items) for name in self.participants)

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None


def calibration_with(session: Session, session_id: int) -> Calibration:
    """The calibration of that number. Raises CalibrationError."""
    row = session.get(CalibrationSession, session_id)
    if row is None:
        raise CalibrationError(_GONE, id=session_id)
    return _calibration_of(session, row)


def calibrations_in(session: Session) -> tuple[Calibration, ...]:
    """All of them, the newest first."""
    rows = session.scalars(select(CalibrationSession).order_by(CalibrationSession.id.desc()))
    return tuple(_calibration_of(session, row) for row in rows)


def _calibration_of(session: Session, row: CalibrationSession) -> Calibration:
    found = session.execute(
        select(CalibrationItem, SampleUnit).join(SampleUnit, CalibrationItem.unit_id == SampleUnit.id)
        .where(CalibrationItem.session_id == row.id).order_by(CalibrationItem.position)
    )  # fmt: skip
    items = tuple(
        Item(unit.id, unit.source, unit.ticket_id, item.position, dict(item.consensus), item.note)
        for item, unit in found
    )
    read = (
        select(Assignment.reviewer, func.count()).join(SampleUnit, Assignment.unit_id == SampleUnit.id)
        .where(SampleUnit.session_id == row.id, Assignment.state == "done").group_by(Assignment.reviewer)
    )  # fmt: skip
    done = {str(name): int(count) for name, count in session.execute(read)}
    return Calibration(
        id=row.id, version=row.version, name=row.name, state=row.state, participants=tuple(row.participants),  # type: ignore[arg-type]
        expert=row.expert, scorecard_version_id=row.scorecard_version_id, planned_by=row.planned_by,
        planned_at=row.planned_at, due_at=row.due_at, locked_at=row.locked_at, revealed_at=row.revealed_at,
        items=items, done=done,
    )  # fmt: skip


def following(found: Calibration, action: Action, at: datetime) -> dict[str, Any]:
    """The columns that the act sets. Raises CalibrationError where the state does not allow it."""
    needed, state = AFTER[action]
    if found.state not in needed:
        raise CalibrationError(_STATE, state=found.state)
    return {"state": state, STAMP[state]: at}
