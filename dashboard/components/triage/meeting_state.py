"""What the room of a stand-up remembers between runs: the point looked at, what is said, where the keyboard is."""

from collections.abc import Callable

import streamlit as st

from dashboard.components.own_parts import own_part
from dashboard.language import speak
from dashboard.refusals import sentence
from dashboard.triage.meetings import Point, StandUpMeeting
from metrics.errors import ActionableError

AT, SAID, REFUSED, FOCUS = "meeting.at", "meeting.said", "meeting.refused", "meeting.focus"


def point_shown(held: StandUpMeeting) -> Point | None:
    """The point that this reader looks at: the one gone to, else the first that is open."""
    chosen = st.session_state.get(AT)
    found = next((point for point in held.points if point.id == chosen), None)
    return found or held.next_point


def go_to(point: Point | None) -> None:
    """Look at this point from now on; at none: at the first that is open."""
    if point is None:
        st.session_state.pop(AT, None)
    else:
        st.session_state[AT] = point.id
    focus_on("meeting-decision")


def focus_on(key: str) -> None:
    """Put the keyboard there when the page is drawn."""
    count = st.session_state.get(FOCUS, (0, ""))[0]
    st.session_state[FOCUS] = (count + 1, key)


def move_focus() -> None:
    """Draw the part that puts the keyboard where it was asked to be."""
    if FOCUS in st.session_state:
        token, key = st.session_state[FOCUS]
        own_part("focus")(key="meeting-focus", data={"token": token, "key": key})


def attempted(act: Callable[[], str | None]) -> bool:
    """Do it; what came of it, or why it was refused, is told on the page. Whether it was done."""
    speak()  # a callback runs before the page has said in which language
    try:
        said = act()
    except ActionableError as error:
        st.session_state[REFUSED] = sentence(error)
        st.session_state.pop(SAID, None)
        return False
    if said:
        st.session_state[SAID] = said
    return True


def told() -> None:
    """Draw what was said last, once, in a place that is always there.

    Where it came and went, everything below would be built anew, and a key pressed meanwhile would find no button.
    """
    place = st.empty()
    if REFUSED in st.session_state:
        place.error(st.session_state.pop(REFUSED))
    elif SAID in st.session_state:
        place.success(st.session_state.pop(SAID), icon=":material/check:")
