"""People beside each other, fairly: a dot with its interval beside what is usual; grey who cannot be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.axes import LEAST, titled, value_axis
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.notes import row_notes
from dashboard.charts.style import LIMIT, QUIET, WITHIN, added, framed, shown
from dashboard.wording import N_, _
from metrics.model import Unit

ROW_HEIGHT = 24
LEGEND_PIXELS = 24
"""The legend stands so far above the plot, however high that is."""
FAIR, RAW = N_("fair estimate with its 95% interval"), N_("as counted")


@dataclass(frozen=True)
class Person:
    """One row: name, the fair value with its bounds, what was counted, what stands beside it."""

    name: str
    value: float
    low: float
    high: float
    raw: float
    note: str
    hover: str
    differs: bool


def people_chart(rows: Sequence[Person], *, usual: float, unit: Unit, label: str) -> Chart:
    """A row per person in the order given from above; the line is what is usual here."""
    figure = Drawing()
    places = list(range(len(rows)))
    floor = LEAST if unit is Unit.SECONDS else 0.0
    colours = [WITHIN if row.differs else QUIET for row in rows]
    shared = {"hovertext": [row.hover for row in rows], "hoverinfo": "text", "customdata": [[row.name] for row in rows]}
    added(
        figure,
        shapes=[
            {"type": "line", "x0": max(row.low, floor), "x1": max(row.high, floor), "y0": place, "y1": place,
             "xref": "x", "yref": "y", "layer": "below", "line": {"color": colour, "width": 3}, "opacity": 0.55}
            for place, row, colour in zip(places, rows, colours, strict=True)
        ],
    )  # fmt: skip
    figure.add_scatter(
        x=[max(row.raw, floor) for row in rows], y=places, mode="markers", name=_(RAW),
        marker={"size": 7, "symbol": "x-thin", "line": {"width": 1.5, "color": QUIET}}, **shared,
    )  # fmt: skip
    figure.add_scatter(
        x=[max(row.value, floor) for row in rows], y=places, mode="markers", name=_(FAIR),
        marker={"size": 10, "color": colours, "symbol": ["circle" if row.differs else "circle-open" for row in rows]},
        **shared,
    )  # fmt: skip
    figure.add_vline(x=usual, line={"color": LIMIT, "width": 1.5})
    everything = [value for row in rows for value in (row.low, row.high, row.raw)]
    figure.update_xaxes(**value_axis(unit, [*everything, usual], from_zero=False), showgrid=True)
    figure.update_yaxes(
        tickvals=places, ticktext=[shown(row.name) for row in rows], range=[len(rows) - 0.4, -0.6], showgrid=False,
        title=titled(label),
    )  # fmt: skip
    height = 150 + ROW_HEIGHT * max(len(rows), 3)
    framed(figure, height=height, legend=True)
    figure.update_layout(legend={"y": 1 + LEGEND_PIXELS / height})
    return row_notes(figure, [row.note for row in rows]).made()
