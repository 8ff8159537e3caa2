"""What came in and what left, period by period, and the backlog that follows from both."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard.charts.drawing import Chart, Drawing, Properties, trace
from dashboard.charts.periods import Moment, draw_moments, period_name, time_axis
from dashboard.charts.style import QUIET, WITHIN, framed
from dashboard.format import count
from dashboard.wording import _
from metrics.model import Every

OUT = {"tickets_resolved": WITHIN, "closed_without_resolution": QUIET, "tickets_set_aside": "rgba(132,146,163,0.45)"}
"""What left: the resolved as the others' blue, what left otherwise in greys."""
STANDS = "#5f7a8c"
CAME = "#5aa9a0"
"""What came in: a flow has no good or bad side."""


def flow_chart(rows: pl.DataFrame, names: dict[str, str], *, every: Every, moments: Sequence[Moment] = ()) -> Chart:
    """Bars up for what came, down for what left, above the line of `backlog`, over `period`.

    *names*: id of a figure -> its name. Every bar carries the start of its period and the figure's id.
    """
    figure = Drawing.in_panels(2, 1, shared_xaxes=True, row_heights=[0.6, 0.4], vertical_spacing=0.1)
    periods = rows["period"].to_list()
    figure.add_trace(_bars(rows, "tickets_created", names, CAME, 1, every), row=1, col=1)
    for id_, colour in OUT.items():
        if rows[id_].sum():
            figure.add_trace(_bars(rows, id_, names, colour, -1, every), row=1, col=1)
    figure.add_trace(
        trace(
            "scatter",
            x=periods, y=rows["backlog"], mode="lines+markers", name=names["backlog"], marker={"size": 5},
            line={"color": STANDS, "width": 2.5}, customdata=[[str(day), "backlog"] for day in periods],
            hovertext=[_hover(row, "backlog", names, every) for row in rows.iter_rows(named=True)], hoverinfo="text",
        ), row=2, col=1,
    )  # fmt: skip
    figure.update_layout(barmode="relative")
    figure.update_xaxes(**time_axis(periods, every))
    figure.update_xaxes(title={"text": None}, row=1, col=1)
    draw_moments(figure, moments, periods, every)
    framed(figure, height=430, legend=True)
    # Both ways are counted upwards from the middle: no number of tickets is negative.
    most = max((abs(value) for value in _edges(rows)), default=1.0)
    ticks = _ticks(most)
    figure.update_yaxes(tickvals=ticks, ticktext=[count(abs(tick)) for tick in ticks], row=1, col=1,
                        title={"text": _("left ↓ · came ↑"), "font": {"size": 12}})  # fmt: skip
    figure.update_yaxes(tickformat=",d", rangemode="tozero", row=2, col=1,
                        title={"text": names["backlog"], "font": {"size": 12}})  # fmt: skip
    return figure.made()


def _edges(rows: pl.DataFrame) -> list[float]:
    out = rows.select(pl.sum_horizontal(pl.col(name).fill_null(0) for name in OUT)).to_series()
    return [float(value) for series in (rows["tickets_created"], out) for value in series.drop_nulls()]


def _ticks(most: float) -> list[int]:
    step = next((size * 10**power for power in range(9) for size in (1, 2, 5) if most / (size * 10**power) <= 3), 10**9)
    up = [place * step for place in range(1, int(most // step) + 1)]
    return [*(-tick for tick in reversed(up)), 0, *up]


def _bars(rows: pl.DataFrame, id_: str, names: dict[str, str], colour: str, sign: int, every: Every) -> Properties:
    return trace(
        "bar",
        x=rows["period"].to_list(), y=rows[id_] * sign, name=names[id_], marker={"color": colour, "line": {"width": 0}},
        customdata=[[str(day), id_] for day in rows["period"]],
        hovertext=[_hover(row, id_, names, every) for row in rows.iter_rows(named=True)], hoverinfo="text",
    )  # fmt: skip


def _hover(row: dict[str, Any], id_: str, names: dict[str, str], every: Every) -> str:
    value = row[id_]
    told = count(round(value)) if isinstance(value, int | float) else "–"
    return f"{period_name(row['period'], every)}<br>{names[id_]}: {told}"
