"""Many figures' differences on one scale: each over its own margin of error, so that 0 inside its bar is noise."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.style import LIMIT, QUIET, WITHIN, added, framed, shown
from dashboard.wording import _

ROW_HEIGHT = 46
ABOVE = 0.38
"""The words of a row stand so far above its bar, so that on a narrow screen the bars have the whole width."""
FARTHEST = 6.0
"""A difference of more margins is drawn here: beyond that more evidence changes nothing."""
LABEL_AT_MOST = 40


@dataclass(frozen=True)
class Difference:
    """One row: the difference and its bounds in margins, what stands beside it, and the mark's own data."""

    label: str
    value: float
    low: float
    high: float
    note: str
    hover: str
    custom: str
    stands_out: bool


def differences(rows: Sequence[Difference]) -> Chart:
    """A dot and bar per row, in the order given from above; filled and blue where more than noise, else grey."""
    figure = Drawing()
    for stands_out, colour, symbol in ((True, WITHIN, "circle"), (False, QUIET, "circle-open")):
        marks = [(place, row) for place, row in enumerate(rows) if row.stands_out == stands_out]
        figure.add_scatter(
            x=[_held(row.value) for _place, row in marks],
            y=[place for place, _row in marks],
            mode="markers",
            marker={"size": 11, "color": colour, "symbol": symbol},
            error_x={
                "type": "data", "symmetric": False, "thickness": 2, "width": 4, "color": colour,
                "array": [max(0.0, _held(row.high) - _held(row.value)) for _place, row in marks],
                "arrayminus": [max(0.0, _held(row.value) - _held(row.low)) for _place, row in marks],
            },
            customdata=[[row.custom] for _place, row in marks],
            hovertext=[row.hover for _place, row in marks],
            hoverinfo="text",
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": LIMIT, "width": 1.5})
    _notes(figure, rows)
    figure.update_xaxes(
        range=[-FARTHEST - 0.6, FARTHEST + 0.6], tickvals=[-6, -4, -2, 0, 2, 4, 6],
        ticktext=["≤ −6", "−4", "−2", "0", "2", "4", "≥ 6"], showgrid=True,
        title=titled(_("difference ÷ its own margin of error (95%)")),
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(rows))), showticklabels=False, range=[len(rows) - 0.5, -0.8], showgrid=False,
        title=titled(_("figure")),
    )  # fmt: skip
    return framed(figure, height=100 + ROW_HEIGHT * max(len(rows), 2)).made()


def _held(value: float) -> float:
    return min(max(value, -FARTHEST), FARTHEST)


def _notes(figure: Drawing, rows: Sequence[Difference]) -> None:
    """The figure's name above its bar at the left, the difference in its own unit at the right."""
    added(
        figure,
        annotations=[
            {"x": x, "xref": "paper", "xanchor": "right" if x else "left", "y": place - ABOVE, "yref": "y",
             "yanchor": "middle", "text": text, "showarrow": False, "font": {"size": 12, **colour}}
            for place, row in enumerate(rows)
            for text, x, colour in ((shown(row.label, longest=LABEL_AT_MOST), 0, {}), (row.note, 1, {"color": QUIET}))
        ],
    )  # fmt: skip
