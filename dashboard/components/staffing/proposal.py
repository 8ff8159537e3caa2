"""Shifts that would cover a week of some queues: proposed, looked at, and put in force as a roster of one team."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st
from babel.dates import get_day_names

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.staffing.acts import act
from dashboard.components.staffing.read import Window, plan_in
from dashboard.components.staffing.words import SHIFTS, queue_name
from dashboard.format import count, listed, span, value_name
from dashboard.services.staffing.rosters import keep_roster
from dashboard.wording import _, current_language, number
from loaders.base import no_rejects
from loaders.rosters import RosterRead
from metrics.model import Period
from metrics.staffing.rosters import Shift, ShiftKind
from metrics.staffing.shifts import Chosen, Proposal, propose_shifts, required_week

MADE = "proposal.made"
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def proposal(window: Window) -> None:
    """Draw the choice of queues and team, and what was proposed for the week from the first of the days on."""
    with st.expander(_("Propose shifts for a week"), icon=":material/calendar_view_week:"):
        week = Window(window.first, window.first + WEEK - DAY, window.minutes)
        known = list(plan_in(week).needs.rules)
        teams = sorted({str(team) for team in data.choices().values.get("team", ()) if team})
        if not known or not teams:
            st.caption(_("There is nothing to propose: nothing is expected, or no team is known."))
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            team = st.selectbox(_("Team"), teams, format_func=lambda one: value_name("team", one), key="proposal.team")
            queues = st.multiselect(_("Queues that it serves"), known, known[:1], format_func=queue_name,
                                    key="proposal.queues", placeholder=_("all queues"))  # fmt: skip
            asked = st.button(_("Propose"), key="proposal.do", disabled=not queues)
        if asked:
            with st.spinner(_("Looking for shifts …"), show_time=False):
                st.session_state[MADE] = (team, week.first, proposed(week, tuple(queues)))
        if MADE in st.session_state:
            _look_at(*st.session_state[MADE])


def proposed(week: Window, queues: tuple[str, ...]) -> Proposal:
    """The shifts of people who can serve all these queues."""
    needs = plan_in(week).needs
    frame = needs.frame.filter(pl.col("queue").is_in(list(queues)))
    required = required_week(frame, zone=needs.zone, minutes=needs.minutes, first=week.first)
    return propose_shifts(required, minutes=needs.minutes)


def _look_at(team: str, first: date, made: Proposal) -> None:
    """Draw what was proposed, what it costs and leaves open, and the button that puts it in force."""
    days = span(Period(first, first + WEEK))
    st.markdown(
        _("**{team}, {days}**: {paid} paid hours; {short} hours short, {over} over.", team=value_name("team", team),
          days=days, paid=number(made.paid_hours), short=number(made.short_hours, digits=1),
          over=number(made.over_hours))
    )  # fmt: skip
    greedy = _("Found by a greedy rule, which needs some 11 to 18 % more hours; install the extra “schedule” for "
               "better ones.")  # fmt: skip
    st.caption(_("Found by HiGHS.") if made.solver == "highs" else greedy)
    names = get_day_names("abbreviated", locale=current_language())
    table = {
        _("Shift"): [one.shift.name for one in made.chosen],
        _("Kind"): [_(SHIFTS[_kind(one)]) for one in made.chosen],
        _("Days"): [listed([names[day] for day in one.days]) for one in made.chosen],
        _("Number of people"): [count(one.people) for one in made.chosen],
    }
    show_table(pl.DataFrame(table), name="staffing-proposal", title=_("Proposal for {days}", days=days))
    shifts = tuple(shifts_of(made, team, first, data.facts().zone))
    name = _("Proposal for {days}", days=days)
    st.button(_("Put it in force"), key="proposal.keep", on_click=act, disabled=not shifts,
              args=(_keep, lambda: _("The roster is in force."), shifts, name), kwargs={"clears": (MADE,)})  # fmt: skip


def _kind(one: Chosen) -> ShiftKind:
    return "regular" if one.shift.tours else "part_time"


def shifts_of(made: Proposal, team: str, first: date, zone: str) -> Iterator[Shift]:
    """The proposed shifts on their days of the week that begins on *first*, each with its break in the middle."""
    local = ZoneInfo(zone)
    for one in made.chosen:
        for weekday in one.days:
            day = first + timedelta(days=(weekday - first.weekday()) % 7)
            begins, ends = one.shift.begins, one.shift.begins + one.shift.minutes
            pause = begins + (one.shift.minutes - one.shift.break_minutes) // 2
            away = (pause, pause + one.shift.break_minutes) if one.shift.break_minutes else None
            yield Shift(
                day, _at(day, begins, local), _at(day, ends, local), team, None, _kind(one), (), float(one.people),
                _at(day, away[0], local) if away else None, _at(day, away[1], local) if away else None,
            )  # fmt: skip


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The wall clock of that minute after the day's midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)


def _keep(actor: Any, desk: Any, shifts: tuple[Shift, ...], name: str) -> None:
    keep_roster(actor, desk, RosterRead(shifts, no_rejects(), len(shifts), 0), name=name, way="proposed")
