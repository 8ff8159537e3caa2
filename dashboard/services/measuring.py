"""One month of tickets measured by itself: what runs here for one month after the other, and on a cluster for many."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from dashboard.services.months import Plan, contact_mark, settled_at
from loaders.warehouse.months import NOBODY
from metrics.desk import DeskSettings
from metrics.facts import Facts, facts_of_partition
from metrics.facts.customers import CONTACT, REACH, Neighbours, contacts
from metrics.facts.knowledge import Frames, Knowledge, knowledge_of
from metrics.facts.known import without_never

NO_TICKET = "none"
"""The folder of rows whose ticket is not there."""


@dataclass(frozen=True)
class Seen:
    """What the making of one month has to know of it, beside its facts."""

    told: Knowledge
    contacts: str
    settled_at: datetime | None
    tickets: int


@dataclass
class Measuring:
    """Rows and facts of single months; tickets read for one month serve as neighbours of the months before."""

    plan: Plan
    settings: DeskSettings
    as_of: datetime
    _contacts: dict[str, pl.DataFrame] = field(default_factory=dict)

    def rows(self, month: str) -> dict[str, pl.DataFrame]:
        """The month's tickets and all rows that belong to them."""
        return without_never(self.plan.frames(month))

    def facts(self, month: str, frames: Frames, knowledge: Knowledge) -> Facts:
        """The facts of a month, given its rows and what its sources tell."""
        neighbours = self._neighbours(month, frames)
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
            rows = self.plan.tables.tickets_of(month).select(*CONTACT, "status")
            self._contacts[month] = contacts(rows.collect())
        return self._contacts[month]


def seen_in(frames: Mapping[str, pl.DataFrame], facts: Facts) -> Seen:
    """What stands in a month's rows and facts."""
    return Seen(knowledge_of(frames), contact_mark(frames), settled_at(facts), facts.tickets.height)


def folder_of(month: str) -> str:
    """Where the files of a month lie, below those of the state."""
    return month or NO_TICKET


def number_of(month: str) -> int:
    """12 · year + month − 1, as rollups number their partitions."""
    return int(month[:-3]) * 12 + int(month[-2:]) - 1 if month else 0


def _apart(month: str, other: str) -> int:
    return number_of(other) - number_of(month)
