"""Triage as a state machine: all that people, rules and time can do, beside a plain model of what must come of it.

The model is dictionaries and if-clauses; it shares no line with the product. After each step every item, its clocks,
its events and the queue are compared with it.
"""

import shutil
import tempfile
from atexit import register
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from dashboard.desk import open_desk
from dashboard.people import Actor
from dashboard.services.triage import acts as triage
from dashboard.services.triage import many as triage_many
from dashboard.services.triage import queue as triage_queue
from dashboard.services.triage import running as triage_running
from dashboard.store.triage import TriageCause, TriageClock, TriageEvent, TriageItem
from dashboard.triage.items import HandOver, NotAllowedNow, StaleItem
from tests.dashboard.triage.world import Ticket, facts_of, finding, found

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
PEOPLE = (Actor(1, "Lin", "supervisor", frozenset({"甲组"}), agent="林"), Actor(2, "Wu", "manager"))
NAMES = {1: "林", 2: "Wu"}
OPEN, TAKEN = {"new", "acknowledged", "in_progress", "waiting"}, {"acknowledged", "in_progress", "waiting"}
RULES = ("overdue", "complaint", "low_rating", "no_response")
LASTING = ("overdue", "no_response")
TICKETS = 5
IDLE = timedelta(minutes=30)
CLOCKS_OF_TIER = {1: ["t1_ack"], 2: ["t2_ack", "t2_detail"], 3: ["t3_start", "t3_interim"], 4: []}
MET_BY = {
    "acknowledge": {"t1_ack", "t2_ack", "t3_start"}, "assign": {"t3_start"}, "start": {"t3_start"},
    "tell": {"t1_standard_answer", "t2_detail", "t3_interim"},
}  # fmt: skip
NOTE = HandOver("looked it up", "that we look", "an answer tomorrow")
COMPARED = ("state", "owner", "tier", "reopen_count", "waiting_for", "next_update_at", "snoozed_until", "merged_into",
            "decision", "is_complaint")  # fmt: skip
which, minutes, person = st.integers(0, 30), st.integers(0, 90), st.integers(0, 1)


@cache
def made_desk() -> Path:
    """The folder of a desk in which nothing has happened, to be copied: to make one takes longer than a run of it."""
    folder = Path(tempfile.mkdtemp(prefix="floorwalker-triage-"))
    register(shutil.rmtree, folder, ignore_errors=True)
    open_desk(folder).engine.dispose()
    return folder


class Triage(RuleBasedStateMachine):
    """The machine; a desk of its own for each run."""

    tickets_at_most = TICKETS
    begun = 0
    """How many runs there were so far."""

    def __init__(self) -> None:
        super().__init__()
        type(self).begun += 1
        self.folder = Path(tempfile.mkdtemp(prefix="floorwalker-triage-"))
        shutil.copytree(made_desk(), self.folder, dirs_exist_ok=True)
        self.desk = open_desk(self.folder)
        self.now = START
        self.items: dict[int, dict[str, Any]] = {}
        self.known: set[tuple[str, str, str]] = set()
        self.holding: list[dict[str, object]] = []
        self.tickets = [
            Ticket(str(n), START - timedelta(hours=n), ("urgent", "important", "normal", "low", "normal")[n])
            for n in range(self.tickets_at_most)
        ]
        self.imports = 0

    def teardown(self) -> None:
        self.desk.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what the model knows

    def live(self, ticket: str) -> int | None:
        for id, one in self.items.items():
            if one["ticket"] == ticket and one["state"] in OPEN | {"resolved"}:
                return id
        led = [one["merged_into"] for one in self.items.values() if one["ticket"] == ticket and one["merged_into"]]
        alive = [id for id in led if self.items[id]["state"] in OPEN | {"resolved"}]
        return alive[-1] if alive else None

    def pick(self, number: int) -> tuple[int, dict[str, Any]]:
        ids = sorted(self.items)
        id = ids[number % len(ids)]
        return id, self.items[id]

    def expired(self, one: dict[str, Any]) -> bool:
        if one["state"] == "waiting":
            return bool(self.now > one["next_update_at"])
        return one["state"] in ("acknowledged", "in_progress") and self.now > one["changed_at"] + IDLE

    def running(self, one: dict[str, Any]) -> list[tuple[str, int]]:
        return [key for key, stage in one["clocks"].items() if stage in ("running", "paused")]

    def begin(self, one: dict[str, Any], kinds: list[str]) -> None:
        for kind in kinds:
            run = max((run for name, run in one["clocks"] if name == kind), default=0) + 1
            one["clocks"][kind, run] = "running"

    def raise_tier(self, one: dict[str, Any]) -> None:
        one["tier"] += 1
        one["is_acknowledged"] = False
        for key in self.running(one):
            if key[0] != "resolution":
                one["clocks"][key] = "cancelled"
        self.begin(one, CLOCKS_OF_TIER[one["tier"]])

    def changed(self, one: dict[str, Any], action: str, actor: Actor | None, before: dict[str, Any]) -> None:
        for key in self.running(one):
            if key[0] in MET_BY.get(action, set()):
                one["clocks"][key] = "met"
        if action in ("acknowledge", "start", "wait", "escalate", "resolve", "settle", "merge"):
            one["snoozed_at"] = one["snoozed_until"] = None
        one["changed_at"] = max(self.now, one["changed_at"])
        one["version"] += 1
        one["last"] = (actor.id if actor and action != "undo" else None, before)

    def reopen_model(self, one: dict[str, Any], actor: Actor | None) -> None:
        before = deepcopy(one)
        one.update(state="acknowledged", is_acknowledged=True, decision=None, reopen_count=one["reopen_count"] + 1)
        if any(kind == "resolution" for kind, _ in one["clocks"]):
            self.begin(one, ["resolution"])
        if one["reopen_count"] == 2 and one["tier"] < 4:
            self.raise_tier(one)
        self.changed(one, "reopen", actor, before)

    # --- an act, and what must come of it

    def do(self, number: int, who: int, action: str, is_allowed: bool, effect: Any, **what: Any) -> None:
        id, one = self.pick(number)
        actor, before = PEOPLE[who], deepcopy(one)
        serve = getattr(triage, action, None) or getattr(triage_many, action)
        try:
            serve(actor, self.desk, id, one["version"], at=self.now, **what)
        except NotAllowedNow:
            assert not is_allowed, f"{action} was refused in {one}"
            return
        assert is_allowed, f"{action} was let through in {one}"
        effect(one, NAMES[actor.id or 0])
        self.changed(one, action, actor, before)

    @initialize()
    def first(self) -> None:
        self.load(0, "complaint", 0)

    @rule(ticket=st.integers(0, TICKETS - 1), kind=st.sampled_from(RULES),
          occurrence=st.integers(0, 3))  # fmt: skip
    def load(self, ticket: int, kind: str, occurrence: int) -> None:
        """A load after which a rule finds one thing more; a complaint is one for good."""
        ticket %= self.tickets_at_most
        row = finding(str(ticket), kind, str(occurrence), self.tickets[ticket].created_at)
        if row not in self.holding:
            self.holding.append(row)
        self.evaluate()

    @rule(number=which)
    def no_longer(self, number: int) -> None:
        """A load after which something that lasted holds no more."""
        lasting = [row for row in self.holding if row["rule"] in LASTING]
        if lasting:
            self.holding.remove(lasting[number % len(lasting)])
        self.evaluate()

    @rule(ticket=st.integers(0, TICKETS - 1), over=st.booleans(), writes=st.booleans())
    def ticket_moves(self, ticket: int, over: bool, writes: bool) -> None:
        """A load in which a ticket has ended or not, and its customer has written or not."""
        one = self.tickets[ticket % self.tickets_at_most]
        one.ended_at = self.now if over else None
        if writes:
            one.asked_at = self.now
        self.evaluate()

    def evaluate(self) -> None:
        self.imports += 1
        new = [row for row in self.holding if (row["ticket_id"], row["rule"], row["occurrence"]) not in self.known]
        with self.desk.keeping() as session:
            triage_running.keep_findings(
                session, facts_of(self.tickets, self.now), found(self.holding), triage.ways_of(PEOPLE[1], self.desk),
                self.now, f"load {self.imports}",
            )  # fmt: skip
        self.expect_findings(new)
        self.expect_settled()

    def expect_findings(self, new: list[dict[str, object]]) -> None:
        for id, one in self.items.items():
            if one["state"] in OPEN | {"resolved"}:
                self.refresh(id)
        targets = {str(row["ticket_id"]): self.live(str(row["ticket_id"])) for row in new}
        for id in sorted({id for id in targets.values() if id and self.items[id]["state"] == "resolved"}):
            self.reopen_model(self.items[id], None)
        for ticket in [key for key, id in targets.items() if id is None]:
            targets[ticket] = self.open_model(ticket)
        for row in new:
            led = targets[str(row["ticket_id"])]
            assert led is not None
            self.known.add((str(row["ticket_id"]), str(row["rule"]), str(row["occurrence"])))
            self.items[led]["causes"].append((row["ticket_id"], row["rule"], row["occurrence"]))
            self.items[led]["is_complaint"] |= row["rule"] == "complaint"

    def refresh(self, id: int) -> None:
        ticket = self.tickets[int(self.items[id]["ticket"])]
        self.items[id]["activity_at"] = max(ticket.created_at, ticket.asked_at or ticket.created_at)

    def open_model(self, ticket: str) -> int:
        with self.desk.reading() as session:
            same = select(TriageItem.id).where(TriageItem.ticket_id == ticket).order_by(TriageItem.id.desc())
            id = session.scalars(same).first()
        assert id is not None
        assert id not in self.items, f"no item was opened for ticket {ticket}"
        one = self.tickets[int(ticket)]
        kinds = [*(["t1_standard_answer"] if one.asked_at else []), "t1_ack"]
        self.items[id] = {
            "ticket": ticket, "state": "new", "owner": None, "tier": 1, "reopen_count": 0, "waiting_for": None,
            "next_update_at": None, "snoozed_until": None, "snoozed_at": None, "merged_into": None, "decision": None,
            "is_complaint": False, "is_acknowledged": False, "changed_at": self.now, "version": 1, "clocks": {},
            "causes": [], "last": (None, {}), "priority": one.priority, "activity_at": None,
        }  # fmt: skip
        self.begin(self.items[id], kinds + ([] if one.ended_at else ["resolution"]))
        self.refresh(id)
        return id

    def expect_settled(self) -> None:
        there = {(row["ticket_id"], row["rule"], row["occurrence"]) for row in self.holding}
        for id, one in self.items.items():
            parts = [one, *(other for other in self.items.values() if other["merged_into"] == id)]
            holds = any(
                cause in there or cause[1] not in LASTING for part in parts for cause in part["causes"]
                if part is one or part["state"] == "merged"
            )  # fmt: skip
            if one["state"] in OPEN and self.tickets[int(one["ticket"])].ended_at and not holds:
                before = deepcopy(one)
                self.resolved(one, "settled")
                self.changed(one, "settle", None, before)

    def resolved(self, one: dict[str, Any], decision: str) -> None:
        one.update(state="resolved", decision=decision, waiting_for=None, next_update_at=None)
        for key in self.running(one):
            one["clocks"][key] = "met"

    @rule(by=minutes)
    def time_passes(self, by: int) -> None:
        self.now += timedelta(minutes=by)

    @rule(by=st.integers(1, 600))
    def the_wall_clock_is_put_back(self, by: int) -> None:
        self.now -= timedelta(minutes=by % 20)

    @rule()
    def tick(self) -> None:
        triage_running.tick(PEOPLE[1], self.desk, at=self.now)
        for one in self.items.values():
            woken = one["snoozed_until"] is not None and (
                one["snoozed_until"] <= self.now or one["activity_at"] > one["snoozed_at"]
            )
            if one["state"] in OPEN and woken:
                changed_at = one["changed_at"]
                self.changed(one, "wake", None, deepcopy(one))
                one.update(snoozed_at=None, snoozed_until=None, changed_at=changed_at)

    @rule(number=which, who=person, by=st.integers(1, 90))
    def put_off_until_its_time(self, number: int, who: int, by: int) -> None:
        """Three acts in a row that by chance seldom are: something else wakes what was put off before its time."""
        self.snooze(number, who, by)
        until = self.pick(number)[1]["snoozed_until"]
        if until is not None:
            self.now = max(self.now, until)
            self.tick()

    @rule()
    def restart(self) -> None:
        self.desk.engine.dispose()
        self.desk = open_desk(self.folder)

    @rule(number=which, who=person)
    def acknowledge(self, number: int, who: int) -> None:
        _id, one = self.pick(number)
        allowed = one["state"] in OPEN and (not one["is_acknowledged"] or self.expired(one))

        def effect(one: dict[str, Any], name: str) -> None:
            one.update(owner=name, is_acknowledged=True)
            if one["state"] == "new":
                one["state"] = "acknowledged"

        self.do(number, who, "acknowledge", allowed, effect)

    @rule(number=which, who=person, owner=st.sampled_from(["林", "陈", " "]))
    def assign(self, number: int, who: int, owner: str) -> None:
        allowed = self.pick(number)[1]["state"] in OPEN and bool(owner.strip())
        self.do(number, who, "assign", allowed, lambda one, _name: one.update(owner=owner), owner=owner)

    @rule(number=which, who=person)
    def start(self, number: int, who: int) -> None:
        def effect(one: dict[str, Any], _name: str) -> None:
            one.update(state="in_progress", waiting_for=None, next_update_at=None)
            self.run_on(one)

        self.do(number, who, "start", self.pick(number)[1]["state"] in {"acknowledged", "waiting"}, effect)

    def run_on(self, one: dict[str, Any]) -> None:
        for key in self.running(one):
            one["clocks"][key] = "running"

    @rule(number=which, who=person, waiting_for=st.sampled_from(["customer", "third_party", "internal"]), by=minutes)
    def wait(self, number: int, who: int, waiting_for: str, by: int) -> None:
        until = self.now + timedelta(minutes=by)
        calm = max(self.now, self.pick(number)[1]["changed_at"])

        def effect(one: dict[str, Any], _name: str) -> None:
            one.update(state="waiting", waiting_for=waiting_for, next_update_at=until)
            self.run_on(one)
            for key in self.running(one):
                if waiting_for == "customer" and key[0] == "resolution":
                    one["clocks"][key] = "paused"

        allowed = self.pick(number)[1]["state"] in TAKEN and until > calm
        self.do(number, who, "wait", allowed, effect, waiting_for=waiting_for, next_update_at=until)

    @rule(number=which, who=person, by=minutes)
    def snooze(self, number: int, who: int, by: int) -> None:
        id, one = self.pick(number)
        until, calm = self.now + timedelta(minutes=by), max(self.now, one["changed_at"])
        with self.desk.reading() as session:
            rows = session.scalars(select(TriageClock).where(TriageClock.item_id == id))
            due = [row.due_at for row in rows if one["clocks"][row.kind, row.run] == "running"]
        ahead = [at for at in (*due, one["next_update_at"]) if at is not None and at > calm]
        pressing = (one["is_complaint"] or one["priority"] == "urgent") and not one["is_acknowledged"]
        allowed = one["state"] in OPEN and until > calm and not pressing and all(until <= at for at in ahead)
        self.do(number, who, "snooze", allowed,
                lambda one, _name: one.update(snoozed_until=until, snoozed_at=calm), until=until)  # fmt: skip

    @rule(number=which, who=person)
    def wake(self, number: int, who: int) -> None:
        _id, one = self.pick(number)
        self.do(number, who, "wake", one["state"] in OPEN and one["snoozed_until"] is not None,
                lambda one, _name: one.update(snoozed_until=None, snoozed_at=None))  # fmt: skip

    @rule(number=which, who=person, told=st.sampled_from(["we look into it", ""]))
    def tell(self, number: int, who: int, told: str) -> None:
        allowed = self.pick(number)[1]["state"] in TAKEN and bool(told)
        self.do(number, who, "tell", allowed, lambda _one, _name: None, told=told)

    @rule(number=which, who=person, note=st.sampled_from([NOTE, NOTE, HandOver("", "x", "y")]))
    def escalate(self, number: int, who: int, note: HandOver) -> None:
        _id, one = self.pick(number)
        allowed = one["state"] in OPEN and bool(note.tried) and one["tier"] < 4
        self.do(number, who, "escalate", allowed, lambda one, _name: self.raise_tier(one), note=note)

    @rule(number=which, who=person, decision=st.sampled_from(["answered", "declined", "nonsense"]))
    def resolve(self, number: int, who: int, decision: str) -> None:
        allowed = self.pick(number)[1]["state"] in TAKEN and decision != "nonsense"
        self.do(number, who, "resolve", allowed, lambda one, _name: self.resolved(one, decision), decision=decision,
                reason="process")  # fmt: skip

    @rule(number=which, who=person)
    def close(self, number: int, who: int) -> None:
        self.do(number, who, "close", self.pick(number)[1]["state"] == "resolved",
                lambda one, _name: one.update(state="closed"))  # fmt: skip

    @rule(number=which, who=person)
    def reopen(self, number: int, who: int) -> None:
        id, one = self.pick(number)
        others = any(
            other["ticket"] == one["ticket"] and other["state"] in OPEN | {"resolved"}
            for key, other in self.items.items() if key != id
        )  # fmt: skip
        allowed = one["state"] in {"resolved", "closed"} and not others
        try:
            triage.reopen(PEOPLE[who], self.desk, id, one["version"], at=self.now)
        except NotAllowedNow:
            assert not allowed
            return
        assert allowed
        self.reopen_model(one, PEOPLE[who])

    @precondition(lambda self: len(self.items) > 1)
    @rule(number=which, other=which, who=person)
    def merge(self, number: int, other: int, who: int) -> None:
        (id, one), (into, target) = self.pick(number), self.pick(other)
        allowed = one["state"] in OPEN | {"resolved"} and id != into and target["state"] in OPEN

        def effect(one: dict[str, Any], _name: str) -> None:
            one.update(state="merged", merged_into=into, waiting_for=None, next_update_at=None)
            for key in self.running(one):
                one["clocks"][key] = "cancelled"

        self.do(number, who, "merge", allowed, effect, into=into)

    @rule(number=which, who=person)
    def undo(self, number: int, who: int) -> None:
        id, one = self.pick(number)
        actor, (by, before) = PEOPLE[who], one["last"]
        alone = not any(
            other["ticket"] == one["ticket"] and other["state"] in OPEN | {"resolved"}
            for key, other in self.items.items() if key != id
        )  # fmt: skip
        back = by == actor.id and (alone or one["state"] in OPEN or before["state"] == one["state"])
        try:
            triage_many.undo(actor, self.desk, id, one["version"], at=self.now)
        except NotAllowedNow:
            assert not back
            return
        assert back
        kept = {name: one[name] for name in ("version", "changed_at", "causes", "is_complaint", "activity_at")}
        made = {key: "cancelled" for key in one["clocks"] if key not in before["clocks"]}
        now = deepcopy(one)
        one.update(deepcopy(before) | kept)
        one["clocks"] |= {
            key: now["clocks"][key] if now["clocks"][key] == "met" else stage for key, stage in made.items()
        }
        self.changed(one, "undo", actor, now)

    @rule(number=which, who=person, behind=st.integers(1, 3))
    def an_old_version_is_refused(self, number: int, who: int, behind: int) -> None:
        id, one = self.pick(number)
        with pytest.raises(StaleItem) as refused:
            triage.assign(PEOPLE[who], self.desk, id, one["version"] - behind, owner="陈", at=self.now)
        assert refused.value.item.version == one["version"]

    # --- what must hold at any time

    @invariant()
    def items_are_what_the_model_says(self) -> None:
        with self.desk.reading() as session:
            rows = {row.id: row for row in session.scalars(select(TriageItem))}
            assert set(rows) == set(self.items)
            for id, one in self.items.items():
                told = {name: getattr(rows[id], name) for name in COMPARED}
                assert told == {name: one[name] for name in COMPARED}
                assert (rows[id].acknowledged_at is not None) == one["is_acknowledged"]
                assert rows[id].version == one["version"]

    @invariant()
    def clocks_are_what_the_model_says(self) -> None:
        with self.desk.reading() as session:
            told: dict[int, dict[tuple[str, int], str]] = {id: {} for id in self.items}
            for row in session.scalars(select(TriageClock)):
                stage = ("cancelled" if row.cancelled_at else "met" if row.met_at else
                         "paused" if row.paused_at else "running")  # fmt: skip
                told[row.item_id][row.kind, row.run] = stage
                assert (row.due_at is None) == (stage == "paused") or row.met_at or row.cancelled_at
                assert all(end >= row.started_at for end in (row.met_at, row.cancelled_at, row.paused_at) if end)
            assert told == {id: one["clocks"] for id, one in self.items.items()}

    @invariant()
    def every_change_has_its_event_and_every_cause_its_item(self) -> None:
        with self.desk.reading() as session:
            versions: dict[int, list[int]] = {}
            for item_id, version in session.execute(
                select(TriageEvent.item_id, TriageEvent.version).order_by(TriageEvent.version)
            ):
                versions.setdefault(item_id, []).append(version)
            assert versions == {id: list(range(1, one["version"] + 1)) for id, one in self.items.items()}
            causes: dict[int, set[tuple[str, str, str]]] = {id: set() for id in self.items}
            for cause in session.scalars(select(TriageCause)):
                causes[cause.item_id].add((cause.ticket_id, cause.rule, cause.occurrence))
            assert causes == {id: set(one["causes"]) for id, one in self.items.items()}

    @invariant()
    def the_queue_has_what_is_open_and_not_put_off(self) -> None:
        shown = triage_queue.queue(PEOPLE[0], self.desk, at=self.now)
        wanted = {
            id for id, one in self.items.items()
            if one["state"] in OPEN and (one["snoozed_until"] is None or one["snoozed_until"] <= self.now)
        }  # fmt: skip
        assert set(shown["id"]) == wanted
        assert shown["place"].to_list() == list(range(1, len(wanted) + 1))
        assert shown.filter(shown["left_seconds"] < 0).is_empty()
        assert shown.filter(shown["late_seconds"] < 0).is_empty()
        assert self.complaints_stand_first(shown["is_complaint"].to_list())

    @staticmethod
    def complaints_stand_first(flags: list[bool]) -> bool:
        return flags == sorted(flags, reverse=True)


class TriageOfOne(Triage):
    """The same over one ticket: whatever is done is done to it, so that what is wrong shows soon."""

    tickets_at_most = 1
    begun = 0


class TriageOfTwo(Triage):
    """The same over two, of which one can be merged into the other."""

    tickets_at_most = 2
    begun = 0
