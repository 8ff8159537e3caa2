"""Pressing a button of the page Reports: done once, and told on the next run."""

from collections.abc import Callable

import streamlit as st

from dashboard.language import speak
from dashboard.refusals import sentence
from metrics.errors import ActionableError

SAID, REFUSED = "reports.said", "reports.not_done"


def told_before() -> None:
    """Draw what the last button led to."""
    for key, draw in ((REFUSED, st.error), (SAID, st.success)):
        if key in st.session_state:
            draw(st.session_state.pop(key))


def press(act: Callable[[], str]) -> None:
    """The same as a button does it."""
    done(act)


def done(act: Callable[[], str]) -> bool:
    """Do it, and keep what is to be said of it; whether it was done."""
    speak()
    try:
        st.session_state[SAID] = act()
    except ActionableError as error:
        st.session_state[REFUSED] = sentence(error)
        return False
    return True
