"""Scorecards: what is asked of a conversation, by versions."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.quality.scorecard_page import workspace
from dashboard.wording import _

if not data.has_data():
    st.title(_("Scorecards"))
    empty_desk()
    st.stop()

workspace()
