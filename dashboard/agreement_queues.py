"""Which types of inquiries a desk plans people for apart from the rest of their channel."""

from collections.abc import Sequence

from dashboard.agreement_reading import Reading, Table
from metrics.desk import QueueGroup
from metrics.tables import CHANNELS
from metrics.words import N_

QUEUE_KEYS = ("name", "types", "channels")
_SLASH = N_("{where}: a name of a queue has no “/” in it.")
_NO_TYPE = N_("{where} names no type; name at least one.")
_TWICE = N_("The type “{type}” is in the queues “{name}” and “{other}” of one channel; keep it in one of them.")


def queue_groups_read(tables: Table, reading: Reading) -> tuple[QueueGroup, ...]:
    """The groups of types that have queues of their own; faults are noted."""
    groups = [_group(row, reading) for row in reading.rows(tables, "queue")]
    for place, group in enumerate(groups):
        for other in groups[:place]:
            _demand_apart(group, other, reading)
    return tuple(groups)


def _group(row: Table, reading: Reading) -> QueueGroup:
    where = f"[[queue]] {row.get('name', '')}".rstrip()
    reading.keys(row, QUEUE_KEYS, where)
    name = reading.said(row, "name", where)
    types, channels = reading.texts(row, "types", where), reading.texts(row, "channels", where)
    if "/" in name:
        reading.fault(_SLASH, where=where)
    if not types:
        reading.fault(_NO_TYPE, where=where)
    for channel in channels:
        reading.one_of(channel, CHANNELS, f"{where} channels")
    return QueueGroup(name, types, channels)


def _demand_apart(group: QueueGroup, other: QueueGroup, reading: Reading) -> None:
    """Note a fault where two groups want the same requests; groups of one name are one queue."""
    if group.name != other.name and _meet(group.channels, other.channels):
        for kind in group.types:
            if kind in other.types:
                reading.fault(_TWICE, type=kind, name=other.name, other=group.name)


def _meet(channels: Sequence[str], others: Sequence[str]) -> bool:
    return not channels or not others or bool(set(channels) & set(others))
