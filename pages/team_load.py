"""Team load: who carries what, how evenly, how old it is, what people do, and people compared fairly."""

from dataclasses import replace

import streamlit as st

from dashboard import data
from dashboard.components.analysis.figure_cards import by_card, trend_card
from dashboard.components.analysis.response_controls import every_for
from dashboard.components.analysis.team_load_cards import ageing_card, effort, fair_card, load_table
from dashboard.components.empty import empty_desk, nothing_in_scope
from dashboard.wording import _

st.title(_("Team load"))
if not data.has_data():
    empty_desk()
    st.stop()

scope, every = data.scope(), every_for(data.scope(), data.choices())
now = replace(scope, period=None)
if not data.figures(["tickets_created"], now)["value"].item():
    nothing_in_scope()
    st.stop()

left, right = st.columns(2)
with left, st.container(border=True, height="stretch"):
    by_card("backlog", now, "team", key="open-by-team")
with right, st.container(border=True, height="stretch"):
    trend_card(("load_balance",), scope, every, key="balance")
with st.container(border=True):
    load_table(scope)
with st.container(border=True):
    ageing_card(scope)
with st.container(border=True):
    fair_card(scope)
left, right = st.columns(2)
with left, st.container(border=True, height="stretch"):
    trend_card(("bot_share", "human_share"), scope, every, key="bots-and-people")
with right, st.container(border=True, height="stretch"):
    trend_card(("replies",), scope, every, key="answers")
with st.container(border=True):
    effort(scope)
