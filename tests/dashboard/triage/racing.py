"""Supervisors who race for the same escalated tickets, in threads of several processes; and the reckoning."""

import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Actor
from dashboard.services.triage import acts as triage
from dashboard.services.triage import many as triage_many
from dashboard.services.triage import queue as triage_queue
from dashboard.store import AuditRow
from dashboard.store.triage import TriageClock, TriageEvent, TriageItem
from dashboard.triage.items import HandOver, Item, NotAllowedNow, StaleItem
from dashboard.triage.keeping import CLOCKS, MADE, restored
from loaders.errors import WarehouseError
from tests.dashboard.racing import Tell, race

ITEMS = 60
TEAM = "甲组"
NOTE = HandOver("tried", "told", "promised")
Did = tuple[str, Item | None]
FOLDED = ("state", "owner", "tier", "reopen_count", "waiting_for", "snoozed_until", "decision", "merged_into")


def act(desk: Desk, actor: Actor, chance: random.Random) -> Did:
    """Look at one item, then do what its state suggests; what was done, and the item as it is then."""
    if chance.random() < 0.1:
        return "acknowledge", triage_many.claim_next(actor, desk)
    seen = triage_queue.item(actor, desk, chance.randint(1, ITEMS))
    given, later = (actor, desk, seen.id, seen.version), datetime.now(UTC) + timedelta(hours=1)
    acts: Mapping[str, Callable[[], Item]] = {
        "acknowledge": lambda: triage.acknowledge(*given),
        "assign": lambda: triage.assign(*given, owner=actor.name),
        "start": lambda: triage.start(*given),
        "wait": lambda: triage.wait(*given, waiting_for="customer", next_update_at=later),
        "tell": lambda: triage.tell(*given, told="told"),
        "escalate": lambda: triage.escalate(*given, note=NOTE),
        "resolve": lambda: triage.resolve(*given, decision="answered", reason="process"),
        "close": lambda: triage.close(*given),
        "reopen": lambda: triage.reopen(*given),
        "undo": lambda: triage_many.undo(*given),
    }  # fmt: skip
    name = chance.choice(POSSIBLE[seen.state])
    return name, acts[name]()


POSSIBLE: Mapping[str, tuple[str, ...]] = {
    "new": ("acknowledge",) * 3 + ("assign", "escalate"), "acknowledged": ("start", "assign", "wait", "undo"),
    "in_progress": ("wait", "tell", "resolve", "assign", "acknowledge", "undo"),
    "waiting": ("start", "resolve", "tell"),
    "resolved": ("close", "reopen", "undo"), "closed": ("reopen",),
}  # fmt: skip


def act_on(desk: Desk, name: str, told: Tell, *, actions: int, think: float) -> None:
    """So many acts of one supervisor who thinks between them; those that came too late count, too."""
    chance, actor, done = random.Random(name), Actor(None, name, "supervisor", frozenset({TEAM})), 0
    while done < actions:
        time.sleep(think * chance.uniform(0.5, 1.5))
        begun = time.monotonic()
        try:
            action, item = act(desk, actor, chance)
        except (StaleItem, NotAllowedNow):
            done += 1  # somebody else was quicker: an answer, too
            continue
        except WarehouseError:  # the database was away; what was not acknowledged is looked at again
            time.sleep(0.2)
            continue
        done += 1
        if item is not None:
            took = time.monotonic() - begun
            told({"item": item.id, "version": item.version, "action": action, "actor": name, "seconds": took})


def faults(desk: Desk, acknowledged: Iterable[dict[str, Any]]) -> list[str]:
    """What was lost, doubled or torn: rows against events, events against the audit and what was acknowledged."""
    with Session(desk.engine) as session:
        items = {row.id: row for row in session.scalars(select(TriageItem))}
        clocks = {row.id: row for row in session.scalars(select(TriageClock))}
        events = list(session.scalars(select(TriageEvent).order_by(TriageEvent.item_id, TriageEvent.version)))
        audit = list(session.scalars(select(AuditRow).where(AuditRow.action.startswith("triage."))))
        of_item = defaultdict[int, list[TriageEvent]](list)
        for event in events:
            of_item[event.item_id].append(event)
        found = [fault for id, item in items.items() for fault in _torn(item, of_item[id], clocks)]
    acts = {(event.item_id, event.version): (event.action, event.actor) for event in events if event.version > 1}
    told = [(row.subject, row.details["version"]) for row in audit if "version" in row.details]
    if sorted(told) != sorted((f"triage:{item}", version) for item, version in acts):
        found.append(f"{len(acts)} events, {len(told)} rows of the audit, not the same")
    lines = list(acknowledged)
    lost = [one for one in lines if acts.get((one["item"], one["version"])) != (one["action"], one["actor"])]
    doubled = len(lines) - len({(one["item"], one["version"]) for one in lines})
    return [*found, *([f"{len(lost)} acknowledged acts lost"] if lost else []),
            *([f"{doubled} acts doubled"] if doubled else [])]  # fmt: skip


def _torn(item: TriageItem, events: list[TriageEvent], clocks: Mapping[int, TriageClock]) -> Iterable[str]:
    """Whether the row is what its events, one after the other, have made of it."""
    if [event.version for event in events] != list(range(1, item.version + 1)):
        yield f"item {item.id}: version {item.version}, {len(events)} events"
    made: dict[str, Any] = {"owner": None, "reopen_count": 0}
    taken_by: str | None = None
    for event in events:
        made |= restored({name: value for name, value in event.after.items() if name not in (CLOCKS, MADE)}, TriageItem)
        if event.action == "acknowledge" and taken_by is not None:
            yield f"item {item.id}: taken twice, by {taken_by} and {event.actor}"
        taken_by = event.actor if made.get("acknowledged_at") else None
    wrong = [name for name in FOLDED if name in made and getattr(item, name) != made[name]]
    if wrong:
        yield f"item {item.id}: {wrong} are not what the events tell"
    for id, cells in {id: cells for event in events for id, cells in event.after.get(CLOCKS, {}).items()}.items():
        for name, value in restored(cells, TriageClock).items():
            if name not in ("pauses", "due_at") and getattr(clocks[int(id)], name) != value:
                yield f"clock {id}: {name} is not what the events tell"


if __name__ == "__main__":
    root, database, threads, actions, think, name, log = sys.argv[1:]
    acting = partial(act_on, actions=int(actions), think=float(think))
    sys.exit(race(root, database or None, int(threads), name, log, acting))
