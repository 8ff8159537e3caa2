"""Who the run of a page is for."""

import os

import streamlit as st

from dashboard.people.actor import ONE_PERSON, Actor

ACTING = "acting_person"
"""Key of the session state under which a test puts the Actor of a run; no browser can write it."""
TESTING = "FLOORWALKER_TESTING"
"""The environment variable without which that key is not looked at."""


def current_actor() -> Actor:
    """Who asks in this run; never keep the answer from one run to the next."""
    acting = _of_test()
    return ONE_PERSON if acting is None else acting


def _of_test() -> Actor | None:
    if os.environ.get(TESTING) != "1":
        return None
    acting = st.session_state.get(ACTING)
    return acting if isinstance(acting, Actor) else None
