"""What is looked up again and again while one part of a page is drawn: looked at once, and kept for that moment only.

A moment begins where a page, a part of it or a callback begins (`language.speak`), and is over after a second at the
latest. Outside of pages nothing is kept.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from time import monotonic
from typing import Any, TypeVar, cast

from streamlit.runtime.scriptrunner import get_script_run_ctx

SECONDS = 1.0
Seen = TypeVar("Seen")
_moment: ContextVar[tuple[float, dict[Any, object]] | None] = ContextVar("moment", default=None)


def begin() -> None:
    """A part of a page begins to be drawn: all is looked at anew."""
    is_page = get_script_run_ctx(suppress_warning=True) is not None
    _moment.set((monotonic(), {}) if is_page else None)


def once(look: Callable[[], Seen]) -> Callable[[], Seen]:
    """Let a function that has no arguments look once in each moment."""

    @wraps(look)
    def seen() -> Seen:
        moment = _moment.get()
        if moment is None or monotonic() - moment[0] > SECONDS:
            return look()
        if look not in moment[1]:
            moment[1][look] = look()
        return cast(Seen, moment[1][look])

    return seen
