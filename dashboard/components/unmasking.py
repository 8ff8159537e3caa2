"""The way to see one ticket unmasked: a reason, a minute, and a line in the audit."""

import streamlit as st

from dashboard import data
from dashboard.language import speak
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.people.unmasked import close, open_until, seconds_left
from dashboard.refusals import sentence
from dashboard.services.analysis.ticket_story import Story
from dashboard.services.analysis.unmasking import SECONDS, unmask
from dashboard.wording import _
from metrics.errors import ActionableError

REASON = "ticket.unmask.reason"
SAID = "ticket.unmask.said"
EVERY_SECONDS = 2


def unmask_control(story: Story, *, in_a_row: bool = False) -> None:
    """Draw that this ticket is masked and how to see more, or how long it is shown still. in_a_row: among buttons."""
    source, ticket_id = str(story.ticket["source"]), str(story.ticket["ticket_id"])
    if seconds_left(current_actor(), source, ticket_id) > 0:
        _shown(source, ticket_id)
        return
    if not in_a_row:
        st.caption(_("Names, telephone numbers, addresses and the like are masked."))
    if reach(current_actor(), Act.UNMASK) is not Reach.NONE:
        with (st.popover if in_a_row else st.expander)(_("Show unmasked"), icon=":material/visibility:"):
            _ask(source, ticket_id)
    if SAID in st.session_state:
        st.error(st.session_state.pop(SAID))


def _ask(source: str, ticket_id: str) -> None:
    with st.form(f"unmask-{source}-{ticket_id}", border=False):
        st.text_input(
            _("Why do you need to see it?"), key=REASON, placeholder=_("calls back about a parcel"), max_chars=300
        )
        st.caption(_("It is shown for {n} seconds. Who looked, when and why is kept in the audit.", n=SECONDS))
        st.form_submit_button(_("Show unmasked"), on_click=_open, args=(source, ticket_id), type="primary")


def _open(source: str, ticket_id: str) -> None:
    speak()
    actor = current_actor()
    try:
        until = unmask(actor, data.desk(), source, ticket_id, reason=str(st.session_state[REASON]))
    except ActionableError as error:
        st.session_state[SAID] = sentence(error)
        return
    st.session_state[REASON] = ""
    open_until(actor, source, ticket_id, until)


@st.fragment(run_every=EVERY_SECONDS)
def _shown(source: str, ticket_id: str) -> None:
    """Count down, and have the whole page drawn anew, masked, when the time is up."""
    speak()
    left = seconds_left(current_actor(), source, ticket_id)
    if left <= 0:
        st.rerun()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.warning(_("Shown unmasked for {n} more seconds.", n=round(left)), icon=":material/visibility:")
        if st.button(_("Mask again"), icon=":material/visibility_off:", key="ticket.mask"):
            close(current_actor(), source, ticket_id)
            st.rerun()
