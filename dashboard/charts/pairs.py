"""Two shares per row: a strong dot with its interval, and a ring for what it is held against."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.notes import row_notes
from dashboard.charts.style import LATE, QUIET, framed, shown
from dashboard.wording import share

ROWS_AT_MOST = 25
ROW_HEIGHT = 28
LEGEND_ABOVE = 14
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
TICKS_WANTED = 6


@dataclass(frozen=True)
class Pair:
    """One row: its label, the share with its interval, the other share, what stands at its right, the mark's data."""

    label: str
    value: float
    low: float
    high: float
    other: float
    note: str
    custom: Sequence[object]
    hover: str


def rows_of_pairs(rows: Sequence[Pair], *, of: str, title: str, names: tuple[str, str]) -> Chart:
    """A row per pair, the first on top, at most 25; *names*: of the dots and of the rings.

    *of*, *title*: of the axis of rows and of the axis of shares.
    """
    kept = list(rows)[:ROWS_AT_MOST]
    places = list(range(len(kept)))
    figure = Drawing()
    for place, row in enumerate(kept):
        figure.add_shape(
            type="line", x0=row.low, x1=row.high, y0=place, y1=place, layer="below", opacity=0.45,
            line={"color": LATE, "width": 5},
        )  # fmt: skip
    told = {"customdata": [list(row.custom) for row in kept], "hovertext": [row.hover for row in kept]}
    figure.add_scatter(
        x=[row.value for row in kept], y=places, mode="markers", name=names[0], hoverinfo="text", **told,
        marker={"size": 12, "color": LATE, "line": {"width": 0}},
    )  # fmt: skip
    figure.add_scatter(
        x=[row.other for row in kept], y=places, mode="markers", name=names[1], hoverinfo="text", **told,
        marker={"size": 10, "color": QUIET, "symbol": "circle-open", "line": {"width": 2}},
    )  # fmt: skip
    height = 150 + ROW_HEIGHT * max(len(kept), 2)
    framed(figure, height=height, legend=True).update_layout(legend={"y": 1 + LEGEND_ABOVE / height})
    reach = max((row.high for row in kept), default=0.1)
    step = next((step for step in STEPS if reach / step <= TICKS_WANTED), 0.25)
    ticks = [place * step for place in range(int(reach / step + 1e-9) + 2) if place * step <= 1]
    figure.update_xaxes(
        range=[-0.04 * reach, min(reach * 1.06, 1.02)], tickvals=ticks,
        ticktext=[share(tick, digits=0) for tick in ticks], title=titled(title), showgrid=True,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=places,
        ticktext=[shown(row.label) for row in kept],
        range=[len(kept) - 0.4, -0.6],
        showgrid=False,
        title=titled(of),
    )
    return row_notes(figure, [row.note for row in kept]).made()
