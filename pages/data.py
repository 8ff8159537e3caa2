"""Data: hand over exports, say what their columns mean, see what became of every row, take a load back."""

import streamlit as st

from dashboard.components.history import load_history
from dashboard.components.loading.export_guides import export_guides
from dashboard.components.loading.incoming import uploaded_files
from dashboard.components.loading.loading import files_to_load, forget_report, last_report
from dashboard.wording import _

st.title(_("Data"))
st.caption(_("Hand over exports of your helpdesk. Nothing leaves this machine, and nothing counts until you say load."))
files = uploaded_files(on_change=forget_report)
export_guides()
last_report()
files_to_load(files)
load_history()
