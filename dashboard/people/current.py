"""Who the run of a page is for."""

import os

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.people.actor import Actor
from dashboard.people.presence import Presence, presence_of

ACTING = "acting_person"
"""Key of the session state under which a test puts the Actor of a run; no browser can write it."""
TESTING = "FLOORWALKER_TESTING"
"""The environment variable without which that key is not looked at."""


def current_actor() -> Actor:
    """Who asks in this run, as the desk database says now; never keep the answer from one run to the next."""
    if (acting := _of_test()) is not None:
        return acting
    here = presence()
    return here.actor(_shown_to(here))


def presence() -> Presence:
    """Who is there on the desk that the server was started for."""
    from dashboard import data  # which asks here what the reader may see

    return presence_of(data.desk())


def own_token() -> str | None:
    """The token that the browser of this run showed when it opened the page."""
    return _shown_to(presence())


def _shown_to(here: Presence) -> str | None:
    if get_script_run_ctx(suppress_warning=True) is None:
        return None  # the server itself, before anybody has come
    shown = st.context.cookies.get(here.cookie)
    return shown if isinstance(shown, str) else None  # a page that is run without a browser has no cookies at all


def _of_test() -> Actor | None:
    if os.environ.get(TESTING) != "1":
        return None
    acting = st.session_state.get(ACTING)
    return acting if isinstance(acting, Actor) else None
