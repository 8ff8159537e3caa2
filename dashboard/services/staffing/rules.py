"""The rules by which queues are staffed: dated, with who changed them and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.people.permission import permission_of
from dashboard.people.policy import DENIED, Denied
from dashboard.staffing.keeping import StaffingError
from dashboard.staffing.rules import Typed, checked
from dashboard.store.staffing import StaffingRule
from dashboard.triage.now import now
from metrics.words import N_

NO_REASON = N_("Say why; whoever reads the plan later will ask.")


@dataclass(frozen=True)
class RuleChange:
    """One entry of the journal: what holds for a queue from a day on."""

    queue: str
    valid_from: date
    values: Typed
    why: str
    at: datetime
    actor: str


@needs(Act.SEE_STAFFING)
def typed_rules(actor: Actor, desk: Desk, day: date) -> dict[str, Typed]:
    """Queue -> what holds for it on that day; the queue without a name stands for every one."""
    return typed_of_days(actor, desk, [day])[day]


@needs(Act.SEE_STAFFING)
def typed_of_days(actor: Actor, desk: Desk, days: Sequence[date]) -> dict[date, dict[str, Typed]]:
    """The same of each of these days."""
    oldest_first = tuple(reversed(rule_changes(actor, desk)))
    return {day: _typed(oldest_first, day) for day in days}


def _typed(oldest_first: Sequence[RuleChange], day: date) -> dict[str, Typed]:
    found = {change.queue: change.values for change in oldest_first if change.valid_from <= day}
    return {queue: values for queue, values in found.items() if values}


@needs(Act.SEE_STAFFING)
def rule_changes(actor: Actor, desk: Desk) -> tuple[RuleChange, ...]:
    """The journal, what holds from the latest day on first, of one day the newest first."""
    del actor
    with desk.reading() as session:
        rows = session.scalars(select(StaffingRule).order_by(StaffingRule.valid_from.desc(), StaffingRule.id.desc()))
        return tuple(RuleChange(row.queue, row.valid_from, row.values, row.why, row.at, row.actor) for row in rows)


@needs(Act.PLAN_STAFFING)
def set_rules(actor: Actor, desk: Desk, queue: str, typed: Typed, *, valid_from: date, why: str) -> None:
    """Let a queue be staffed by this from a day on; a field that is not typed is measured. Raises StaffingError.

    The rules are everybody's, so only who plans for all changes them: Denied for who leads teams.
    """
    if not permission_of(actor, Act.PLAN_STAFFING).is_everything:
        raise Denied(DENIED)
    if not why.strip():
        raise StaffingError(NO_REASON)
    values = checked(typed)
    with desk.keeping() as session:
        who = {"at": now(), "actor_id": actor.id, "actor": actor.name}
        session.add(StaffingRule(queue=queue, valid_from=valid_from, values=values, why=why.strip(), **who))
        details = {"valid_from": valid_from.isoformat(), "values": values, "why": why.strip()}
        record(session, actor, "staffing.rules.set", f"queue:{queue}", details)
