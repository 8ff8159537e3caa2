"""A row of choices that stays in the URL by ids, so that a link means the same in every language."""

from collections.abc import Mapping

import streamlit as st

from dashboard.wording import current_language


def switch(parameter: str, label: str, options: Mapping[str, str], *, has_label: bool = True) -> str:
    """Draw the choices (*options*: id -> name as people read it); the id that is chosen, at first the first.

    has_label: whether the label is seen; a screen reader tells it in any case.
    """
    first = next(iter(options))
    kept, key = f"switch.{parameter}", f"switch.{parameter}.{current_language()}"
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(parameter) or st.session_state.get(kept)
        st.session_state[key] = asked if asked in options else first
    chosen = (
        st.segmented_control(
            label, list(options), format_func=options.__getitem__, key=key, required=True,
            label_visibility="visible" if has_label else "collapsed",
        )
        or first
    )  # fmt: skip
    st.session_state[kept] = chosen
    if chosen != first:
        st.query_params[parameter] = chosen
    else:
        st.query_params.pop(parameter, None)
    return chosen
