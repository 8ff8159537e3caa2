"""What so many people achieve in an interval of a queue, and how many its goal takes, by the way the queue works."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, floor, inf

from metrics.staffing.chat import Chatting, chats, people_for_chats
from metrics.staffing.erlang import impatient_calls, patient_calls, people_for_impatient, people_for_patient
from metrics.staffing.model import Service, StaffingRules

LEAST = 0.001
"""Fewer requests in an interval than this are what a smooth curve leaves where nobody comes."""
Serve = Callable[[float, float], Service]
_NONE = Service(1.0, 0.0, 0.0, 0.0, 0.0)


def serving(rules: StaffingRules, minutes: int) -> Serve:
    """What requests in an interval and people present come to; between whole people lies what is between theirs.

    Work that can wait is a flow, of which half a person does half of what one does.
    """
    if rules.work == "deferred":
        return lambda requests, people: _flowed(rounded(requests) / (minutes * 60) * rules.handle_seconds, people)

    def serve(requests: float, people: float) -> Service:
        low, part = floor(people + 1e-9), people - floor(people + 1e-9)
        one = _served(rules, minutes, rounded(requests), low)
        return one if part <= 1e-6 else _between(one, _served(rules, minutes, rounded(requests), low + 1), part)

    return serve


def _between(one: Service, other: Service, part: float) -> Service:
    def mixed(a: float, b: float) -> float:
        return inf if inf in (a, b) else a + (b - a) * part

    return Service(
        mixed(one.level, other.level), mixed(one.waits, other.waits), mixed(one.abandoned, other.abandoned),
        mixed(one.answer_seconds, other.answer_seconds), mixed(one.busy, other.busy),
    )  # fmt: skip


def _flowed(load: float, people: float) -> Service:
    """Of so many hours of work an hour, what so many people do: all of it, or as much as they have hours."""
    if load <= 0:
        return _NONE
    done = min(people / load, 1.0)
    return Service(done, 1.0, 0.0, 0.0 if done >= 1 else inf, min(load / people, 1.0) if people > 0 else 1.0)


def rounded(requests: float) -> float:
    """To four figures, so that intervals that are alike are counted once; next to nothing as nothing."""
    return float(f"{requests:.4g}") if requests >= LEAST else 0.0


@lru_cache(maxsize=65_536)
def _served(rules: StaffingRules, minutes: int, requests: float, people: int) -> Service:
    rate = requests / (minutes * 60)
    load = rate * rules.handle_seconds
    if requests <= 0:
        return _NONE
    if rules.work == "chat":
        return chats(rate, people, _chatting(rules), within_seconds=rules.within_seconds)
    if rules.work == "erlang_a" and rules.patience_seconds is not None:
        met = impatient_calls(
            load, people, handle_seconds=rules.handle_seconds, patience_seconds=rules.patience_seconds,
            within_seconds=rules.within_seconds,
        )  # fmt: skip
    else:
        met = patient_calls(load, people, handle_seconds=rules.handle_seconds, within_seconds=rules.within_seconds)
    return met.service(rules.level)


def chat_times(rules: StaffingRules) -> tuple[float, ...]:
    """Seconds that a chat takes while its person holds one, two, … of them, as many as may be held at once."""
    how = _chatting(rules)
    return tuple(how.seconds(chats) for chats in range(1, rules.concurrency + 1))


@dataclass(frozen=True)
class AtOnce:
    """What it comes to where a person holds so many chats at once.

    seconds: one chat takes then · an_hour: chats that a busy person finishes · people: for goal and cap · required:
    with reserve and shrinkage, to roster · service: of those people.
    """

    chats: int
    seconds: float
    an_hour: float
    people: int
    required: int
    service: Service


def by_chats_at_once(rules: StaffingRules, minutes: int, requests: float, *, most: int) -> tuple[AtOnce, ...]:
    """The concurrency table of an interval with so many requests: from one chat at a time to *most* at once."""
    ways = [replace(rules, concurrency=chats) for chats in range(1, most + 1)]
    return tuple(_at_once(way, minutes, rounded(requests)) for way in ways)


def _at_once(rules: StaffingRules, minutes: int, requests: float) -> AtOnce:
    people = capped_people(rules, minutes, requests, base_people(rules, minutes, requests))
    seconds = chat_times(rules)[-1]
    return AtOnce(
        rules.concurrency, seconds, rules.concurrency * 3600 / seconds, people, buffered(people, rules)[1],
        _served(rules, minutes, requests, people),
    )  # fmt: skip


def _chatting(rules: StaffingRules) -> Chatting:
    return Chatting(rules.handle_seconds, rules.concurrency, rules.slowing, rules.patience_seconds)


@lru_cache(maxsize=65_536)
def base_people(rules: StaffingRules, minutes: int, requests: float) -> int:
    """People for the service goal alone."""
    rate = requests / (minutes * 60)
    load = rate * rules.handle_seconds
    if rules.work == "chat":
        return people_for_chats(rate, _chatting(rules), within_seconds=rules.within_seconds, share=rules.share)
    if rules.work == "erlang_a" and rules.patience_seconds is not None:
        return people_for_impatient(
            load, handle_seconds=rules.handle_seconds, patience_seconds=rules.patience_seconds,
            within_seconds=rules.within_seconds, share=rules.share, level=rules.level,
        )  # fmt: skip
    return people_for_patient(
        load, handle_seconds=rules.handle_seconds, within_seconds=rules.within_seconds, share=rules.share
    )


@lru_cache(maxsize=65_536)
def capped_people(rules: StaffingRules, minutes: int, requests: float, base: int) -> int:
    """And so many that nobody is planned busier than the cap."""
    if rules.work == "chat":
        rate = requests / (minutes * 60)
        return max(base, people_for_chats(
            rate, _chatting(rules), within_seconds=rules.within_seconds, share=0.0, cap=rules.occupancy_cap
        ))  # fmt: skip
    return max(base, ceil(requests / (minutes * 60) * rules.handle_seconds / rules.occupancy_cap - 1e-9))


def buffered(people: float, rules: StaffingRules) -> tuple[float, int]:
    """With the reserve, and with the reserve and shrinkage, each on top of the one before; whole people at the end."""
    with_reserve = people / (1 - rules.reserve) if rules.divided else people * (1 + rules.reserve)
    return with_reserve, ceil(with_reserve / (1 - rules.shrinkage) - 1e-9)
