"""Percentiles over time: four lines and a light band from the median to the ninetieth."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.axes import LEAST, log_durations
from dashboard.charts.style import BAND, LEVELS, framed
from dashboard.format import count, duration
from dashboard.wording import _
from metrics.model import Every

SHAPES = {"p50": ("solid", 3.0), "p75": ("solid", 1.5), "p90": ("dash", 2.0), "p95": ("dot", 1.5)}


def percentiles(result: pl.DataFrame, *, every: Every) -> go.Figure:
    """A line per percentile from a result with `period`, `metric` (ending in `_p50` …), `value` (seconds) and `n`."""
    figure = go.Figure()
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
    figure.update_yaxes(**log_durations(result["value"]))
    figure.update_xaxes(**_days(result, every))
    return framed(figure, height=340, legend=True)


def level_name(level: str) -> str:
    """A percentile in words: the median, then the wait that so many of a hundred stay below."""
    if level == "p50":
        return _("half within")
    return _("{share} % within", share=level.removeprefix("p"))


def _days(result: pl.DataFrame, every: Every) -> dict[str, object]:
    periods = sorted(period for period in result["period"].unique().to_list() if period is not None)
    ticks = periods[:: max(1, len(periods) // 8)]
    return {"tickvals": ticks, "ticktext": month_labels(ticks) if every == "month" else day_labels(ticks)}


def month_labels(months: Sequence[date]) -> list[str]:
    """Months as `2026/5`."""
    return [f"{month.year}/{month.month}" for month in months]


def day_labels(days: Sequence[date]) -> list[str]:
    """Days as `11/22`, with the year where it begins or changes."""
    years = [None, *(day.year for day in days)]
    return [
        f"{day.month}/{day.day}" + (f"<br>{day.year}" if day.year != before else "")
        for day, before in zip(days, years, strict=False)
    ]


def _hover(level: str, row: dict[str, object], every: Every) -> str:
    start = row["period"]
    when = _("week from {day}", day=start) if every == "week" else str(start)[:16]
    value = row["value"]
    waited = duration(value if isinstance(value, float) else None)
    return f"{when}<br>{level_name(level)}: {waited}<br>{_('{n} answers', n=count(int(str(row['n']))))}"
