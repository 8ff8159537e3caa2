"""What services and pages hold in hand of an escalated ticket: the item, its causes, clocks, events and notes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from dashboard.people.actor import Actor
from dashboard.store.triage import TriageClock, TriageItem
from dashboard.triage.clocks import Clock
from dashboard.triage.states import OPEN, State, WaitingFor
from metrics.errors import ActionableError
from metrics.words import N_

_STALE = N_("{who} has changed this meanwhile. Nothing was saved: look at both values, and do it again.")
_GONE = N_("There is no escalated ticket {id} here.")
CHARACTERS = 4000
"""The longest note."""


@dataclass(frozen=True)
class Item:
    """An escalated ticket as it stands; the columns are those of the table, see dashboard.store.triage."""

    id: int
    version: int
    source: str
    ticket_id: str
    state: State
    owner: str | None
    tier: int
    opened_at: datetime
    raised_at: datetime
    changed_at: datetime
    activity_at: datetime | None
    acknowledged_at: datetime | None
    snoozed_at: datetime | None
    snoozed_until: datetime | None
    waiting_for: WaitingFor | None
    next_update_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    merged_into: int | None
    decision: str | None
    reason: str | None
    is_complaint: bool
    priority: str | None
    channel: str | None
    type: str | None
    team: str | None
    agent: str | None
    ticket_created_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_pressing(self) -> bool:
        """Whether it may not be put off before somebody has taken it."""
        return self.is_complaint or self.priority == "urgent"


@dataclass(frozen=True)
class HandOver:
    """What goes with an item to the next tier."""

    tried: str
    told: str
    promised: str
    promised_at: datetime | None = None


@dataclass(frozen=True)
class Note(HandOver):
    """A hand-over, or what the customer was told, as it was kept."""

    at: datetime | None = None
    actor: str = ""
    from_tier: int = 1
    to_tier: int = 1


@dataclass(frozen=True)
class Cause:
    """Why an item is there. `values` fill the sentence of the rule."""

    rule: str
    occurrence: str
    source: str
    ticket_id: str
    since: datetime
    values: Mapping[str, Any]
    seen_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Event:
    """One thing that was done; before and after hold the columns that changed, `clocks` those of the clocks."""

    id: int
    item_id: int
    version: int
    at: datetime
    actor: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    undoes: int | None
    batch: str | None
    undone_by: int | None = None


@dataclass(frozen=True)
class Difference:
    """A column that somebody else has changed: what the reader saw, and what it is now."""

    column: str
    seen: Any
    now: Any
    by: str
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """What came of one item of many: the item as it is now, or why nothing was done."""

    item_id: int
    item: Item | None = None
    error: ActionableError | None = None


class NoSuchItem(ActionableError):
    """An item that is not there, or that this person may not see; nothing tells the two apart."""

    def __init__(self, id: int) -> None:
        super().__init__(_GONE, id=id)


class NotAllowedNow(ActionableError):
    """Something that cannot be done with an item as it stands."""


class StaleItem(ActionableError):
    """The item is not any more what the one who changes it has seen; both values are told."""

    def __init__(self, item: Item, differences: tuple[Difference, ...]) -> None:
        super().__init__(_STALE, who=differences[-1].by if differences else "?")
        self.item = item
        self.differences = differences


def owner_name(actor: Actor) -> str:
    """Under which name a person has items: that of the tickets, else that of the account."""
    return actor.agent or actor.name


COLUMNS = tuple(field.name for field in fields(Item))


def item_of(row: TriageItem) -> Item:
    """The row as a value."""
    return Item(**{name: getattr(row, name) for name in COLUMNS})


def clock_of(row: TriageClock) -> Clock:
    """The row as a value."""
    pauses = tuple((datetime.fromisoformat(since), datetime.fromisoformat(to)) for since, to in row.pauses)
    return Clock(
        row.kind, row.run, row.tier, row.started_at, row.target_seconds, row.calendar, row.due_at, pauses,  # type: ignore[arg-type]
        row.paused_at, row.met_at, row.breached_at, row.cancelled_at, row.id,
    )  # fmt: skip


def columns_of(clock: Clock) -> dict[str, Any]:
    """The clock as the columns of its row."""
    names = ("kind", "run", "tier", "started_at", "target_seconds", "calendar", "due_at", "paused_at", "met_at",
             "breached_at", "cancelled_at")  # fmt: skip
    pauses = [[since.isoformat(), to.isoformat()] for since, to in clock.pauses]
    kind_of_time = "calendar" if clock.calendar is None else "business"
    return {name: getattr(clock, name) for name in names} | {"pauses": pauses, "clock": kind_of_time}
