"""Sampling plans: what is kept, what a plan would draw, what load that is, and how exact the share becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import SERVER, Act, Actor, Denied, Reach, demand, needs, record
from dashboard.people.policy import DENIED
from dashboard.quality.plans import NoSuchPlan, Plan, StalePlan, following, plan_of, row_of
from dashboard.quality.readers import demanded_readers, readers_in
from dashboard.quality.windows import complaints_of, counts_of, frame_of, last_windows
from dashboard.services.facts.figures import facts_of
from dashboard.store import SamplePlan
from dashboard.triage.now import now
from metrics.facts import Facts
from metrics.quality.estimates import half_width
from metrics.quality.sampling import REST, parts

MINUTES = 4.0
"""What a review takes a practised inspector, with the search for the right place."""
AFTER_WEEKS = (1, 4, 13)


@dataclass(frozen=True)
class Preview:
    """What a plan would draw in a cycle, by what the last ones were.

    reviews: with those read twice · half_widths: weeks -> how far the interval of the share would reach up and down ·
    in_one: the same of a single cycle.
    """

    cycles: int
    conversations: float
    drawn: float
    reviews: float
    minutes: float
    strata: pl.DataFrame
    in_one: float
    half_widths: Mapping[int, float]
    inspectors: int
    floor: int = 0
    """At most so many more each week, so that everybody comes to the weekly floor."""

    @property
    def each(self) -> float:
        """Reviews of each inspector in a cycle."""
        return self.reviews / max(self.inspectors, 1)


@needs(Act.SEE_QUALITY)
def plans(actor: Actor, desk: Desk, *, retired: bool = False) -> tuple[Plan, ...]:
    """The newest version of every plan over which the person's reach extends, in the order of their names."""
    with desk.reading() as session:
        found = newest_plans(session)
    return tuple(one for one in found if extends_over(actor, Act.SEE_QUALITY, one) and (retired or not one.retired_at))


def newest_plans(session: Session) -> tuple[Plan, ...]:
    """The newest version of every plan."""
    newest = select(func.max(SamplePlan.id)).group_by(SamplePlan.name)
    rows = session.scalars(select(SamplePlan).where(SamplePlan.id.in_(newest)).order_by(SamplePlan.name))
    return tuple(plan_of(row) for row in rows)


def plan_named(session: Session, name: str) -> Plan:
    """The newest version of a plan that is not retired. Raises NoSuchPlan."""
    known = {one.name: one for one in newest_plans(session) if one.retired_at is None}
    if name not in known:
        raise NoSuchPlan(name, tuple(known))
    return known[name]


def extends_over(actor: Actor, act: Act, plan: Plan) -> bool:
    """Whether the act extends over all that the plan can draw: everything, or teams that are the person's own."""
    found = demand(actor, act)
    return found is Reach.ALL or (
        found is Reach.TEAMS and bool(plan.where.get("team")) and set(plan.where["team"]) <= actor.teams
    )


def demand_over(actor: Actor, act: Act, plan: Plan) -> None:
    """Raises Denied where it does not."""
    if not extends_over(actor, act, plan):
        raise Denied(DENIED)


@needs(Act.DRAW_SAMPLES)
def save_plan(actor: Actor, desk: Desk, plan: Plan, *, expected_number: int = 0, at: datetime | None = None) -> Plan:
    """Keep a plan as the next version of its name; 0 is expected of a new one.

    Raises PlanError, StalePlan where somebody was quicker, UnknownReader.
    """
    plan.demand_sense()
    demand_over(actor, Act.DRAW_SAMPLES, plan)
    moment = at or now()
    with desk.keeping() as session:
        name = plan.name.strip()
        number = session.scalar(select(func.max(SamplePlan.number)).where(SamplePlan.name == name)) or 0
        if number != expected_number:
            raise StalePlan(number)
        demanded_readers(session, plan.inspectors)
        kept = _kept(session, actor, plan, number, moment)
        _keep_floor(session, actor, plan, moment)
        return kept


def _kept(session: Session, actor: Actor, plan: Plan, number: int, at: datetime) -> Plan:
    row = row_of(following(plan, number, by=actor.name, at=at))
    session.add(row)
    session.flush()
    record(session, actor, "sample.plan", f"plan:{row.id}", {"number": row.number}, at=at)
    return plan_of(row)


def _keep_floor(session: Session, actor: Actor, plan: Plan, at: datetime) -> None:
    """Let the weekly floor of a plan be what the plan says now."""
    before = next((one for one in newest_plans(session) if one.name == plan.floor_name), None)
    wanted = plan.floor()
    if wanted is not None:
        _kept(session, actor, wanted, 0 if before is None else before.number, at)
    elif before is not None and before.retired_at is None:
        session.get_one(SamplePlan, before.id).retired_at = at


@needs(Act.DRAW_SAMPLES)
def retire_plan(actor: Actor, desk: Desk, name: str, *, at: datetime | None = None) -> None:
    """Draw by this plan no more; its draws stay. Raises NoSuchPlan."""
    moment = at or now()
    with desk.keeping() as session:
        plan = plan_named(session, name)
        demand_over(actor, Act.DRAW_SAMPLES, plan)
        session.get_one(SamplePlan, plan.id).retired_at = moment
        _keep_floor(session, actor, replace(plan, min_per_agent=0), moment)
        record(session, actor, "sample.retire", f"plan:{plan.id}", at=moment)


@needs(Act.SEE_QUALITY)
def who_can_read(actor: Actor, desk: Desk) -> tuple[str, ...]:
    """The accounts of everybody who may review."""
    del actor
    with desk.reading() as session:
        return tuple(readers_in(session))


@needs(Act.DRAW_SAMPLES)
def preview(actor: Actor, desk: Desk, plan: Plan) -> Preview:
    """What a plan would have drawn of the last windows, what load that is, and how exact the share becomes."""
    plan.demand_sense()
    demand_over(actor, Act.DRAW_SAMPLES, plan)
    facts, complaints = facts_of(SERVER, desk), complaints_of(desk)
    frames = [frame_of(facts, plan, window, complaints) for window in last_windows(facts, plan.cycle)]
    counts = [counts_of(frame, plan) for frame in frames]
    strata = pl.concat([_sizes(frame, count) for frame, count in zip(frames, counts, strict=True)] or [_nothing()])
    mean = strata.group_by("stratum").agg(pl.col("size").sum() / len(frames), pl.col("drawn").sum() / len(frames))
    drawn = sum(sum(count.values()) for count in counts) / max(len(frames), 1)
    in_week = 7 if plan.cycle == "day" else 1
    fails = {name: _expected(plan, name) for name in mean["stratum"]}
    return Preview(
        cycles=len(frames), conversations=sum(frame.height for frame in frames) / max(len(frames), 1), drawn=drawn,
        reviews=drawn * (1 + plan.double_share), minutes=drawn * (1 + plan.double_share) * MINUTES,
        strata=mean.sort("stratum"), in_one=half_width(mean, fails, 1),
        half_widths={weeks: half_width(mean, fails, weeks * in_week) for weeks in AFTER_WEEKS},
        inspectors=len(plan.inspectors), floor=_floor(facts, plan, complaints),
    )  # fmt: skip


def _floor(facts: Facts, plan: Plan, complaints: Sequence[str]) -> int:
    """What the floor of the newest whole week would ask for if the share had drawn nothing."""
    floor, weeks = plan.floor(), last_windows(facts, "week")
    if floor is None or not weeks:
        return 0
    return sum(counts_of(frame_of(facts, floor, weeks[0], complaints), floor).values())


def _sizes(frame: pl.DataFrame, counts: Mapping[str, int]) -> pl.DataFrame:
    drawn = pl.DataFrame({"stratum": list(counts), "drawn": list(counts.values())},
                         schema={"stratum": pl.String, "drawn": pl.Int64})  # fmt: skip
    sizes = frame.group_by("stratum").len("size").with_columns(pl.col("size").cast(pl.Int64))
    return sizes.join(drawn, on="stratum").select("stratum", "size", "drawn")


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"stratum": pl.String, "size": pl.Int64, "drawn": pl.Int64})


def _expected(plan: Plan, stratum: str) -> float:
    risk = REST if plan.purpose == "coaching" else parts(stratum)[1]
    return plan.allocation.expected.get(risk, plan.allocation.expected.get(REST, 0.05))
