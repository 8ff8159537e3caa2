"""One month of tickets measured by itself: what runs here for one month after the other, and on a cluster for many.

A month of very many tickets is measured in slices, so that what is in memory does not grow with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from dashboard.services.facts.fact_files import write_frames
from dashboard.services.facts.months import MonthMeta, Plan, contact_mark, settled_at
from dashboard.services.facts.part_files import PartFiles
from loaders.warehouse.months import ALL, NOBODY, Span
from metrics.desk import DeskSettings
from metrics.facts import Facts, facts_of_partition
from metrics.facts.customers import CONTACT, REACH, Neighbours, contacts, next_contact
from metrics.facts.knowledge import Frames, Knowledge, knowledge_of
from metrics.facts.known import without_never
from metrics.facts.naming import named_frames, with_types
from metrics.facts.partitions import OF_TICKETS

SLICE = 150_000
"""So many tickets are measured at a time."""
STRETCH = 6
"""In so many slices together is looked up who of their customers comes again: the reach is longer than a slice."""
MOMENT = timedelta(microseconds=1)
NO_TICKET = "none"
"""The folder of rows whose ticket is not there."""


@dataclass(frozen=True)
class Seen:
    """What the making of a month, or of a slice of it, has to know of it, beside its facts."""

    told: Knowledge
    contacts: tuple[int, int]
    settled_at: datetime | None
    tickets: int
    slices: int = 1

    def __add__(self, other: "Seen") -> "Seen":
        """Of two slices together."""
        settled = self.settled_at if other.settled_at else None
        height, mark = (ours + theirs for ours, theirs in zip(self.contacts, other.contacts, strict=True))
        together = self.tickets + other.tickets, self.slices + other.slices
        return Seen(self.told | other.told, (height, mark), settled, *together)

    def meta(self, name: str, inputs: str) -> MonthMeta:
        """The same as it is kept, beside what the month is named by."""
        settled = self.settled_at.isoformat() if self.settled_at else None
        contacts = ".".join(map(str, self.contacts))
        return MonthMeta(name, inputs, tuple(sorted(self.told.told)), contacts, settled, self.tickets, self.slices)


class MoreIsTold(Exception):
    """A later slice tells of its sources what the measuring of the earlier ones had not known."""


@dataclass
class Measuring:
    """Rows and facts of single months; tickets read for one month serve as neighbours of the months before."""

    plan: Plan
    settings: DeskSettings
    as_of: datetime
    _contacts: dict[str, pl.DataFrame] = field(default_factory=dict)
    _returns: pl.DataFrame = field(default_factory=pl.DataFrame)

    def make(self, month: str, knowledge: Knowledge, folder: Path, parts: PartFiles) -> tuple[Seen, Knowledge]:
        """Write facts and rollups of a month, given what is known of its sources; what was seen, and is known now."""
        while True:
            seen: list[Seen] = []
            try:
                parts.add(folder_of(month), self._made(month, knowledge, folder, seen))
            except MoreIsTold:
                knowledge |= seen[-1].told
            else:
                whole = sum(seen[1:], start=seen[0])
                return whole, knowledge | whole.told

    def _made(self, month: str, knowledge: Knowledge, folder: Path, seen: list[Seen]) -> Iterator[Facts]:
        """The facts of each slice of a month, written; and what was seen of it. Raises MoreIsTold."""
        spans = self.slices(month)
        for place, span in enumerate(spans):
            frames = self.rows(month, span)
            told = knowledge_of(frames)
            if place and not told.told <= knowledge.told:
                seen.append(Seen(told, (0, 0), None, 0))
                raise MoreIsTold
            knowledge |= told
            facts = self._facts(frames, knowledge, self._neighbours_of(month, frames, spans, place))
            write_frames(facts, folder / folder_of(month), OF_TICKETS, place=place)
            seen.append(seen_in(frames, told, facts))
            yield facts

    def slices(self, month: str) -> list[Span]:
        """The month in the order of creation, no more of it at once than fits into memory."""
        return [ALL] if month == NOBODY else self.plan.tables.slices(month, SLICE)

    def rows(self, month: str, span: Span = ALL) -> dict[str, pl.DataFrame]:
        """The tickets of a month, or of some span of it, and all rows that belong to them, by the desk's names."""
        return named_frames(without_never(self.plan.frames(month, span)), self.settings)

    def _facts(self, frames: Frames, knowledge: Knowledge, neighbours: Neighbours) -> Facts:
        return facts_of_partition(frames, knowledge, neighbours, self.settings, as_of=self.as_of)

    def following(self, month: str) -> list[str]:
        """The months whose tickets may repeat those of this one; windows reach over all of the shortest month."""
        return [other for other in self.plan.tables.months if month != NOBODY and 0 < _apart(month, other) <= 2]

    def _neighbours(self, month: str, frames: Frames) -> Neighbours:
        own = contacts(frames["tickets"])
        self._contacts = {other: self._contacts[other] for other in self.following(month) if other in self._contacts}
        self._contacts[month] = own
        if own.is_empty():
            return Neighbours()
        later = [self._contacts_of(other) for other in self.following(month)]
        last = frames["tickets"]["created_at"].max()
        assert isinstance(last, datetime)
        return Neighbours(pl.concat([own.clear(), *later])).until(last + REACH)

    def _contacts_of(self, month: str) -> pl.DataFrame:
        if month not in self._contacts:
            self._contacts[month] = self._contacts_in(month, ALL)
        return self._contacts[month]

    def _contacts_in(self, month: str, span: Span, customers: pl.LazyFrame | None = None) -> pl.DataFrame:
        rows = self.plan.tables.tickets_of(month, span).select(*CONTACT, "subtype", "status")
        asked = rows.filter(pl.col("customer").is_not_null())
        if customers is not None:
            asked = asked.join(customers, on="customer", how="semi")
        return contacts(with_types(asked.collect(engine="streaming"), self.settings))

    def _neighbours_of(self, month: str, frames: Frames, spans: Sequence[Span], place: int) -> Neighbours:
        """Of a slice: when its customers come again, found for all slices of its stretch with the first of them."""
        if len(spans) == 1:
            return self._neighbours(month, frames)
        if place % STRETCH == 0:
            some = spans[place : place + STRETCH]
            self._returns = self._found(month, Span(some[0].begin, some[-1].end))
        return Neighbours(waits=self._returns.filter(spans[place].holds())["waits"])

    def _found(self, month: str, span: Span) -> pl.DataFrame:
        """created_at and `waits` of the tickets of a span, in the order in which facts are made of them."""
        rows = self.plan.tables.tickets_of(month, span).select(*CONTACT, "subtype", "status")
        own = with_types(rows.collect(), self.settings).sort("created_at", "source", "ticket_id")
        return own.select("created_at", waits=next_contact(own, self._later(month, own, span)))

    def _later(self, month: str, own: pl.DataFrame, span: Span) -> Neighbours:
        """The tickets after a span that may repeat those in it, read as far as they reach only."""
        last = own["created_at"].max()
        assert isinstance(last, datetime)
        following = Span(span.end or last, last + REACH + MOMENT)
        months = [*([month] if span.end else []), *self.following(month)]
        customers = contacts(own).lazy().select("customer").unique()
        later = [self._contacts_in(other, following, customers) for other in months]
        return Neighbours(pl.concat([contacts(own).clear(), *later]))


def seen_in(frames: Frames, told: Knowledge, facts: Facts) -> Seen:
    """What stands in a month's rows and facts; `told`: what the rows tell."""
    return Seen(told, contact_mark(frames), settled_at(facts), facts.tickets.height)


def folder_of(month: str) -> str:
    """Where the files of a month lie, below those of the state."""
    return month or NO_TICKET


def number_of(month: str) -> int:
    """12 · year + month − 1, as rollups number their partitions."""
    return int(month[:-3]) * 12 + int(month[-2:]) - 1 if month else 0


def _apart(month: str, other: str) -> int:
    return number_of(other) - number_of(month)
