"""Reports: workbooks for managers, made beside the page, kept with who made and fetched them."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.reports.report_archive import archive
from dashboard.components.reports.report_form import report_form
from dashboard.wording import _

st.title(_("Reports"))
if not data.has_data():
    empty_desk()
    st.stop()

st.caption(_("A workbook to send on: summary, every analysis, one row per ticket, and what each figure means."))
report_form()
archive()
