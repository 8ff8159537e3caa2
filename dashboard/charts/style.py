"""The palette, the frame of every figure, and how the browser shows it."""

import math
from collections.abc import Iterable
from html import escape
from typing import Any

from dashboard.charts.drawing import Drawing

WITHIN = "#3b7dbd"
"""What was measured, and what kept its target."""
LATE = "#e08a2e"
"""What missed its target."""
LIMIT = "#cc3a30"
"""A limit: a target, the two-hour line."""
QUIET = "#8492a3"
"""Grid, reference, and what cannot be judged."""
RIVAL = "#8a6fc0"
"""The other of two sides."""
GRID = "rgba(132,146,163,0.22)"
BAND = "rgba(59,125,189,0.14)"
EVENT = "rgba(224,138,46,0.16)"
"""Days of an event, behind the marks."""
QUIET_BAND = "rgba(132,146,163,0.18)"
LEVELS = {"p50": "#3b7dbd", "p75": "#5f9bd1", "p90": "#8a6fc0", "p95": "#b58fd0"}
"""From the typical wait to the longest: the line's width and dash say the same as its colour."""
HEAT = ((0.0, "rgba(59,125,189,0.08)"), (0.5, "rgba(59,125,189,0.45)"), (1.0, "rgba(59,125,189,1)"))
"""One hue whose strength grows, so that it says the same on white and on near-black."""

CONFIG: dict[str, Any] = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "scrollZoom": False}
MARKS_AT_MOST = 2000
LEGEND = {"orientation": "h", "yanchor": "bottom", "y": 1.14, "xanchor": "left", "x": 0, "traceorder": "normal"}
ONE_LINE = 18
NOTE_GAP = 14
NOTE_LETTER = 6.4
"""Of letters 12 pixels high, digits and Chinese; a screen 390 wide has none to give away."""


def framed(figure: Drawing, *, height: int, legend: bool = False) -> Drawing:
    """Give a figure the house's frame: transparent, tight, no zoom by dragging, a click selects one mark."""
    clear = "rgba(0,0,0,0)"
    figure.update_layout(
        height=height, margin={"l": 8, "r": 16, "t": 70 if legend else 28, "b": 8}, paper_bgcolor=clear,
        plot_bgcolor=clear, showlegend=legend, legend=LEGEND, hoverlabel={"align": "left"}, dragmode=False,
        clickmode="event+select", bargap=0.06,
    )  # fmt: skip
    axis: dict[str, Any] = {"automargin": True, "zeroline": False, "gridcolor": GRID, "fixedrange": True}
    return figure.update_xaxes(**axis, title={"standoff": 10}).update_yaxes(**axis, title={"standoff": 18})


def added(
    figure: Drawing, *, shapes: Iterable[dict[str, Any]] = (), annotations: Iterable[dict[str, Any]] = ()
) -> Drawing:
    """Lay many shapes and words over a figure."""
    for shape in shapes:
        figure.add_shape(**shape)
    for words in annotations:
        figure.add_annotation(**words)
    return figure


def text_width(text: str) -> int:
    """How many narrow letters wide a text is; Chinese characters are two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def beside(texts: Iterable[str]) -> int:
    """The pixels that the widest of *texts*, written small at the right of a chart's rows, needs there."""
    return NOTE_GAP + math.ceil(NOTE_LETTER * max(map(text_width, texts), default=0))


def two_lines(text: str) -> str:
    """A label of several words parted near its middle, where it would take a narrow screen's width."""
    if len(text) <= ONE_LINE or " " not in text:
        return text
    places = [place for place, letter in enumerate(text) if letter == " "]
    middle = min(places, key=lambda place: abs(place - len(text) / 2))
    return f"{text[:middle]}<br>{text[middle + 1 :]}"


def shown(text: str, *, longest: int = 28) -> str:
    """Text of the desk's data for a label or a hover box: never markup, never overlong."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return escape(cut).replace("$", "&#36;")
