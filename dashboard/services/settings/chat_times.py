"""Handle times by chats at once as rows of a table, and what two agreements say differently of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.agreement_goals import MOST_AT_ONCE
from dashboard.agreement_reading import Fault, Table
from dashboard.format import exact, listed
from dashboard.services.settings.editing import NO_DAY, row_faults
from dashboard.staffing.naming import queue_called
from dashboard.wording import _
from metrics.desk import ChatTimes, DeskSettings, QueueGroup

SHOWN_AT_ONCE = 5
"""Columns for so many chats at once, or for as many as some row tells of."""


def places(tables: Table) -> range:
    """For how many chats at once the table has columns: 1, 2, 3 …"""
    told = max((len(row.get("times", ())) for row in tables.get("chat_times", [])), default=0)
    return range(1, min(max(SHOWN_AT_ONCE, told), MOST_AT_ONCE) + 1)


def times_records(tables: Table) -> list[dict[str, Any]]:
    """The times as rows of one table, a column for each number of chats at once."""
    columns = places(tables)
    return [
        {"queue": row.get("queue"), **_cells(row.get("times", ()), columns),
         "valid_from": None if row.get("valid_from") == NO_DAY else row.get("valid_from")}
        for row in tables.get("chat_times", [])
    ]  # fmt: skip


def _cells(times: Sequence[str], columns: range) -> dict[str, str | None]:
    return {str(n): times[n - 1] if n <= len(times) else None for n in columns}


def times_rows(records: Sequence[Table]) -> list[dict[str, Any]]:
    """The rows of agreements that such a table says; a time left out between others is a fault that is told."""
    return [
        {"queue": record.get("queue") or "", "times": _times(record), "valid_from": record.get("valid_from") or NO_DAY}
        for record in records
    ]


def _times(record: Table) -> list[str]:
    told = [(record.get(str(n)) or "").strip() for n in range(1, MOST_AT_ONCE + 1)]
    length = max((n for n, one in enumerate(told, 1) if one), default=0)
    return told[:length]


def times_faults(records: Sequence[Table], tables: Table, zone: str) -> dict[int, tuple[Fault, ...]]:
    """What is wrong in each row, by its place from 0."""
    return row_faults("chat_times", times_rows(records), zone, beside={"queue": tables.get("queue", [])})


def times_changes(old: DeskSettings, new: DeskSettings) -> Iterator[str]:
    """What two agreements say differently of the times of chats, a sentence each."""
    before, after = ({(row.queue, row.valid_from): row for row in one.chat_times} for one in (old, new))
    groups: tuple[QueueGroup, ...] = (*new.queue_groups, *old.queue_groups)
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        called = queue_called(key[0], groups, ())
        if was is None and now is not None:
            yield _("Times of chats of {queue}: {times} are agreed anew.", queue=called, times=_told(now))
        elif was is not None and now is None:
            yield _("Times of chats of {queue}: {times} are agreed no longer.", queue=called, times=_told(was))
        elif was is not None and now is not None and was.seconds != now.seconds:
            yield _("Times of chats of {queue}: {old} become {new}.", queue=called, old=_told(was), new=_told(now))


def _told(row: ChatTimes) -> str:
    times = listed([exact(each) for each in row.seconds])
    return times if len(row.seconds) == 1 else _("{times} with 1 to {n} at once", times=times, n=len(row.seconds))
