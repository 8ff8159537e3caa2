"""What the pages are asked about, kept in the URL by ids, as one frozen Scope.

The URL holds ids and days (`period=last_7&channel=wechat`), never the words of a language, so a link means the same for
every reader. Streamlit's own binding writes the shown labels, therefore the binding is done here; the widgets that
choose stand in components/scope_controls.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic
from typing import Any, cast, get_args

import streamlit as st

from dashboard.language import speak
from dashboard.presets import DEFAULT, Against, Preset, period_of
from dashboard.wording import current_language
from metrics.model import DIMENSIONS, Period, Scope
from metrics.tables import SOURCE_FIELD_PREFIX

__all__ = ["Choices", "Preset", "current", "period_of"]

FILTERS = ("channel", "team", "type", "priority")
"""What one filters by every day; the other dimensions stand behind a fold."""
MORE_FILTERS = tuple(name for name in DIMENSIONS if name not in FILTERS)
PARAMETERS = ("period", "from", "to", "against", *FILTERS, *MORE_FILTERS)
UNKNOWN = "(unknown)"
"""Stands for an unknown value in the URL and in the widgets, whose options cannot be None."""
KEPT, WRITTEN, PAGE = "scope.kept", "scope.written", "scope.page"
GRACE_SECONDS = 2.0
Kept = dict[str, list[str]]


@dataclass(frozen=True)
class Choices:
    """What can be chosen: the days of the data (both ends included) and the values that exist, by dimension."""

    first: date
    last: date
    values: Mapping[str, Sequence[str | None]]
    working: Period | None = None
    """The last working day of the desk, with the days after it on which it was closed."""


def follow_url(page: str) -> None:
    """Take over what the URL asks for when a page is opened by it, and when the reader goes back to what it was.

    Leaving for another page empties the URL, but does not change what is asked about.
    """
    speak()
    asked = _in_url()
    if KEPT not in st.session_state or _was_changed(asked, stayed=st.session_state.get(PAGE) == page):
        forget_widgets()
        st.session_state[KEPT] = asked


def _was_changed(asked: Kept, *, stayed: bool) -> bool:
    """Whether somebody else than `keep_in_url` has changed the URL.

    What a browser sends just after a change of ours still has the URL of before.
    """
    written, at = st.session_state.get(WRITTEN, (asked, 0.0))
    return asked != written and (stayed or bool(asked)) and monotonic() - at > GRACE_SECONDS


def remember_page(page: str) -> None:
    """Note where the reader is, so that a change of the URL can be told from a change of the page."""
    st.session_state[PAGE] = page


def _in_url() -> Kept:
    return {name: st.query_params.get_all(name) for name in st.query_params if is_parameter(name)}


def is_parameter(name: str) -> bool:
    """Whether a parameter of the URL belongs to the scope."""
    return name in PARAMETERS or name.startswith(SOURCE_FIELD_PREFIX)


def is_filter(name: str) -> bool:
    """Whether a parameter of the URL narrows the tickets, whatever the days are."""
    return is_parameter(name) and name not in ("period", "from", "to", "against")


def current(choices: Choices) -> Scope:
    """The scope of this run; a value that the data do not have is left out."""
    picked = {
        name: _picked(name, choices) for name in sorted(kept()) if name not in ("period", "from", "to", "against")
    }
    first, last = days_kept(choices)
    custom = Period(first, last + timedelta(days=1))
    period = period_of(preset_kept(), choices.last, custom, working=choices.working)
    return Scope(period, {name: values for name, values in picked.items() if values})


def usual(choices: Choices) -> Scope:
    """What somebody who comes with nothing in the URL asks about."""
    return Scope(period_of(DEFAULT, choices.last, working=choices.working))


def _picked(name: str, choices: Choices) -> tuple[str | None, ...]:
    known = set(choices.values.get(name, ()))
    wanted = [None if value == UNKNOWN else value for value in kept()[name]]
    return tuple(dict.fromkeys(value for value in wanted if value in known))


def against() -> Against:
    """What the figures are compared with."""
    asked = (kept().get("against") or ["previous"])[0]
    return cast(Against, asked) if asked in get_args(Against) else "previous"


def keep_in_url() -> None:
    """Write the scope into the URL, so that a shared link shows the same."""
    wanted = {name: values for name, values in kept().items() if values}
    found = _in_url()
    for name in set(found) - set(wanted):
        del st.query_params[name]
    for name, values in wanted.items():
        if found.get(name) != values:
            st.query_params[name] = values
    if wanted != found or WRITTEN not in st.session_state:
        st.session_state[WRITTEN] = (wanted, monotonic())


def pinned(scope: Scope) -> dict[str, str]:
    """What the URL holds for the days of this scope by their dates, which a preset would move on as data come in."""
    if scope.period is None:
        return {"period": "all"}
    return {"period": "custom", "from": scope.period.start.isoformat(), "to": scope.period.end.isoformat()}


def reset() -> None:
    """Forget every choice: period, comparison, all filters."""
    speak()
    st.session_state[KEPT] = {}
    forget_widgets()


def remove(name: str, value: str | None) -> None:
    """Take one value out of a filter."""
    speak()
    text = UNKNOWN if value is None else value
    kept()[name] = [one for one in kept().get(name, []) if one != text]
    forget_widgets()


def forget_widgets() -> None:
    """Let every widget begin anew from what is kept."""
    for key in [str(key) for key in st.session_state if str(key).startswith("scope.widget.")]:
        del st.session_state[key]


def kept() -> Kept:
    """What was chosen, as ids; at first what the URL asks for."""
    if KEPT not in st.session_state:
        st.session_state[KEPT] = _in_url()
    return cast(Kept, st.session_state[KEPT])


def widget_key(name: str) -> str:
    """The key of a widget; it holds the language, as a widget keeps its labels as its state."""
    return f"scope.widget.{name}.{current_language()}"


def begin_with(name: str, value: Any) -> str:
    """The key of a widget that has a value, *value* where it has none yet."""
    key = widget_key(name)
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def preset_kept() -> Preset:
    asked = (kept().get("period") or [DEFAULT])[0]
    return cast(Preset, asked) if asked in get_args(Preset) else DEFAULT


def days_kept(choices: Choices) -> tuple[date, date]:
    """First and last day chosen, both included, as far as there are data; by default the last 28."""
    default = (max(choices.first, choices.last - timedelta(days=27)), choices.last)
    try:
        start, end = (date.fromisoformat(kept()[name][0]) for name in ("from", "to"))
        last = end - timedelta(days=1)
    except (LookupError, ValueError, OverflowError):  # a link can hold anything, the first day of year 1 too
        return default
    first, last = max(choices.first, start), min(choices.last, last)
    return (first, last) if first <= last else default
