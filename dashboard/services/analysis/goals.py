"""Improvement goals: a figure is to go from one value to another by a day; and whether it is on course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, Denied, Reach, demand, needs, record
from dashboard.people.permission import permission_of
from dashboard.people.policy import DENIED
from dashboard.services.analysis.trends import settled, today_of
from dashboard.services.settings.changes import Overtaken
from dashboard.store import Goal as GoalRow
from metrics.catalog import METRICS, metric
from metrics.compute import compute
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.model import Period, Scope
from metrics.words import N_

WEEK = timedelta(days=7)
Where = Mapping[str, tuple[str | None, ...]]
Standing = Literal["on", "off", "near", "reached", "missed", "early", "few"]
"""on, off: beyond noise for off · near: behind the path, but within noise · early: no settled week yet."""
_TITLE = N_("Give the goal a title of at most {longest} characters.")
_METRIC = N_("“{found}” is no figure; see them with floorwalker metrics.")
_SAME = N_("The goal is what it starts from; name another value.")
_DAYS = N_("The goal is to be reached on {due}, but starts on {start}; name a later day, at least a week after.")
_GONE = N_("This goal is not there any more.")
_OVERTAKEN = N_("This goal was changed meanwhile; look at it again.")
LONGEST = 120


class GoalError(ActionableError):
    """A goal that cannot be set or found."""


@dataclass(frozen=True)
class Goal:
    """From `start_value` on `starts_on` to `goal_value` on `due_on`, for the tickets that `where` describes."""

    title: str
    metric_id: str
    start_value: float
    goal_value: float
    starts_on: date
    due_on: date
    where: Where = field(default_factory=dict)
    note: str | None = None
    id: int = 0
    version: int = 1

    @property
    def is_up(self) -> bool:
        """Whether the figure is to rise."""
        return self.goal_value > self.start_value

    def wanted(self, day: date) -> float:
        """Where the path is on a day: straight from the start to the goal, level before and after."""
        length = (self.due_on - self.starts_on).days
        passed = min(max((day - self.starts_on).days, 0), length)
        return self.start_value + (self.goal_value - self.start_value) * passed / length


@dataclass(frozen=True)
class Course:
    """How a goal stands: by its newest whole settled week, beside the path at that week's end."""

    standing: Standing
    week: Period | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    wanted: float | None = None


@needs(Act.SEE_GOALS)
def goals(actor: Actor, desk: Desk) -> tuple[Goal, ...]:
    """Every goal that was not ended, the one due first first; none that is about other teams or people alone."""
    may = permission_of(actor, Act.SEE_GOALS)
    with desk.reading() as session:
        rows = session.scalars(select(GoalRow).where(GoalRow.ended_at.is_(None)).order_by(GoalRow.due_on, GoalRow.id))
        return tuple(found for row in rows if may.covers((found := _goal(row)).where))


@needs(Act.SET_GOALS)
def set_goal(actor: Actor, desk: Desk, goal: Goal) -> int:
    """Set a goal; its number. Raises GoalError, and Denied where it is about other teams than the person leads."""
    _demand_sense(goal)
    _demand_reach(actor, goal.where)
    with desk.keeping() as session:
        row = GoalRow(person_id=actor.id, made_at=datetime.now(UTC), **_columns(goal))
        session.add(row)
        session.flush()
        record(session, actor, "goal.set", f"goal:{row.id}", {"metric": goal.metric_id})
        return row.id


@needs(Act.SET_GOALS)
def change_goal(actor: Actor, desk: Desk, goal: Goal) -> None:
    """Let the goal of this number be otherwise; `goal.version` is the one that was looked at. Raises as `set_goal`."""
    _demand_sense(goal)
    _demand_reach(actor, goal.where)
    with desk.keeping() as session:
        row = _to_change(session, actor, goal.id, goal.version)
        for name, value in _columns(goal).items():
            setattr(row, name, value)
        row.version += 1
        record(session, actor, "goal.change", f"goal:{goal.id}", {"metric": goal.metric_id})


@needs(Act.SET_GOALS)
def end_goal(actor: Actor, desk: Desk, id: int, *, expected: int) -> None:
    """Let a goal be one no longer; it stays in the database. Raises GoalError, Overtaken, Denied."""
    with desk.keeping() as session:
        row = _to_change(session, actor, id, expected)
        row.ended_at = datetime.now(UTC)
        row.version += 1
        record(session, actor, "goal.end", f"goal:{id}")


def course_of(facts: Facts, scope: Scope, goal: Goal) -> Course:
    """How the goal stands; the scope's own filters narrow its tickets, its days do not matter."""
    one, about = metric(goal.metric_id), Scope(where={**scope.where, **goal.where})
    week = _newest_week(facts, goal)
    if week is None:
        return Course("early")
    row = compute([one], facts, replace(about, period=week)).row(0, named=True)
    wanted = goal.wanted(week.end - timedelta(days=1))
    told = (week, row["value"], row["low"], row["high"], int(row["n"]), wanted)
    if row["value"] is None or row["n"] < one.minimum_n:
        return Course("few", *told)
    is_over = today_of(facts) > goal.due_on and week.end + WEEK > goal.due_on
    return Course(_standing(goal, row, wanted, is_over=is_over), *told)


def _newest_week(facts: Facts, goal: Goal) -> Period | None:
    """The newest Monday to Sunday since the start, up to the day it is due, that is settled whole."""
    days = settled(metric(goal.metric_id), facts, Period(goal.starts_on, goal.due_on + timedelta(days=1)))
    if days is None:
        return None
    last = min(days.end, today_of(facts))  # today is not over yet
    monday = last - timedelta(days=last.weekday()) - WEEK
    return Period(monday, monday + WEEK) if monday >= goal.starts_on else None


def _standing(goal: Goal, row: Mapping[str, Any], wanted: float, *, is_over: bool) -> Standing:
    value, best = row["value"], row["high"] if goal.is_up else row["low"]
    if value >= wanted if goal.is_up else value <= wanted:
        return "reached" if is_over else "on"
    within = best is not None and (best >= wanted if goal.is_up else best <= wanted)
    if within and not is_over:
        return "near"
    return "missed" if is_over else "off"


def about_these(found: Sequence[Goal], ids: Sequence[str], scope: Scope) -> tuple[Goal, ...]:
    """The goals for one of these figures and exactly the tickets of the scope."""
    where = {name: frozenset(values) for name, values in scope.where.items()}
    return tuple(
        goal
        for goal in found
        if goal.metric_id in ids and {name: frozenset(values) for name, values in goal.where.items()} == where
    )


def _demand_sense(goal: Goal) -> None:
    if not 1 <= len(goal.title.strip()) <= LONGEST:
        raise GoalError(_TITLE, longest=LONGEST)
    if goal.metric_id not in METRICS:
        raise GoalError(_METRIC, found=goal.metric_id)
    if goal.start_value == goal.goal_value:
        raise GoalError(_SAME)
    if goal.due_on - goal.starts_on < WEEK:
        raise GoalError(_DAYS, due=goal.due_on.isoformat(), start=goal.starts_on.isoformat())


def _demand_reach(actor: Actor, where: Where) -> None:
    """Who leads teams sets goals for these; for everybody only who sees everybody."""
    if demand(actor, Act.SET_GOALS) is not Reach.TEAMS:
        return
    teams = where.get("team", ())
    if not teams or not actor.teams.issuperset(team for team in teams if team) or None in teams:
        raise Denied(DENIED)


def _to_change(session: Session, actor: Actor, id: int, expected: int) -> GoalRow:
    row = session.get(GoalRow, id)
    if row is None or row.ended_at is not None:
        raise GoalError(_GONE)
    _demand_reach(actor, _goal(row).where)
    if row.version != expected:
        raise Overtaken(_OVERTAKEN)
    return row


def _goal(row: GoalRow) -> Goal:
    where = {str(name): tuple(values) for name, values in row.where.items()}
    told = (row.title, row.metric, row.start_value, row.goal_value, row.starts_on, row.due_on)
    return Goal(*told, where, row.note, row.id, row.version)


def _columns(goal: Goal) -> dict[str, Any]:
    return {
        "title": goal.title.strip(), "metric": goal.metric_id, "where": {k: list(v) for k, v in goal.where.items()},
        "start_value": goal.start_value, "goal_value": goal.goal_value, "starts_on": goal.starts_on,
        "due_on": goal.due_on, "note": (goal.note or "").strip() or None,
    }  # fmt: skip
