"""Resolution & first contact: how soon and how well inquiries are settled, what is not, what stands open."""

import streamlit as st

from dashboard import data
from dashboard.components.analysis.backlog_cards import ages_card, ages_course_card, flow_card, handoffs_card, no_ends
from dashboard.components.analysis.figure_cards import by_card, trend_card
from dashboard.components.analysis.resolution_cards import cohort_card, first_contact_card, tiles, unresolved_card
from dashboard.components.analysis.response_controls import every_for
from dashboard.components.empty import empty_desk, nothing_in_scope
from dashboard.wording import _
from metrics.model import Scope

st.title(_("Resolution & first contact"))
if not data.has_data():
    empty_desk()
    st.stop()
scope = data.scope()
if not data.figures(["tickets_created"], scope)["n"].item():
    nothing_in_scope()
    st.stop()
if not data.figures(["resolution_rate"], Scope())["n"].item():
    no_ends()
    st.stop()

every = every_for(scope, data.choices())
tiles(scope)
with st.container(border=True):
    cohort_card(scope)
with st.container(border=True):
    first_contact_card(scope)
with st.container(border=True):
    unresolved_card(scope)
with st.container(border=True):
    flow_card(scope, every)
with st.container(border=True):
    ages_card(scope)
with st.container(border=True):
    ages_course_card(scope, every)
with st.container(border=True):
    trend_card(("clearance_rate",), scope, every)
with st.container(border=True):
    trend_card(("reopen_rate",), scope, every)
with st.container(border=True):
    by_card("reopen_rate", scope, "type")
with st.container(border=True):
    handoffs_card(scope)
