"""Callbacks of what is done with a review that was submitted: each act once, told afterwards."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import data
from dashboard.components.quality.record_state import correct, correcting, say
from dashboard.components.quality.review_state import draft
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.quality import reviews
from dashboard.wording import _
from metrics.errors import ActionableError

REASON = "record.reason"


def do(act: Callable[..., Any], done: str, *args: Any, **what: Any) -> None:
    """Do it as the person of this run; tell `done`, or why it was refused."""
    is_done(act, done, *args, **what)


def is_done(act: Callable[..., Any], done: str, *args: Any, **what: Any) -> bool:
    """The same; whether it was done."""
    speak()
    try:
        act(current_actor(), data.desk(), *args, **what)
    except ActionableError as error:
        say(sentence(error), is_refusal=True)
        return False
    say(_(done))
    return True


def begin_correcting(review: int) -> None:
    """Open the answers of a review for a correction."""
    speak()
    correct(review)


def leave_correcting() -> None:
    """Keep nothing of it."""
    speak()
    correct(None)


def keep_correction(review: int, version: int, done: str) -> None:
    """Put the corrected answers beside the first ones."""
    at = correcting()
    sent = None if at is None else draft(at)
    answers = sent.get("answers") if sent else None
    reason = str(st.session_state.get(REASON, ""))
    if answers is None:
        speak()
        say(_("Nothing was changed."), is_refusal=True)
        return
    if is_done(reviews.correct, done, review, version, answers, reason=reason, facts=data.readable()):
        correct(None)
