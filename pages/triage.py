"""Triage: every escalated ticket in the order in which it wants a decision, and what can be done with it."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.triage.page import watch, workspace
from dashboard.components.triage.read import brought_up_to_date
from dashboard.components.triage.state import follow_address
from dashboard.refusals import sentence
from dashboard.wording import _

st.title(_("Triage"))
if not data.has_data():
    empty_desk()
    st.stop()

with st.spinner(_("Looking for what wants a decision …"), show_time=False):
    refused = brought_up_to_date()
if refused is not None:
    st.warning(sentence(refused))
follow_address()
workspace()
watch()
