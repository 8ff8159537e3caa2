"""Counts week by week, one small chart per group: the past grey, the present blue."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.periods import labels
from dashboard.charts.style import QUIET, WITHIN, framed, shown
from dashboard.format import count
from dashboard.wording import _

COLUMNS = 2
PANEL_HEIGHT = 120
TICKS_AT_MOST = 4
WIDTH = 6 * 86_400_000
"""Six days of milliseconds: a bar with a gap to the next week."""


def week_by_week(weeks: pl.DataFrame, groups: Sequence[tuple[str, str]], *, by: str, since: date) -> Chart:
    """Small charts of *by*, `week` (its first day), `n` for *groups* (value, name); each from zero on its own scale.

    Custom data: the value, the week.
    """
    lines = max(1, -(-len(groups) // COLUMNS))
    figure = Drawing.in_panels(
        lines, COLUMNS, shared_xaxes="all", subplot_titles=[shown(name) for _value, name in groups],
        horizontal_spacing=0.16, vertical_spacing=min(0.16, 0.4 / lines),
    )  # fmt: skip
    starts = sorted(weeks["week"].unique().to_list())
    for place, (value, name) in enumerate(groups):
        rows = weeks.filter(pl.col(by) == value).sort("week")
        figure.add_bar(
            x=rows["week"].to_list(), y=rows["n"], width=WIDTH, row=place // COLUMNS + 1, col=place % COLUMNS + 1,
            marker={"color": [WITHIN if week >= since else QUIET for week in rows["week"]], "line": {"width": 0}},
            customdata=[[value, str(week)] for week in rows["week"]],
            hovertext=[_hover(name, week, n) for week, n in rows.select("week", "n").iter_rows()], hoverinfo="text",
        )  # fmt: skip
    ticks = starts[:: max(1, -(-len(starts) // TICKS_AT_MOST))]
    figure.update_xaxes(tickvals=ticks, ticktext=labels(ticks, "week"), type="date")
    figure.update_xaxes(title=titled(_("week from")), row=lines)
    figure.update_yaxes(rangemode="tozero", nticks=4, tickformat=",d")
    figure.update_yaxes(title=titled(_("tickets")), col=1)
    figure.update_annotations(font={"size": 12})
    return framed(figure, height=110 + PANEL_HEIGHT * lines).made()


def _hover(name: str, week: date, n: int) -> str:
    return f"<b>{shown(name)}</b><br>{_('week from {day}', day=week)}<br>{_('{n} tickets', n=count(n))}"
