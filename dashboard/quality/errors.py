"""An error case as it is kept: what was done when, its clocks, what is still to be done before it can be closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from dashboard.people.actor import Actor
from dashboard.people.audit import record
from dashboard.people.policy import Act, Reach, reach
from dashboard.quality.queues import is_blind_to
from dashboard.quality.settings import QualitySettings
from dashboard.store import AffectedTicket, CorrectiveAction, ErrorCase, ErrorClock, ErrorEvent
from dashboard.store.swap import compare_and_set
from metrics.errors import ActionableError
from metrics.words import N_

Step = Literal["told", "corrected", "cause", "planned", "done", "verified", "closed"]
ClockKind = Literal["apology", "public_correction", "root_cause", "action"]
CLOCK_OF: Mapping[Step, ClockKind] = {
    "told": "apology", "corrected": "public_correction", "cause": "root_cause", "done": "action",
}  # fmt: skip
STEPS: tuple[Step, ...] = ("told", "corrected", "cause", "planned", "done", "verified", "closed")
KINDS = ("knowledge", "training", "system", "process", "other")
CONTACTS = ("found", "contacted", "confirmed", "unreachable", "not_affected")
_GONE = N_("There is no error case {id} here for you.")


class ErrorCaseError(ActionableError):
    """Something that cannot be done with an error case as it stands."""


@dataclass(frozen=True)
class Clock:
    """A time by which a step is to be done."""

    kind: ClockKind
    due_at: datetime
    met_at: datetime | None
    cancelled_at: datetime | None

    def is_late(self, at: datetime) -> bool:
        """Whether it was met too late, or its time is over."""
        return self.cancelled_at is None and (self.met_at or at) > self.due_at

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.cancelled_at is None


@dataclass(frozen=True)
class Action:
    """What is done so that it does not come again."""

    id: int
    kind: str
    measure: str
    owner: str
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class Affected:
    """A conversation in which a customer was told the same."""

    source: str
    ticket_id: str
    state: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class Case:
    """A wrong answer and its way to the correction."""

    id: int
    version: int
    source: str
    ticket_id: str
    review_id: int | None
    criterion: str | None
    was_public: bool
    found_at: datetime
    found_by: str
    wrong_claim: str
    right_claim: str
    search: str
    searched_at: datetime | None
    channel: str | None
    type: str | None
    team: str | None
    agent: str | None
    owner: str | None
    contacted_at: datetime | None
    corrected_at: datetime | None
    correction: str | None
    cause: str | None
    cause_note: str | None
    cause_at: datetime | None
    verification: str | None
    verified_at: datetime | None
    closed_at: datetime | None
    clocks: tuple[Clock, ...] = ()
    actions: tuple[Action, ...] = ()
    affected: tuple[Affected, ...] = ()

    @property
    def done(self) -> dict[Step, datetime]:
        """When each step was done, in whatever order they were."""
        planned = min((one.due_at for one in self.actions), default=None)
        ready = [one.done_at for one in self.actions]
        finished = max((one for one in ready if one), default=None) if ready and all(ready) else None
        found: dict[Step, datetime | None] = {
            "told": self.contacted_at, "corrected": self.corrected_at, "cause": self.cause_at, "planned": planned,
            "done": finished, "verified": self.verified_at, "closed": self.closed_at,
        }  # fmt: skip
        return {step: at for step, at in found.items() if at is not None}

    @property
    def needed(self) -> tuple[Step, ...]:
        """The steps of this case: what nobody else could read needs no public correction."""
        return tuple(step for step in STEPS if step != "corrected" or self.was_public)

    @property
    def left(self) -> tuple[Step, ...]:
        """What is still to be done, in its order."""
        done = self.done
        return tuple(step for step in self.needed if step not in done)

    @property
    def next_due(self) -> Clock | None:
        """The running clock that is due first."""
        return min((one for one in self.clocks if one.is_running), key=lambda one: one.due_at, default=None)

    @property
    def to_contact(self) -> int:
        """How many affected customers nobody has contacted yet."""
        return sum(one.state == "found" for one in self.affected)


def within_reach(actor: Actor, act: Act) -> ColumnElement[bool]:
    """What narrows a question to the cases over which the act extends; who is to judge the same himself is told
    of none that others found."""
    own = ErrorCase.found_by == actor.name
    return _reached(actor, act) & or_(own, ~is_blind_to(actor, ErrorCase.source, ErrorCase.ticket_id))


def _reached(actor: Actor, act: Act) -> ColumnElement[bool]:
    match reach(actor, act):
        case Reach.ALL:
            return true()
        case Reach.TEAMS:
            return ErrorCase.team.in_(sorted(filter(None, actor.teams)))
        case _:
            return false()


def cases_in(session: Session, actor: Actor, *, act: Act = Act.SEE_QUALITY, id: int | None = None) -> tuple[Case, ...]:
    """The cases over which the act extends, those that are open first, then the newest."""
    asked = select(ErrorCase).where(within_reach(actor, act))
    asked = asked if id is None else asked.where(ErrorCase.id == id)
    rows = session.scalars(asked.order_by(ErrorCase.closed_at.is_not(None), ErrorCase.id.desc())).all()
    ids = [row.id for row in rows]
    clocks, actions, affected = (
        _by_case(session, kind, ids) for kind in (ErrorClock, CorrectiveAction, AffectedTicket)
    )
    return tuple(
        Case(
            **{name: getattr(row, name) for name in COLUMNS},
            clocks=tuple(Clock(one.kind, one.due_at, one.met_at, one.cancelled_at) for one in clocks.get(row.id, ())),
            actions=tuple(
                Action(one.id, one.kind, one.measure, one.owner, one.due_at, one.done_at)
                for one in actions.get(row.id, ())
            ),
            affected=tuple(
                Affected(one.source, one.ticket_id, one.state, one.changed_at, one.changed_by)
                for one in affected.get(row.id, ())
            ),
        )
        for row in rows
    )


COLUMNS = tuple(column.key for column in ErrorCase.__table__.columns)


def _by_case(session: Session, kind: Any, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in session.scalars(select(kind).where(kind.case_id.in_(ids)).order_by(*kind.__table__.primary_key.columns)):
        found.setdefault(row.case_id, []).append(row)
    return found


def demanded(session: Session, actor: Actor, case_id: int, act: Act = Act.CORRECT) -> Case:
    """The case of that number. Raises ErrorCaseError, also where the act does not extend over it."""
    found = cases_in(session, actor, act=act, id=case_id)
    if not found:
        raise ErrorCaseError(_GONE, id=case_id)
    return found[0]


def keep(
    session: Session, actor: Actor, found: Case, action: str, values: Mapping[str, Any], *, expected: int, at: datetime,
    meets: ClockKind | None = None,
) -> Case:  # fmt: skip
    """Keep what an act sets, with its event, its clock and the row of the audit. Raises StaleError."""
    version = compare_and_set(session, ErrorCase, found.id, expected_version=expected, values=values)
    clock = session.get(ErrorClock, (found.id, meets)) if meets else None
    if clock is not None and clock.met_at is None:
        clock.met_at = at
    note(session, actor, found.id, version, action, values, at=at)
    session.flush()
    session.expire_all()
    return demanded(session, actor, found.id)


def note(
    session: Session, actor: Actor, case_id: int, version: int, action: str, values: Mapping[str, Any], *, at: datetime
) -> None:  # fmt: skip
    """Add the event of an act, and the row of the audit."""
    after = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
    session.add(ErrorEvent(case_id=case_id, version=version, at=at, actor_id=actor.id, actor=actor.name, action=action,
                           after=after))  # fmt: skip
    record(session, actor, f"correction.{action}", f"error:{case_id}", {"version": version}, at=at)


def clocks_for(case_id: int, settings: QualitySettings, *, was_public: bool, at: datetime) -> list[ErrorClock]:
    """The clocks that begin with a case; that of the public correction only where others could read the error."""
    hours: dict[ClockKind, float] = {
        "apology": settings.apology_hours, "public_correction": settings.public_correction_hours,
        "root_cause": settings.root_cause_hours, "action": settings.action_hours,
    }  # fmt: skip
    return [
        ErrorClock(case_id=case_id, kind=kind, started_at=at, target_seconds=round(3600 * long),
                   due_at=at + timedelta(hours=long))
        for kind, long in hours.items() if kind != "public_correction" or was_public
    ]  # fmt: skip
