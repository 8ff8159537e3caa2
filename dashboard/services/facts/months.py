"""What the facts of each month of tickets depend on, and which of them are still those of an older state.

A month's facts are named by all that they are made of: its tickets' files, the rows of other tables that belong to
them, what their sources tell of, the tickets that may repeat them, the settings, and the instant they are seen from
where something of the month is still open.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from loaders.warehouse.months import ALL, NOBODY, DataFile, Marks, MonthlyTables, Span, height
from metrics.facts import Facts
from metrics.facts.customers import REACH, WINDOW, contacts
from metrics.facts.knowledge import Frames, Knowledge
from metrics.facts.known import USED

Belonging = Mapping[str, Marks]
"""Name of a data file -> in which months of tickets its rows belong."""


@dataclass(frozen=True)
class MonthMeta:
    """What is kept beside the facts of one month."""

    name: str
    """Stands for everything that the facts depend on."""
    inputs: str
    """Stands for the month's own rows."""
    told: tuple[tuple[str, str], ...]
    """What the month tells of its sources."""
    contacts: str
    """Stands for its tickets as those of earlier months see them."""
    settled_at: str | None
    """The instant from which on a later look changes nothing any more, if there is one."""
    tickets: int
    slices: int = 1
    """In how many files each of its facts stands."""

    @property
    def knowledge(self) -> Knowledge:
        return Knowledge(frozenset((source, topic) for source, topic in self.told))  # type: ignore[misc]


@dataclass(frozen=True)
class StateMeta:
    """What is kept beside the facts of one state of the desk."""

    files: Belonging = field(default_factory=dict)
    tickets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Month -> the files of its tickets."""
    months: Mapping[str, MonthMeta] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def of_json(told: Mapping[str, Any]) -> "StateMeta":
        """Raises LookupError, TypeError or ValueError where it was not kept by this program."""
        files = {name: {month: int(mark) for month, mark in marks.items()} for name, marks in told["files"].items()}
        months = {
            month: MonthMeta(**{**one, "told": tuple((source, topic) for source, topic in one["told"])})
            for month, one in told["months"].items()
        }
        return StateMeta(files, {month: tuple(names) for month, names in told["tickets"].items()}, months)


KEPT = 2_000_000
"""So many rows of a table that belong to a month in slices are read once and kept, more are read for each slice."""


@dataclass(frozen=True)
class Plan:
    """Which rows make each month of some versions of the tables; `older` is the state made before."""

    tables: MonthlyTables
    settings: str
    older: StateMeta
    _kept: dict[tuple[str, str], pl.DataFrame | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def tickets(self) -> dict[str, list[str]]:
        """Month -> the files of its tickets, the newest month first; rows of no ticket come last."""
        found: dict[str, list[str]] = {month: [] for month in self.tables.months}
        for file in self.tables.files:
            if file.table == "tickets":
                found[file.month].append(file.name)
        return {month: sorted(names) for month, names in found.items()} | {NOBODY: []}

    @cached_property
    def belonging(self) -> dict[str, Marks]:
        """Where the rows of every other file belong; of a file that was there before, only what can have changed."""
        changed = [month for month in self.tables.months if self._has_changed(month)]
        gone = [month for month in self.older.tickets if month not in self.tickets]
        found = {
            file.name: self._belonging(file, changed, gone) for file in self.tables.files if file.table != "tickets"
        }
        self.tables.forget_ids()
        return found

    def _has_changed(self, month: str) -> bool:
        return list(self.older.tickets.get(month, ())) != self.tickets[month]

    def _belonging(self, file: DataFile, changed: Sequence[str], gone: Sequence[str]) -> Marks:
        before = self.older.files.get(file.name)
        if before is None:
            return self.tables.belonging(file, self.tables.months, all_months=True)
        still = {month: mark for month, mark in before.items() if month not in {*changed, *gone}}
        again = self.tables.belonging(file, changed, all_months=False) if changed else {}
        # A rating may have lost its ticket, or found it; what else has no ticket is in no figure.
        lost = any(height(again.get(month)) < height(before.get(month)) for month in (*changed, *gone))
        if file.table == "ratings" and (lost or (changed and NOBODY in before)):
            return self.tables.belonging(file, self.tables.months, all_months=True)
        return still | again

    def inputs(self, month: str) -> str:
        """Names the month's own rows under these settings."""
        sums: dict[str, int] = {}
        for file in self.tables.files:
            mark = self.belonging[file.name].get(month) if file.table != "tickets" else None
            if mark is not None:
                at = f"{file.source}/{file.table}"
                sums[at] = (sums.get(at, 0) + mark) % 2**128
        return digest([self.settings, self.tables.columns, self.tickets[month], sums])

    def sources(self, month: str) -> set[str]:
        """The sources that the month has rows of."""
        return {
            file.source for file in self.tables.files
            if (file.month == month if file.table == "tickets" else month in self.belonging[file.name])
        }  # fmt: skip

    def frames(self, month: str, span: Span = ALL) -> dict[str, pl.DataFrame]:
        """The tickets of a month, or of some span of it, and all rows that belong to them."""
        tickets = self.tables.tickets_of(month, span).collect()
        own = {name: self._own(name, month, tickets, span) for name in USED if name != "tickets"}
        return {"tickets": tickets, **own}

    def _own(self, name: str, month: str, tickets: pl.DataFrame, span: Span) -> pl.DataFrame:
        """The rows of these tickets."""
        whole = None if span == ALL else self._whole(name, month)
        if whole is None:
            return self._rows(name, month, tickets)
        keys = tickets.select("source", "ticket_id")
        return whole.join(keys, on=keys.columns, how="semi")

    def _whole(self, name: str, month: str) -> pl.DataFrame | None:
        """All rows of a month, read once for all of its slices; None where they are too many to be kept."""
        if (name, month) not in self._kept:
            files = [file.name for file in self.tables.files if file.table == name]
            few = sum(height(self.belonging[file].get(month)) for file in files) <= KEPT
            tickets = self.tables.tickets_of(month).select("source", "ticket_id")
            for other in [key for key in self._kept if key[1] != month]:
                del self._kept[other]
            self._kept[name, month] = self._rows(name, month, tickets.collect()) if few else None
        return self._kept[name, month]

    def _rows(self, name: str, month: str, tickets: pl.DataFrame) -> pl.DataFrame:
        holding: dict[str, set[str]] = {}
        for file in self.tables.files:
            if file.table == name and month in self.belonging[file.name]:
                holding.setdefault(file.source, set()).add(file.month)
        rows = self.tables.rows(name, holding)
        if month == NOBODY:
            known = self.tables.rows("tickets", dict.fromkeys(holding, self.tables.months))
            return rows.join(known.select("source", "ticket_id"), on=["source", "ticket_id"], how="anti").collect()
        keys = tickets.lazy().select("source", "ticket_id")
        return rows.join(keys, on=["source", "ticket_id"], how="semi").collect(engine="streaming")


def digest(value: object) -> str:
    """A short name of a value; other values have other names."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def contact_mark(frames: Frames) -> tuple[int, int]:
    """Names what earlier months see of these tickets; the marks of some tickets and of others add up."""
    found = contacts(frames["tickets"])
    hashed = int((found.hash_rows(seed=7) // 2**20).sum()) if found.height else 0
    return found.height, hashed


def settled_at(facts: Facts) -> datetime | None:
    """The instant the facts are seen from, where no later one would change them: all over, all windows past."""
    tickets, as_of = facts.tickets, facts.as_of
    if tickets.is_empty():
        return as_of
    resolved = pl.max_horizontal("first_resolution_at", "full_resolution_at")
    last, decided, is_open = tickets.select(
        pl.col("created_at").max(), resolved.max().alias("resolved"), pl.col("ended_at").is_null().any()
    ).row(0)
    old = last <= as_of - REACH and (decided is None or decided <= as_of - timedelta(days=WINDOW))
    due = facts.sla_instances["due_at"].null_count() == 0  # further off than the calendar reaches
    return as_of if old and due and not is_open else None


def known(months: Iterable[MonthMeta | None]) -> Knowledge:
    """What these months tell, together."""
    return Knowledge(frozenset().union(*(month.knowledge.told for month in months if month is not None)))
