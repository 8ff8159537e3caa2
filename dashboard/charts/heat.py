"""Hour of day by weekday: how dark a field is, is how long customers waited."""

import math
from collections.abc import Sequence

import polars as pl

from dashboard.charts.axes import LEAST, TICKS, titled
from dashboard.charts.drawing import Chart, Drawing, trace
from dashboard.charts.style import GRID, HEAT, framed
from dashboard.format import count, duration, value_name
from dashboard.wording import _

WEEKDAYS = tuple("1234567")
HOURS = tuple(f"{hour:02d}" for hour in range(24))


def heat(result: pl.DataFrame, *, enough: int) -> Chart:
    """A field per `weekday` and `hour` from a result with `value` (seconds) and `n`; fields below *enough* stay empty.

    The colour follows the logarithm, as waits differ by factors.
    """
    cells = {(row["weekday"], row["hour"]): row for row in result.iter_rows(named=True)}
    waits = [[_wait(cells.get((day, hour)), enough) for hour in HOURS] for day in WEEKDAYS]
    known = [wait for row in waits for wait in row if wait is not None]
    figure = Drawing(
        trace(
            "heatmap",
            x=list(HOURS),
            y=[value_name("weekday", day) for day in WEEKDAYS],
            z=[[None if wait is None else math.log10(max(wait, LEAST)) for wait in row] for row in waits],
            hoverinfo="skip",
            colorscale=[list(stop) for stop in HEAT],
            colorbar=_scale(known),
            xgap=2,
            ygap=2,
        )
    )
    # A heat map cannot be selected by clicking: an invisible mark on every field takes the click.
    fields = [(day, hour) for day in WEEKDAYS for hour in HOURS if (day, hour) in cells]
    figure.add_scatter(
        x=[hour for _day, hour in fields], y=[value_name("weekday", day) for day, _hour in fields], mode="markers",
        marker={"size": 18, "color": "rgba(0,0,0,0.004)", "symbol": "square", "line": {"width": 0}},
        customdata=[list(field) for field in fields],
        hovertext=[_hover(day, hour, cells[day, hour], enough) for day, hour in fields], hoverinfo="text",
    )  # fmt: skip
    # Empty fields do not place their hour: without the order said, hours would stand as they first occur.
    days = [value_name("weekday", day) for day in WEEKDAYS]
    figure.update_yaxes(
        autorange="reversed", showgrid=False, type="category", categoryarray=days, title=titled(_("weekday"))
    )
    figure.update_xaxes(
        showgrid=False, type="category", categoryarray=list(HOURS), linecolor=GRID,
        title=titled(_("hour of the day")),
    )  # fmt: skip
    return framed(figure, height=320).made()


def _wait(cell: dict[str, object] | None, enough: int) -> float | None:
    if cell is None or int(str(cell["n"])) < enough or not isinstance(cell["value"], float):
        return None
    return cell["value"]


def _scale(known: Sequence[float]) -> dict[str, object]:
    low, high = (min(known), max(known)) if known else (LEAST, LEAST)
    ticks = [tick for tick in TICKS if low <= tick <= high] or [max(low, LEAST), max(high, LEAST)]
    return {
        "tickvals": [math.log10(tick) for tick in ticks],
        "ticktext": [duration(tick) for tick in ticks],
        "thickness": 10,
        "outlinewidth": 0,
        "len": 0.9,
    }


def _hover(day: str, hour: str, cell: dict[str, object] | None, enough: int) -> str:
    when = _("{weekday} {hour}:00–{hour}:59", weekday=value_name("weekday", day), hour=hour)
    n = int(str(cell["n"])) if cell else 0
    wait = _wait(cell, enough)
    told = _("too few to tell") if wait is None else _("half within {wait}", wait=duration(wait))
    return f"<b>{when}</b><br>{told}<br>{_('{n} answers', n=count(n))}"
