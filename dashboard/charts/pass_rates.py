"""A share that was estimated from samples, over time, with its interval as a band and the line that it is held to."""

from collections.abc import Sequence
from datetime import date

from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.style import BAND, LIMIT, WITHIN, framed
from dashboard.format import count
from dashboard.wording import _, day, share

Point = tuple[date, float | None, float | None, float | None, int]
"""Day, share, low, high, reviews."""


def rolling_share(points: Sequence[Point], *, line: float, title: str) -> Chart:
    """A dot with its interval per end of a span; ends of which nothing was read are left out."""
    known = [point for point in points if point[1] is not None]
    figure = Drawing()
    days = [point[0] for point in known]
    for values, fill in (([point[2] for point in known], None), ([point[3] for point in known], "tonexty")):
        figure.add_scatter(x=days, y=values, mode="lines", line={"width": 0}, fill=fill, fillcolor=BAND,
                           hoverinfo="skip")  # fmt: skip
    figure.add_scatter(
        x=days, y=[point[1] for point in known], mode="lines+markers", line={"color": WITHIN, "width": 2.5},
        marker={"size": 8}, hovertext=[_hover(point) for point in known], hoverinfo="text", cliponaxis=False,
    )  # fmt: skip
    lows = [point[2] for point in known if point[2] is not None]
    low = min([*lows, line]) - 0.02
    step = 0.02 if 1 - low <= 0.14 else 0.05 if 1 - low <= 0.4 else 0.2
    ticks = [1 - place * step for place in range(int((1 - low) / step) + 1)][::-1]
    figure.update_yaxes(range=[low, 1.005], tickvals=ticks, ticktext=[share(tick, digits=0) for tick in ticks],
                        title={"text": title, "font": {"size": 12}})  # fmt: skip
    figure.update_xaxes(tickvals=days, ticktext=[day(one) for one in days], nticks=6,
                        title={"text": _("four weeks up to"), "font": {"size": 12}})  # fmt: skip
    figure.add_shape(type="line", x0=0, x1=1, y0=line, y1=line, xref="paper", yref="y",
                     line={"color": LIMIT, "width": 1.6})  # fmt: skip
    name = _("target {share}", share=share(line, digits=0))
    figure.add_annotation(x=0, y=line, xref="paper", yref="y", yanchor="bottom", xanchor="left", showarrow=False,
                          text=name, font={"color": LIMIT, "size": 11})  # fmt: skip
    return framed(figure, height=300).made()


def _hover(point: Point) -> str:
    end, value, low, high, n = point
    told = _("{share} ({low} to {high})", share=share(value or 0), low=share(low or 0), high=share(high or 0))
    return f"{day(end)}<br>{told}<br>{_('{n} reviews', n=count(n))}"
