"""The stand-up as it is held: one point after the other, each with a decision, an owner, a next step and a time."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.triage.meeting_minutes import earlier
from dashboard.components.triage.meeting_room import room, start_button, watch
from dashboard.components.triage.meeting_state import told
from dashboard.components.triage.read import brought_up_to_date
from dashboard.format import weekday_and_day
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.triage.meetings import running
from dashboard.wording import _

if not data.has_data():
    st.title(_("Stand-up meeting"))
    empty_desk()
    st.stop()

brought_up_to_date()
st.title(_("Stand-up meeting"))
meeting_id = running(current_actor(), data.desk())
if meeting_id is not None:
    room(meeting_id)
    watch(meeting_id)
    st.stop()
told()
st.caption(_("{day}: the list is made from the queue of this moment.", day=weekday_and_day(data.morning())))
if reach(current_actor(), Act.LEAD_MEETINGS):
    start_button()
earlier()
