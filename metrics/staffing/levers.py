"""What can be done where people are short, what each would bring, and the ladder of all of them in turn.

Every figure is of one stretch of intervals of one queue: its requests, its people on the roster, and what so many
people achieve, by the same mathematics as the plan itself. `serve(requests, people)` tells that for one interval.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal, get_args

from metrics.staffing.model import Service, StaffingRules
from metrics.staffing.priority import Ranked, ranked

Lever = Literal[
    "reserve", "longer_shifts", "part_time", "outsourced", "borrowed", "call_back", "deflection", "priority",
]  # fmt: skip
LEVERS: tuple[Lever, ...] = get_args(Lever)
"""In the order in which a desk pulls them: what costs least and is soonest there first."""
ADDS_PEOPLE: tuple[Lever, ...] = ("reserve", "longer_shifts", "part_time", "outsourced", "borrowed")
Serve = Callable[[float, float], Service]


@dataclass(frozen=True)
class Slot:
    """One interval of the stretch: requests expected, people on the roster, people required."""

    requests: float
    rostered: float
    required: float


@dataclass(frozen=True)
class Means:
    """What a desk has at hand for the stretch: people who could come in addition, and shares that could be steered.

    borrowed: people whom other queues have over · longer_shifts: people whose shift ends shortly before the stretch or
    begins shortly after it · deflection: share of requests led to work that can wait · call_back: share of those who
    would wait too long and take the offer to be called back · first: share of requests that go before the others.
    """

    reserve: float = 0.0
    longer_shifts: float = 0.0
    part_time: float = 0.0
    outsourced: float = 0.0
    borrowed: float = 0.0
    deflection: float = 0.15
    call_back: float = 0.5
    first: float = 0.2

    def people(self, lever: Lever) -> float:
        """How many people a lever can add."""
        return float(getattr(self, lever)) if lever in ADDS_PEOPLE else 0.0


@dataclass(frozen=True)
class Standing:
    """What a stretch comes to: share served in time (by requests), share that gives up, most people short, requests.

    is_met: the goal is reached over the whole stretch.
    """

    level: float
    abandoned: float
    short: float
    requests: float
    is_met: bool


@dataclass(frozen=True)
class Step:
    """One lever pulled: how much of it, and how the stretch stands then.

    people: added · moved: requests led away, to later or to other work · ranked: of a rule of priority, what the first
    and the others meet at the worst.
    """

    lever: Lever
    people: float
    moved: float
    after: Standing
    ranked: Ranked | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether the lever is not at hand here."""
        return self.people <= 0 and self.moved <= 0 and self.ranked is None


def standing(slots: Sequence[Slot], serve: Serve, rules: StaffingRules, *, people: float = 0.0) -> Standing:
    """How a stretch stands with so many more people in each of its intervals."""
    told = [(slot, serve(slot.requests, slot.rostered + people)) for slot in slots]
    requests = sum(slot.requests for slot in slots)
    level = sum(slot.requests * found.level for slot, found in told) / requests if requests else 1.0
    lost = sum(slot.requests * found.abandoned for slot, found in told) / requests if requests else 0.0
    short = max((slot.required - slot.rostered - people for slot in slots), default=0.0)
    return Standing(level, lost, max(0.0, short), requests, level >= rules.share - 1e-9)


def levers(slots: Sequence[Slot], serve: Serve, rules: StaffingRules, means: Means, minutes: int) -> tuple[Step, ...]:
    """Each lever alone, against the stretch as it is; only those that are at hand."""
    found = (_pulled(lever, slots, serve, rules, means, minutes)[0] for lever in LEVERS)
    return tuple(step for step in found if not step.is_nothing)


def ladder(slots: Sequence[Slot], serve: Serve, rules: StaffingRules, means: Means, minutes: int) -> tuple[Step, ...]:
    """One lever upon the other, in their order, until the goal is reached; of people only as many as it takes.

    A rule of priority serves nobody more in time; it comes last, where all else is not enough.
    """
    steps: list[Step] = []
    for lever in LEVERS:
        now = steps[-1].after if steps else standing(slots, serve, rules)
        if now.is_met:
            break
        step, slots = _pulled(lever, slots, serve, rules, means, minutes, sparing=True)
        if not step.is_nothing:
            steps.append(step)
    return tuple(steps)


def _pulled(
    lever: Lever, slots: Sequence[Slot], serve: Serve, rules: StaffingRules, means: Means, minutes: int,
    *, sparing: bool = False,
) -> tuple[Step, Sequence[Slot]]:  # fmt: skip
    """The lever's step, and the stretch as it is then."""
    if lever in ADDS_PEOPLE:
        most = means.people(lever)
        people = _enough(slots, serve, rules, most) if sparing else most
        after = [replace(slot, rostered=slot.rostered + people) for slot in slots]
        return Step(lever, people, 0.0, standing(after, serve, rules)), after
    if lever == "priority":
        return Step(lever, 0.0, 0.0, standing(slots, serve, rules), _ranked(slots, rules, means, minutes)), slots
    after = [_relieved(slot, lever, serve, rules, means) for slot in slots]
    moved = sum(slot.requests for slot in slots) - sum(slot.requests for slot in after)
    return Step(lever, 0.0, moved, standing(after, serve, rules)), after


def _enough(slots: Sequence[Slot], serve: Serve, rules: StaffingRules, most: float) -> float:
    """The fewest whole people up to *most* with whom the goal is reached, else all of them."""
    whole = int(most)
    low, high = 0, whole
    while low < high:
        middle = (low + high) // 2
        if standing(slots, serve, rules, people=middle).is_met:
            high = middle
        else:
            low = middle + 1
    return float(low) if standing(slots, serve, rules, people=low).is_met else most


def _relieved(slot: Slot, lever: Lever, serve: Serve, rules: StaffingRules, means: Means) -> Slot:
    """The interval without the requests that are led away; people are not required for them now."""
    if rules.work == "deferred":
        return slot
    share = means.deflection if lever == "deflection" else means.call_back * _late(slot, serve)
    required = ceil(slot.required * (1 - share) - 1e-9)
    return replace(slot, requests=slot.requests * (1 - share), required=required)


def _late(slot: Slot, serve: Serve) -> float:
    """The share that would neither be served in time nor have given up."""
    found = serve(slot.requests, slot.rostered)
    return max(0.0, 1 - found.level - found.abandoned)


def _ranked(slots: Sequence[Slot], rules: StaffingRules, means: Means, minutes: int) -> Ranked | None:
    """What the first and the others meet in the worst interval; told for calls, where people do one thing at a time."""
    if rules.work not in ("erlang_a", "erlang_c") or not slots or not 0 < means.first < 1:
        return None
    worst = max(slots, key=lambda slot: slot.required - slot.rostered)
    present = int(worst.rostered * (1 - rules.shrinkage) + 1e-9)
    load = worst.requests * rules.handle_seconds / (minutes * 60)
    if present <= load * means.first:
        return None  # not even the first alone can be served without end
    return ranked(min(load, present - 1e-6) if present > 0 else load, present, first_share=means.first,
                  handle_seconds=rules.handle_seconds, within_seconds=rules.within_seconds)  # fmt: skip
