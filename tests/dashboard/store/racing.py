"""Writers that race for a few rows, each in a process of its own, and what is told of it afterwards."""

import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Actor, record
from dashboard.store import AuditRow, SavedView
from dashboard.store.swap import StaleError, compare_and_set
from tests.dashboard.racing import Tell, race

ROWS = 20
ACTION = "views.change"
Write = Callable[[Desk, Actor, int, str], int]
"""Desk, who, which row, mark of the action -> the version that he was told. May raise StaleError."""


def with_care(desk: Desk, actor: Actor, row: int, mark: str) -> int:
    """Read, think, compare and set, and the audit in the same transaction."""
    with desk.reading() as session:
        seen = session.get_one(SavedView, row)
        version, query = seen.version, seen.query
    with desk.keeping() as session:
        now = compare_and_set(session, SavedView, row, expected_version=version, values={"query": added(query, mark)})
        record(session, actor, ACTION, f"view:{row}", {"mark": mark, "version": now})
    return now


def naively(desk: Desk, actor: Actor, row: int, mark: str) -> int:
    """Read in one transaction, write what was read and changed in the next: what everybody writes at first."""
    with desk.reading() as session:
        seen = session.get_one(SavedView, row)
        version, query = seen.version, seen.query
    with desk.keeping() as session:
        kept = session.get_one(SavedView, row)
        kept.query, kept.version = added(query, mark), version + 1
        record(session, actor, ACTION, f"view:{row}", {"mark": mark, "version": version + 1})
    return version + 1


def added(query: str, mark: str) -> str:
    """The newest marks alone are kept in the row; the audit has all."""
    return ",".join([*query.split(",")[-30:], mark]).strip(",")


WRITERS: dict[str, Write] = {"with_care": with_care, "naively": naively}


def write_on(desk: Desk, name: str, told: Tell, *, write: Write, actions: int) -> None:
    """So many actions of one writer, each tried until it is through."""
    chance, actor = random.Random(name), Actor(None, name, "manager")
    for number in range(actions):
        mark, row = f"{name}-{number}", chance.randint(1, ROWS)
        while True:
            try:
                version = write(desk, actor, row, mark)
            except StaleError:
                continue
            told({"row": row, "version": version, "mark": mark})
            break


def faults(desk: Desk, acknowledged: Iterable[dict[str, Any]]) -> list[str]:
    """What was lost or doubled: rows against the audit, the audit against what was acknowledged."""
    with Session(desk.engine) as session:
        views = {view.id: view for view in session.scalars(select(SavedView))}
        entries = list(session.scalars(select(AuditRow).where(AuditRow.action == ACTION).order_by(AuditRow.id)))
    versions, marks = defaultdict[int, list[int]](list), defaultdict[int, list[str]](list)
    for one in entries:
        row = int(one.subject.removeprefix("view:"))
        versions[row].append(one.details["version"])
        marks[row].append(one.details["mark"])
    found = []
    for row, view in views.items():
        if versions[row] != list(range(2, view.version + 1)):
            found.append(f"row {row}: version {view.version}, audit of {len(versions[row])} changes")
        newest = view.query.split(",") if view.query else []
        if newest != marks[row][len(marks[row]) - len(newest) :]:
            found.append(f"row {row}: what it holds is not what the audit tells")
    every = [mark for of_row in marks.values() for mark in of_row]
    if len(every) != len(set(every)):
        found.append(f"{len(every) - len(set(every))} actions doubled")
    kept = {(row, version, mark) for row in marks for version, mark in zip(versions[row], marks[row], strict=True)}
    lost = [one for one in acknowledged if (one["row"], one["version"], one["mark"]) not in kept]
    return [*found, *([f"{len(lost)} acknowledged actions lost"] if lost else [])]


if __name__ == "__main__":
    root, database, writer, threads, actions, name, log = sys.argv[1:]
    writing = partial(write_on, write=WRITERS[writer], actions=int(actions))
    sys.exit(race(root, database or None, int(threads), name, log, writing))
