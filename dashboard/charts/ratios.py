"""How many times as much: a dot per row with its interval on a logarithmic axis, the line at “as much” drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.notes import row_notes
from dashboard.charts.style import LIMIT, QUIET, WITHIN, framed, shown
from dashboard.wording import _, number

ROWS_AT_MOST = 25
ROW_HEIGHT = 30
TICKS = (0.05, 0.1, 0.2, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000)
TICKS_AT_MOST = 7


@dataclass(frozen=True)
class Times:
    """One row: its label, how many times as much with its interval, what stands at its right, the mark's own data.

    is_named: more than noise; else it is grey.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    note: str
    custom: Sequence[object]
    hover: str
    is_named: bool


def rows_of_times(rows: Sequence[Times], *, of: str, title: str, same: str) -> Chart:
    """A row per ratio, the first on top, at most 25.

    *of*, *title*: of the axis of rows and of the axis of ratios · *same*: what the line at 1 means.
    """
    kept = list(rows)[:ROWS_AT_MOST]
    known = [(place, row) for place, row in enumerate(kept) if row.value]
    colours = [WITHIN if row.is_named else QUIET for _place, row in known]
    figure = Drawing()
    span = _span(kept)
    for (place, row), colour in zip(known, colours, strict=True):
        low, high = row.low or span[0], row.high or span[1]
        figure.add_shape(
            type="line", x0=max(low, span[0]), x1=min(high, span[1]), y0=place, y1=place, layer="below", opacity=0.45,
            line={"color": colour, "width": 5},
        )  # fmt: skip
    figure.add_scatter(
        x=[row.value for _place, row in known], y=[place for place, _row in known], mode="markers",
        marker={"size": 12, "color": colours, "line": {"width": 0}},
        customdata=[list(row.custom) for _place, row in known],
        hovertext=[row.hover for _place, row in known], hoverinfo="text",
    )  # fmt: skip
    framed(figure, height=96 + ROW_HEIGHT * max(len(kept), 2))
    ticks = _ticks(span)
    figure.update_xaxes(
        type="log", range=[log10(span[0]), log10(span[1])], tickvals=ticks,
        ticktext=[times_text(tick) for tick in ticks], minor={"showgrid": False}, tickangle=0, title=titled(title),
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(kept))), ticktext=[shown(row.label) for row in kept], showgrid=False,
        range=[len(kept) - 0.4, -0.6], title=titled(of),
    )  # fmt: skip
    figure.add_vline(x=1, line={"color": LIMIT, "width": 1.6})
    figure.add_annotation(
        x=0, y=1, yref="paper", yanchor="bottom", text=same, showarrow=False, font={"color": LIMIT, "size": 11}
    )
    return row_notes(figure, [row.note for row in kept]).made()


def times_text(value: float) -> str:
    """A ratio as `×1.5`."""
    digits = 0 if value >= 10 else 1 if value >= 1 else 2
    text = number(value, digits=digits)
    return "×" + (text.rstrip("0").rstrip(".") if "." in text else text)


def _span(rows: Sequence[Times]) -> tuple[float, float]:
    """What the axis covers: every dot, and intervals as far as they are no wider than three times the dots."""
    values = [row.value for row in rows if row.value] or [1.0]
    low, high = min(*values, 1.0), max(*values, 1.0)
    lows = [row.low for row in rows if row.low] or [low]
    highs = [row.high for row in rows if row.high] or [high]
    low, high = max(min(*lows, low), low / 3), min(max(*highs, high), high * 3)
    return min(low, 0.8) / 1.08, max(high, 1.25) * 1.08


def _ticks(span: tuple[float, float]) -> list[float]:
    inside = [tick for tick in TICKS if span[0] <= tick <= span[1]]
    step = max(1, -(-len(inside) // TICKS_AT_MOST))
    one = inside.index(1) if 1 in inside else 0
    return [tick for place, tick in enumerate(inside) if (place - one) % step == 0]


def interval_of_times(low: float | None, high: float | None) -> str:
    """The interval of a ratio in words."""
    if low is None:
        return ""
    if high is None:
        return _("at least {low}", low=times_text(low))
    return f"{times_text(low)} – {times_text(high)}"
