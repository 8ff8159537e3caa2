"""The page of the review room: the queue, or the conversation that is being read."""

import streamlit as st

from dashboard import data
from dashboard.components.quality.review_queue import queue
from dashboard.components.quality.review_room import room
from dashboard.components.quality.review_state import here
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.services.quality import disputes
from dashboard.wording import _


@st.fragment
def workspace() -> None:
    """Draw where the person stands; every key and button draws only this anew."""
    speak()
    if here() is not None:
        room()
        return
    disputes.let_lapse(current_actor(), data.desk())
    st.title(_("Review room"))
    queue()
