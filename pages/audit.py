"""Audit: who did what, when, to what; searched, checked, handed out."""

import streamlit as st

from dashboard.components.audit_table import check, entries_found, search_form
from dashboard.people.current import current_actor
from dashboard.wording import _

st.title(_("Audit"))
st.caption(
    _("Everything that was done on this desk, by whom. Entries are only ever added, each chained to the one before.")
)
search = search_form(current_actor())
entries_found(current_actor(), search)
check(current_actor(), search)
