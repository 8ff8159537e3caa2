"""By how much promises were missed: a histogram over a logarithmic axis."""

import math
from collections.abc import Sequence

import polars as pl

from dashboard.charts.axes import log_durations
from dashboard.charts.drawing import Chart, Drawing, trace
from dashboard.charts.style import LATE, QUIET, framed
from dashboard.format import count, duration
from dashboard.wording import _, share

FIRST = 10**0.75
"""Where the bar of the shortest overruns, which begins at no time at all, is drawn from."""
FEW = 5


def overrun_chart(bins: pl.DataFrame, marks: Sequence[tuple[float, str]]) -> Chart:
    """Bars of `low`, `high` (seconds) and `n`, each with its bounds; *marks*: percentiles with their names."""
    # The x values are already logarithms, because bar widths on a Plotly log axis would not be even.
    left = bins.select(pl.col("low").clip(FIRST).log10().alias("left"), pl.col("high").log10().alias("right"))
    whole = max(int(bins["n"].sum()), 1)
    figure = Drawing(
        trace(
            "bar",
            x=(left["left"] + left["right"]) / 2,
            width=left["right"] - left["left"],
            y=bins["n"],
            marker={"color": LATE, "line": {"width": 0}},
            customdata=[[row["low"], row["high"]] for row in bins.iter_rows(named=True)],
            hovertext=[_hover(row, whole) for row in bins.iter_rows(named=True)],
            hoverinfo="text",
        )
    )
    axis = log_durations([*bins["low"].clip(FIRST), *bins["high"], *(seconds for seconds, _name in marks)])
    figure.update_xaxes(
        range=axis["range"], tickvals=[math.log10(tick) for tick in axis["tickvals"]], ticktext=axis["ticktext"],
        title={"text": _("late by"), "font": {"size": 12}},
    )  # fmt: skip
    few = not bins.is_empty() and int(str(bins["n"].max())) < FEW
    figure.update_yaxes(
        tickformat=",d", rangemode="tozero", dtick=1 if few else None,
        title={"text": _("breaches"), "font": {"size": 12}},
    )  # fmt: skip
    for level, (seconds, name) in enumerate(sorted(marks)):
        at = math.log10(max(seconds, FIRST))
        figure.add_vline(x=at, line={"color": QUIET, "width": 1.6, "dash": "dot"})
        figure.add_annotation(
            x=at, y=1, yref="paper", yanchor="bottom", yshift=13 * (level % 2), text=name, showarrow=False,
            font={"color": QUIET, "size": 11},
        )  # fmt: skip
    framed(figure, height=310)
    return figure.update_layout(margin={"t": 40}).made()


def _hover(row: dict[str, float], whole: int) -> str:
    span = _("{low} to {high} late", low=duration(row["low"]), high=duration(row["high"]))
    part = _("{share} of all breaches", share=share(row["n"] / whole))
    return f"{span}<br>{_('{n} breaches', n=count(int(row['n'])))}<br>{part}"
