"""What the data tell of how a queue works: handle time, patience, shrinkage; and what a desk has promised it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
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
    planned = day or as_of.astimezone(ZoneInfo(desk.zone)).date()
    return rules_of_days(queues, calls, agent_time, desk, as_of=as_of, days=[planned])[planned]


def rules_of_days(
    queues: Iterable[str], calls: pl.DataFrame, agent_time: pl.DataFrame, desk: DeskSettings, *, as_of: datetime,
    days: Sequence[date],
) -> dict[date, dict[str, StaffingRules]]:  # fmt: skip
    """The same of each of these days, by the goals and promises of that day; what is measured is so for all of them."""
    recent = calls.filter(pl.col("interval_at") > as_of - LOOKS_BACK)
    shrinkage = _shrinkage(agent_time, as_of)
    found: dict[date, dict[str, StaffingRules]] = {day: {} for day in days}
    for name in queues:
        seen = _seen(recent.filter(pl.col("channel") == Queue.named(name).channel), shrinkage)
        for day in days:
            found[day][name] = _with(_agreed(Queue.named(name), desk, day), seen)
    return found


def _agreed(queue: Queue, desk: DeskSettings, day: date) -> StaffingRules:
    """As promised on that day, with the queue's own goal and times of chats where the desk has agreed on them."""
    rules, goal = _promised(queue, desk, day), desk.service_goal(queue.name, day)
    times = desk.chat_times_of(queue.name, day) if rules.work == "chat" else None
    if goal is not None:
        rules = replace(rules, share=goal.share, within_seconds=goal.seconds)
    if times is None:
        return rules
    return replace(
        rules, handle_seconds=float(times.seconds[0]), slowing=times.slowing, assumed=rules.assumed - ASSUMED
    )


def _promised(queue: Queue, desk: DeskSettings, day: date) -> StaffingRules:
    work = WORK.get(queue.channel, "deferred")
    handle = ASSUMED_SECONDS.get(queue.channel, ASSUMED_OTHER)
    if queue.channel == "phone":
        held = desk.rules_on(day)
        return StaffingRules(
            work=work, share=held.answer_share, within_seconds=held.answer_within_seconds, handle_seconds=handle,
            assumed=ASSUMED,
        )  # fmt: skip
    target = _target(queue, [one for one in desk.targets if one.is_in_force(day)])
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


def _seen(mine: pl.DataFrame, shrinkage: float | None) -> dict[str, float]:
    """What the calls of a channel tell of its rules."""
    told = {} if shrinkage is None else {"shrinkage": round(shrinkage, 4)}
    timed = mine.filter(pl.col("handle_seconds").is_not_null() & (pl.col("answered") > 0))
    calls, seconds = float(timed["answered"].sum()), float(timed["handle_seconds"].sum())
    if calls >= ENOUGH_CALLS and seconds > 0:
        told["handle_seconds"] = seconds / calls
    waited = mine.filter(pl.col("wait_seconds").is_not_null() & pl.col("abandoned").is_not_null())
    given_up, waits = float(waited["abandoned"].sum()), float(waited["wait_seconds"].sum())
    if given_up >= ENOUGH_GIVEN_UP and waits > 0:
        told["patience_seconds"] = waits / given_up
    return told


def _with(rules: StaffingRules, seen: Mapping[str, Any]) -> StaffingRules:
    """What was seen instead of what is assumed; a handle time that the desk has said stands before it."""
    told = {name: value for name, value in seen.items() if name not in ASSUMED or name in rules.assumed}
    return replace(rules, **told, measured=rules.measured | set(told), assumed=rules.assumed - set(told))


def _shrinkage(agent_time: pl.DataFrame, as_of: datetime) -> float | None:
    """The share of planned time in which people were not ready for work; None where no roster is loaded."""
    if not {"planned_seconds", "working_seconds", "day_at"} <= set(agent_time.columns):
        return None
    recent = agent_time.filter(pl.col("day_at") > as_of - LOOKS_BACK)
    known = recent.filter((pl.col("planned_seconds") > 0) & pl.col("working_seconds").is_not_null())
    planned, worked = float(known["planned_seconds"].sum()), float(known["working_seconds"].sum())
    return min(max(1 - worked / planned, SHRINKAGE[0]), SHRINKAGE[1]) if planned > 0 else None
