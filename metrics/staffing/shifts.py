"""Shifts that cover a week's requirement: which to begin when, by how many people, at what cost.

A shift type is some hours with a break in the middle; a tour is a shift type on five days with two days off in a row.
Solved by HiGHS where it is installed (the extra `schedule`), else by a greedy rule that needs some 11–18 % more hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from typing import Literal

import numpy as np
import polars as pl

from metrics.staffing.past import Floats, Whole

SHORT_COST, OVER_COST = 24.0, 0.08
"""What an hour of one person short, or over, costs in paid hours: to be short is dear, to be over nearly nothing."""
SECONDS, GAP = 10.0, 0.005
Solver = Literal["highs", "greedy"]


@dataclass(frozen=True)
class ShiftType:
    """Begins so many minutes after midnight, lasts so long, with an unpaid break in the middle; may pass midnight.

    cost: of one paid hour against a usual one (part-time and outsourced people may be dearer) · tours: worked on five
    days of seven by one person; else hired day by day.
    """

    name: str
    begins: int
    minutes: int
    break_minutes: int = 0
    cost: float = 1.0
    tours: bool = True

    @property
    def paid_hours(self) -> float:
        return (self.minutes - self.break_minutes) / 60


USUAL_SHIFTS = tuple(
    ShiftType(f"{begins // 60:02d}:{begins % 60:02d}", begins, 540, 60) for begins in range(360, 901, 60)
) + tuple(
    ShiftType(f"{begins // 60:02d}:{begins % 60:02d} ½", begins, 240, cost=1.1, tours=False)
    for begins in (510, 570, 810, 960)
)  # fmt: skip
"""Nine hours with one for a meal, beginning on the hour from 6 to 15; half shifts of four hours by part-time people."""


@dataclass(frozen=True)
class Chosen:
    """So many people work this type on these weekdays (Monday 0)."""

    shift: ShiftType
    days: tuple[int, ...]
    people: int


@dataclass(frozen=True)
class Proposal:
    """A week's shifts. covered: people per day and interval · short_hours, over_hours: against the requirement ·
    gap: how far from the best possible it may be, None where that is not known."""

    chosen: tuple[Chosen, ...]
    covered: Whole
    paid_hours: float
    short_hours: float
    over_hours: float
    cost: float
    solver: Solver
    gap: float | None = None


@dataclass(frozen=True)
class _Problem:
    """Columns are shift types on days; `covers[c]` has one entry for each interval of the week."""

    required: Whole
    covers: Whole
    costs: Floats
    hours: float
    columns: list[tuple[ShiftType, tuple[int, ...]]] = field(default_factory=list)

    def cost(self, people: Whole) -> float:
        beside = self.covers.T @ people - self.required
        short, over = np.maximum(-beside, 0).sum(), np.maximum(beside, 0).sum()
        return float(self.costs @ people + (short * SHORT_COST + over * OVER_COST) * self.hours)


def required_week(needs: pl.DataFrame, *, zone: str, minutes: int, first: date) -> Whole:
    """People to roster in all queues of a REQUIREMENT_FRAME together: 7 weekdays (Monday first) × intervals of a day.

    Of the seven local days from `first` on; an interval that comes twice when clocks change counts once.
    """
    local = pl.col("starts_at").dt.convert_time_zone(zone)
    slot = (local.dt.hour().cast(pl.Int64) * 60 + local.dt.minute().cast(pl.Int64)) // minutes
    days = (local.dt.date() - pl.lit(first)).dt.total_days()
    week = needs.with_columns(day=local.dt.weekday() - 1, slot=slot).filter(days.is_between(0, 6))
    summed = week.group_by("starts_at", "day", "slot").agg(pl.col("required").sum())
    found = np.zeros((7, 1440 // minutes), dtype=np.int64)
    for day, at, people in summed.select("day", "slot", "required").iter_rows():
        found[day, at] = max(found[day, at], people)
    return found


def propose_shifts(
    required: Whole, *, minutes: int, types: Sequence[ShiftType] = USUAL_SHIFTS, solver: Solver | None = None,
    seconds: float = SECONDS,
) -> Proposal:  # fmt: skip
    """Shifts for a week: `required` is 7 days × intervals of a day, people to roster.

    solver: `highs` is taken where it is installed. Shifts that pass midnight go on into the next day, on Sunday into
    Monday.
    """
    problem = _problem(np.asarray(required, dtype=np.int64), minutes, types)
    chosen_solver: Solver = solver or ("highs" if find_spec("highspy") else "greedy")
    people, gap = _solved(problem, seconds) if chosen_solver == "highs" else (_greedy(problem), None)
    return _proposal(problem, people, chosen_solver, gap, required.shape)


def _problem(required: Whole, minutes: int, types: Sequence[ShiftType]) -> _Problem:
    columns: list[tuple[ShiftType, tuple[int, ...]]] = []
    for one in types:
        if one.tours:
            columns += [(one, tuple(sorted((first + more) % 7 for more in range(5)))) for first in range(7)]
        else:
            columns += [(one, (day,)) for day in range(7)]
    covers = np.array([_covered(one, days, minutes, required.size) for one, days in columns], dtype=np.int64)
    costs = np.array([one.paid_hours * one.cost * len(days) for one, days in columns])
    return _Problem(required.ravel(), covers.reshape(len(columns), required.size), costs, minutes / 60, columns)


def _covered(one: ShiftType, days: tuple[int, ...], minutes: int, size: int) -> Whole:
    """The intervals of the week that lie wholly in the shift and outside its break."""
    covered = np.zeros(size, dtype=np.int64)
    a_day = size // 7
    rest = one.begins + (one.minutes - one.break_minutes) // 2 // minutes * minutes
    for day in days:
        for slot in range(-(-one.begins // minutes), (one.begins + one.minutes) // minutes):
            at = slot * minutes
            if not rest <= at < rest + one.break_minutes:
                covered[(day * a_day + slot) % size] = 1
    return covered


def _greedy(problem: _Problem) -> Whole:
    """Add whatever column saves most, until none does; then take out what has become needless."""
    people = np.zeros(len(problem.columns), dtype=np.int64)
    covered = np.zeros(problem.required.size, dtype=np.int64)
    while True:
        worth = np.where(covered < problem.required, SHORT_COST, -OVER_COST) * problem.hours
        gains = problem.covers @ worth - problem.costs
        best = int(gains.argmax()) if gains.size else 0
        if not gains.size or gains[best] <= 1e-9:
            break
        people[best] += 1
        covered = covered + problem.covers[best]
    improved = True
    while improved:
        improved = False
        for column in np.flatnonzero(people):
            fewer = people.copy()
            fewer[column] -= 1
            if problem.cost(fewer) < problem.cost(people) - 1e-9:
                people, improved = fewer, True
    return people


def _solved(problem: _Problem, seconds: float) -> tuple[Whole, float | None]:
    """By HiGHS: whole people per column, short and over as slack; the best found in that time or within GAP."""
    import highspy

    count, rows = problem.covers.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count + 2 * rows, rows
    slack = np.concatenate((np.full(rows, SHORT_COST), np.full(rows, OVER_COST))) * problem.hours
    model.col_cost_ = np.concatenate((problem.costs, slack))
    model.col_lower_ = np.zeros(count + 2 * rows)
    model.col_upper_ = np.full(count + 2 * rows, 1e6)
    model.row_lower_ = model.row_upper_ = problem.required.astype(np.float64)
    starts, index, value = [0], [], []
    for row in range(rows):
        covering = np.flatnonzero(problem.covers[:, row])
        index += [*covering.tolist(), count + row, count + rows + row]
        value += [1.0] * covering.size + [1.0, -1.0]
        starts.append(len(index))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    model.a_matrix_.index_ = np.array(index, dtype=np.int32)
    model.a_matrix_.value_ = np.array(value)
    model.integrality_ = [highspy.HighsVarType.kInteger] * count + [highspy.HighsVarType.kContinuous] * (2 * rows)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, setting in (("output_flag", False), ("mip_rel_gap", GAP), ("time_limit", seconds), ("threads", 2)):
        solver.setOptionValue(option, setting)
    solver.passModel(model)
    solver.run()
    people = np.round(np.array(solver.getSolution().col_value[:count])).astype(np.int64)
    greedy = _greedy(problem)
    if people.size != count or problem.cost(greedy) < problem.cost(people):
        return greedy, None  # stopped before it had found anything as good
    return people, float(solver.getInfo().mip_gap)


def _proposal(
    problem: _Problem, people: Whole, solver: Solver, gap: float | None, shape: tuple[int, ...]
) -> Proposal:  # fmt: skip
    covered = problem.covers.T @ people
    beside = (covered - problem.required) * problem.hours
    chosen = tuple(
        Chosen(one, days, int(many))
        for (one, days), many in zip(problem.columns, people.tolist(), strict=True)
        if many
    )  # fmt: skip
    paid = sum(one.shift.paid_hours * len(one.days) * one.people for one in chosen)
    return Proposal(
        chosen, covered.reshape(shape), float(paid), float(np.maximum(-beside, 0).sum()),
        float(np.maximum(beside, 0).sum()), problem.cost(people), solver, gap,
    )  # fmt: skip
