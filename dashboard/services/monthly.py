"""The facts of a large desk, made and kept month by month: what a load did not change is taken over from before.

No more than one month is in memory at a time, beside the rollups. A state of the desk is a folder of its own; months
that are the same as in an older one are the same files under a second name.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from dashboard.services.fact_files import FRAMES, linked, read_frame, tell, write_frames
from dashboard.services.months import MonthMeta, Plan, StateMeta, contact_mark, digest, known, settled_at
from dashboard.services.part_files import PartFiles
from dashboard.services.rollup_files import FOLDER, read_words
from loaders.warehouse.months import NOBODY
from metrics.desk import DeskSettings
from metrics.facts import Facts, facts_of_partition
from metrics.facts.beside import facts_beside
from metrics.facts.customers import CONTACT, REACH, Neighbours, contacts
from metrics.facts.knowledge import Frames, Knowledge, knowledge_of
from metrics.facts.known import without_never
from metrics.facts.partitions import OF_TICKETS
from metrics.tables import Tables

META = "months.json"
NO_TICKET = "none"
"""The folder of rows whose ticket is not there."""
BESIDE_TABLES = ("arrivals", "agent_states", "outcomes")
"""Tables of facts that belong to no ticket."""
OnMonth = Callable[[str, float], None]


@dataclass
class MonthlyMaking:
    """One making of the facts of a state into a folder; `older` is the folder of the state before, if there is one."""

    plan: Plan
    settings: DeskSettings
    as_of: datetime
    folder: Path
    older: Path | None
    on_month: OnMonth = lambda _month, _done: None
    made: dict[str, MonthMeta] = field(default_factory=dict)
    parts: PartFiles = field(init=False)
    _contacts: dict[str, pl.DataFrame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = read_words(self.older / FOLDER) if self.older is not None else None
        if words is None:  # without them the codes of its rollups mean nothing
            self.older = None
        self.parts = PartFiles(self.folder, self.older, words or {})

    def run(self) -> None:
        """Make what is not the same as before, until no month tells anything new of the sources."""
        inputs = {month: self.plan.inputs(month) for month in self.plan.tickets}
        before = self.plan.older.months
        same = {month: before[month] for month in inputs if month in before and before[month].inputs == inputs[month]}
        knowledge = known(same.values())
        todo = True
        while todo:
            todo = False
            for place, month in enumerate(inputs):
                self.on_month(month, place / len(inputs))
                if self._is_made(month, inputs[month], knowledge) or self._is_taken_over(month, inputs, knowledge):
                    continue
                knowledge |= self._make(month, inputs[month], knowledge)
                todo = True
        self._keep_meta()

    def _name(self, month: str, inputs: str, knowledge: Knowledge, *, settled: bool) -> str:
        """Names all that the facts of a month depend on."""
        sources = self.plan.sources(month)
        told = sorted(pair for pair in knowledge.told if pair[0] in sources)
        later = [self.made[other].contacts for other in self._next(month)]
        return digest([inputs, told, later, None if settled else self.as_of.isoformat()])

    def _next(self, month: str) -> list[str]:
        """The months whose tickets may repeat those of this one; windows reach over all of the shortest month."""
        return [other for other in self.plan.tables.months if month != NOBODY and 0 < _apart(month, other) <= 2]

    def _is_made(self, month: str, inputs: str, knowledge: Knowledge) -> bool:
        found = self.made.get(month)
        if found is None:
            return False
        return found.name == self._name(month, inputs, knowledge, settled=found.settled_at is not None)

    def _is_taken_over(self, month: str, inputs: Mapping[str, str], knowledge: Knowledge) -> bool:
        """Take the facts of the older state where they are the same."""
        before = self.plan.older.months.get(month)
        if before is None or self.older is None or month in self.made:
            return False
        settled = before.settled_at is not None and datetime.fromisoformat(before.settled_at) <= self.as_of
        if before.name != self._name(month, inputs[month], knowledge, settled=settled):
            return False
        if not linked(self.older / folder_of(month), self.folder / folder_of(month)):
            return False
        self.made[month] = before
        return True

    def _make(self, month: str, inputs: str, knowledge: Knowledge) -> Knowledge:
        frames = without_never(self.plan.frames(month))
        told = knowledge_of(frames)
        whole = knowledge | told
        facts = facts_of_partition(frames, whole, self._neighbours(month, frames), self.settings, as_of=self.as_of)
        write_frames(facts, self.folder / folder_of(month), OF_TICKETS)
        settled = settled_at(facts)
        meta = MonthMeta(
            name="", inputs=inputs, told=tuple(sorted(told.told)), contacts=contact_mark(frames),
            settled_at=settled.isoformat() if settled else None, tickets=facts.tickets.height,
        )  # fmt: skip
        name = self._name(month, inputs, whole, settled=settled is not None)
        self.made[month] = replace(meta, name=name)
        self.parts.add(folder_of(month), facts)
        return told

    def _neighbours(self, month: str, frames: Frames) -> Neighbours:
        own = contacts(frames["tickets"])
        self._contacts = {other: self._contacts[other] for other in self._next(month) if other in self._contacts}
        self._contacts[month] = own
        if own.is_empty():
            return Neighbours()
        later = [self._contacts_of(other) for other in self._next(month)]
        last = frames["tickets"]["created_at"].max()
        assert isinstance(last, datetime)
        return Neighbours(pl.concat([own.clear(), *later])).until(last + REACH)

    def _contacts_of(self, month: str) -> pl.DataFrame:
        if month not in self._contacts:
            rows = self.plan.tables.tickets_of(month).select(*CONTACT, "status")
            self._contacts[month] = contacts(rows.collect())
        return self._contacts[month]

    def _keep_meta(self) -> None:
        tickets = {month: tuple(names) for month, names in self.plan.tickets.items()}
        told = StateMeta(self.plan.belonging, tickets, self.made).to_json()
        (self.folder / META).write_text(json.dumps(told), encoding="utf-8")


def make_state(
    plan: Plan, tables: Tables, settings: DeskSettings, as_of: datetime, *, folder: Path, older: Path | None,
    on_month: OnMonth,
) -> None:  # fmt: skip
    """Make the facts of some versions of the tables into a folder, with rollups: what is not the same as in `older`."""
    making = MonthlyMaking(plan, settings, as_of, folder, older, on_month)
    making.run()
    months = sorted(making.made, key=number_of)
    files = {name: [f"{folder_of(month)}/{name}" for month in months] for name in OF_TICKETS}
    has_beside = any(at.rpartition("/")[2] in BESIDE_TABLES for at in plan.tables.versions)
    tickets = read_frame(folder, files["tickets"] if has_beside else files["tickets"][:1])
    none = {name: read_frame(folder, files[name][:1]).clear() for name in OF_TICKETS}
    made = facts_beside(tables, tickets if has_beside else tickets.clear(), settings, as_of=as_of)
    facts = Facts(**none, **made, zone=settings.zone, as_of=as_of)  # type: ignore[arg-type]  # frames by their names
    beside = {name: [name] for name in FRAMES if name in made}
    write_frames(facts, folder, beside)
    making.parts.finish([folder_of(month) for month in months], facts)
    tell(folder, settings.zone, as_of, {**files, **beside})


def folder_of(month: str) -> str:
    return month or NO_TICKET


def number_of(month: str) -> int:
    """12 · year + month − 1, as rollups number their partitions."""
    return int(month[:-3]) * 12 + int(month[-2:]) - 1 if month else 0


def _apart(month: str, other: str) -> int:
    return number_of(other) - number_of(month)


def read_meta(folder: Path) -> StateMeta | None:
    """What a folder says of its months, if it has any."""
    try:
        return StateMeta.of_json(json.loads((folder / META).read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
