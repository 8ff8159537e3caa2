"""Compared with the source: what helpdesks say of their tickets beside what is measured here, and why it differs."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.loading.reconciliation_parts import differences, figures_table, found, headline
from dashboard.wording import _

st.title(_("Compared with the source"))
st.caption(
    _(
        "Helpdesks export durations and verdicts of their own. They are kept beside ours; where two dashboards "
        "disagree, the rule that explains it stands with the ticket."
    )
)
if not data.has_data():
    empty_desk()
    st.stop()

shown = found(data.scope())
if shown.is_empty:
    st.info(
        _(
            "None of the tickets in view carries figures of its source. Zendesk, Freshdesk, Freshservice, HubSpot, "
            "Zoho Desk, Jira, Zammad, Intercom, Frappe, ServiceNow, Dynamics 365, 智齿 and 网易七鱼 export some."
        )
    )
    st.stop()

headline(shown)
figures_table(shown)
with st.container(border=True):
    differences(shown)
