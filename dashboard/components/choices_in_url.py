"""Choices from long lists, of several and of days, that stay in the URL by ids, as those of `switch` do."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from dashboard.wording import current_language


def pick(parameter: str, label: str, options: Mapping[str, str], *, default: str | None = None) -> str:
    """Draw a list with search (*options*: id -> name); the id that is chosen, at first *default*, else the first."""
    first = default if default is not None and default in options else next(iter(options))
    key = _start(parameter, list(options), [first], several=False)
    chosen = st.selectbox(label, list(options), format_func=options.__getitem__, key=key) or first
    _keep(parameter, [chosen], [first])
    return chosen


def picked(parameter: str) -> tuple[str, ...]:
    """The ids that a list will show once it is drawn, as far as they exist."""
    return tuple(st.query_params.get_all(parameter) or st.session_state.get(_keys(parameter)[1], ()))


def pick_several(
    parameter: str, label: str, options: Mapping[str, str], *, default: Sequence[str], placeholder: str = ""
) -> tuple[str, ...]:
    """The same for several ids at once."""
    key = _start(parameter, list(options), list(default), several=True)
    chosen = st.multiselect(
        label, list(options), format_func=options.__getitem__, key=key, placeholder=placeholder or None
    )
    _keep(parameter, chosen, list(default))
    return tuple(chosen)


def pick_day(parameter: str, label: str, default: date, *, first: date, last: date) -> date:
    """A day between two days."""
    key, kept = _keys(parameter)
    if key not in st.session_state:
        st.session_state[key] = _day_asked(parameter, kept, default, first, last)
    found = st.date_input(label, min_value=first, max_value=last, key=key, format="YYYY-MM-DD")
    chosen = found if isinstance(found, date) else default
    _keep(parameter, [chosen.isoformat()], [default.isoformat()])
    return chosen


def _day_asked(parameter: str, kept: str, default: date, first: date, last: date) -> date:
    asked = st.query_params.get(parameter) or next(iter(st.session_state.get(kept, ())), "")
    try:
        return min(max(date.fromisoformat(asked), first), last)
    except ValueError:
        return default


def _keys(parameter: str) -> tuple[str, str]:
    # The language is part of a widget's key: it keeps its labels, which differ between languages, as its state.
    return f"pick.{parameter}.{current_language()}", f"pick.{parameter}"


def _start(parameter: str, options: Sequence[str], default: Sequence[str], *, several: bool) -> str:
    """Set what is chosen at first: what the URL asks for, else what was chosen before, else the default."""
    key, kept = _keys(parameter)
    held: Any = st.session_state.get(key)
    known = held is not None and all(one in options for one in (held if several else [held]))
    if not known:
        asked = st.query_params.get_all(parameter) or st.session_state.get(kept, [])
        found = [one for one in asked if one in options] or list(default)
        st.session_state[key] = found if several else found[0]
    return key


def _keep(parameter: str, chosen: Sequence[str], default: Sequence[str]) -> None:
    st.session_state[_keys(parameter)[1]] = list(chosen)
    if list(chosen) == list(default):
        st.query_params.pop(parameter, None)
    elif st.query_params.get_all(parameter) != list(chosen):
        st.query_params[parameter] = list(chosen)
