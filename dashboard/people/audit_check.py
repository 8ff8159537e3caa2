"""Whether the audit is what was written: every row in its place, unchanged, chained to the one before it.

Chained rows tell of edits, gaps and rows slipped in. Who rewrites all of them, or cuts off the newest, is found by a
head: one line with the number and digest of the newest row, kept where he cannot reach it.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people.actor import Actor
from dashboard.people.audit import BEGINNING, chained
from dashboard.people.policy import Act, needs
from dashboard.store import AuditRow
from metrics.errors import ActionableError
from metrics.words import N_

AT_ONCE = 5000
FAULTS_AT_MOST = 100
"""So many are told; one is enough to know."""
_AUDIT = AuditRow.__table__
_NO_HEAD = N_("“{line}” is no head of an audit; it is written NUMBER:DIGEST, as `floorwalker audit head` prints it.")
MISSING = N_("Row {id} is missing.")
SLIPPED_IN = N_("Row {id} stands out of its order.")
CHANGED = N_("Row {id} is not what was written.")
UNCHAINED = N_("Row {id} does not follow from the row before it.")
UNREADABLE = N_("Row {id} cannot be read.")
CUT_OFF = N_("Row {id} was there when the head was taken and is not there any more: the newest rows were cut off.")
REWRITTEN = N_("Row {id} is another one than when the head was taken: the audit was written anew.")


class NoHead(ActionableError):
    """A line that no audit gives as its head."""


@dataclass(frozen=True)
class Head:
    """The newest row of an audit by its number and digest; row 0 is the empty audit's."""

    id: int
    digest: str

    def __str__(self) -> str:
        return f"{self.id}:{self.digest}"

    @staticmethod
    def of_line(line: str) -> "Head":
        """Raises NoHead."""
        number, _colon, digest = line.strip().partition(":")
        if not number.isdecimal() or len(digest) != len(BEGINNING) or not set(digest) <= set("0123456789abcdef"):
            raise NoHead(_NO_HEAD, line=line.strip()[:100])
        return Head(int(number), digest)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row: a sentence with its number."""

    template: str
    id: int


@dataclass(frozen=True)
class Verdict:
    """What a check found: how many rows there are, their head, what is wrong with them; nothing if it is whole."""

    rows: int
    head: Head
    faults: tuple[Fault, ...]


@needs(Act.READ_AUDIT)
def head(actor: Actor, desk: Desk) -> Head:
    """The newest row's number and digest, to be kept elsewhere."""
    del actor
    with desk.reading() as session:
        row = session.execute(select(_AUDIT.c.id, _AUDIT.c.digest).order_by(_AUDIT.c.id.desc()).limit(1)).first()
    return Head(0, BEGINNING) if row is None else Head(row.id, row.digest)


@needs(Act.READ_AUDIT)
def verify(actor: Actor, desk: Desk, heads: Sequence[Head] = ()) -> Verdict:
    """Look at every row, and at every head that was kept elsewhere."""
    del actor
    awaited = {one.id: one.digest for one in heads}
    faults: list[Fault] = []
    rows, newest = 0, Head(0, BEGINNING)
    with desk.reading() as session:
        for row in _rows(session):
            rows += 1
            if found := _faults(row, newest, awaited):
                faults += found
            newest = Head(row[0], row[-1])
            if len(faults) >= FAULTS_AT_MOST:
                break
        faults += [Fault(CUT_OFF, id) for id in awaited if id > newest.id and len(faults) < FAULTS_AT_MOST]
    return Verdict(rows, newest, tuple(faults[:FAULTS_AT_MOST]))


class _Unreadable(NamedTuple):
    """A row with a cell that holds no instant or JSON any more."""

    id: int
    digest: str = ""


def _rows(session: Session) -> Iterator[Any]:
    """All rows in their order, thousands at once; where some cannot be read, one by one."""
    last = session.scalar(select(func.min(_AUDIT.c.id)))
    last = None if last is None else last - 1
    while last is not None:
        asked = select(_AUDIT).where(_AUDIT.c.id > last).order_by(_AUDIT.c.id).limit(AT_ONCE)
        try:
            found: list[Any] = list(session.execute(asked))
        except (ValueError, TypeError):
            found = list(_one_by_one(session, last))
        yield from found
        last = found[-1][0] if found else None


def _one_by_one(session: Session, last: int) -> Iterator[Any]:
    ids = select(_AUDIT.c.id).where(_AUDIT.c.id > last).order_by(_AUDIT.c.id).limit(AT_ONCE)
    for id in list(session.scalars(ids)):
        try:
            yield session.execute(select(_AUDIT).where(_AUDIT.c.id == id)).one()
        except (ValueError, TypeError):
            yield _Unreadable(id)


def _faults(row: Any, before: Head, awaited: dict[int, str]) -> list[Fault]:
    if isinstance(row, _Unreadable):
        return [Fault(UNREADABLE, row.id)]
    *said, digest = row
    id, faults = said[0], []
    if id != before.id + 1:
        faults.append(Fault(MISSING, before.id + 1) if id > before.id else Fault(SLIPPED_IN, id))
    if said[-1] != before.digest:
        faults.append(Fault(UNCHAINED, id))
    if not _is_as_written(said, digest):
        faults.append(Fault(CHANGED, id))
    if id in awaited and not hmac.compare_digest(awaited[id], digest):
        faults.append(Fault(REWRITTEN, id))
    return faults


def _is_as_written(said: Sequence[Any], digest: str) -> bool:
    try:
        return chained(*said) == digest
    except (TypeError, ValueError, AttributeError):
        return False
