"""What the pages are asked about: the sidebar's widgets, kept in the URL by ids, as one frozen Scope.

The URL holds ids and days (`period=last_7&channel=wechat`), never the words of a language, so a link means the same for
every reader. Streamlit's own binding writes the shown labels, therefore the binding is done here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast, get_args

import streamlit as st

from dashboard.format import dimension, value_name
from dashboard.language import speak
from dashboard.wording import N_, _, current_language
from metrics.model import Period, Scope

Preset = Literal["last_7", "last_28", "last_90", "this_month", "last_month", "all", "custom"]
PRESETS: dict[Preset, str] = {
    "last_7": N_("Last 7 days"),
    "last_28": N_("Last 28 days"),
    "last_90": N_("Last 90 days"),
    "this_month": N_("This month"),
    "last_month": N_("Last month"),
    "all": N_("All data"),
    "custom": N_("Choose days"),
}
DEFAULT: Preset = "last_28"
FILTERS = ("channel", "team", "type", "priority")
PARAMETERS = ("period", "from", "to", *FILTERS)
UNKNOWN = "(unknown)"
"""Stands for an unknown value in the URL and in the widgets, whose options cannot be None."""
KEPT = "scope.kept"


@dataclass(frozen=True)
class Choices:
    """What can be chosen: the days of the data (both ends included) and the values that exist, by dimension."""

    first: date
    last: date
    values: Mapping[str, Sequence[str | None]]


def period_of(preset: Preset, today: date, custom: Period | None = None) -> Period | None:
    """The days that a preset means, seen from the data's own last day; None is all the data."""
    tomorrow, month = today + timedelta(days=1), today.replace(day=1)
    if preset == "this_month":
        return Period(month, tomorrow)
    if preset == "last_month":
        return Period((month - timedelta(days=1)).replace(day=1), month)
    if preset.startswith("last_"):
        return Period(tomorrow - timedelta(days=int(preset.removeprefix("last_"))), tomorrow)
    return custom if preset == "custom" else None


def choose(choices: Choices, *, with_period: bool) -> None:
    """Draw the filters, and keep what was chosen; a page that has its own days leaves the period out."""
    if with_period and _preset() == "custom":
        _days(choices)
    for name in FILTERS:
        if len(choices.values.get(name, ())) > 1:
            _values(name, choices.values[name])
    st.button(_("Reset filters"), on_click=reset, disabled=not any(_kept().values()), width="stretch")


def current(choices: Choices) -> Scope:
    """The scope of this run; a value that the data do not have is left out."""
    kept = _kept()
    picked = {name: tuple(v for v in map(_value, kept[name]) if v in choices.values.get(name, ())) for name in FILTERS}
    preset = _preset_kept()
    days = _days_kept(choices)
    custom = Period(days[0], days[1] + timedelta(days=1))
    return Scope(
        period_of(preset, choices.last, custom), {name: values for name, values in sorted(picked.items()) if values}
    )


def keep_in_url() -> None:
    """Write the scope into the URL, so that a shared link shows the same."""
    for name, values in _kept().items():
        if values and st.query_params.get_all(name) != values:
            st.query_params[name] = values
        elif not values and name in st.query_params:
            del st.query_params[name]


def pinned(scope: Scope) -> dict[str, str]:
    """What the URL holds for the days of this scope by their dates, which a preset would move on as data come in."""
    if scope.period is None:
        return {"period": "all"}
    return {"period": "custom", "from": scope.period.start.isoformat(), "to": scope.period.end.isoformat()}


def reset() -> None:
    """Forget every filter: period, channel, team, type, priority."""
    speak()
    st.session_state[KEPT] = {name: [] for name in PARAMETERS}
    for name in (*FILTERS, "period", "first_day", "last_day"):
        st.session_state.pop(_key(name), None)


def _kept() -> dict[str, list[str]]:
    """What was chosen, as ids; at first what the URL asks for."""
    if KEPT not in st.session_state:
        st.session_state[KEPT] = {name: st.query_params.get_all(name) for name in PARAMETERS}
    return cast(dict[str, list[str]], st.session_state[KEPT])


def _key(name: str) -> str:
    # The language is part of the key: a widget keeps its labels, which differ between languages, as its state.
    return f"scope.{name}.{current_language()}"


def _preset_kept() -> Preset:
    asked = (_kept()["period"] or [DEFAULT])[0]
    return cast(Preset, asked) if asked in get_args(Preset) else DEFAULT


def _preset() -> Preset:
    key = _key("period")
    if key not in st.session_state:
        st.session_state[key] = _preset_kept()
    names = {preset: _(text) for preset, text in PRESETS.items()}
    chosen = st.selectbox(_("Period"), list(PRESETS), format_func=names.__getitem__, key=key)
    _kept()["period"] = [] if chosen == DEFAULT else [chosen]
    if chosen != "custom":
        _kept().update({"from": [], "to": []})
    return chosen


def _days(choices: Choices) -> None:
    first, last = _days_kept(choices)
    start = _day("first_day", _("First day"), first, choices)
    end = max(start, _day("last_day", _("Last day"), last, choices))
    _kept().update({"from": [start.isoformat()], "to": [(end + timedelta(days=1)).isoformat()]})


def _day(name: str, label: str, default: date, choices: Choices) -> date:
    key = _key(name)
    if key not in st.session_state:
        st.session_state[key] = default
    chosen = st.date_input(label, min_value=choices.first, max_value=choices.last, key=key, format="YYYY-MM-DD")
    return chosen if isinstance(chosen, date) else default


def _days_kept(choices: Choices) -> tuple[date, date]:
    """First and last day chosen, both included; by default the last 28."""
    default = (max(choices.first, choices.last - timedelta(days=27)), choices.last)
    try:
        start, end = (date.fromisoformat(_kept()[name][0]) for name in ("from", "to"))
        last = end - timedelta(days=1)
    except (IndexError, ValueError, OverflowError):  # a link can hold anything, the first day of year 1 too
        return default
    first, last = max(choices.first, start), min(choices.last, last)
    return (first, last) if first <= last else default


def _values(name: str, values: Sequence[str | None]) -> None:
    # Labels are made here, once: Streamlit calls format_func later too, where no language is spoken.
    names = {UNKNOWN if value is None else value: value_name(name, value) for value in values}
    key = _key(name)
    if key not in st.session_state:
        st.session_state[key] = [value for value in _kept()[name] if value in names]
    _kept()[name] = st.multiselect(
        dimension(name),
        list(names),
        format_func=names.__getitem__,
        placeholder=_("All"),
        key=key,
    )


def _value(text: str) -> str | None:
    return None if text == UNKNOWN else text
