"""The wallboard: what is open, late and coming, for everybody in the room to see; it keeps itself up to date."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.triage.wallboard import wall
from dashboard.wording import _

if not data.has_data():
    st.title(_("Wallboard"))
    empty_desk()
    st.stop()

wall()
st.page_link("../pages/standup.py", label=_("Back to the stand-up"), icon=":material/arrow_back:")
