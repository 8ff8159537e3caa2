"""What-if scenarios: saved under a name, compared with the plan as it is, taken back."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.staffing.keeping import StaffingError, end, made_by, named, to_change
from dashboard.staffing.reach import plan_of
from dashboard.store.staffing import StaffingScenario
from metrics.staffing.changes import Changes
from metrics.words import N_

BOUNDS = {
    "volume": (-1.0, 20.0), "handle": (-0.9, 5.0), "shrinkage": (0.0, 0.8), "reserve": (0.0, 0.5),
    "concurrency": (1, 12), "deflection": (0.0, 1.0),
}  # fmt: skip
_NOTHING = N_("The scenario changes nothing; move at least one of its values.")
_OUTSIDE = N_("{field} must be from {least} to {most}; it was {found}.")
_TAKEN = N_("There is a scenario of the name “{name}” already; choose another.")


@dataclass(frozen=True)
class Scenario:
    """Changes over days (both included), kept under a name."""

    id: int
    version: int
    name: str
    first_day: date
    last_day: date
    changes: Changes
    note: str | None
    made_by: str
    made_at: datetime


@needs(Act.SEE_STAFFING)
def scenarios(actor: Actor, desk: Desk) -> tuple[Scenario, ...]:
    """Every scenario of the actor's plan that was not taken back, the newest first."""
    own = plan_of(actor)
    with desk.reading() as session:
        asked = select(StaffingScenario).where(StaffingScenario.ended_at.is_(None))
        return tuple(_kept(row) for row in session.scalars(asked.order_by(StaffingScenario.id.desc()))
                     if row.teams == own)  # fmt: skip


@needs(Act.PLAN_STAFFING)
def save_scenario(
    actor: Actor, desk: Desk, name: str, changes: Changes, *, first_day: date, last_day: date, note: str | None = None
) -> int:
    """Keep a scenario; its number. Raises StaffingError for one without sense or of a name that is taken."""
    _demand_sense(changes)
    told, own = named(name), plan_of(actor, Act.PLAN_STAFFING)
    values = {key: value for key, value in asdict(changes).items() if key != "queues" and value is not None}
    with desk.keeping() as session:
        taken = session.scalars(
            select(StaffingScenario).where(StaffingScenario.ended_at.is_(None), StaffingScenario.name == told)
        )
        if any(row.teams == own for row in taken):
            raise StaffingError(_TAKEN, name=told)
        row = StaffingScenario(
            name=told, first_day=first_day, last_day=last_day, queues=list(changes.queues), changes=values, teams=own,
            note=(note or "").strip() or None, **made_by(actor),
        )  # fmt: skip
        session.add(row)
        session.flush()
        record(session, actor, "staffing.scenario.save", f"staffing_scenario:{row.id}", {"name": told, **values})
        return row.id


@needs(Act.PLAN_STAFFING)
def end_scenario(actor: Actor, desk: Desk, id: int, *, expected: int) -> None:
    """Take a scenario back. Raises StaffingError, StalePlan."""
    with desk.keeping() as session:
        row = to_change(session, StaffingScenario, id, expected)
        if row.teams != plan_of(actor, Act.PLAN_STAFFING):
            raise StaffingError(N_("This scenario is part of another plan; who made it can take it back."))
        end(row, actor)
        record(session, actor, "staffing.scenario.end", f"staffing_scenario:{id}")


def _demand_sense(changes: Changes) -> None:
    if changes.is_nothing:
        raise StaffingError(_NOTHING)
    for field, (least, most) in BOUNDS.items():
        value: Any = getattr(changes, field)
        if value is not None and not least <= value <= most:
            raise StaffingError(_OUTSIDE, field=field, least=least, most=most, found=value)


def _kept(row: StaffingScenario) -> Scenario:
    changes = Changes(**row.changes, queues=tuple(map(str, row.queues)))
    return Scenario(row.id, row.version, row.name, row.first_day, row.last_day, changes, row.note, row.made_by,
                    row.made_at)  # fmt: skip
