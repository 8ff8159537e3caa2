"""Calls: what so many people achieve, exactly, where callers wait for ever (Erlang C) or hang up (Erlang A).

Both are sums over a birth–death chain, carried as ratios of neighbouring states, so that nothing overflows: no
factorial, no gamma function, no approximation. `load` is in Erlangs: calls per second × handle time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, inf, log, sqrt

from metrics.staffing.model import Level, Service

_TINY, _HUGE = 1e-17, 1e250


@dataclass(frozen=True)
class Calls:
    """What callers meet; shares of all who call.

    in_time: answered within the seconds asked for · abandoned_early: hung up within them · busy: share of people's time
    spent on calls.
    """

    waits: float
    in_time: float
    abandoned: float
    abandoned_early: float
    answer_seconds: float
    busy: float

    def level(self, definition: Level) -> float:
        """The service level as it is defined; three figures of one name."""
        if definition == "offered":
            return self.in_time
        if definition == "with_early":
            return min(self.in_time + self.abandoned_early, 1.0)
        stayed = 1.0 - self.abandoned_early
        return min(self.in_time / stayed, 1.0) if stayed > 0 else 0.0

    def service(self, definition: Level) -> Service:
        return Service(self.level(definition), self.waits, self.abandoned, self.answer_seconds, self.busy)


NOBODY_CALLS = Calls(0.0, 1.0, 0.0, 0.0, 0.0, 0.0)


def states_below(load: float, people: int) -> float:
    """How many times likelier than “all busy, nobody waits” it is that somebody is free: 1 ÷ Erlang B − 1."""
    inverse = 1.0
    for busy in range(1, people + 1):
        inverse = 1.0 + inverse * busy / load
        if inverse == inf:
            return inf
    return inverse - 1.0


def erlang_b(load: float, people: int) -> float:
    """The share of calls that find all lines taken, where nobody can wait."""
    return 1.0 / (1.0 + states_below(load, people)) if load > 0 else 0.0


def erlang_c(load: float, people: int) -> float:
    """The share of calls that wait, where everybody waits for ever; 1 where the queue grows without end."""
    if load <= 0:
        return 0.0
    return 1.0 if people <= load else _waiting(erlang_b(load, people), load, people)


def _waiting(blocked: float, load: float, people: int) -> float:
    return blocked / (1.0 - (load / people) * (1.0 - blocked))


def patient_calls(load: float, people: int, *, handle_seconds: float, within_seconds: float) -> Calls:
    """Erlang C: everybody waits for ever. With no more people than Erlangs nobody is ever answered in time."""
    if load <= 0:
        return NOBODY_CALLS
    if people <= load:
        return Calls(1.0, 0.0, 0.0, 0.0, inf, 1.0)
    waits, spare = erlang_c(load, people), people - load
    late = waits * exp(-spare * within_seconds / handle_seconds)
    return Calls(waits, 1.0 - late, 0.0, 0.0, waits * handle_seconds / spare, load / people)


def people_for_patient(
    load: float, *, handle_seconds: float, within_seconds: float, share: float, cap: float = 1.0
) -> int:  # fmt: skip
    """The fewest people who answer that share within the time, no busier than `cap`. One pass: n + 1 from n."""
    if load <= 0:
        return 0
    inverse, people = 1.0, 0
    while True:
        people += 1
        inverse = 1.0 + inverse * people / load
        if people <= load:
            continue
        waits = _waiting(1.0 / inverse, load, people)
        if 1.0 - waits * exp(-(people - load) * within_seconds / handle_seconds) >= share:
            return max(people, ceil(load / cap - 1e-9))


def impatient_calls(
    load: float, people: int, *, handle_seconds: float, patience_seconds: float, within_seconds: float
) -> Calls:  # fmt: skip
    """Erlang A: who waits hangs up at a constant rate, on average after `patience_seconds`.

    Of who finds j before him, the wait that he would have is −patience · ln of a Beta(r, j + 1), r = people's rate over
    callers' rate of hanging up; its distribution goes from j to j + 1 by one term.
    """
    if load <= 0:
        return NOBODY_CALLS
    if people <= 0:
        return Calls(1.0, 0.0, 1.0, 1.0 - exp(-within_seconds / patience_seconds), patience_seconds, 0.0)
    below = states_below(load, people)
    if below == inf:
        return Calls(0.0, 1.0, 0.0, 0.0, 0.0, load / people)
    tail = queue_tail(
        load / handle_seconds, people / handle_seconds, 1.0 / patience_seconds, within_seconds, start=1.0, beside=below
    )
    abandoned = (tail.waits - tail.served) / tail.all
    return Calls(
        waits=tail.waits / tail.all,
        in_time=(tail.beside + tail.in_time) / tail.all,
        abandoned=abandoned,
        abandoned_early=tail.gone_early / tail.all,
        answer_seconds=tail.queue / tail.all * handle_seconds / load,
        busy=load * (1.0 - abandoned) / people,
    )


@dataclass(frozen=True)
class Tail:
    """Weights of the states in which somebody who comes must wait, and of those `beside` in which he need not."""

    beside: float
    waits: float
    queue: float
    served: float
    in_time: float
    gone_early: float

    @property
    def all(self) -> float:
        return self.beside + self.waits


def queue_tail(
    arriving: float, serving: float, leaving: float, within: float, *, start: float, beside: float
) -> Tail:  # fmt: skip
    """Sum over the queue's length j = 0, 1, …, while all are busy; rates per second.

    served: who is answered in the end · in_time: and within the time · gone_early: who gives up within it.
    """
    ratio, kept = serving / leaving, exp(-leaving * within)
    served_soon, gone_soon = _Chance(ratio + 1, kept), _Chance(ratio, kept)
    weight, waits, queue, served, in_time, gone, j = start, 0.0, 0.0, 0.0, 0.0, 0.0, 0
    turning = (arriving - serving) / leaving
    while True:
        share = ratio / (ratio + j + 1)
        soon = served_soon.value
        waits += weight
        queue += j * weight
        served += weight * share
        in_time += weight * share * soon
        gone += weight * max(1.0 - share * soon - kept * (1.0 - gone_soon.value), 0.0)
        weight *= arriving / (serving + (j + 1) * leaving)
        j += 1
        served_soon.next(j)
        gone_soon.next(j)
        if weight > _HUGE:
            weight, waits, queue, served, in_time, gone, beside = (
                part / _HUGE for part in (weight, waits, queue, served, in_time, gone, beside)
            )
        if weight < _TINY * (waits + beside) and j > turning:
            return Tail(beside, waits, queue, served, in_time, gone)


class _Chance:
    """P(Beta(a, j + 1) ≥ x) for j = 0, 1, …: each is the one before less one term, kept as its logarithm."""

    def __init__(self, a: float, x: float) -> None:
        self.a, self.left = a, 1.0 - x
        first = a * log(x) if x > 0 else -inf
        self.value = 1.0 - exp(first)
        self.term = first + log(self.left * a) if self.left > 0 else -inf
        self.step = log(self.left) if self.left > 0 else -inf

    def next(self, j: int) -> None:
        if self.term > -700.0:
            self.value = max(self.value - exp(self.term), 0.0)
        self.term += self.step + log((self.a + j) / (j + 1))


def people_for_impatient(
    load: float, *, handle_seconds: float, patience_seconds: float, within_seconds: float, share: float,
    level: Level = "offered",
) -> int:  # fmt: skip
    """The fewest people with whom that share is answered in time, where callers hang up."""
    if load <= 0:
        return 0

    def reaches(people: int) -> bool:
        met = impatient_calls(
            load, people, handle_seconds=handle_seconds, patience_seconds=patience_seconds,
            within_seconds=within_seconds,
        )  # fmt: skip
        return met.level(level) >= share

    return fewest(reaches, near=ceil(load + 0.3 * sqrt(load)))


def fewest(reaches: Callable[[int], bool], *, near: int) -> int:
    """The smallest number from 0 on for which it holds, where it holds for all greater ones; looked for from `near`."""
    low, high, step = -1, max(near, 0), 1
    if reaches(high):
        while high > 0 and reaches(max(high - step, 0)):
            high, step = max(high - step, 0), step * 2
        low = max(high - step, -1) if high > 0 else -1
    else:
        low = high
        while not reaches(low + step):
            low, step = low + step, step * 2
        high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high
