"""Where a person stands among the reviews that were made: which one is open, and what became of the last act."""

import streamlit as st

from dashboard.components.quality.review_state import REVIEW, Here, Said

OPEN, SAID, CORRECTING = "record.open", "record.said", "record.correcting"


def opened() -> int | None:
    """The review that is open; at first the one that the address names."""
    if OPEN not in st.session_state:
        named = st.query_params.get(REVIEW, "")
        st.session_state[OPEN] = int(named) if named.isascii() and named.isdigit() and len(named) < 18 else None
    kept: int | None = st.session_state[OPEN]
    return kept


def open_record(review: int | None) -> None:
    """Open a review, or go back to the list."""
    st.session_state[OPEN] = review
    st.session_state.pop(CORRECTING, None)
    if review is None:
        st.query_params.pop(REVIEW, None)
    else:
        st.query_params[REVIEW] = str(review)


def correcting() -> Here | None:
    """The correction that is being written, where one is."""
    kept = st.session_state.get(CORRECTING)
    return kept if isinstance(kept, Here) else None


def correct(review: int | None) -> None:
    """Begin to correct a review, or leave it."""
    st.session_state[CORRECTING] = None if review is None else Here(review)


def say(text: str, *, is_refusal: bool = False) -> None:
    """Tell what became of the last act."""
    st.session_state[SAID] = Said(text, is_refusal=is_refusal)


def tell() -> None:
    """Draw it, once."""
    last = st.session_state.pop(SAID, None)
    if isinstance(last, Said):
        (st.warning if last.is_refusal else st.success)(last.text)
