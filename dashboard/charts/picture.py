"""A chart as a picture to send on: what a browser needs to draw it with its title, its scope and its definition in it.

No program on a plain machine draws Plotly's charts without a browser, and the reader has one open: it makes the file.
"""

from collections.abc import Sequence
from typing import Any, Literal

from plotly.io import to_json

from dashboard.charts.drawing import Chart
from dashboard.charts.style import LATE, LEVELS, QUIET, RIVAL, WITHIN

Format = Literal["png", "svg"]
WIDTH = 1120
USUAL_HEIGHT = 420
INK, DIM = "#1f2933", "#5b6875"
LETTERS = '"Segoe UI", "Helvetica Neue", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif'
"""Of the machine, not of the page: a picture is drawn where the page's own letters are not known."""


def picture(chart: Chart, *, title: str, above: Sequence[str], below: Sequence[str]) -> dict[str, Any]:
    """The chart on white, whatever the reader's screen shows, and the lines to write above and below it.

    `figure` is JSON as Plotly writes it: days and unknown numbers are in it.
    """
    layout = {
        **chart.plain["layout"], "width": WIDTH, "height": chart.plain["layout"].get("height") or USUAL_HEIGHT,
        "paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff", "font": {"family": LETTERS, "size": 13, "color": INK},
        "template": {"layout": {"xaxis": {"showgrid": False}}},
        "colorway": [WITHIN, LATE, RIVAL, LEVELS["p75"], QUIET],
    }  # fmt: skip
    return {
        "figure": to_json({"data": chart.plain["data"], "layout": layout}, validate=False),
        "width": WIDTH, "height": layout["height"],
        "title": title, "above": [line for line in above if line], "below": [line for line in below if line],
        "letters": LETTERS, "ink": INK, "dim": DIM,
    }  # fmt: skip
