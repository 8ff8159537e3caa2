"""The marks of a chart as a list: whoever has no mouse, or cannot hit a mark, chooses one there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

import streamlit as st

from dashboard.charts.drawing import Chart
from dashboard.wording import _

LINES_AT_MOST = 3
"""So many lines of what a mark says under the pointer tell it apart."""
WIDTH = 280
TAG = re.compile(r"<(?!br)[^>]*>")


@dataclass(frozen=True)
class Listed:
    """One mark: its name as people read it, and the data that a click on it gives."""

    name: str
    custom: tuple[object, ...]


def listed(figure: Chart) -> tuple[Listed, ...]:
    """Every mark of a figure that leads to tickets, once, in the order drawn, named by what it says when pointed at."""
    found: dict[tuple[object, ...], Listed] = {}
    for trace in figure.plain["data"]:
        customs, hovers = trace.get("customdata"), trace.get("hovertext")
        if customs is None or hovers is None:
            continue
        for custom, hover in zip(customs, hovers, strict=True):
            found.setdefault(tuple(custom), Listed(_name(str(hover)), tuple(custom)))
    return tuple(found.values())


def _name(hover: str) -> str:
    lines = [unescape(TAG.sub("", line)).strip() for line in hover.split("<br>")]
    return " · ".join([line for line in lines if line][:LINES_AT_MOST])


def choose_mark(marks: Sequence[Listed], key: str) -> Sequence[object] | None:
    """Draw the list; the data of the mark that is chosen in it, None while none is.

    *key* is that of the chart: what was chosen is forgotten with it, and by `forget_mark`.
    """
    names = [mark.name for mark in marks]  # made here: Streamlit names options later too, where no language is spoken
    place = st.selectbox(
        _("Tickets behind a mark of this chart"), range(len(marks)), index=None, format_func=names.__getitem__,
        placeholder=_("See tickets of …"), label_visibility="collapsed", width=WIDTH, key=_key(key),
    )  # fmt: skip
    return None if place is None else marks[place].custom


def forget_mark(key: str) -> None:
    """After a click on the chart itself: that is what the reader wants to see now."""
    if _key(key) in st.session_state:
        st.session_state[_key(key)] = None


def _key(key: str) -> str:
    return f"{key}-marks"
