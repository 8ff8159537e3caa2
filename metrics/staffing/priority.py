"""Calls of two ranks: who goes first, and what that costs the others (non-preemptive, equal handle times)."""

from dataclasses import dataclass
from math import exp, inf

from metrics.staffing.erlang import erlang_c


@dataclass(frozen=True)
class Ranked:
    """What the first and the others meet; `first_level`: share of the first answered in time."""

    first_level: float
    first_seconds: float
    others_seconds: float
    all_seconds: float


def ranked(load: float, people: int, *, first_share: float, handle_seconds: float, within_seconds: float) -> Ranked:
    """Both ranks wait for ever; a call that is being handled is not broken off."""
    if people <= load or load <= 0:
        late = inf if load > 0 else 0.0
        return Ranked(0.0 if load > 0 else 1.0, late, late, late)
    waits, first = erlang_c(load, people), load * first_share
    turn = waits * handle_seconds / people
    free_of_first, free_of_all = 1 - first / people, 1 - load / people
    level = 1 - waits * exp(-(people - first) * within_seconds / handle_seconds)
    return Ranked(level, turn / free_of_first, turn / (free_of_first * free_of_all), turn / free_of_all)
