"""Chats: people who hold several at once, each slower for it; the exact birth–death chain.

Whoever comes goes to the least loaded. With k chats and n people, r = k mod n of them hold one more than the others.
One chat at a time gives Erlang C or A; chats that do not slow each other give it for n · concurrency people.
"""

from dataclasses import dataclass
from math import ceil, exp, inf

from metrics.staffing.erlang import fewest, queue_tail
from metrics.staffing.model import Service

_HUGE, _TINY, _NEXT_TO_NOTHING = 1e250, 1e-17, 1e-12


@dataclass(frozen=True)
class Chatting:
    """How chats are held: handle time of one alone, how many at once, and by what factor each slows."""

    handle_seconds: float
    concurrency: int
    slowing: tuple[float, ...]
    patience_seconds: float | None = None

    def rate(self, chats: int, people: int) -> float:
        """How many of so many chats end per second."""
        each, more = divmod(chats, people)
        return (people - more) * self._one(each) + more * self._one(each + 1)

    def _one(self, chats: int) -> float:
        return chats / self.seconds(chats) if chats else 0.0

    def seconds(self, chats: int) -> float:
        """How long a chat takes while its person holds so many; the last that is known holds for more."""
        return self.handle_seconds * self.slowing[min(chats, len(self.slowing)) - 1]


def slowed_by(each: float, concurrency: int) -> tuple[float, ...]:
    """Factors of handle time where every further chat adds the same share to it."""
    return tuple(1.0 + each * more for more in range(concurrency))


def chats(per_second: float, people: int, how: Chatting, *, within_seconds: float) -> Service:
    """What so many people achieve; `busy` is the share of the places for chats that are taken.

    Without patience everybody waits for ever; then a queue that grows without end has level 0.
    """
    if per_second * how.handle_seconds <= _NEXT_TO_NOTHING:
        return Service(1.0, 0.0, 0.0, 0.0, 0.0)
    if people <= 0:
        gone = 0.0 if how.patience_seconds is None else 1.0
        return Service(0.0, 1.0, gone, how.patience_seconds or inf, 0.0)
    places, full = people * how.concurrency, how.rate(people * how.concurrency, people)
    below, held, start = _below(per_second, people, how)
    if how.patience_seconds is None:
        return _patient(per_second, full, places, below, held, start, within_seconds)
    tail = queue_tail(per_second, full, 1 / how.patience_seconds, within_seconds, start=start, beside=below)
    scale = tail.beside / below if below else 1.0
    taken = (held * scale + places * tail.waits) / tail.all
    return Service(
        level=(tail.beside + tail.in_time) / tail.all,
        waits=tail.waits / tail.all,
        abandoned=(tail.waits - tail.served) / tail.all,
        answer_seconds=tail.queue / tail.all / per_second,
        busy=taken / places,
    )


def _below(per_second: float, people: int, how: Chatting) -> tuple[float, float, float]:
    """Weights of the states with a free place, the chats held in them, the weight of the full state without queue."""
    weight, below, held, start = 1.0, 0.0, 0.0, 1.0
    for chatting in range(people * how.concurrency, 0, -1):
        ending = how.rate(chatting, people)
        weight *= ending / per_second
        if ending < per_second and weight < _TINY * below:
            break  # and all that are left weigh less still
        below += weight
        held += (chatting - 1) * weight
        if weight > _HUGE:
            weight, below, held, start = weight / _HUGE, below / _HUGE, held / _HUGE, start / _HUGE
    return below, held, start


def _patient(
    per_second: float, full: float, places: int, below: float, held: float, start: float, within: float
) -> Service:  # fmt: skip
    load = per_second / full
    if load >= 1:
        return Service(0.0, 1.0, 0.0, inf, 1.0)
    waiting = start / (1 - load)
    whole = below + waiting
    waits = waiting / whole
    taken = (held + places * waiting) / whole
    return Service(
        level=1 - waits * exp(-(full - per_second) * within),
        waits=waits,
        abandoned=0.0,
        answer_seconds=waits / (full - per_second),
        busy=taken / places,
    )


def people_for_chats(
    per_second: float, how: Chatting, *, within_seconds: float, share: float, cap: float = 1.0
) -> int:  # fmt: skip
    """The fewest people with whom that share is answered in time and no more than `cap` of the places are taken."""
    if per_second * how.handle_seconds <= _NEXT_TO_NOTHING:
        return 0

    def reaches(people: int) -> bool:
        met = chats(per_second, people, how, within_seconds=within_seconds)
        return met.level >= share and met.busy <= cap + 1e-12

    return fewest(reaches, near=ceil(per_second / how.rate(how.concurrency, 1)) + 1)
