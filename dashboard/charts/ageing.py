"""How old the open tickets are, beside how long finished ones were in work."""

import math
from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.axes import LEAST, log_durations, titled
from dashboard.charts.style import LIMIT, WITHIN, framed
from dashboard.format import count, duration
from dashboard.wording import _

BINS_PER_DECADE = 5
HEIGHT = 320
YOUNGEST = 60.0
"""All that is younger stands in the first bar."""


def ageing_chart(ages: pl.Series, lines: Mapping[str, tuple[float, str]]) -> go.Figure:
    """A bar per span of age; *lines*: seconds and a name each, drawn across, the outermost labels staggered."""
    bins = age_bins(ages)
    figure = go.Figure(
        go.Bar(
            x=[math.sqrt(low * high) for low, high in bins.select("low", "high").iter_rows()], y=bins["n"],
            width=[(high - low) * 0.94 for low, high in bins.select("low", "high").iter_rows()],
            marker={"color": WITHIN, "line": {"width": 0}}, hoverinfo="text",
            hovertext=[_("{low} to {high}: {n} open tickets", low=duration(low), high=duration(high), n=count(n))
                       for low, high, n in bins.iter_rows()],
        )
    )  # fmt: skip
    for place, (seconds, name) in enumerate(lines.values()):
        side = {"xanchor": "right", "xshift": -4} if place else {"xanchor": "left", "xshift": 4}
        figure.add_vline(x=max(seconds, LEAST), line={"color": LIMIT, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=math.log10(max(seconds, LEAST)), y=1 - 0.09 * place, yref="paper", text=name, showarrow=False,
            font={"size": 11, "color": LIMIT}, **side,
        )  # fmt: skip
    seen = [*bins["low"].clip(LEAST), *bins["high"], *(seconds for seconds, _name in lines.values())]
    figure.update_xaxes(**log_durations(seen))
    figure.update_xaxes(title=titled(_("age of the open tickets, or time in work of the finished")))
    figure.update_yaxes(title=titled(_("open tickets")), rangemode="tozero", tickformat=",d")
    return framed(figure, height=HEIGHT)


def age_bins(ages: pl.Series) -> pl.DataFrame:
    """Counts of ages between even steps of their logarithms from a minute on: low, high, n; none without any."""
    placed = (ages.cast(pl.Float64).clip(YOUNGEST).log10() * BINS_PER_DECADE).floor().cast(pl.Int32).alias("bin")
    counted = placed.to_frame().group_by("bin").agg(n=pl.len()).sort("bin")
    low, high = (pl.lit(10.0) ** ((pl.col("bin") + step) / BINS_PER_DECADE) for step in (0, 1))
    return counted.select(low=low, high=high, n="n")
