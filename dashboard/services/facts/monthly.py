"""The facts of a large desk, made and kept month by month: what a load did not change is taken over from before.

No more than one month, or a part of it, is in memory at a time, beside the rollups. A state of the desk is a folder of
its own; months that are the same as in an older one are the same files under a second name.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from dashboard.services.facts.fact_files import FRAMES, linked, named, read_frame, tell, write_frames
from dashboard.services.facts.measuring import Measuring, Seen, folder_of, number_of
from dashboard.services.facts.months import MonthMeta, Plan, StateMeta, digest, known
from dashboard.services.facts.part_files import PartFiles
from dashboard.services.facts.rollup_files import FOLDER, read_words
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.beside import facts_beside
from metrics.facts.knowledge import Knowledge
from metrics.facts.partitions import OF_TICKETS
from metrics.model import FactName
from metrics.tables import Tables

META = "months.json"
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
    measuring: Measuring = field(init=False)

    def __post_init__(self) -> None:
        self.measuring = Measuring(self.plan, self.settings, self.as_of)
        words = read_words(self.older / FOLDER) if self.older is not None else None
        if words is None:  # without them the codes of its rollups mean nothing
            self.older = None
        self.parts = PartFiles(self.folder, words or {})

    @cached_property
    def inputs(self) -> dict[str, str]:
        """Month, the newest first -> the name of its rows."""
        return {month: self.plan.inputs(month) for month in self.plan.tickets}

    def run(self) -> None:
        """Make what is not the same as before, until no month tells anything new of the sources."""
        before = self.plan.older.months
        knowledge = known(before[month] for month, own in self.inputs.items() if _has(before, month, own))
        todo = True
        while todo:
            todo = False
            for place, month in enumerate(self.inputs):
                if self._is_made(month, knowledge) or self._is_taken_over(month, knowledge):
                    continue
                self.on_month(month, place / len(self.inputs))
                knowledge |= self._make(month, knowledge)
                todo = True

    def _name(self, month: str, knowledge: Knowledge, *, settled: bool) -> str:
        """Names all that the facts of a month depend on."""
        sources = self.plan.sources(month)
        told = sorted(pair for pair in knowledge.told if pair[0] in sources)
        later = [self.made[other].contacts for other in self.measuring.following(month)]
        return digest([self.inputs[month], told, later, None if settled else self.as_of.isoformat()])

    def _is_made(self, month: str, knowledge: Knowledge) -> bool:
        found = self.made.get(month)
        if found is None:
            return False
        return found.name == self._name(month, knowledge, settled=found.settled_at is not None)

    def _is_taken_over(self, month: str, knowledge: Knowledge) -> bool:
        """Take the facts of the older state where they are the same."""
        before = self.plan.older.months.get(month)
        if before is None or self.older is None or month in self.made:
            return False
        settled = before.settled_at is not None and datetime.fromisoformat(before.settled_at) <= self.as_of
        if before.name != self._name(month, knowledge, settled=settled):
            return False
        if not linked(self.older / folder_of(month), self.folder / folder_of(month)):
            return False
        self.made[month] = before
        return True

    def _make(self, month: str, knowledge: Knowledge) -> Knowledge:
        seen, known = self.measuring.make(month, knowledge, self.folder, self.parts)
        self.take(month, seen, known)
        return seen.told

    def take(self, month: str, seen: Seen, knowledge: Knowledge) -> None:
        """Note what was made of a month with this knowledge; the months after it must have been noted before."""
        name = self._name(month, knowledge, settled=seen.settled_at is not None)
        self.made[month] = seen.meta(name, self.inputs[month])

    def files(self, name: FactName, months: Sequence[str]) -> list[str]:
        """The files of a fact, month after month."""
        slices = [(month, place) for month in months for place in range(self.made[month].slices)]
        return [f"{folder_of(month)}/{named(name, place)}" for month, place in slices]

    def keep_meta(self) -> None:
        tickets = {month: tuple(names) for month, names in self.plan.tickets.items()}
        told = StateMeta(self.plan.belonging, tickets, self.made).to_json()
        (self.folder / META).write_text(json.dumps(told), encoding="utf-8")


Run = Callable[[MonthlyMaking], None]
"""A way to make the months of a state."""


def make_state(
    plan: Plan, tables: Tables, settings: DeskSettings, as_of: datetime, *, folder: Path, older: Path | None,
    on_month: OnMonth, run: Run = MonthlyMaking.run,
) -> None:  # fmt: skip
    """Make the facts of some versions of the tables into a folder, with rollups: what is not the same as in `older`."""
    making = MonthlyMaking(plan, settings, as_of, folder, older, on_month)
    run(making)
    making.keep_meta()
    months = sorted(making.made, key=number_of)
    files = {name: making.files(name, months) for name in OF_TICKETS}
    has_beside = any(at.rpartition("/")[2] in BESIDE_TABLES for at in plan.tables.versions)
    tickets = read_frame(folder, files["tickets"] if has_beside else files["tickets"][:1])
    none = {name: read_frame(folder, files[name][:1]).clear() for name in OF_TICKETS}
    made = facts_beside(tables, tickets if has_beside else tickets.clear(), settings, as_of=as_of)
    facts = Facts(**none, **made, zone=settings.zone, as_of=as_of)  # type: ignore[arg-type]  # frames by their names
    beside = {name: [name] for name in FRAMES if name in made}
    write_frames(facts, folder, beside)
    making.parts.finish([folder_of(month) for month in months], facts)
    tell(folder, settings.zone, as_of, {**files, **beside})


def _has(before: Mapping[str, MonthMeta], month: str, inputs: str) -> bool:
    return month in before and before[month].inputs == inputs


def read_meta(folder: Path) -> StateMeta | None:
    """What a folder says of its months, if it has any."""
    try:
        return StateMeta.of_json(json.loads((folder / META).read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
