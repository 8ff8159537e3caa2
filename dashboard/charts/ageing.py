"""How old the open tickets are, beside how long finished ones were in work."""

import math
from collections.abc import Mapping

import polars as pl

from dashboard.charts.axes import LEAST, log_durations, titled
from dashboard.charts.drawing import Chart, Drawing, trace
from dashboard.charts.style import LIMIT, WITHIN, framed
from dashboard.format import count, duration
from dashboard.wording import _

BINS_PER_DECADE = 5
HEIGHT = 300
LINE_PIXELS = 16
"""Of a name above the plot: names of near lines stand below each other, off the bars."""
YOUNGEST = 60.0
"""All that is younger stands in the first bar."""


def ageing_chart(ages: pl.Series, lines: Mapping[str, tuple[float, str]]) -> Chart:
    """A bar per span of age, each with its bounds; *lines*: seconds and a name each, drawn across, named above."""
    bins = age_bins(ages)
    figure = Drawing(
        trace(
            "bar",
            x=[math.sqrt(low * high) for low, high in bins.select("low", "high").iter_rows()], y=bins["n"],
            width=[(high - low) * 0.94 for low, high in bins.select("low", "high").iter_rows()],
            marker={"color": WITHIN, "line": {"width": 0}}, hoverinfo="text",
            customdata=[[low, high] for low, high in bins.select("low", "high").iter_rows()],
            hovertext=[_("{low} to {high}: {n} open tickets", low=duration(low), high=duration(high), n=count(n))
                       for low, high, n in bins.iter_rows()],
        )
    )  # fmt: skip
    axis = log_durations([*bins["low"].clip(LEAST), *bins["high"], *(seconds for seconds, _name in lines.values())])
    figure.update_xaxes(**axis)
    for place, (seconds, name) in enumerate(sorted(lines.values())):
        at = math.log10(max(seconds, LEAST))
        is_left = at < sum(axis["range"]) / 2
        figure.add_vline(x=max(seconds, LEAST), line={"color": LIMIT, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=at, y=1, yref="paper", yanchor="bottom", yshift=LINE_PIXELS * place, showarrow=False,
            text=f"▾ {name}" if is_left else f"{name} ▾", xanchor="left" if is_left else "right",
            xshift=-6 if is_left else 6, font={"size": 11, "color": LIMIT},
        )  # fmt: skip
    figure.update_xaxes(title=titled(_("age of the open tickets, or time in work of the finished")))
    figure.update_yaxes(title=titled(_("open tickets")), rangemode="tozero", tickformat=",d")
    above = LINE_PIXELS * (len(lines) + 1)
    return framed(figure, height=HEIGHT + above).update_layout(margin={"t": above}).made()


def age_bins(ages: pl.Series) -> pl.DataFrame:
    """Counts of ages between even steps of their logarithms from a minute on: low, high, n; none without any."""
    placed = ages.alias("age").to_frame().select(bin=_place(pl.col("age")))
    counted = placed.group_by("bin").agg(n=pl.len()).sort("bin")
    low, high = (pl.lit(10.0) ** ((pl.col("bin") + step) / BINS_PER_DECADE) for step in (0, 1))
    return counted.select(low=low, high=high, n="n")


def is_within(age: pl.Expr, low: float) -> pl.Expr:
    """Whether an age stands in the bar that begins at *low*."""
    return _place(age) == round(math.log10(low) * BINS_PER_DECADE)


def _place(age: pl.Expr) -> pl.Expr:
    return (age.cast(pl.Float64).clip(YOUNGEST).log10() * BINS_PER_DECADE).floor().cast(pl.Int32)
