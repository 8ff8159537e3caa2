"""Forecasts that somebody knew better: who, when, why, from what to what; taken back by whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.staffing.keeping import StaffingError, end, made_by, to_change
from dashboard.staffing.reach import plan_of
from dashboard.store.staffing import ForecastOverride
from metrics.staffing.changes import Override
from metrics.words import N_

NO_REASON = N_("Say why you know better than the forecast; it is read when both are compared later.")
_SPAN = N_("The override ends before it begins; turn its times around.")
_VALUE = N_("An override of {found} cannot be; give a percentage above −100 % or a number of requests.")


@dataclass(frozen=True)
class KeptOverride:
    """An override with its log: old, new are the requests in all of its time, as forecast and as overridden."""

    id: int
    version: int
    override: Override
    old: float
    new: float
    why: str
    made_by: str
    made_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None


@needs(Act.SEE_STAFFING)
def override_log(actor: Actor, desk: Desk) -> tuple[KeptOverride, ...]:
    """Every override of the actor's plan, the newest first, with those that were taken back."""
    own = plan_of(actor)
    with desk.reading() as session:
        rows = session.scalars(select(ForecastOverride).order_by(ForecastOverride.id.desc()))
        return tuple(_kept(row) for row in rows if row.teams == own)


@needs(Act.SEE_STAFFING)
def overrides_in_force(actor: Actor, desk: Desk) -> tuple[Override, ...]:
    """Those that hold, the oldest first, as they are laid over a forecast."""
    return tuple(one.override for one in reversed(override_log(actor, desk)) if one.ended_at is None)


@needs(Act.PLAN_STAFFING)
def add_override(actor: Actor, desk: Desk, override: Override, *, old: float, new: float, why: str) -> int:
    """Keep an override; its number. Raises StaffingError for one without sense or reason."""
    _demand_sense(override, why)
    with desk.keeping() as session:
        row = ForecastOverride(
            queue=override.queue, starts_at=override.starts_at, ends_at=override.ends_at, way=override.way,
            value=override.value, old=old, new=new, why=why.strip(), teams=plan_of(actor, Act.PLAN_STAFFING),
            **made_by(actor),
        )  # fmt: skip
        session.add(row)
        session.flush()
        details = {"queue": row.queue, "from": row.starts_at.isoformat(), "to": row.ends_at.isoformat(),
                   "old": round(old, 2), "new": round(new, 2), "why": row.why}  # fmt: skip
        record(session, actor, "staffing.override.add", f"staffing_override:{row.id}", details)
        return row.id


@needs(Act.PLAN_STAFFING)
def end_override(actor: Actor, desk: Desk, id: int, *, expected: int) -> None:
    """Let the forecast stand again. Raises StaffingError, StalePlan."""
    with desk.keeping() as session:
        row = to_change(session, ForecastOverride, id, expected)
        if row.teams != plan_of(actor, Act.PLAN_STAFFING):
            raise StaffingError(N_("This override is part of another plan; who made it can take it back."))
        end(row, actor)
        record(session, actor, "staffing.override.end", f"staffing_override:{id}")


def _demand_sense(override: Override, why: str) -> None:
    if not why.strip():
        raise StaffingError(NO_REASON)
    if override.ends_at <= override.starts_at:
        raise StaffingError(_SPAN)
    is_percent = override.way == "percent"
    sound = -1 <= override.value <= 50 if is_percent else 0 <= override.value <= 1e7
    if override.value != override.value or not sound or (is_percent and override.value == 0):
        raise StaffingError(_VALUE, found=f"{override.value:+.0%}" if is_percent else f"{override.value:g}")


def _kept(row: ForecastOverride) -> KeptOverride:
    override = Override(row.queue, row.starts_at, row.ends_at, row.way, row.value)  # type: ignore[arg-type]
    return KeptOverride(row.id, row.version, override, row.old, row.new, row.why, row.made_by, row.made_at,
                        row.ended_by, row.ended_at)  # fmt: skip
