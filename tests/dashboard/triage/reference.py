"""The queue's order told by plain Python from the rows of the database, without a line of the product."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.oracles.business_minutes import MinuteOracle

CLASS = {"urgent": 1, "important": 2, "normal": 3, None: 3, "low": 4}
NEVER = 1 << 62


def expected_order(database: Path, at: datetime, hours: Mapping[str | None, MinuteOracle]) -> list[int]:
    """Numbers of the open items that are not put off: complaint, class, longest breach, time left, reopens, age."""
    connection = sqlite3.connect(database)
    clocks: dict[int, tuple[datetime, int, str | None, bool]] = {}
    for item, due, target, calendar, breached, _kind in connection.execute(
        "SELECT item_id, due_at, target_seconds, calendar, breached_at IS NOT NULL, kind FROM triage_clocks "
        "WHERE met_at IS NULL AND cancelled_at IS NULL AND due_at IS NOT NULL ORDER BY due_at, kind"
    ):
        clocks.setdefault(item, (instant(due), target, calendar, bool(breached)))
    keys = []
    for id, complaint, priority, reopens, created, snoozed in connection.execute(
        "SELECT id, is_complaint, priority, reopen_count, ticket_created_at, snoozed_until FROM triage_items "
        "WHERE state IN ('new', 'acknowledged', 'in_progress', 'waiting')"
    ):
        if snoozed is not None and instant(snoozed) > at:
            continue
        late, left, target = _time(clocks.get(id), at, hours)
        rank = CLASS[priority]
        if late is not None and late > 2 * target and rank > 1:
            rank -= 1
        keys.append((not complaint, rank, 1 if late is None else -late,
                     NEVER if late is not None or left is None else left, -reopens, instant(created), id))  # fmt: skip
    connection.close()
    return [key[-1] for key in sorted(keys)]


def _time(
    clock: tuple[datetime, int, str | None, bool] | None, at: datetime, hours: Mapping[str | None, MinuteOracle]
) -> tuple[int | None, int | None, int]:
    """By how much it is late (None: it is not), how much is left, and of what target."""
    if clock is None:
        return None, None, 0
    due, target, calendar, breached = clock
    late, left = _passed(due, at, calendar, hours), _passed(at, due, calendar, hours)
    return (max(late, 0), None, target) if breached or late > 0 else (None, max(left, 0), target)


def _passed(start: datetime, end: datetime, calendar: str | None, hours: Mapping[str | None, MinuteOracle]) -> int:
    if end <= start:
        return 0
    return hours[calendar].elapsed(start, end) if calendar else int((end - start).total_seconds())


def instant(text: str) -> datetime:
    """An instant as SQLite keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def causes_of(database: Path) -> dict[str, set[str]]:
    """Rule -> the tickets that it has brought to the queue."""
    connection = sqlite3.connect(database)
    found: dict[str, set[str]] = {}
    for values, ticket in connection.execute('SELECT "values", ticket_id FROM triage_causes'):
        found.setdefault(json.loads(values)["kind"], set()).add(ticket)
    connection.close()
    return found
