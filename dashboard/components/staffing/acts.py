"""What a person does to a plan, from the callbacks of its forms: told afterwards, or refused in one sentence."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.language import speak
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from metrics.errors import ActionableError

SAID, REFUSED = "staffing.said", "staffing.refused"


def may_plan() -> bool:
    """Whether the reader changes plans, or sees them only."""
    return bool(reach(current_actor(), Act.PLAN_STAFFING))


def act(
    do: Callable[..., object], said: Callable[[], str], *args: Any, clears: tuple[str, ...] = (), **named: Any
) -> None:
    """Call the service as the reader; what was typed into the fields of the session `clears` goes once it is kept."""
    speak()
    try:
        do(current_actor(), data.desk(), *args, **named)
    except ActionableError as error:
        refuse(error)
        return
    st.session_state[SAID] = said()
    for key in clears:
        st.session_state.pop(key, None)
    data.look_again()


def refuse(error: ActionableError) -> None:
    """Tell on the next run why something was not done."""
    st.session_state[REFUSED] = plain(sentence(error))


def told_before() -> None:
    """Draw what became of the last act."""
    if SAID in st.session_state:
        st.success(st.session_state.pop(SAID))
    if REFUSED in st.session_state:
        st.error(st.session_state.pop(REFUSED))
