"""What a page says when it cannot be shown: one sentence, never a traceback."""

import logging

import streamlit as st

from dashboard.components.text import plain
from dashboard.refusals import sentence
from dashboard.wording import _
from metrics.errors import ActionableError

log = logging.getLogger("floorwalker")


def told(error: Exception) -> bool:
    """Say in the page what went wrong, in the reader's language; the traceback stays in the server's log."""
    if isinstance(error, ActionableError):
        st.error(plain(sentence(error)))
    else:
        log.error("a page could not be shown", exc_info=error)
        st.error(_("This page could not be shown. Load it again; if it stays so, the server's log tells the reason."))
    return True
