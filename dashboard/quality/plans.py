"""A sampling plan as it is kept: what can be drawn, how it is divided, how much of it, who reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from dashboard.store import SamplePlan
from dashboard.wording import N_, _
from metrics.errors import ActionableError
from metrics.model import DIMENSIONS
from metrics.quality.risks import RISKS, Risk
from metrics.quality.sampling import Allocation

Purpose = Literal["rate", "coaching"]
Cycle = Literal["day", "week"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
CYCLES: tuple[Cycle, ...] = get_args(Cycle)
CHARACTERS = 100
FLOOR = " (floor)"
"""Ends the name of the plan that is the weekly floor of another one."""
MOST_SHARE, MOST_NUMBER = 1.0, 1000
_NAME = N_("Give the plan a name of at most {most} characters.")
_SHARE = N_("{what} is {found}; it must be from {low} to {high}.")
_NOBODY = N_("A plan for coaching needs at least one conversation of each agent.")
_DIMENSION = N_("Conversations cannot be chosen by “{name}”; there are: {known}.")
_NONE = N_("There is no sampling plan “{name}”. There are: {known}.")
_STALE = N_("Somebody else has changed this plan meanwhile; it is version {number} now. Look at it again.")
DAILY_SHARE, DOUBLE_SHARE = N_("The daily share"), N_("The share read twice")
MINIMUM, PER_AGENT = N_("The least number for each team"), N_("The number for each agent")
COMPLAINTS = N_("The number up to which all complaints are read")
DUE = N_("The time for a review, in hours,")


class PlanError(ActionableError):
    """A plan that cannot be: a setting out of its bounds, a name that is none."""


class StalePlan(ActionableError):
    """The plan is not any more what the one who changes it has seen."""

    def __init__(self, number: int) -> None:
        super().__init__(_STALE, number=number)


class NoSuchPlan(ActionableError):
    """No plan has that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(_NONE, name=name, known=", ".join(known) or "–")


@dataclass(frozen=True)
class Plan:
    """One version of a plan. purpose: rate, for the share that passes · coaching, so that everybody is read."""

    name: str
    purpose: Purpose = "rate"
    cycle: Cycle = "day"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    risks: tuple[Risk, ...] = RISKS
    by_channel: bool = True
    allocation: Allocation = field(default_factory=Allocation)
    min_per_agent: int = 0
    """Of everybody's conversations so many: in each cycle of a plan for coaching, in each week beside one for rates."""
    double_share: float = 0.08
    inspectors: tuple[str, ...] = ()
    """By name; none: whoever takes the next one."""
    due_hours: int = 48
    id: int | None = None
    number: int = 0
    made_by: str = ""
    made_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def floor_name(self) -> str:
        """The plan by which its weekly floor is drawn."""
        return self.name.strip() + FLOOR

    @property
    def is_floor(self) -> bool:
        """Whether it fills up what the share of another plan has left below that plan's weekly floor."""
        return self.purpose == "coaching" and self.name.endswith(FLOOR)

    def floor(self) -> "Plan | None":
        """The plan of its weekly floor, where it has one: the same conversations, week by week, a stratum each agent.

        What is drawn by it is for coaching and enters no rate, so the probabilities of the share stay what they are.
        """
        if self.purpose != "rate" or not self.min_per_agent:
            return None
        return replace(
            self, name=self.floor_name, purpose="coaching", cycle="week", double_share=0.0, id=None, number=0
        )

    def demand_sense(self) -> None:
        """Raises PlanError where a setting is out of its bounds."""
        if not 1 <= len(self.name.strip()) <= CHARACTERS:
            raise PlanError(_NAME, most=CHARACTERS)
        _within(DAILY_SHARE, self.allocation.share, 0.0, MOST_SHARE)
        _within(MINIMUM, self.allocation.minimum, 0, MOST_NUMBER)
        _within(COMPLAINTS, self.allocation.all_up_to, 0, MOST_NUMBER)
        _within(DOUBLE_SHARE, self.double_share, 0.0, MOST_SHARE)
        _within(PER_AGENT, self.min_per_agent, 0, MOST_NUMBER)
        _within(DUE, self.due_hours, 1, 24 * 366)
        if self.purpose == "coaching" and not self.min_per_agent:
            raise PlanError(_NOBODY)
        strange = [name for name in self.where if name not in DIMENSIONS and not name.startswith("x_")]
        if strange:
            raise PlanError(_DIMENSION, name=strange[0], known=", ".join(DIMENSIONS))


def _within(what: str, found: float, low: float, high: float) -> None:
    if not low <= found <= high:
        raise PlanError(_SHARE, what=_(what), found=found, low=low, high=high)


def plan_of(row: SamplePlan) -> Plan:
    """The row as a value."""
    return Plan(
        id=row.id, name=row.name, number=row.number, purpose=row.purpose, cycle=row.cycle,  # type: ignore[arg-type]
        where={name: tuple(values) for name, values in row.where.items()}, risks=tuple(row.strata["risks"]),
        by_channel=row.strata["by_channel"], allocation=Allocation(**row.allocation), min_per_agent=row.min_per_agent,
        double_share=row.double_share, inspectors=tuple(row.inspectors), due_hours=row.due_hours, made_by=row.made_by,
        made_at=row.made_at, retired_at=row.retired_at,
    )  # fmt: skip


def row_of(plan: Plan) -> SamplePlan:
    """The value as a new row."""
    return SamplePlan(
        name=plan.name.strip(), number=plan.number, purpose=plan.purpose, cycle=plan.cycle, made_by=plan.made_by,
        where={name: list(values) for name, values in plan.where.items()}, made_at=plan.made_at,
        strata={"risks": list(plan.risks), "by_channel": plan.by_channel}, allocation=_allocation(plan.allocation),
        min_per_agent=plan.min_per_agent, double_share=plan.double_share, inspectors=list(plan.inspectors),
        due_hours=plan.due_hours, retired_at=plan.retired_at,
    )  # fmt: skip


def _allocation(allocation: Allocation) -> dict[str, Any]:
    names = ("share", "minimum", "per_stratum", "all_up_to", "weight_ratio")
    return {**{name: getattr(allocation, name) for name in names}, "expected": dict(allocation.expected)}


def following(plan: Plan, number: int, *, by: str, at: datetime) -> Plan:
    """The plan as the version after *number*."""
    return replace(plan, id=None, number=number + 1, made_by=by, made_at=at, retired_at=None)
