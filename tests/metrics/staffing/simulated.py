"""Queues simulated call by call, sharing no code with the formulas: a heap of events, and simpy's own resources."""

import heapq
import random
from collections import deque
from dataclasses import dataclass
from math import inf

import simpy


@dataclass
class Seen:
    """Shares of all who came."""

    in_time: float
    abandoned: float
    seconds: float


def heap_of_calls(
    *, per_second: float, people: int, handle: float, patience: float, within: float, calls: int, seed: int
) -> Seen:
    """Calls one after the other: the earliest free person takes whoever waits longest and has not hung up."""
    dice = random.Random(seed)
    free_at = [0.0] * people
    at, kept, gone, waited = 0.0, 0, 0, 0.0
    for _ in range(calls):
        at += dice.expovariate(per_second)
        gives_up = dice.expovariate(1 / patience) if patience < inf else inf
        earliest = free_at[0]
        wait = max(earliest - at, 0.0)
        waited += min(wait, gives_up)
        if wait > gives_up:
            gone += 1
            continue
        kept += wait <= within
        heapq.heapreplace(free_at, at + wait + dice.expovariate(1 / handle))
    return Seen(kept / calls, gone / calls, waited / calls)


def simpy_calls(
    *, per_second: float, people: int, handle: float, patience: float, within: float, calls: int, seed: int
) -> Seen:
    dice, env = random.Random(seed), simpy.Environment()
    desk = simpy.Resource(env, people)
    seen = Seen(0, 0, 0.0)

    def caller():  # type: ignore[no-untyped-def]
        came, gives_up = env.now, dice.expovariate(1 / patience) if patience < inf else inf
        with desk.request() as turn:
            met = yield turn | env.timeout(gives_up) if gives_up < inf else turn
            seen.seconds += env.now - came
            if gives_up < inf and turn not in met:
                seen.abandoned += 1
                return
            seen.in_time += env.now - came <= within
            yield env.timeout(dice.expovariate(1 / handle))

    def ringing():  # type: ignore[no-untyped-def]
        for _ in range(calls):
            env.process(caller())
            yield env.timeout(dice.expovariate(per_second))

    env.process(ringing())
    env.run()
    return Seen(seen.in_time / calls, seen.abandoned / calls, seen.seconds / calls)


def ranked_calls(*, load: float, people: int, first: float, handle: float, within: float, calls: int, seed: int):  # type: ignore[no-untyped-def]
    """Two ranks, nobody hangs up; (share of the first in time, mean wait of the first, mean wait of the others)."""
    dice = random.Random(seed)
    busy: list[float] = []
    queues: tuple[deque[float], deque[float]] = (deque(), deque())
    waits: tuple[list[float], list[float]] = ([], [])
    at = 0.0

    def served(until: float) -> None:
        while busy and busy[0] <= until:
            ended = heapq.heappop(busy)
            for rank in (0, 1):
                if queues[rank]:
                    waits[rank].append(ended - queues[rank].popleft())
                    heapq.heappush(busy, ended + dice.expovariate(1 / handle))
                    break

    for _ in range(calls):
        at += dice.expovariate(load / handle)
        served(at)
        rank = 0 if dice.random() < first else 1
        if len(busy) < people:
            waits[rank].append(0.0)
            heapq.heappush(busy, at + dice.expovariate(1 / handle))
        else:
            queues[rank].append(at)
    served(inf)
    kept = sum(wait <= within for wait in waits[0]) / len(waits[0])
    return kept, sum(waits[0]) / len(waits[0]), sum(waits[1]) / len(waits[1])


def chats_by_person(
    *, per_second: float, people: int, rates: list[float], patience: float, within: float, chats: int, seed: int
) -> Seen:
    """Chats held by single people; rates[j]: chats that a person with j of them ends per second. Nobody rebalances."""
    dice = random.Random(seed)
    held, waiting = [0] * people, deque[float]()
    most, came, kept, gone, waited, now = len(rates) - 1, 0, 0, 0, 0.0, 0.0
    while came < chats:
        ending = sum(rates[one] for one in held)
        leaving = len(waiting) / patience
        now += dice.expovariate(per_second + ending + leaving)
        dart = dice.random() * (per_second + ending + leaving)
        if dart < per_second:
            came += 1
            least = min(range(people), key=held.__getitem__)
            if held[least] < most:
                held[least] += 1
                kept += 1
            else:
                waiting.append(now)
        elif dart < per_second + ending:
            dart -= per_second
            person = 0
            while dart > rates[held[person]]:
                dart -= rates[held[person]]
                person += 1
            held[person] -= 1
            if waiting:
                since = waiting.popleft()
                held[person] += 1
                kept += now - since <= within
                waited += now - since
        else:
            place = dice.randrange(len(waiting))
            waited += now - waiting[place]
            del waiting[place]
            gone += 1
    return Seen(kept / chats, gone / chats, waited / chats)
