"""Review room: read what was drawn, score it by keys, and look at what was read."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.quality.review_page import workspace
from dashboard.wording import _

if not data.has_data():
    st.title(_("Review room"))
    empty_desk()
    st.stop()

workspace()
