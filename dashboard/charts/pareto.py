"""What makes most of it: bars, the longest on top, and how much all down to each bar make together."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.notes import row_notes
from dashboard.charts.style import GRID, LEVELS, QUIET, WITHIN, framed, shown
from dashboard.wording import _, share

ROWS_AT_MOST = 25
ROW_HEIGHT = 28
CUMULATIVE = LEVELS["p90"]
FEW = 5


@dataclass(frozen=True)
class Bar:
    """One row: its label, count, cumulative share (0–1), the mark's own data; grey where the label is unknown."""

    label: str
    n: int
    cumulative: float
    note: str
    custom: Sequence[object]
    hover: str
    is_known: bool = True


def pareto(rows: Sequence[Bar], *, of: str, title: str) -> Chart:
    """Bars of counts (axis *title*, below; of rows *of*) and cumulative shares (axis above), at most 25 rows."""
    kept = list(rows)[:ROWS_AT_MOST]
    places = list(range(len(kept)))
    hover = [row.hover for row in kept]
    custom = [list(row.custom) for row in kept]
    figure = Drawing()
    figure.add_bar(
        x=[row.n for row in kept], y=places, orientation="h", width=0.66, name=title, customdata=custom,
        hovertext=hover, hoverinfo="text",
        marker={"color": [WITHIN if row.is_known else QUIET for row in kept], "line": {"width": 0}},
    )  # fmt: skip
    figure.add_scatter(
        x=[row.cumulative for row in kept], y=places, mode="lines+markers", xaxis="x2", name=_("cumulative share"),
        line={"color": CUMULATIVE, "width": 1.5, "dash": "dot"}, marker={"size": 5, "color": CUMULATIVE},
        customdata=custom, hovertext=hover, hoverinfo="text",
    )  # fmt: skip
    framed(figure, height=130 + ROW_HEIGHT * max(len(kept), 2))
    largest = max((row.n for row in kept), default=0)
    figure.update_layout(
        xaxis2={
            "overlaying": "x", "side": "top", "range": [0, 1.04], "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "ticktext": [share(tick, digits=0) for tick in (0, 0.25, 0.5, 0.75, 1)], "showgrid": False,
            "title": titled(_("cumulative share (dotted)")), "fixedrange": True, "zeroline": False,
        },
        margin={"t": 64},
    )  # fmt: skip
    figure.update_layout(
        xaxis={
            "rangemode": "tozero", "tickformat": ",d", "dtick": 1 if 0 < largest < FEW else None,
            "title": titled(title), "gridcolor": GRID, "range": [0, largest * 1.04 or 1],
        }
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=places,
        ticktext=[shown(row.label) for row in kept],
        range=[len(kept) - 0.4, -0.6],
        showgrid=False,
        title=titled(of),
    )
    return row_notes(figure, [row.note for row in kept]).made()
