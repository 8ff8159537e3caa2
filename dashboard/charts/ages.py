"""What stands open by how old it is: now, and at the end of each period."""

from collections.abc import Mapping, Sequence

import polars as pl

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing, trace
from dashboard.charts.periods import Moment, draw_moments, period_name, time_axis
from dashboard.charts.style import framed
from dashboard.format import count
from dashboard.wording import N_, _, share
from metrics.model import Every

AGES = ("#c3d9ee", "#a6c7e6", "#88b3dd", "#699fd2", "#4a89c2", "#2f6fae")
"""One hue: the older, the stronger; opaque, so that the shade of event days does not change them."""
ENDS: dict[Every, str] = {
    "hour": N_("end of the hour"), "day": N_("end of the day"), "week": N_("end of the week from"),
    "month": N_("end of the month"),
}  # fmt: skip


def ages_now(rows: pl.DataFrame, names: Mapping[str, str]) -> Chart:
    """A bar per `band` with `n`, the youngest on top; every bar carries its band."""
    whole = max(int(rows["n"].sum()), 1)
    figure = Drawing(
        trace(
            "bar",
            x=rows["n"], y=[names[band] for band in rows["band"]], orientation="h",
            marker={"color": list(AGES[: rows.height]), "line": {"width": 0}},
            text=[f"{count(n)} · {share(n / whole, digits=0)}" for n in rows["n"]], textposition="outside",
            cliponaxis=False, customdata=[[band] for band in rows["band"]],
            hovertext=[f"{names[band]}: {count(n)}" for band, n in rows.iter_rows()], hoverinfo="text",
        )
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False, title={"text": _("age"), "font": {"size": 12}})
    few = int(str(rows["n"].max() or 0)) < 5
    figure.update_xaxes(
        rangemode="tozero", tickformat=",d", dtick=1 if few else None,
        title={"text": _("open tickets"), "font": {"size": 12}},
    )  # fmt: skip
    framed(figure, height=280)
    figure.update_yaxes(title={"standoff": 20})
    return figure.update_layout(margin={"r": 80}).made()


def ages_over_time(
    rows: pl.DataFrame, names: Mapping[str, str], *, every: Every, moments: Sequence[Moment] = ()
) -> Chart:
    """Bars over `period`, piled up by `band` from the oldest upwards; every part carries its period and band."""
    figure = Drawing()
    for band, colour in reversed(list(zip(names, AGES, strict=True))):
        part = rows.filter(pl.col("band") == band)
        figure.add_bar(
            x=part["period"].to_list(), y=part["n"], name=names[band], marker={"color": colour, "line": {"width": 0}},
            customdata=[[str(day), band] for day in part["period"]],
            hovertext=[f"{period_name(day, every)}<br>{names[band]}: {count(n)}"
                       for day, n in part.select("period", "n").iter_rows()],
            hoverinfo="text",
        )  # fmt: skip
    periods = rows["period"].unique().sort().to_list()
    figure.update_layout(barmode="stack")
    figure.update_xaxes(**{**time_axis(periods, every), "title": titled(_(ENDS[every]))})
    draw_moments(figure, moments, periods, every)
    figure.update_yaxes(tickformat=",d", rangemode="tozero", title={"text": _("open tickets"), "font": {"size": 12}})
    return framed(figure, height=340, legend=True).made()
