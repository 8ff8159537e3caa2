"""Satisfaction: how customers rated, how many answered, who differs, what the unhappy speak of, whom to call back."""

import streamlit as st

from dashboard import data
from dashboard.components.analysis.figure_cards import trend_card
from dashboard.components.analysis.low_ratings import low_list, words_card
from dashboard.components.analysis.response_controls import every_for
from dashboard.components.analysis.satisfaction_cards import changes_card, split_card, stars_card, waits_card
from dashboard.components.analysis.satisfaction_states import no_ratings, response_rate
from dashboard.components.empty import empty_desk, nothing_in_scope
from dashboard.wording import _

st.title(_("Satisfaction"))
if not data.has_data():
    empty_desk()
    st.stop()

scope = data.scope()
every = every_for(scope, data.choices())
if not data.figures(["tickets_created"], scope)["n"].item() and not data.figures(["ratings"], scope)["n"].item():
    nothing_in_scope()
    st.stop()
if not data.figures(["ratings"], scope)["n"].item():
    no_ratings()
    st.stop()

with st.container(border=True):
    trend_card(["csat"], scope, every)
with st.container(border=True):
    stars_card(scope, every)
with st.container(border=True):
    low_list(scope)
with st.container(border=True):
    split_card(scope)
with st.container(border=True):
    waits_card(scope, "first_response")
with st.container(border=True):
    waits_card(scope, "full_resolution")
with st.container(border=True):
    words_card(scope)
with st.container(border=True):
    response_rate(scope, every)
with st.container(border=True):
    changes_card(scope)
