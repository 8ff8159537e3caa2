"""Stars over time: the low ones hang below the line, the good ones stand above it, the middle lies across."""

from datetime import date

import polars as pl

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.periods import period_name, time_axis
from dashboard.charts.style import QUIET, framed
from dashboard.format import count
from dashboard.wording import _, share
from metrics.model import Every

COLOURS = {1: "#c9691a", 2: "#eab27a", 3: "#a9b4c0", 4: "#8fb9df", 5: "#3b7dbd"}
"""Orange is bad and blue is good, the stronger the further; both read on white and on near-black."""
HALF_ACROSS = 3
"""The star that lies half below and half above the line."""
FAINT = 0.45
DAYS: dict[Every, int] = {"hour": 1, "day": 1, "week": 7, "month": 30}
TICKS = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)


def star_course(rows: pl.DataFrame, *, every: Every, enough: int) -> Chart:
    """Bars of `period`, `stars` (1–5), `n`, `share`; periods with fewer than *enough* ratings are faint.

    Custom data: the period and the star.
    """
    laid = _laid(rows.drop_nulls("share"), enough)
    figure = Drawing()
    for star, colour in COLOURS.items():
        part = laid.filter(pl.col("stars") == star)
        figure.add_bar(
            x=part["period"].to_list(), y=part["share"], base=part["base"], name=star_name(star), offset=None,
            width=DAYS[every] * 0.86 * 86_400_000,
            marker={"color": colour, "line": {"width": 0}, "opacity": part["opacity"].to_list()},
            customdata=[[str(period), star] for period in part["period"]],
            hovertext=[_hover(row, every) for row in part.iter_rows(named=True)], hoverinfo="text",
        )  # fmt: skip
    reach = max((abs(edge) for row in laid.iter_rows(named=True) for edge in (row["base"], row["base"] + row["share"])),
                default=1.0)  # fmt: skip
    ticks = [tick for tick in TICKS if abs(tick) <= reach + 0.13]
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(
        tickvals=ticks, ticktext=[share(abs(tick), digits=0) for tick in ticks],
        title=titled(_("low stars ← share of the ratings → high stars")),
    )  # fmt: skip
    figure.update_xaxes(**time_axis(_periods(rows), every))
    figure.add_hline(y=0, line={"color": QUIET, "width": 1})
    return framed(figure, height=360, legend=True).update_yaxes(title={"standoff": 14}).made()


def star_name(star: int) -> str:
    """A number of stars as people read it."""
    return _("{n} stars", n=star) if star > 1 else _("1 star")


def _laid(rows: pl.DataFrame, enough: int) -> pl.DataFrame:
    """Where each part of a bar begins, so that the middle star lies across the line."""
    below = pl.col("share").filter(pl.col("stars") < HALF_ACROSS).sum() + (
        pl.col("share").filter(pl.col("stars") == HALF_ACROSS).sum() / 2
    )
    return rows.sort("period", "stars").with_columns(
        base=(pl.col("share").cum_sum() - pl.col("share") - below).over("period"),
        opacity=pl.when(pl.col("n").sum().over("period") < enough).then(FAINT).otherwise(1.0),
        total=pl.col("n").sum().over("period"),
    )


def _periods(rows: pl.DataFrame) -> list[date]:
    return sorted(rows["period"].unique().to_list())


def _hover(row: dict[str, object], every: Every) -> str:
    start, part = row["period"], row["share"]
    told = share(part) if isinstance(part, float) else ""
    return "<br>".join(
        (
            f"<b>{period_name(start, every) if isinstance(start, date) else ''}</b>",
            f"{star_name(int(str(row['stars'])))}: {told}",
            _("{n} of {total} ratings", n=count(int(str(row["n"]))), total=count(int(str(row["total"])))),
        )
    )
