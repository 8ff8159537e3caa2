"""What is left of a month's allowance of breaches, day by day, and where it leads."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.periods import Moment, draw_moments, time_axis
from dashboard.charts.style import BAND, LIMIT, QUIET, WITHIN, framed
from dashboard.format import count, weekday_and_day
from dashboard.wording import _


def burn_down_chart(days: pl.DataFrame, moments: Sequence[Moment] = ()) -> Chart:
    """Lines over `day`: `left` (what was seen), `even` (exactly the goal), `ahead` with its range, and nothing left."""
    figure = Drawing()
    seen, coming = days.filter(pl.col("left").is_not_null()), days.filter(pl.col("ahead").is_not_null())
    figure.add_scatter(
        x=days["day"].to_list(), y=days["even"], mode="lines", name=_("keeping the goal exactly"), hoverinfo="skip",
        line={"color": QUIET, "width": 1.5, "dash": "dot"},
    )  # fmt: skip
    if coming.height > 1:
        _ahead(figure, coming)
    figure.add_scatter(
        x=seen["day"].to_list(), y=seen["left"], mode="lines+markers", name=_("left of the allowance"),
        line={"color": WITHIN, "width": 3}, marker={"size": 6}, customdata=[[str(day)] for day in seen["day"]],
        hovertext=[_hover(row) for row in seen.iter_rows(named=True)], hoverinfo="text",
    )  # fmt: skip
    figure.add_hline(y=0, line={"color": LIMIT, "width": 1.6})
    figure.update_xaxes(**time_axis(days["day"].to_list(), "day"))
    draw_moments(figure, moments, days["day"].to_list(), "day")
    figure.update_yaxes(tickformat=",d", title={"text": _("breaches still affordable"), "font": {"size": 12}})
    return framed(figure, height=340, legend=True).made()


def _ahead(figure: Drawing, coming: pl.DataFrame) -> None:
    days = coming["day"].to_list()
    figure.add_scatter(
        x=days, y=coming["ahead_high"], mode="lines", line={"width": 0}, hoverinfo="skip", showlegend=False
    )
    figure.add_scatter(
        x=days, y=coming["ahead_low"], mode="lines", line={"width": 0}, fill="tonexty", fillcolor=BAND,
        hoverinfo="skip", name=_("95 of 100 months with such days"),
    )  # fmt: skip
    figure.add_scatter(
        x=days, y=coming["ahead"], mode="lines", name=_("at the pace of the last weeks"),
        line={"color": WITHIN, "width": 2, "dash": "dash"},
        hovertext=[_("{day}: {n} left at this pace", day=weekday_and_day(day), n=count(round(left)))
                   for day, left in coming.select("day", "ahead").iter_rows()], hoverinfo="text",
    )  # fmt: skip


def _hover(row: dict[str, object]) -> str:
    day, left = row["day"], row["left"]
    told = [
        weekday_and_day(day) if isinstance(day, date) else str(day),
        _("breached: {n} of {decided}", n=count(int(str(row["breached"]))), decided=count(int(str(row["n"])))),
    ]
    if isinstance(left, float):
        told.append(_("left at the end of the day: {n}", n=count(round(left))))
    return "<br>".join(told)
