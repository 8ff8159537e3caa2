"""Glossary: what every figure counts, how, on which clock, dated by what, and how other systems count the same."""

import streamlit as st

from dashboard.components.analysis.glossary_parts import draw_entries, found_entries
from dashboard.wording import _

st.title(_("Glossary"))
st.caption(_("Every figure of this dashboard, from the catalogue that computes it, with its ids for the command line."))
if "glossary.search" not in st.session_state:
    st.session_state["glossary.search"] = st.query_params.get("q", "")
wanted = st.text_input(
    _("Search"), key="glossary.search", placeholder=_("for example: waiting, reopened, csat"), icon=":material/search:"
)
if wanted:
    st.query_params["q"] = wanted
else:
    st.query_params.pop("q", None)

found = found_entries(wanted)
if not found:
    st.info(_("No figure is described by these words. Try fewer or other words."))
draw_entries(found)
