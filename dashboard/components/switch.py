"""A row of choices that stays in the URL by ids, so that a link means the same in every language."""

from collections.abc import Mapping

import streamlit as st

from dashboard.wording import current_language


def switch(parameter: str, label: str, options: Mapping[str, str]) -> str:
    """Draw the choices (*options*: id -> name as people read it); the id that is chosen, at first the first."""
    first = next(iter(options))
    kept, key = f"switch.{parameter}", f"switch.{parameter}.{current_language()}"
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(parameter) or st.session_state.get(kept)
        st.session_state[key] = asked if asked in options else first
    chosen = (
        st.segmented_control(label, list(options), format_func=options.__getitem__, key=key, required=True) or first
    )
    st.session_state[kept] = chosen
    if chosen != first:
        st.query_params[parameter] = chosen
    else:
        st.query_params.pop(parameter, None)
    return chosen
