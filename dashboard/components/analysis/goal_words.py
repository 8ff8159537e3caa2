"""Improvement goals in words and as paths: on course or off, said in one sentence."""

from collections.abc import Sequence
from datetime import date

from dashboard import data
from dashboard.charts.over_time import Path
from dashboard.components.text import plain
from dashboard.format import count, figure, span
from dashboard.metric_words import label
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.analysis.goals import Course, Goal, Standing, course_of, goals
from dashboard.wording import N_, _
from metrics.catalog import metric
from metrics.model import Scope, Unit

SENTENCES: dict[Standing, str] = {
    "on": N_("On course: {value} in the week {week}, {wanted} was wanted by then."),
    "near": N_("Behind its path, but within noise: {value} in the week {week}, {wanted} was wanted by then."),
    "off": N_("Off course: {value} in the week {week}, {wanted} was wanted by then, and noise does not explain it."),
    "reached": N_("Reached: {value} in the week {week}, {wanted} was wanted."),
    "missed": N_("Not reached: {value} in the week {week}, {wanted} was wanted."),
    "few": N_("Too few in the week {week} to tell (n = {n})."),
    "early": N_("Too early to tell: no whole week since its start is settled yet."),
}


def all_goals() -> tuple[Goal, ...]:
    """The goals that are set, where whoever looks may know of them: all that they name is found in his own tickets."""
    actor = current_actor()
    found = goals(actor, data.desk()) if reach(actor, Act.SEE_GOALS) else ()
    return tuple(goal for goal in found if data.concerns(goal.where))


def aim_note(goal: Goal, scope: Scope) -> str:
    """A goal and its course for the notes of a chart."""
    name = _("Goal “{title}”", title=goal.title)
    return f"{plain(name)}: {course_words(goal, scope)}"


def course_words(goal: Goal, scope: Scope) -> str:
    """Whether a goal is on course, in a sentence."""
    found = data.answer(course_of, Scope(where=scope.where), _plainly(goal))
    return plain(_course_words(found, metric(goal.metric_id).unit))


def _course_words(found: Course, unit: Unit) -> str:
    week = span(found.week) if found.week else ""
    value, wanted = figure(found.value, unit, beside=found.wanted), figure(found.wanted, unit)
    return _(SENTENCES[found.standing], value=value, wanted=wanted, week=week, n=count(found.n))


def _plainly(goal: Goal) -> Goal:
    """The goal as a part of a cache's key: its conditions in one order."""
    return Goal(**{**vars(goal), "where": dict(sorted(goal.where.items()))})


def goal_head(goal: Goal) -> str:
    """What is to change from what to what by when."""
    unit = metric(goal.metric_id).unit
    return _(
        "{figure}: from {start} on {since} to {goal} by {due}",
        figure=label(metric(goal.metric_id)), start=figure(goal.start_value, unit), since=goal.starts_on.isoformat(),
        goal=figure(goal.goal_value, unit), due=goal.due_on.isoformat(),
    )  # fmt: skip


def paths_of(aims: Sequence[Goal], periods: Sequence[date]) -> tuple[Path, ...]:
    """The ways to these goals as far as the periods of a chart reach."""
    return tuple(path for aim in aims if (path := _path(aim, periods)) is not None)


def _path(goal: Goal, periods: Sequence[date]) -> Path | None:
    on_chart = [day for day in periods if goal.starts_on <= day <= goal.due_on]
    if len(on_chart) < 2:
        return None
    name = _("goal {value} by {due}", value=figure(goal.goal_value, metric(goal.metric_id).unit),
             due=goal.due_on.isoformat())  # fmt: skip
    return Path(tuple((day, goal.wanted(day)) for day in on_chart), name)
