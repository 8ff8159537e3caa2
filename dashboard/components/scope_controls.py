"""The widgets that choose what the pages are about, and the chips that say what is chosen."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from dashboard.components.text import plain
from dashboard.format import dimension, span, value_name
from dashboard.presets import AGAINST, DEFAULT, PRESETS, Preset
from dashboard.scope import (
    FILTERS,
    UNKNOWN,
    Choices,
    against,
    begin_with,
    current,
    days_kept,
    is_filter,
    kept,
    preset_kept,
    remove,
    reset,
)
from dashboard.wording import _


def choose(choices: Choices, *, with_period: bool) -> None:
    """Draw the filters, and keep what was chosen; a page that has its own days leaves the period out."""
    if with_period:
        if _preset() == "custom":
            _days(choices)
        _against()
    for name in [name for name in kept() if is_filter(name) and name not in choices.values]:
        kept()[name] = []  # a link may ask for what this reader's tickets do not tell
    more = [name for name in choices.values if name not in FILTERS and _is_worth(name, choices)]
    for name in (name for name in FILTERS if _is_worth(name, choices)):
        _values(name, choices.values[name])
    if more:
        with st.expander(_("More filters"), expanded=any(kept().get(name) for name in more)):
            for name in more:
                _values(name, choices.values[name])
    st.button(_("Reset filters"), on_click=reset, disabled=not any(kept().values()), width="stretch")


def _is_worth(name: str, choices: Choices) -> bool:
    values = choices.values.get(name, ())
    return len(values) > 1 or bool(values and kept().get(name))


def _preset() -> Preset:
    names = {preset: _(text) for preset, text in PRESETS.items()}
    key = begin_with("period", preset_kept())
    chosen = st.selectbox(_("Period"), list(PRESETS), format_func=names.__getitem__, key=key)
    kept()["period"] = [] if chosen == DEFAULT else [chosen]
    if chosen != "custom":
        kept().update({"from": [], "to": []})
    return chosen


def _days(choices: Choices) -> None:
    first, last = days_kept(choices)
    start = _day("first_day", _("First day"), first, choices)
    end = max(start, _day("last_day", _("Last day"), last, choices))
    kept().update({"from": [start.isoformat()], "to": [(end + timedelta(days=1)).isoformat()]})


def _day(name: str, label: str, default: date, choices: Choices) -> date:
    key = begin_with(name, default)
    chosen = st.date_input(label, min_value=choices.first, max_value=choices.last, key=key, format="YYYY-MM-DD")
    return chosen if isinstance(chosen, date) else default


def _against() -> None:
    names = {one: _(text) for one, text in AGAINST.items()}
    key = begin_with("against", against())
    chosen = st.selectbox(_("Compared with"), list(AGAINST), format_func=names.__getitem__, key=key)
    kept()["against"] = [] if chosen == "previous" else [chosen]


def _values(name: str, values: Sequence[str | None]) -> None:
    # Labels are made here, once: Streamlit calls format_func later too, where no language is spoken.
    names = {UNKNOWN if value is None else value: value_name(name, value) for value in values}
    key = begin_with(name, [value for value in kept().get(name, []) if value in names])
    kept()[name] = st.multiselect(
        dimension(name), list(names), format_func=names.__getitem__, placeholder=_("All"), key=key
    )


def chips(choices: Choices, *, with_period: bool) -> None:
    """Draw what the page is about: its days, and each filter with a way to take it out."""
    scope = current(choices)
    parts = [(name, value) for name, values in scope.where.items() for value in values]
    if not parts and not with_period:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if with_period:
            st.caption(f":material/calendar_month: {_days_in_words(choices)}", width="content")
        for name, value in parts:
            st.button(
                f"{dimension(name)}: {plain(value_name(name, value))}",
                key=f"chip.{name}.{value}",
                icon=":material/close:",
                icon_position="right",
                help=_("Take this filter out"),
                on_click=remove,
                args=(name, value),
                type="secondary",
            )


def _days_in_words(choices: Choices) -> str:
    period = current(choices).period
    if period is None:
        return _("all data")
    return span(period)
