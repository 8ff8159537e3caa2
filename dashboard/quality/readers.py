"""Who can read: accounts by name, and how conversations are spread over them, evenly and never one's own."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from dashboard.quality.queues import reads_second
from dashboard.store import Assignment, Person
from metrics.errors import ActionableError
from metrics.words import N_

_UNKNOWN = N_("“{name}” cannot read: there is no account of that name that may review. There are: {known}.")


class UnknownReader(ActionableError):
    """Somebody is to read who has no account that may."""


@dataclass(frozen=True)
class Reader:
    """One who reads. agent: the name by which the tickets know him, where they do · reads_second: whether he can read
    what a colleague reads, too, without being told of it before."""

    account: str
    id: int | None
    name: str
    agent: str | None = None
    reads_second: bool = True


@dataclass(frozen=True)
class Unread:
    """A picked conversation that somebody is to read."""

    unit: int
    agent: str | None


def readers_in(session: Session) -> dict[str, Reader]:
    """Everybody who may review, by account."""
    people = session.scalars(select(Person).where(Person.disabled_at.is_(None)).order_by(Person.account))
    known = [(row, Actor(row.id, row.name, row.role)) for row in people]  # type: ignore[arg-type]
    return {
        row.account: Reader(row.account, row.id, row.name, row.agent, reads_second(actor))
        for row, actor in known
        if reach(actor, Act.REVIEW) is not Reach.NONE
    }


def demanded_readers(session: Session, accounts: Collection[str]) -> tuple[Reader, ...]:
    """The readers of these accounts, each once. Raises UnknownReader."""
    known = readers_in(session)
    strange = sorted(set(accounts) - set(known))
    if strange:
        raise UnknownReader(_UNKNOWN, name=strange[0], known=", ".join(known) or "–")
    return tuple(known[account] for account in dict.fromkeys(accounts))


def open_loads(session: Session) -> dict[int | None, int]:
    """How many conversations each reader has still to read, by his number."""
    waiting = select(Assignment.reviewer_id, func.count()).where(Assignment.state.in_(("open", "started")))
    rows = session.execute(waiting.group_by(Assignment.reviewer_id)).all()
    return {number: int(count) for number, count in rows}


def spread(
    units: Sequence[Unread], twice: Collection[int], readers: Sequence[Reader], loads: Mapping[int | None, int]
) -> Iterator[tuple[int, str, Reader | None]]:
    """Who reads each unit, and who the second time: whoever has least, never his own work and nothing twice.

    Where nobody is left it is nobody's, for whoever takes it. A second time it is read by whoever can know nothing of
    the first.
    """
    given = {reader.account: loads.get(reader.id, 0) for reader in readers}
    blind = [reader for reader in readers if reader.reads_second]
    for unit in units:
        first = _least(readers, given, unit, None)
        yield unit.unit, "primary", first
        if unit.unit in twice:
            yield unit.unit, "double", _least(blind, given, unit, first)


def _least(readers: Sequence[Reader], given: dict[str, int], unit: Unread, other: Reader | None) -> Reader | None:
    taken = other.name if other else None
    fit = [one for one in readers if one.name != taken and (one.agent is None or one.agent != unit.agent)]
    if not fit:
        return None
    chosen = min(fit, key=lambda reader: given[reader.account])
    given[chosen.account] += 1
    return chosen


def assign(
    session: Session, given: Iterator[tuple[int, str, Reader | None]], *, at: datetime, due_hours: int | None
) -> None:
    """Keep who reads what."""
    due = None if due_hours is None else at + timedelta(hours=due_hours)
    rows: list[dict[str, Any]] = [
        {"unit_id": unit, "role": role, "reviewer": reader.name if reader else None, "assigned_at": at, "due_at": due,
         "reviewer_id": reader.id if reader else None, "state": "open", "version": 1}
        for unit, role, reader in given
    ]  # fmt: skip
    if rows:
        session.execute(insert(Assignment), rows)
