"""What the data tell of how a queue works: handle time, patience, shrinkage; and what a desk has promised it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.desk import DeskSettings, Target
from metrics.staffing.model import Queue, StaffingRules, Work

LOOKS_BACK = timedelta(weeks=8)
WORK: dict[str, Work] = {"phone": "erlang_a", "chat": "chat", "wechat": "chat", "store": "erlang_c"}
"""How the people of a channel work; every other channel's work can wait."""
ASSUMED_SECONDS = {"phone": 300.0, "chat": 480.0, "wechat": 480.0, "store": 420.0, "email": 600.0, "social": 360.0,
                   "web_form": 600.0}  # fmt: skip
ASSUMED_OTHER = 600.0
ASSUMED = frozenset({"handle_seconds"})
CHATS_AT_ONCE = 3
SHRINKAGE = (0.05, 0.6)
ENOUGH_CALLS, ENOUGH_GIVEN_UP = 50, 10


def measured_rules(
    queues: Iterable[str], calls: pl.DataFrame, agent_time: pl.DataFrame, desk: DeskSettings, *, as_of: datetime,
    day: date | None = None,
) -> dict[str, StaffingRules]:  # fmt: skip
    """The rules of each queue as the desk's promises and its last 8 weeks make them; what is not measured is assumed.

    day: whose goals and promises hold, by default the day of *as_of*.

    Handle time is the answered calls' sum over their count. Patience is the waiting time of all over those who gave up:
    who was answered waited too and had not given up yet, so that the mean wait of those who hung up is far too short.
    """
    recent = calls.filter(pl.col("interval_at") > as_of - LOOKS_BACK)
    shrinkage = _shrinkage(agent_time, as_of)
    planned = day or as_of.astimezone(ZoneInfo(desk.zone)).date()
    found = {}
    for name in queues:
        rules = _agreed(Queue.named(name), desk, planned)
        mine = recent.filter(pl.col("channel") == Queue.named(name).channel)
        found[name] = _with_shrinkage(_with_calls(rules, mine), shrinkage)
    return found


def _agreed(queue: Queue, desk: DeskSettings, day: date) -> StaffingRules:
    """As promised, with the queue's own service goal where the desk has agreed on one."""
    rules, goal = _promised(queue, desk), desk.service_goal(queue.name, day)
    return rules if goal is None else replace(rules, share=goal.share, within_seconds=goal.seconds)


def _promised(queue: Queue, desk: DeskSettings) -> StaffingRules:
    work = WORK.get(queue.channel, "deferred")
    handle = ASSUMED_SECONDS.get(queue.channel, ASSUMED_OTHER)
    if queue.channel == "phone":
        return StaffingRules(
            work=work, share=desk.answer_share, within_seconds=desk.answer_within_seconds, handle_seconds=handle,
            assumed=ASSUMED,
        )  # fmt: skip
    target = _target(queue, desk.targets)
    seconds, clock = (target.seconds, target.clock) if target else (7200, "business")
    return StaffingRules(
        work=work, within_seconds=seconds, clock=clock, handle_seconds=handle,
        concurrency=CHATS_AT_ONCE if work == "chat" else 1, share=1.0 if work == "deferred" else 0.8,
        assumed=ASSUMED,
    )  # fmt: skip


def _target(queue: Queue, targets: Iterable[Target]) -> Target | None:
    """What is promised of the first answer in this channel, whatever else a ticket is."""
    of_channel: tuple[dict[str, str], ...] = ({}, {"channel": queue.channel})
    mine = [one for one in targets if one.thing == "first_response" and dict(one.where) in of_channel]
    return max(mine, key=lambda one: (len(one.where), one.valid_from), default=None)


def _with_calls(rules: StaffingRules, mine: pl.DataFrame) -> StaffingRules:
    timed = mine.filter(pl.col("handle_seconds").is_not_null() & (pl.col("answered") > 0))
    calls, seconds = float(timed["answered"].sum()), float(timed["handle_seconds"].sum())
    told: set[str] = set()
    if calls >= ENOUGH_CALLS and seconds > 0:
        rules, told = replace(rules, handle_seconds=seconds / calls), {"handle_seconds"}
    waited = mine.filter(pl.col("wait_seconds").is_not_null() & pl.col("abandoned").is_not_null())
    given_up, waits = float(waited["abandoned"].sum()), float(waited["wait_seconds"].sum())
    if given_up >= ENOUGH_GIVEN_UP and waits > 0:
        rules, told = replace(rules, patience_seconds=waits / given_up), told | {"patience_seconds"}
    return replace(rules, measured=rules.measured | told, assumed=rules.assumed - told)


def _shrinkage(agent_time: pl.DataFrame, as_of: datetime) -> float | None:
    """The share of planned time in which people were not ready for work; None where no roster is loaded."""
    if not {"planned_seconds", "working_seconds", "day_at"} <= set(agent_time.columns):
        return None
    recent = agent_time.filter(pl.col("day_at") > as_of - LOOKS_BACK)
    known = recent.filter((pl.col("planned_seconds") > 0) & pl.col("working_seconds").is_not_null())
    planned, worked = float(known["planned_seconds"].sum()), float(known["working_seconds"].sum())
    return min(max(1 - worked / planned, SHRINKAGE[0]), SHRINKAGE[1]) if planned > 0 else None


def _with_shrinkage(rules: StaffingRules, shrinkage: float | None) -> StaffingRules:
    if shrinkage is None:
        return rules
    return replace(rules, shrinkage=round(shrinkage, 4), measured=rules.measured | {"shrinkage"})
