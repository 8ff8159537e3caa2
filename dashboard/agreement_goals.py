"""What a desk has agreed on for single queues: their service goals, and how long chats take beside others."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from dashboard.agreement_reading import Reading, Table, parse_seconds
from metrics.desk import ChatTimes, QueueGroup, ServiceGoal
from metrics.tables import CHANNELS
from metrics.words import N_

GOAL_KEYS = ("queue", "share", "within", "valid_from")
TIMES_KEYS = ("queue", "times", "valid_from")
MOST_AT_ONCE = 12
"""Chats that one person holds."""
_NO_SHARE = N_("{where}: the share is from 0.01 to 1; it was “{found}”.")
_NO_GROUP = N_("{where}: there is no queue of types “{name}” in this channel; [[queue]] makes one.")
_TWICE = N_("The service goal of “{queue}” is given twice from {since} on.")
_TIMES_TWICE = N_("The times of chats of “{queue}” are given twice from {since} on.")
_NO_TIMES = N_("{where} needs from 1 to {most} times: that of a chat alone, then with two at once, and so on.")
_FASTER = N_("{where}: a chat takes less time with {n} at once than with fewer; mend the times.")


def service_goals_read(tables: Table, reading: Reading, groups: tuple[QueueGroup, ...]) -> tuple[ServiceGoal, ...]:
    """The goals of channels and of queues within them; faults are noted."""
    goals = [_goal(row, reading, groups) for row in reading.rows(tables, "service_goal")]
    _demand_once([(goal.queue, goal.valid_from) for goal in goals], _TWICE, reading)
    return tuple(goals)


def chat_times_read(tables: Table, reading: Reading, groups: tuple[QueueGroup, ...]) -> tuple[ChatTimes, ...]:
    """Handle times by chats at once, of channels and of queues within them; faults are noted."""
    rows = [_times(row, reading, groups) for row in reading.rows(tables, "chat_times")]
    _demand_once([(row.queue, row.valid_from) for row in rows], _TIMES_TWICE, reading)
    return tuple(rows)


def _demand_once(seen: Sequence[tuple[str, date]], said: str, reading: Reading) -> None:
    for queue, since in sorted({one for one in seen if seen.count(one) > 1}):
        reading.fault(said, queue=queue, since=since)


def _times(row: Table, reading: Reading, groups: tuple[QueueGroup, ...]) -> ChatTimes:
    where = f"[[chat_times]] {row.get('queue', '')}".rstrip()
    reading.keys(row, TIMES_KEYS, where)
    queue = reading.said(row, "queue", where)
    _demand_known(queue, where, reading, groups)
    told = row.get("times")
    listed = told if isinstance(told, list) else []
    seconds = tuple(reading.value(parse_seconds, one, f"{where} times", "480 s, 8 min", 1) for one in listed)
    if not 1 <= len(seconds) <= MOST_AT_ONCE:
        reading.fault(_NO_TIMES, where=where, most=MOST_AT_ONCE)
    for place, (fewer, more) in enumerate(pairwise(seconds), 2):
        if more < fewer:
            reading.fault(_FASTER, where=where, n=place)
    return ChatTimes(queue, seconds or (1,), reading.valid_from(row, where))


def _goal(row: Table, reading: Reading, groups: tuple[QueueGroup, ...]) -> ServiceGoal:
    where = f"[[service_goal]] {row.get('queue', '')}".rstrip()
    reading.keys(row, GOAL_KEYS, where)
    queue = reading.said(row, "queue", where)
    _demand_known(queue, where, reading, groups)
    share = reading.share(row.get("share"), f"{where} share")
    if share < 0.01:
        reading.fault(_NO_SHARE, where=where, found=row.get("share"))
    seconds = reading.value(parse_seconds, row.get("within", ""), f"{where} within", "20 s, 2 min, 4 h", 1)
    return ServiceGoal(queue, share, seconds, reading.valid_from(row, where))


def _demand_known(queue: str, where: str, reading: Reading, groups: tuple[QueueGroup, ...]) -> None:
    """Note a fault where the desk has no such queue."""
    channel, slash, name = queue.partition("/")
    if not channel:
        return
    reading.one_of(channel, CHANNELS, f"{where} queue")
    here = {group.name for group in groups if not group.channels or channel in group.channels}
    if slash and name not in here:
        reading.fault(_NO_GROUP, where=where, name=name)
