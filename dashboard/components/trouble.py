"""What a page says when it cannot be shown: one sentence, never a traceback."""

import logging

import streamlit as st

from dashboard.components.text import plain
from dashboard.refusals import REFUSALS
from dashboard.wording import _

log = logging.getLogger("floorwalker")


def told(error: Exception) -> bool:
    """Say in the page what went wrong, in the reader's language; the traceback stays in the server's log."""
    if isinstance(error, REFUSALS):
        st.error(plain(_sentence(error)))
    else:
        log.error("a page could not be shown", exc_info=error)
        st.error(_("This page could not be shown. Load it again; if it stays so, the server's log tells the reason."))
    return True


def _sentence(error: Exception) -> str:
    template, params = getattr(error, "template", None), getattr(error, "params", {})
    return _(template, **params) if template else str(error)
