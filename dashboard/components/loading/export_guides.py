"""How to export from each named system, beside the place where the export is handed over."""

import streamlit as st

from dashboard.source_guides import guide, guides
from dashboard.wording import _, current_language


def export_guides() -> None:
    """Draw the choice of systems and the chosen one's page."""
    with st.expander(_("How to export from …"), icon=":material/help:"):
        titles = guides()
        chosen = st.selectbox(
            _("System"), list(titles), index=None, format_func=lambda source: titles[source],
            placeholder=_("Choose your helpdesk"), key="export-guide",
        )  # fmt: skip
        if chosen:
            st.markdown(guide(chosen, current_language()))
        else:
            st.caption(
                _(
                    "Files of these systems are recognised by their headers; any other table is mapped column by "
                    "column with our proposal."
                )
            )
