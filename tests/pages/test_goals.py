"""Goals: set on “Compare”, told and drawn there and on the chart of their figure, ended."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from dashboard.desk import existing_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.services.analysis.goals import Goal, goals, set_goal
from tests.pages.conftest import Visit, words

LI = Actor(None, "Li", "manager")
GOAL = Goal("Fewer **late**", "reopen_rate", 0.2, 0.1, date(2026, 3, 2), date(2026, 6, 1))


@pytest.fixture
def own(small_desk: Path, tmp_path: Path, visit: Visit) -> Path:
    visit.actor = LI
    return Path(shutil.copytree(small_desk, tmp_path / "desk"))


def kept(own: Path) -> tuple[Goal, ...]:
    desk = existing_desk(own)
    try:
        return goals(COMMAND_LINE, desk)
    finally:
        desk.engine.dispose()


def keep(own: Path, goal: Goal) -> None:
    desk = existing_desk(own)
    set_goal(COMMAND_LINE, desk, goal)
    desk.engine.dispose()


def test_a_goal_is_set_told_and_ended(own: Path, visit: Visit) -> None:
    app = visit(own, "compare", sides="measures")
    assert "No goal is set" in words(app)
    app.selectbox(key="goal.metric").set_value("first_response_calendar_p50").run()
    app.text_input(key="goal.aim.first_response_calendar_p50").set_value("soon").run()
    assert "is no value of this figure" in words(app)
    assert app.button(key="goal.set").disabled
    app.text_input(key="goal.aim.first_response_calendar_p50").set_value("5 min").run()
    app.text_input(key="goal.title").set_value("Answer sooner").run()
    app.button(key="goal.set").click().run()
    assert not app.exception
    (goal,) = kept(own)
    assert (goal.title, goal.goal_value, goal.starts_on) == ("Answer sooner", 300, date(2026, 3, 21))
    assert "Too early to tell" in words(app)
    app.button(key=f"goal-end-{goal.id}").click().run()
    assert kept(own) == ()


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_goal_stands_on_the_chart_of_its_figure_with_its_course_in_a_sentence(
    own: Path, visit: Visit, lang: str
) -> None:
    keep(own, Goal(**{**vars(GOAL), "metric_id": "response_consistency", "start_value": 9.0, "goal_value": 2.0}))
    for page, asked in (("response_times", {"period": "all"}), ("compare", {"sides": "measures"})):
        app = visit(own, page, lang=lang, **asked)
        assert not app.exception
        told = words(app)
        assert ("in the week" if lang == "en" else "这一周") in told
        assert "Fewer \\*\\*late" in told
        names = [trace.get("line", {}).get("dash") for chart in app.get("plotly_chart")
                 for trace in json.loads(chart.proto.spec)["data"]]  # fmt: skip
        assert "dash" in names


def test_who_may_not_set_goals_sees_them_without_the_form(own: Path, visit: Visit) -> None:
    keep(own, GOAL)
    visit.actor = Actor(None, "Wu", "inspector")
    app = visit(own, "compare", sides="measures")
    assert "Fewer" in words(app)
    assert "goal.set" not in [one.key for one in app.button]
    assert not [one for one in app.button if str(one.key).startswith("goal-end")]
