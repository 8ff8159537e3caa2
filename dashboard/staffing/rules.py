"""How queues are staffed, as a desk has typed it: what may be typed within which limits, laid over what was found."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from dashboard.staffing.keeping import StaffingError
from metrics.staffing.model import LEVELS, WORKS, DatedRules, Queue, StaffingRules
from metrics.words import N_

Typed = Mapping[str, Any]
"""Field of StaffingRules -> what was typed for it; a field that is not there is measured, or as shipped."""
EVERY_QUEUE = ""
NUMBERS: Mapping[str, tuple[float, float]] = {
    "share": (0.01, 0.999),
    "within_seconds": (1, 30 * 86_400),
    "handle_seconds": (1, 86_400),
    "patience_seconds": (1, 86_400),
    "concurrency": (1, 12),
    "occupancy_cap": (0.3, 1.0),
    "reserve": (0.0, 0.5),
    "shrinkage": (0.0, 0.8),
}
"""The least and the most that may be typed."""
WHOLE = frozenset({"within_seconds", "concurrency"})
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "work": WORKS, "level": LEVELS, "clock": ("business", "calendar"), "divided": (False, True),
    "takes_idle": (False, True),
}  # fmt: skip
UNKNOWN = N_("“{found}” is nothing that a queue is staffed by; known are: {known}.")
OUTSIDE = N_("{field} must be from {least} to {most}; it was {found}.")
NOT_ONE_OF = N_("{field} is one of {known}; it was “{found}”.")


def checked(typed: Typed) -> dict[str, Any]:
    """What was typed, as it is kept. Raises StaffingError for a field or value that cannot be."""
    return {field: _checked(field, value) for field, value in typed.items() if value is not None}


def _checked(field: str, value: Any) -> Any:
    if field in CHOICES:
        if value not in CHOICES[field]:
            raise StaffingError(NOT_ONE_OF, field=field, known=", ".join(map(str, CHOICES[field])), found=value)
        return value
    if field not in NUMBERS:
        raise StaffingError(UNKNOWN, found=field, known=", ".join((*NUMBERS, *CHOICES)))
    least, most = NUMBERS[field]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        raise StaffingError(OUTSIDE, field=field, least=least, most=most, found=value)
    return round(value) if field in WHOLE else float(value)


def laid_over(measured: Mapping[str, StaffingRules], typed: Mapping[str, Typed]) -> dict[str, StaffingRules]:
    """The rules of each queue: what was typed for it, else for its channel, else for every queue, else as measured."""
    return {queue: _with(rules, {**typed.get(EVERY_QUEUE, {}), **typed.get(Queue.named(queue).channel, {}),
                                 **typed.get(queue, {})})
            for queue, rules in measured.items()}  # fmt: skip


def in_turn(of_days: DatedRules) -> tuple[Mapping[str, StaffingRules], DatedRules]:
    """The rules of the first of some days, and from each later day on those that are others than the day before."""
    days = sorted(of_days)
    later = {
        day: {queue: rules for queue, rules in of_days[day].items() if rules != of_days[before][queue]}
        for before, day in pairwise(days)
    }
    return of_days[days[0]], {day: rules for day, rules in later.items() if rules}


def _with(rules: StaffingRules, typed: Typed) -> StaffingRules:
    told = set(typed)
    return replace(rules, **typed, measured=rules.measured - told, assumed=rules.assumed - told) if told else rules
