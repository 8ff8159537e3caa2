"""A year of opening hours at a glance: a column for each month, a row for each day, a colour for how the day goes."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.style import LATE, RIVAL, WITHIN, framed
from dashboard.format import weekday_and_day
from dashboard.services.settings.editing import hours_text
from dashboard.wording import N_, _, current_language
from metrics.desk import Minutes

Day = tuple[date, str, tuple[Minutes, ...]]
KINDS: Mapping[str, tuple[str, str]] = {
    "open": (N_("open as usual"), "rgba(59,125,189,0.30)"),
    "closed": (N_("closed as usual"), "rgba(132,146,163,0.16)"),
    "holiday": (N_("closed for a holiday"), LATE),
    "worked": (N_("open instead of closed"), WITHIN),
    "other": (N_("other hours"), RIVAL),
}
SIGNS = {"holiday": N_("off"), "worked": N_("on"), "other": "±"}
CELL = 17


def year_chart(days: Sequence[Day]) -> Chart:
    """Draw every day of a year; *days*: the day, its kind, its hours."""
    figure = Drawing()
    for kind, (name, colour) in KINDS.items():
        own = [(day, hours) for day, found, hours in days if found == kind]
        figure.add_scatter(
            x=[day.month for day, _hours in own],
            y=[day.day for day, _hours in own],
            mode="markers+text" if kind in SIGNS else "markers",
            marker={"symbol": "square", "size": CELL - 2, "color": colour, "line": {"width": 0}},
            text=[_(SIGNS[kind])] * len(own) if kind in SIGNS else None,
            textfont={"size": 9, "color": "white"},
            name=_(name),
            hovertext=[f"{weekday_and_day(day)}<br>{_told(hours)}" for day, hours in own],
            hoverinfo="text",
            cliponaxis=False,
        )
    figure.update_xaxes(
        tickvals=list(range(1, 13)),
        ticktext=month_names(),
        range=[0.4, 12.6],
        side="top",
        showgrid=False,
        tickangle=0,
        tickfont={"size": 10},
        title=None,
    )
    figure.update_yaxes(tickvals=[1, 5, 10, 15, 20, 25, 31], range=[31.7, 0.3], showgrid=False)
    framed(figure, height=CELL * 31 + 110, legend=True)
    figure.update_layout(legend={"y": -0.02, "yanchor": "top", "x": 0}, margin={"t": 34, "b": 8, "l": 8, "r": 8})
    return figure.made()


def year_table(days: Sequence[Day]) -> pl.DataFrame:
    """The same as a row per day."""
    rows = [(day, _(KINDS[kind][0]), _told(hours)) for day, kind, hours in days]
    return pl.DataFrame(rows, schema=[_("Day"), _("Kind"), _("Opening hours")], orient="row")


def month_names() -> list[str]:
    """The months as short as they fit above a column."""
    if current_language() == "zh_CN":
        return [f"{month}" for month in range(1, 13)]
    return ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _told(hours: Sequence[Minutes]) -> str:
    return hours_text(hours) if hours else _("closed")
