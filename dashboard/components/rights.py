"""What a page says to somebody whose role does not allow it: one sentence, and nothing of what it would show."""

import streamlit as st

from dashboard.navigation import Line
from dashboard.people.policy import DENIED
from dashboard.wording import _


def no_right(line: Line) -> None:
    """Draw the page's title and why there is nothing below it."""
    st.title(_(line.title))
    st.error(_(DENIED))
