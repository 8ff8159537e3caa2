"""Goals: set with sense, within reach, never overwritten unseen; their course told by whole settled weeks."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.services.analysis.goals import (
    Course,
    Goal,
    GoalError,
    about_these,
    change_goal,
    course_of,
    end_goal,
    goals,
    set_goal,
)
from dashboard.services.settings.changes import Overtaken
from metrics.desk import DeskSettings, Target
from metrics.facts import Facts, build_facts
from metrics.model import Scope
from metrics.tables import TICKETS, Tables
from tests.dashboard.services.settings.test_changes import desk as both_kinds

desk = both_kinds
MAY, JULY = date(2026, 5, 4), date(2026, 7, 13)  # both Mondays, ten weeks apart
UP = Goal("More within target", "first_response_within_target", 0.5, 0.9, MAY, JULY)
DOWN = Goal("Faster", "first_response_calendar_mean", 3600.0, 600.0, MAY, JULY, {"team": ("甲组",)})


def test_a_goal_is_set_changed_with_its_version_and_ended(desk: Desk) -> None:
    id = set_goal(COMMAND_LINE, desk, DOWN)
    (kept,) = goals(COMMAND_LINE, desk)
    assert (kept.id, kept.where, kept.version) == (id, {"team": ("甲组",)}, 1)
    change_goal(COMMAND_LINE, desk, Goal(**{**vars(kept), "goal_value": 900.0}))
    with pytest.raises(Overtaken):
        change_goal(COMMAND_LINE, desk, kept)
    assert goals(COMMAND_LINE, desk)[0].goal_value == 900.0
    end_goal(COMMAND_LINE, desk, id, expected=2)
    assert goals(COMMAND_LINE, desk) == ()
    with pytest.raises(GoalError, match="not there"):
        end_goal(COMMAND_LINE, desk, id, expected=3)


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"metric_id": "happiness"}, {"goal_value": 0.5}, {"due_on": MAY + timedelta(days=6)}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_goal_without_sense_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    with pytest.raises(GoalError):
        set_goal(COMMAND_LINE, desk, Goal(**{**vars(UP), **wrong}))
    assert goals(COMMAND_LINE, desk) == ()


def test_who_leads_a_team_sets_goals_for_it_alone(desk: Desk) -> None:
    li = Actor(None, "Li", "supervisor", teams=frozenset({"甲组"}))
    set_goal(li, desk, DOWN)
    for where in ({}, {"team": ("乙组",)}, {"team": ("甲组", "乙组")}, {"team": ("甲组", None)}):
        with pytest.raises(Denied):
            set_goal(li, desk, Goal(**{**vars(DOWN), "where": where}))
    with pytest.raises(Denied):
        set_goal(Actor(None, "Wu", "agent"), desk, DOWN)


def test_the_path_is_straight_from_start_to_goal() -> None:
    assert [round(UP.wanted(MAY + timedelta(days=days)), 3) for days in (-9, 0, 35, 70, 99)] == [
        0.5,
        0.5,
        0.7,
        0.9,
        0.9,
    ]
    assert DOWN.wanted(MAY + timedelta(days=35)) == 2100


def facts_until(last: datetime, *, within: float, n: int = 40) -> Facts:
    """n tickets a day, of which this share is answered in ten minutes, the others in two hours."""
    created = [datetime(2026, 5, 1, 9, tzinfo=UTC) + timedelta(days=day, minutes=number)
               for day in range((last - datetime(2026, 5, 1, tzinfo=UTC)).days + 1) for number in range(n)]  # fmt: skip
    took = [timedelta(minutes=10 if place % n < within * n else 120) for place in range(len(created))]
    rows = {
        "source": ["s"] * len(created), "ticket_id": [str(number) for number in range(len(created))],
        "created_at": created, "first_responded_at": [at + wait for at, wait in zip(created, took, strict=True)],
        "team": ["甲组"] * len(created), "status": ["closed"] * len(created),
    }  # fmt: skip
    tickets = pl.DataFrame(rows, schema={name: TICKETS.schema[name] for name in rows})
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in TICKETS.schema.items() if name not in rows]
    settings = DeskSettings("UTC", (), (Target("first_response", 1800, "calendar"),))
    return build_facts(Tables.of(tickets=tickets.with_columns(missing)), settings, as_of=last)


def course(within: float, *, last: datetime = datetime(2026, 6, 10, tzinfo=UTC), n: int = 40) -> Course:
    return course_of(facts_until(last, within=within, n=n), Scope(), UP)


def test_a_figure_ahead_of_its_path_is_on_course_and_one_behind_beyond_noise_is_not() -> None:
    ahead = course(0.8)
    assert (ahead.standing, ahead.n) == ("on", 280)
    assert ahead.week is not None
    assert ahead.week.end == date(2026, 6, 8)
    assert ahead.wanted == pytest.approx(0.5 + 0.4 * 34 / 70)
    assert course(0.5).standing == "off"
    assert course(0.675).standing == "near"


def test_before_the_first_whole_week_and_with_few_tickets_nothing_is_said() -> None:
    assert course(0.8, last=datetime(2026, 5, 9, tzinfo=UTC)).standing == "early"
    assert course(1.0, n=1).standing == "few"


def test_after_the_day_it_was_due_it_is_reached_or_not() -> None:
    after = datetime(2026, 7, 30, tzinfo=UTC)
    assert course(0.95, last=after).standing == "reached"
    assert course(0.7, last=after).standing == "missed"


def test_a_goal_is_of_a_chart_that_shows_its_figure_of_its_tickets() -> None:
    found = (UP, DOWN)
    assert about_these(found, ["first_response_within_target"], Scope()) == (UP,)
    assert about_these(found, ["first_response_calendar_mean"], Scope()) == ()
    assert about_these(found, ["first_response_calendar_mean"], Scope(where={"team": ("甲组",)})) == (DOWN,)
