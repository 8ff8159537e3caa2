"""Which share of a queue's requests is to be answered within which time, where a desk has agreed on its own goals."""

from dashboard.agreement_reading import Reading, Table, parse_seconds
from metrics.desk import QueueGroup, ServiceGoal
from metrics.tables import CHANNELS
from metrics.words import N_

GOAL_KEYS = ("queue", "share", "within", "valid_from")
_NO_SHARE = N_("{where}: the share is from 0.01 to 1; it was “{found}”.")
_NO_GROUP = N_("{where}: there is no queue of types “{name}” in this channel; [[queue]] makes one.")
_TWICE = N_("The service goal of “{queue}” is given twice from {since} on.")


def service_goals_read(tables: Table, reading: Reading, groups: tuple[QueueGroup, ...]) -> tuple[ServiceGoal, ...]:
    """The goals of channels and of queues within them; faults are noted."""
    goals = [_goal(row, reading, groups) for row in reading.rows(tables, "service_goal")]
    seen = [(goal.queue, goal.valid_from) for goal in goals]
    for queue, since in sorted({one for one in seen if seen.count(one) > 1}):
        reading.fault(_TWICE, queue=queue, since=since)
    return tuple(goals)


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
