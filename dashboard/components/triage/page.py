"""The triage page: the queue on the left, the item under the cursor on the right, what can be done above both."""

import streamlit as st

from dashboard import data
from dashboard.components.files import download_tickets
from dashboard.components.triage.bar import buttons, choose_view, keys, told
from dashboard.components.triage.clash import clash_panels
from dashboard.components.triage.forms import form
from dashboard.components.triage.item import item_pane
from dashboard.components.triage.queue import rows
from dashboard.components.triage.read import minute, pulse, queue
from dashboard.components.triage.words import EMPTY, VIEW_NAMES
from dashboard.format import local
from dashboard.language import speak
from dashboard.wording import _

LIVE_SECONDS = 3
DRAWN = "triage.drawn_for"
"""What the page was drawn for last: the newest event and the minute."""


@st.fragment
def workspace() -> None:
    """Draw the queue and the item under the cursor; every act draws only this anew."""
    speak()
    at = minute()
    st.session_state[DRAWN] = (pulse(), at)
    everything = queue()
    if everything.is_empty():
        _nothing_at_all()
        return
    view, items = choose_view(everything, at)
    states = dict(everything.select("id", "state").iter_rows())
    tools, below = st.container(), st.container(gap="xsmall")
    left, right = st.columns([3, 2], gap="small")
    with below:
        keys()
        said = told()
    with left, st.container(key="triage-list"):
        cursor = rows(items, at=at, said=said)
        if items.is_empty():
            st.info(_(EMPTY[view]))
        else:
            download_tickets(items.drop("id", "version"), key="triage", title=_(VIEW_NAMES[view]))
    with tools:
        buttons(states)
    with right, st.container(border=True, key="triage-item"):
        clash_panels()
        form()
        item_pane(cursor, at)


def _nothing_at_all() -> None:
    """Say that nothing is escalated, and where it is decided what is."""
    st.info(
        _("Nothing is escalated. The settings say what brings a ticket here, and what each rule would have caught.")
    )


@st.fragment(run_every=LIVE_SECONDS)
def watch() -> None:
    """Have the page drawn anew when something has happened, or a minute has passed; else nothing is sent."""
    speak()
    if st.session_state.get(DRAWN) != (pulse(), minute()):
        st.rerun()
    st.caption(_("Kept up to date · {at}", at=local(minute(), data.facts().zone)))
