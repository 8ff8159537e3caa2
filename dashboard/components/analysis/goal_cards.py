"""Goals on “Compare”: set one, see whether it is on course and its path, end it."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from dashboard import data
from dashboard.agreements import parse_seconds
from dashboard.charts.over_time import Course as Drawn
from dashboard.charts.over_time import over_time
from dashboard.charts.periods import period_name
from dashboard.components.analysis.compare_controls import figures_offered
from dashboard.components.analysis.figure_cards import within
from dashboard.components.analysis.figure_words import course_table
from dashboard.components.analysis.goal_words import all_goals, course_words, goal_head, paths_of
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.settings.faults import wrong
from dashboard.components.text import plain
from dashboard.format import count, dimension, listed, value_name
from dashboard.language import speak
from dashboard.metric_words import label
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.goals import Goal, end_goal, set_goal
from dashboard.services.analysis.trends import cut_periods, end_of
from dashboard.wording import _
from metrics.catalog import metric
from metrics.errors import ActionableError
from metrics.model import Metric, Period, Scope, Unit

SAID, REFUSED = "goals.said", "goals.refused"
BEFORE = timedelta(weeks=8)
EVERYBODY = ""


def goal_list(scope: Scope) -> None:
    """Draw every goal, the one due first first, and the form for a new one."""
    st.subheader(_("Goals"), anchor="goals")
    if SAID in st.session_state:
        st.success(st.session_state.pop(SAID))
    if REFUSED in st.session_state:
        st.error(st.session_state.pop(REFUSED))
    found = all_goals()
    if not found:
        st.caption(_("No goal is set. A goal names a figure, from what to what it is to go, and by when."))
    for goal in found:
        with st.container(border=True):
            _one(goal, Scope(where=scope.where))
    if reach(current_actor(), Act.SET_GOALS):
        _new()


@st.fragment
def _one(goal: Goal, scope: Scope) -> None:
    """One goal: its sentence, its path on the course of its figure, the way to end it."""
    speak()
    st.markdown(f"**{plain(goal.title)}**")
    about = [f"{dimension(name)}: {listed([value_name(name, one) for one in values])}"
             for name, values in goal.where.items()]  # fmt: skip
    st.caption(plain(" · ".join([goal_head(goal), *about, *([goal.note] if goal.note else [])])))
    clicked = draw(data.kept(_drawn, goal, scope), data.facts(), state=(goal, scope))
    if clicked:
        start = date.fromisoformat(str(clicked[-1])[:10])
        week = within(Period(start, end_of(start, "week")), _about(goal, scope))
        rows_behind_mark(goal.metric_id, _about(goal, scope), period=week, key=f"goal-{goal.id}",
                         heading=f"{plain(goal.title)} · {period_name(start, 'week')}")  # fmt: skip
    if _may_end(goal):
        with st.expander(_("End this goal"), icon=":material/flag:"):
            st.button(_("Yes, end it"), on_click=_end, args=(goal.id, goal.version), key=f"goal-end-{goal.id}")


def _may_end(goal: Goal) -> bool:
    actor = current_actor()
    found = reach(actor, Act.SET_GOALS)
    if found is Reach.TEAMS:
        teams = goal.where.get("team", ())
        return bool(teams) and all(team in actor.teams for team in teams)
    return bool(found)


def _drawn(goal: Goal, scope: Scope) -> Card:
    """The course of the figure by weeks since two months before the start, with the path."""
    one, facts, about = metric(goal.metric_id), data.facts(), _about(goal, scope)
    result = data.figures([one.id], about, every="week")
    dated = result.drop_nulls("period")
    periods = dated["period"].to_list()
    drawn = Drawn(one, "week", cut=cut_periods(periods, "week", about, facts), paths=paths_of([goal], periods))
    n = int(dated["n"].sum())
    return Card(
        key=f"goal-{goal.id}",
        title=course_words(goal, scope).replace("\\", ""),
        caption=_("by week · n = {n}", n=count(n)),
        figure=over_time(dated, drawn),
        metric_id=one.id,
        basis=Basis(n),
        table=course_table([(one, dated)], "week"),
        export=result,
        asks=(Ask((one.id,), about, (), "week"),),
    )


def _about(goal: Goal, scope: Scope) -> Scope:
    """The goal's tickets, and the days on its chart."""
    last = min(data.choices().last, goal.due_on) + timedelta(days=1)
    first = max(data.choices().first, min(goal.starts_on, last) - BEFORE)
    return Scope(Period(first, max(last, first + timedelta(days=1))), {**scope.where, **goal.where})


def _new() -> None:
    """Draw the form of a new goal."""
    with st.expander(_("Set a goal"), icon=":material/add:"):
        ids = [id for ids in data.answer(figures_offered, Scope()).values() for id in ids]
        id = str(st.selectbox(_("Figure"), ids, format_func=lambda one: label(metric(one)), key="goal.metric"))
        one = metric(id)
        team = _team()
        where: dict[str, tuple[str | None, ...]] = {"team": (team,)} if team else {}
        left, right = st.columns(2)
        today = data.choices().last
        with left:
            start = st.text_input(_("From"), _now(one, where), key=f"goal.start.{id}.{team}")
            starts_on = st.date_input(_("Starts on"), today, key="goal.starts", format="YYYY-MM-DD")
        with right:
            aim = st.text_input(_("To"), key=f"goal.aim.{id}", placeholder=_like(one))
            later = today + timedelta(weeks=13)
            due_on = st.date_input(_("To be done until"), later, key="goal.due", format="YYYY-MM-DD")
        values = (_value(one, start), _value(one, aim))
        for typed, value in ((start, values[0]), (aim, values[1])):
            if typed and value is None:
                wrong(plain(_("“{found}” is no value of this figure; write it like {example}.", found=typed,
                              example=_like(one))))  # fmt: skip
        title = st.text_input(_("Title"), key="goal.title", max_chars=120)
        note = st.text_input(_("Note"), key="goal.note")
        given: dict[str, Any] = {"title": title or "", "metric_id": id, "where": where, "note": note or None,
                                 "starts_on": starts_on, "due_on": due_on}  # fmt: skip
        st.button(_("Set this goal"), type="primary", on_click=_set, args=(given, values), key="goal.set",
                  disabled=None in values or not isinstance(due_on, date))  # fmt: skip


def _team() -> str:
    """Draw the choice of the team; who leads teams chooses among these."""
    actor = current_actor()
    known = [str(team) for team in data.choices().values.get("team", ()) if team]
    leads = reach(actor, Act.SET_GOALS) is Reach.TEAMS
    teams = [team for team in known if team in actor.teams] if leads else [EVERYBODY, *known]
    chosen = st.selectbox(_("About"), teams, key="goal.team",
                          format_func=lambda one: value_name("team", one) if one else _("all tickets"))  # fmt: skip
    return str(chosen or EVERYBODY)


def _now(one: Metric, where: dict[str, tuple[str | None, ...]]) -> str:
    """The figure of the last four weeks, as one types it."""
    last = data.choices().last + timedelta(days=1)
    row = data.figures([one.id], Scope(Period(last - timedelta(weeks=4), last), where)).row(0, named=True)
    return "" if row["value"] is None else _typed(one, row["value"])


def _typed(one: Metric, value: float) -> str:
    if one.unit is Unit.SECONDS:
        return f"{round(value / 60)} min" if value >= 120 else f"{max(1, round(value))} s"
    return f"{value * 100:.1f} %" if one.unit in {Unit.SHARE, Unit.RATE} else f"{value:.2f}"


def _like(one: Metric) -> str:
    return "20 min" if one.unit is Unit.SECONDS else "90 %" if one.unit in {Unit.SHARE, Unit.RATE} else "4.5"


def _value(one: Metric, typed: str | None) -> float | None:
    """What was typed in the figure's own unit; None where it is none."""
    text = (typed or "").strip()
    try:
        if one.unit is Unit.SECONDS:
            return float(parse_seconds(text))
        if text.endswith("%"):
            return float(text.removesuffix("%")) / 100
        return float(text)
    except ValueError:
        return None


def _set(given: dict[str, Any], values: tuple[float, float]) -> None:
    speak()
    try:
        set_goal(current_actor(), data.desk(), Goal(start_value=values[0], goal_value=values[1], **given))
    except ActionableError as error:
        st.session_state[REFUSED] = plain(sentence(error))
        return
    st.session_state[SAID] = _("The goal is set.")
    st.session_state["goal.title"] = st.session_state["goal.note"] = ""


def _end(id: int, expected: int) -> None:
    speak()
    try:
        end_goal(current_actor(), data.desk(), id, expected=expected)
    except ActionableError as error:
        st.session_state[REFUSED] = plain(sentence(error))
        return
    st.session_state[SAID] = _("The goal is ended.")
