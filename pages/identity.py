"""Customers: who is one person under several names, by rules with a preview that can be taken back without a trace."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.loading.identity_parts import found, keep_form, people_table, rules_asked, told
from dashboard.components.loading.identity_ties import by_hand
from dashboard.wording import _

st.title(_("Customers"))
st.caption(
    _(
        "One customer writes by chat, calls and sends e-mails, and every helpdesk has a name of its own for him. "
        "Nothing of a ticket is changed: a rule brings names together, and without it all is as it was."
    )
)
if not data.has_data():
    empty_desk()
    st.stop()

rules = rules_asked()
shown = found(rules)
told(shown)
keep_form(rules)
people_table(shown)
by_hand()
