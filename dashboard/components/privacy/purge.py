"""Removing what its time is over for: first what would go, then, once somebody is sure, that."""

import streamlit as st

from dashboard.components.privacy.acts import PREVIEW, preview, remove
from dashboard.components.privacy.steps import under_way
from dashboard.format import count
from dashboard.people import Actor
from dashboard.privacy.retention import Purged
from dashboard.wording import _

SURE = "privacy.purge.sure"


def removal(actor: Actor) -> None:
    """Draw the way to what would go, and from there to removing it."""
    del actor
    st.subheader(_("What its time is over for"), anchor="removal")
    st.button(_("See what would go"), icon=":material/preview:", on_click=preview, key="privacy-preview")
    if PREVIEW in st.session_state:
        _would_go(st.session_state[PREVIEW])


def _would_go(plan: Purged) -> None:
    told = {
        _("tickets lose their words"): plan.tickets, _("customers lose their names"): plan.customers,
        _("loads lose the rows set aside"): len(plan.rejects), _("sign-ins"): plan.sign_ins,
        _("tickets are held"): plan.held,
    }  # fmt: skip
    for column, (label, number) in zip(st.columns(len(told)), told.items(), strict=True):
        column.metric(label, count(number))
    if not any((plan.tickets, plan.customers, plan.rejects, plan.sign_ins)):
        st.info(_("Nothing's time is over: nothing would go."))
        return
    st.checkbox(_("This cannot be taken back, and no earlier load can be undone afterwards."), key=SURE)
    if st.button(_("Remove it now"), icon=":material/delete_sweep:", type="primary", key="privacy-remove",
                 disabled=not st.session_state[SURE]):  # fmt: skip
        under_way(_("Removing …"), remove)
