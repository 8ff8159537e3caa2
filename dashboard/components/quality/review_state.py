"""Where a person stands in the review room: what he has before him, what of it is kept, what became of the last act."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import streamlit as st

PART, DRAFT = "review-part", "draft"
"""The key of the part that draws conversation and card, and the name of its state."""
HERE, SAID = "review.here", "review.said"
REVIEW = "review"
"""The parameter of the address that names the review."""


@dataclass(frozen=True)
class Here:
    """review: its number · opened: tells this opening from earlier ones · version: the one that was seen last · n: the
    newest answers of the browser that are kept · lacking: the lines for want of which it was not submitted."""

    review: int
    opened: str = field(default_factory=lambda: uuid4().hex)
    version: int = 0
    n: int = 0
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """What became of the last act."""

    text: str
    is_refusal: bool = False


def here() -> Here | None:
    """The review before the person; at first the one that the address names."""
    kept = st.session_state.get(HERE)
    if isinstance(kept, Here):
        return kept
    named = st.query_params.get(REVIEW, "")
    if HERE in st.session_state or not (named.isascii() and named.isdigit() and len(named) < 18):
        return None
    st.session_state[HERE] = Here(int(named))
    return here()


def stand(review: int | None) -> None:
    """Go to a review, or back to the queue."""
    st.session_state[HERE] = None if review is None else Here(review)
    if review is None:
        st.query_params.pop(REVIEW, None)
    else:
        st.query_params[REVIEW] = str(review)


def note(**changed: Any) -> Here | None:
    """Keep what is known anew of the review before the person."""
    before = here()
    if before is None:
        return None
    after = replace(before, **changed)
    st.session_state[HERE] = after
    return after


def draft(at: Here) -> Mapping[str, Any] | None:
    """The newest answers that the browser has sent in this opening; none of it is to be trusted."""
    part: Any = st.session_state.get(PART)
    told = part.get(DRAFT) if part else None
    is_sound = isinstance(told, Mapping) and told.get("opened") == at.opened and isinstance(told.get("n"), int)
    return told if is_sound else None


def seconds(told: Mapping[str, Any] | None) -> int | None:
    """For how long it was before the person, as the browser counts."""
    value = None if told is None else told.get("seconds")
    return value if type(value) is int and 0 <= value < 1_000_000 else None


def say(said: Said | None) -> None:
    """Tell, above the room, what became of the last act."""
    st.session_state[SAID] = said


def said() -> Said | None:
    """The same as it was told last."""
    kept = st.session_state.get(SAID)
    return kept if isinstance(kept, Said) else None
