"""Reviews: what was read and scored, what agents say to it, what is learnt from it."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.quality.record_page import workspace
from dashboard.wording import _

if not data.has_data():
    st.title(_("Reviews"))
    empty_desk()
    st.stop()

workspace()
