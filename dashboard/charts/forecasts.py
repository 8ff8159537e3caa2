"""What is expected, with its band, beside what came; and how far forecasts were off, by how far they looked ahead."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.periods import Moment
from dashboard.charts.style import BAND, EVENT, LATE, LIMIT, QUIET, WITHIN, framed, shown
from dashboard.format import short_day, weekday_and_day
from dashboard.wording import _, number, share

TICKS_AT_MOST = 8


def forecast_chart(
    ahead: pl.DataFrame,
    came: pl.DataFrame,
    *,
    moments: Sequence[Moment] = (),
    every: str = "day",
    came_name: str | None = None,
) -> Chart:
    """`at` (naive local), `mean`, `low`, `high` of what is expected and `at`, `offered` of what came.

    every: `day` or `interval`, in which both are counted; days have no band, as their intervals' bands do not add up.
    """
    drawn = Drawing()
    at = ahead["at"].to_list()
    if every == "interval":
        drawn.add_scatter(
            x=at + at[::-1], y=[*ahead["high"], *ahead["low"].reverse()], fill="toself", fillcolor=BAND, mode="lines",
            line={"width": 0}, hoverinfo="skip", showlegend=True, name=_("8 of 10 intervals"),
        )  # fmt: skip
    mode = "lines" if every == "interval" else "lines+markers"
    drawn.add_scatter(
        x=came["at"].to_list(), y=came["offered"].to_list(), mode=mode,
        name=shown(came_name or _("what came")),
        line={"color": QUIET, "width": 1.5}, marker={"size": 4}, hovertext=_told(came, "offered", every),
        hoverinfo="text",
    )  # fmt: skip
    drawn.add_scatter(
        x=at, y=ahead["mean"].to_list(), mode=mode, name=_("expected"), line={"color": WITHIN, "width": 2},
        marker={"size": 5}, hovertext=_told(ahead, "mean", every), hoverinfo="text",
    )  # fmt: skip
    both = [*came["at"].to_list(), *at]
    _draw_events(drawn, moments, both)
    drawn.update_yaxes(title=titled(_("requests a day") if every == "day" else _("requests an interval")),
                       rangemode="tozero")  # fmt: skip
    drawn.update_xaxes(**_days_axis(both))
    return framed(drawn, height=340, legend=True).made()


def _told(rows: pl.DataFrame, column: str, every: str) -> list[str]:
    names = [weekday_and_day(at.date()) + ("" if every == "day" else f" {at:%H:%M}") for at in rows["at"]]
    return [f"<b>{name}</b><br>{'–' if value is None else number(value, digits=1)}"
            for name, value in zip(names, rows[column], strict=True)]  # fmt: skip


def _days_axis(at: Sequence[datetime]) -> dict[str, Any]:
    days = sorted({one.date() for one in at})
    ticks = days[:: max(1, -(-len(days) // TICKS_AT_MOST))]
    return {"type": "date", "tickvals": ticks, "ticktext": [short_day(day) for day in ticks], "title": titled(_("day"))}


def _draw_events(drawn: Drawing, moments: Sequence[Moment], at: Sequence[datetime]) -> None:
    if not at:
        return
    first, last = min(at), max(at)
    for moment in moments:
        begin, end = _midnight(moment.start), _midnight(moment.end or moment.start + timedelta(days=1))
        if end <= first or begin > last:
            continue
        drawn.add_vrect(x0=begin - timedelta(hours=12), x1=end - timedelta(hours=12), fillcolor=EVENT,
                        line={"width": 0}, layer="below")  # fmt: skip
        drawn.add_annotation(
            x=max(begin, first), y=1, yref="paper", xanchor="left", yanchor="bottom", showarrow=False,
            text=f"★ {shown(moment.label, longest=14)}", hovertext=shown(moment.label),
            font={"color": QUIET, "size": 11},
        )  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a place on an axis


def error_chart(by_ahead: pl.DataFrame) -> Chart:
    """`ahead` (days), `wape`, `bias` of forecasts that were kept."""
    drawn = Drawing()
    ahead = by_ahead["ahead"].to_list()
    drawn.add_bar(
        x=ahead, y=by_ahead["wape"].to_list(), marker={"color": WITHIN, "line": {"width": 0}}, name=_("miss"),
        hovertext=[
            _("{ahead} days ahead: {wape} off, {bias} on balance, {days} days", ahead=row["ahead"],
              wape=share(row["wape"] or 0), bias=f"{(row['bias'] or 0) * 100:+.1f}%", days=row["days"])
            for row in by_ahead.iter_rows(named=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
    drawn.add_scatter(
        x=ahead, y=by_ahead["bias"].to_list(), mode="markers", name=_("on balance too many (+) or too few"),
        marker={"color": LATE, "size": 8, "symbol": "diamond"}, hoverinfo="skip",
    )  # fmt: skip
    drawn.add_hline(y=0, line={"color": LIMIT, "width": 0.5})
    drawn.update_yaxes(title=titled(_("part of what came")), tickformat=".0%")
    drawn.update_xaxes(title=titled(_("days ahead")), dtick=1 if len(ahead) <= 20 else 7)
    return framed(drawn, height=300, legend=True).made()
