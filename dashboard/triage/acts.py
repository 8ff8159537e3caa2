"""What each act does to an item and its clocks, as values in and values out; services keep what comes of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from dashboard.triage import clocks as clock_acts
from dashboard.triage.business import CALENDAR, Hours
from dashboard.triage.clocks import KINDS, RESOLUTION, Clock, Kind
from dashboard.triage.codes import DECISIONS, REASONS, SETTLED
from dashboard.triage.items import CHARACTERS, HandOver, Item, NotAllowedNow
from dashboard.triage.settings import TriageSettings
from dashboard.triage.states import MANAGER, RAISING_REOPEN, WAITING_FOR, Action, after
from metrics.words import N_

_STATE = N_("This cannot be done any more: the ticket is {state} now. Look at it again.")
_TAKEN = N_("{owner} has taken this already. To let somebody else have it, assign it.")
_NOBODY = N_("Name who is to have it.")
_WAITING_FOR = N_("Say for whom it waits: customer, third_party or internal.")
_LATER = N_("Name a time that is still to come.")
_PRESSING = N_("A complaint or an urgent ticket can be put off only after somebody has taken it.")
_DEADLINE = N_("This can be put off until {due} at most: then its next time is up.")
_AWAKE = N_("This is not put off.")
_HIGHEST = N_("This is with the manager already; it cannot be raised any further.")
_NOTE = N_(
    "Write what was tried, what the customer was told, and what is promised next; each at most {most} characters."
)
_TOLD = N_("Write what the customer was told, at most {most} characters.")
_CODE = N_("“{found}” is no such code; known are {known}.")
_ITSELF = N_("A ticket cannot be merged into itself; name another one that is still open.")
ENDING_SNOOZE: frozenset[Action] = frozenset({"acknowledge", "start", "wait", "escalate", "resolve", "settle", "merge"})
AWAKE: Mapping[str, Any] = MappingProxyType({"snoozed_at": None, "snoozed_until": None})
NOT_WAITING: Mapping[str, Any] = MappingProxyType({"waiting_for": None, "next_update_at": None})


@dataclass(frozen=True)
class Ways:
    """By what a desk goes: its hours and how it does triage."""

    hours: Hours
    settings: TriageSettings

    def starting(self, kind: Kind, item: Item, clocks: Iterable[Clock], *, at: datetime, tier: int) -> Clock | None:
        """A clock of that kind from now on, where the desk has set a time for it."""
        target = self.settings.target(kind)
        if target is None:
            return None
        calendar = None if target.clock == CALENDAR else self.hours.calendar_of(item.team)
        runs = [clock.run for clock in clocks if clock.kind == kind]
        return clock_acts.started(
            kind, at=at, seconds=target.seconds, calendar=calendar, hours=self.hours, tier=tier,
            run=max(runs, default=0) + 1,
        )  # fmt: skip

    def pauses(self, waiting_for: object) -> bool:
        """Whether waiting for them stops the clock of the resolution."""
        return waiting_for == "customer" or (waiting_for == "third_party" and self.hours.settings.on_hold_pauses)


@dataclass(frozen=True)
class Asked:
    """Who does what, when, and with what beside it."""

    action: Action
    who: str
    at: datetime
    what: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What an act comes to: the columns of the item to set, the clocks that it has then, what goes with it in words."""

    values: Mapping[str, Any]
    clocks: tuple[Clock, ...]
    note: HandOver | None = None


def planned(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    """What the act would come to. Raises NotAllowedNow where the item does not allow it."""
    to = after(asked.action, item.state)
    if to is None:
        raise NotAllowedNow(_STATE, state=item.state)
    calm = replace(
        asked, at=max(asked.at, item.opened_at, item.raised_at, item.changed_at)
    )  # the wall clock was put back
    plan = _ACTS[asked.action](item, clocks, calm, ways)
    values = {"state": to, "changed_at": calm.at} | dict(plan.values)
    if asked.action in ENDING_SNOOZE:
        values = {**AWAKE, **values}
    return replace(plan, values=values, clocks=_met_by(plan.clocks, calm, ways))


def _met_by(clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> tuple[Clock, ...]:
    at, hours = asked.at, ways.hours
    return tuple(
        clock_acts.met(clock, at, hours) if asked.action in KINDS[clock.kind].met_by else clock for clock in clocks
    )


def is_attended(item: Item, settings: TriageSettings, at: datetime) -> bool:
    """Whether somebody has taken it and has done something with it lately."""
    return item.acknowledged_at is not None and not is_expired(item, settings, at)


def is_expired(item: Item, settings: TriageSettings, at: datetime) -> bool:
    """Whether somebody has it, but its next update is late, or nothing was done with it for too long."""
    if item.state == "waiting" and item.next_update_at is not None:
        return at > item.next_update_at
    return item.state in ("acknowledged", "in_progress") and at > item.changed_at + timedelta(
        seconds=settings.acknowledged_for
    )


def _acknowledge(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    if is_attended(item, ways.settings, asked.at):
        raise NotAllowedNow(_TAKEN, owner=item.owner)
    return Plan({"owner": asked.who, "acknowledged_at": asked.at}, clocks)


def _assign(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del item, ways
    owner = str(asked.what.get("owner") or "").strip()
    if not owner:
        raise NotAllowedNow(_NOBODY)
    return Plan({"owner": owner}, clocks)


def _start(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del item
    return Plan(NOT_WAITING, _running(clocks, asked.at, ways))


def _running(clocks: tuple[Clock, ...], at: datetime, ways: Ways) -> tuple[Clock, ...]:
    return tuple(clock_acts.resumed(clock, at, ways.hours) for clock in clocks)


def _wait(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del item
    waiting_for, until = asked.what.get("waiting_for"), asked.what.get("next_update_at")
    if waiting_for not in WAITING_FOR:
        raise NotAllowedNow(_WAITING_FOR)
    _demand_later(until, asked.at)
    on = _running(clocks, asked.at, ways)
    if ways.pauses(waiting_for):
        on = tuple(
            clock_acts.paused(clock, asked.at, ways.hours) if clock.kind == RESOLUTION else clock for clock in on
        )
    return Plan({"waiting_for": waiting_for, "next_update_at": until}, on)


def _demand_later(until: object, at: datetime) -> None:
    if not isinstance(until, datetime) or until <= at:
        raise NotAllowedNow(_LATER)


def _snooze(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del ways
    until = asked.what.get("until")
    _demand_later(until, asked.at)
    if item.is_pressing and item.acknowledged_at is None:
        raise NotAllowedNow(_PRESSING)
    due = next_deadline(item, clocks, asked.at)
    if due is not None and until is not None and until > due:
        raise NotAllowedNow(_DEADLINE, due=due.isoformat(timespec="minutes"))
    return Plan({"snoozed_at": asked.at, "snoozed_until": until}, clocks)


def next_deadline(item: Item, clocks: Iterable[Clock], at: datetime) -> datetime | None:
    """The next instant still to come at which a time is up or an update was promised; None where there is none."""
    due = [clock.due_at for clock in clocks if clock.is_running]
    return min((one for one in (*due, item.next_update_at) if one is not None and one > at), default=None)


def _wake(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del ways
    if item.snoozed_until is None:
        raise NotAllowedNow(_AWAKE)
    changed = item.changed_at if asked.what.get("by_itself") else asked.at
    return Plan({**AWAKE, "changed_at": changed}, clocks)


def _tell(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del ways
    told, promised = (str(asked.what.get(name) or "").strip() for name in ("told", "promised"))
    if not told or max(len(told), len(promised)) > CHARACTERS:
        raise NotAllowedNow(_TOLD, most=CHARACTERS)
    promised_at = asked.what.get("promised_at")
    if promised_at is not None:
        _demand_later(promised_at, asked.at)
    values = {"next_update_at": promised_at} if promised_at is not None else {}
    del item
    return Plan(values, clocks, HandOver("", told, promised, promised_at))


def _escalate(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    note = asked.what.get("note")
    if not isinstance(note, HandOver) or not all(
        0 < len(text.strip()) <= CHARACTERS for text in (note.tried, note.told, note.promised)
    ):
        raise NotAllowedNow(_NOTE, most=CHARACTERS)
    if item.tier >= MANAGER:
        raise NotAllowedNow(_HIGHEST)
    owner = str(asked.what.get("owner") or "").strip() or item.owner
    return Plan({"owner": owner, **_raised(item, asked.at)}, _clocks_of_next_tier(item, clocks, asked.at, ways), note)


def _raised(item: Item, at: datetime) -> dict[str, Any]:
    return {"tier": min(item.tier + 1, MANAGER), "raised_at": at, "acknowledged_at": None}


def _clocks_of_next_tier(item: Item, clocks: tuple[Clock, ...], at: datetime, ways: Ways) -> tuple[Clock, ...]:
    """Nobody is held to the times of the tier that hands it on; the next one's begin."""
    kept = tuple(
        clock if KINDS[clock.kind].tier is None else clock_acts.cancelled(clock, at, ways.hours) for clock in clocks
    )
    return (*kept, *clocks_of_tier(item, kept, at=at, tier=min(item.tier + 1, MANAGER), ways=ways))


def clocks_of_tier(
    item: Item, clocks: tuple[Clock, ...], *, at: datetime, tier: int, ways: Ways
) -> tuple[Clock, ...]:  # fmt: skip
    """The clocks that begin when an item comes to a tier; the first line's answer begins with a customer's message."""
    kinds = [kind for kind, one in KINDS.items() if one.tier == tier and kind != "t1_standard_answer"]
    begun = (ways.starting(kind, item, clocks, at=at, tier=tier) for kind in kinds)
    return tuple(clock for clock in begun if clock is not None)


def _resolve(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del item
    decision, reason = asked.what.get("decision"), asked.what.get("reason")
    for found, known in ((decision, DECISIONS), (reason, REASONS)):
        if found not in known:
            raise NotAllowedNow(_CODE, found=found, known=", ".join(known))
    return _resolved(clocks, asked, ways, {"decision": decision, "reason": reason})


def _settle(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del item
    return _resolved(clocks, asked, ways, {"decision": SETTLED, "reason": SETTLED})


def _resolved(clocks: tuple[Clock, ...], asked: Asked, ways: Ways, values: Mapping[str, Any]) -> Plan:
    met = tuple(clock_acts.met(clock, asked.at, ways.hours) for clock in clocks)
    return Plan({**NOT_WAITING, "resolved_at": asked.at, **values}, met)


def _close(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    del item, ways
    return Plan({"closed_at": asked.at}, clocks)


def _reopen(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    values: dict[str, Any] = {
        "reopen_count": item.reopen_count + 1, "acknowledged_at": asked.at, "resolved_at": None, "closed_at": None,
        "decision": None, "reason": None,
    }  # fmt: skip
    again = (*clocks, *_resolution_again(clocks, asked.at, ways))
    if item.reopen_count + 1 != RAISING_REOPEN or item.tier >= MANAGER:
        return Plan(values, again)
    return Plan(values | _raised(item, asked.at), _clocks_of_next_tier(item, again, asked.at, ways))


def _resolution_again(clocks: tuple[Clock, ...], at: datetime, ways: Ways) -> tuple[Clock, ...]:
    last = max((clock for clock in clocks if clock.kind == RESOLUTION), key=lambda clock: clock.run, default=None)
    if last is None:
        return ()
    return (
        clock_acts.started(RESOLUTION, at=at, seconds=last.target_seconds, calendar=last.calendar, hours=ways.hours,
                           tier=last.tier, run=last.run + 1),
    )  # fmt: skip


def _merge(item: Item, clocks: tuple[Clock, ...], asked: Asked, ways: Ways) -> Plan:
    into = asked.what.get("into")
    if not isinstance(into, Item) or into.id == item.id or not into.is_open:
        raise NotAllowedNow(_ITSELF)
    ended = tuple(clock_acts.cancelled(clock, asked.at, ways.hours) for clock in clocks)
    return Plan({**NOT_WAITING, "merged_into": into.id}, ended)


_ACTS: Mapping[Action, Callable[[Item, tuple[Clock, ...], Asked, Ways], Plan]] = {
    "acknowledge": _acknowledge, "assign": _assign, "start": _start, "wait": _wait, "snooze": _snooze, "wake": _wake,
    "tell": _tell, "escalate": _escalate, "resolve": _resolve, "settle": _settle, "close": _close, "reopen": _reopen,
    "merge": _merge,
}  # fmt: skip
