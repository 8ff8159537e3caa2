"""Percentiles over time: four lines and a light band from the median to the ninetieth."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.axes import LEAST, log_durations, titled
from dashboard.charts.drawing import Drawing
from dashboard.charts.over_time import Path, path_trace
from dashboard.charts.periods import (
    Moment,
    day_labels,
    draw_moments,
    draw_provisional,
    month_labels,
    period_name,
    time_axis,
)
from dashboard.charts.style import BAND, LEVELS, framed
from dashboard.format import count, duration
from dashboard.wording import _
from metrics.model import Every, Unit

__all__ = ["day_labels", "level_name", "month_labels", "percentiles"]

SHAPES = {"p50": ("solid", 3.0), "p75": ("solid", 1.5), "p90": ("dash", 2.0), "p95": ("dot", 1.5)}


def percentiles(
    result: pl.DataFrame, *, every: Every, provisional: date | None = None, moments: Sequence[Moment] = (),
    paths: Sequence[Path] = (),
) -> go.Figure:  # fmt: skip
    """A line per percentile from a result with `period`, `metric` (ending in `_p50` …), `value` (seconds) and `n`.

    paths: the ways to goals that are set for one of them.
    """
    figure = Drawing()
    band = not result["value"].has_nulls()  # over a gap the band would fold back across the chart
    for level, (dash, width) in SHAPES.items():
        rows = result.filter(pl.col("metric").str.ends_with(f"_{level}")).sort("period")
        if rows.is_empty():
            continue
        figure.add_scatter(
            x=rows["period"].to_list(),
            y=rows["value"].clip(LEAST),
            name=level_name(level),
            mode="lines+markers" if rows.height < 40 else "lines",
            line={"color": LEVELS[level], "dash": dash, "width": width},
            marker={"size": 6},
            connectgaps=False,
            fill="tonexty" if band and level in ("p75", "p90") else None,
            fillcolor=BAND,
            customdata=rows.select(pl.col("period").cast(pl.String)).rows(),
            hovertext=[_hover(level, row, every) for row in rows.iter_rows(named=True)],
            hoverinfo="text",
        )
    periods = [period for period in result["period"].unique().sort().to_list() if period is not None]
    for path in paths:
        figure.add_trace(path_trace(path, Unit.SECONDS, periods))
    wanted = pl.Series([value for path in paths for _day, value in path.days], dtype=pl.Float64)
    figure.update_yaxes(**log_durations(pl.concat([result["value"], wanted])))
    figure.update_yaxes(title=titled(_("time waited")))
    figure.update_xaxes(**time_axis(periods, every))
    if provisional is not None:
        draw_provisional(figure, provisional, periods, every)
    draw_moments(figure, moments, periods, every)
    return framed(figure, height=340, legend=True).made()


def level_name(level: str) -> str:
    """A percentile in words: the median, then the wait that so many of a hundred stay below."""
    if level == "p50":
        return _("half within")
    return _("{share}% within", share=level.removeprefix("p"))


def _hover(level: str, row: dict[str, object], every: Every) -> str:
    when = period_name(row["period"], every)  # type: ignore[arg-type]
    value = row["value"]
    waited = duration(value if isinstance(value, float) else None)
    return f"{when}<br>{level_name(level)}: {waited}<br>{_('{n} answers', n=count(int(str(row['n']))))}"
