"""What the response page is about: first or next answer, which clock, how fine the course over time."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from dashboard.components.analysis.response_cards import Asked
from dashboard.scope import Choices
from dashboard.services.analysis.responses import ResponseThing
from dashboard.wording import N_, _, current_language
from metrics.model import Clock, Every, Scope

THINGS: dict[ResponseThing, str] = {"first_response": N_("First response"), "next_response": N_("Later responses")}
CLOCKS: dict[Clock, str] = {"calendar": N_("Calendar time"), "business": N_("Business time")}
Name = TypeVar("Name", bound=str)
DAYS_BY_DAY, DAYS_BY_WEEK = 45, 400


def asked_for(scope: Scope) -> Asked:
    """Draw the two switches and say what is asked for."""
    with st.container(horizontal=True, gap="medium"):
        thing = _switch("thing", _("Look at"), THINGS)
        clock = _switch("clock", _("Clock"), CLOCKS)
    return Asked(scope, thing, clock)


def _switch(name: str, label: str, options: Mapping[Name, str]) -> Name:
    names = {one: _(text) for one, text in options.items()}
    first = next(iter(options))
    parameter, key = name, f"response.{name}.{current_language()}"
    if key not in st.session_state:
        asked = st.query_params.get(parameter) or st.session_state.get(f"response.{name}")
        st.session_state[key] = asked if asked in options else first
    chosen = st.segmented_control(label, list(options), format_func=names.__getitem__, key=key, required=True) or first
    st.session_state[f"response.{name}"] = chosen
    if chosen != first:
        st.query_params[parameter] = chosen
    else:
        st.query_params.pop(parameter, None)
    return chosen


def every_for(scope: Scope, choices: Choices) -> Every:
    """How fine the course over time is drawn, so that a chart has some ten to sixty points."""
    days = (scope.period.end - scope.period.start).days if scope.period else (choices.last - choices.first).days + 1
    if days <= DAYS_BY_DAY:
        return "day"
    return "week" if days <= DAYS_BY_WEEK else "month"
