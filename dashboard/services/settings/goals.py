"""Service goals of channels and queues as rows of a table, and what two agreements say differently of them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from dashboard.agreement_reading import Fault, Table
from dashboard.format import exact
from dashboard.services.settings.editing import NO_DAY, row_faults
from dashboard.staffing.naming import queue_called
from dashboard.wording import _, share
from metrics.desk import DeskSettings, QueueGroup, ServiceGoal


def goal_records(tables: Table) -> list[dict[str, Any]]:
    """The goals as rows of one table, shares in per cent."""
    return [
        {"queue": row.get("queue"), "share": round(100 * float(row.get("share", 0)), 4), "within": row.get("within"),
         "valid_from": None if row.get("valid_from") == NO_DAY else row.get("valid_from")}
        for row in tables.get("service_goal", [])
    ]  # fmt: skip


def goal_rows(records: Sequence[Table]) -> list[dict[str, Any]]:
    """The rows of agreements that such a table says."""
    return [
        {"queue": record.get("queue") or "", "share": round(float(record.get("share") or 0) / 100, 6),
         "within": (record.get("within") or "").strip(), "valid_from": record.get("valid_from") or NO_DAY}
        for record in records
    ]  # fmt: skip


def goal_faults(records: Sequence[Table], tables: Table, zone: str) -> dict[int, tuple[Fault, ...]]:
    """What is wrong in each row, by its place from 0."""
    return row_faults("service_goal", goal_rows(records), zone, beside={"queue": tables.get("queue", [])})


def goal_changes(old: DeskSettings, new: DeskSettings) -> Iterator[str]:
    """What two agreements say differently of service goals, a sentence each."""
    if old.answer_within_seconds != new.answer_within_seconds:
        yield _("Service level: answered within {old} becomes {new}.", old=exact(old.answer_within_seconds),
                new=exact(new.answer_within_seconds))  # fmt: skip
    if old.answer_share != new.answer_share:
        yield _("Service level: {old} of calls answered in time becomes {new}.",
                old=share(old.answer_share, digits=0), new=share(new.answer_share, digits=0))  # fmt: skip
    before, after = _by_key(old.service_goals), _by_key(new.service_goals)
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        called = _called(key[0], (*new.queue_groups, *old.queue_groups))
        if was is None and now is not None:
            yield _("Service goal of {queue}: {goal} is agreed anew.", queue=called, goal=_told(now))
        elif was is not None and now is None:
            yield _("Service goal of {queue}: {goal} is agreed no longer.", queue=called, goal=_told(was))
        elif was is not None and now is not None and (was.share, was.seconds) != (now.share, now.seconds):
            yield _("Service goal of {queue}: {old} becomes {new}.", queue=called, old=_told(was), new=_told(now))


def _by_key(goals: Sequence[ServiceGoal]) -> dict[tuple[str, date], ServiceGoal]:
    return {(goal.queue, goal.valid_from): goal for goal in goals}


def _told(goal: ServiceGoal) -> str:
    return _("{share} within {time}", share=share(goal.share, digits=0), time=exact(goal.seconds))


def _called(queue: str, groups: Sequence[QueueGroup]) -> str:
    return queue_called(queue, groups, ())
