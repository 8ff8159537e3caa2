"""Response times: how long customers waited, how that spreads, moves and differs, down to the tickets."""

import streamlit as st

from dashboard import data
from dashboard.components.analysis.figure_cards import by_card
from dashboard.components.analysis.figure_cards import trend_card as figure_over_time
from dashboard.components.analysis.response_cards import distribution_card, heat_card, split_card, trend_card
from dashboard.components.analysis.response_controls import asked_for, every_for
from dashboard.components.analysis.satisfaction_cards import waits_card
from dashboard.components.analysis.wait_cards import aware_card, peak_card
from dashboard.components.empty import empty_desk, nothing_in_scope
from dashboard.wording import _

st.title(_("Response times"))
if not data.has_data():
    empty_desk()
    st.stop()

asked = asked_for(data.scope())
if not data.distribution(asked.scope, asked.thing, asked.clock).n:
    nothing_in_scope()
    st.stop()

with st.container(border=True):
    distribution_card(asked)
with st.container(border=True):
    aware_card(asked)
every = every_for(asked.scope, data.choices())
with st.container(border=True):
    trend_card(asked, every)
with st.container(border=True):
    split_card(asked)
with st.container(border=True):
    heat_card(asked)
with st.container(border=True):
    by_card(f"{asked.thing}_within_target", asked.scope, "hour", key="within-target-by-hour")
if asked.thing == "first_response":
    with st.container(border=True):
        figure_over_time(["response_consistency"], asked.scope, every, key="consistency")
with st.container(border=True):
    peak_card(asked)
if asked.thing == "first_response" and data.figures(["csat"], asked.scope)["n"].item():
    with st.container(border=True):
        waits_card(asked.scope, "first_response")
