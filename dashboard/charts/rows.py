"""Shares side by side: a dot per row with its interval; counts as bars beside them where there are any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.notes import row_notes
from dashboard.charts.style import LATE, LIMIT, QUIET, WITHIN, added, framed, shown, two_lines
from dashboard.format import NOTHING
from dashboard.wording import _, share

ROWS_AT_MOST = 25
ROW_HEIGHT = 34
NO_ROOM = 0.012
"""Nearer to each other than this, two labels of lines would lie on one another."""


@dataclass(frozen=True)
class Row:
    """One row: its label, share with interval (0–1), what stands at its right, and the mark's own data.

    count: the length of its bar, where bars are drawn · is_fair: whether there are enough to compare.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    note: str
    custom: Sequence[object]
    hover: str
    is_fair: bool = True
    count: int | None = None


def rows_of_shares(
    rows: Sequence[Row], *, of: str, title: str, lines: Sequence[tuple[float, str]] = (), counts: str | None = None
) -> Chart:
    """A row per share, the first on top, at most 25; too few to compare is grey.

    *of*, *title*: of the axis of rows and of the axis of shares · *lines*: shares with their names, drawn across (a
    goal, the whole) · *counts*: the title of the bars' axis; without one there are no bars.
    """
    kept = list(rows)[:ROWS_AT_MOST]
    figure = Drawing()
    if counts is not None:
        _bars(figure, kept, counts)
    _dots(figure, kept, "x2" if counts else "x")
    framed(figure, height=86 + ROW_HEIGHT * max(len(kept), 2))
    span = {"domain": [0.46, 1.0]} if counts else {}
    axis = _share_axis(kept, lines)
    own = {**({"anchor": "y"} if counts else {}), **axis, "title": {"text": title, "font": {"size": 12}}, **span}
    figure.update_layout(**{"xaxis2" if counts else "xaxis": own})
    places = list(range(len(kept)))
    figure.update_yaxes(
        tickvals=places, ticktext=[two_lines(shown(row.label)) for row in kept], range=[len(kept) - 0.4, -0.6],
        showgrid=False, title={"text": of, "font": {"size": 12}, "standoff": 20},
    )  # fmt: skip
    _lines(figure, lines, axis["range"], "x2" if counts else "x")
    _notes(figure, kept)
    return figure.made()


def _bars(figure: Drawing, rows: Sequence[Row], title: str) -> None:
    figure.add_bar(
        x=[row.count for row in rows], y=list(range(len(rows))), orientation="h", width=0.62,
        marker={"color": LATE, "line": {"width": 0}}, customdata=[list(row.custom) for row in rows],
        hovertext=[row.hover for row in rows], hoverinfo="text",
    )  # fmt: skip
    few = max((row.count or 0 for row in rows), default=0) < 5
    figure.update_xaxes(
        domain=[0, 0.4], rangemode="tozero", tickformat=",d", dtick=1 if few else None, nticks=4,
        title={"text": title, "font": {"size": 12}},
    )  # fmt: skip


def _dots(figure: Drawing, rows: Sequence[Row], xaxis: str) -> None:
    known = [(place, row) for place, row in enumerate(rows) if row.value is not None]
    colours = [WITHIN if row.is_fair else QUIET for _place, row in known]
    added(
        figure,
        shapes=[
            {"type": "line", "x0": row.low, "x1": row.high, "y0": place, "y1": place, "xref": xaxis, "yref": "y",
             "layer": "below", "opacity": 0.45, "line": {"color": colour, "width": 5}}
            for (place, row), colour in zip(known, colours, strict=True)
            if row.low is not None and row.high is not None
        ],
    )  # fmt: skip
    figure.add_scatter(
        x=[row.value for _place, row in known], y=[place for place, _row in known], mode="markers", xaxis=xaxis,
        marker={"size": 11, "color": colours, "line": {"width": 0}},
        customdata=[list(row.custom) for _place, row in known],
        hovertext=[row.hover for _place, row in known], hoverinfo="text", cliponaxis=False,
    )  # fmt: skip


def _share_axis(rows: Sequence[Row], lines: Sequence[tuple[float, str]]) -> dict[str, Any]:
    """An axis of shares as wide as the intervals need, never less than twenty points, so that noise stays small."""
    known = [value for row in rows for value in (row.value, row.low, row.high) if value is not None]
    known += [line for line, _name in lines]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    missing = max(0.2 - (high - low), 0) / 2
    low, high = max(low - missing - 0.02, -0.02), min(high + missing + 0.02, 1.02)
    step = 0.05 if high - low <= 0.22 else 0.1 if high - low <= 0.45 else 0.2
    ticks = [place * step for place in range(round(1 / step) + 1) if low <= place * step <= high]
    return {
        "range": [low, high], "tickvals": ticks, "ticktext": [share(tick, digits=0) for tick in ticks],
        "showgrid": True,
    }  # fmt: skip


def _lines(figure: Drawing, lines: Sequence[tuple[float, str]], span: Sequence[float], xaxis: str) -> None:
    last: float | None = None
    for line, name in sorted(lines):
        shift = 12 if last is not None and line - last < NO_ROOM * (span[1] - span[0]) * 12 else 0
        figure.add_shape(
            type="line", x0=line, x1=line, y0=0, y1=1, xref=xaxis, yref="paper", line={"color": LIMIT, "width": 1.6}
        )
        figure.add_annotation(
            x=line, y=1, xref=xaxis, yref="paper", yanchor="bottom", yshift=shift, text=name, showarrow=False,
            font={"color": LIMIT, "size": 11},
        )  # fmt: skip
        last = line


def _notes(figure: Drawing, rows: Sequence[Row]) -> None:
    """What stands at the right of every row, and room for it."""
    if any(row.note for row in rows):
        row_notes(figure, [row.note for row in rows])


def number_of(row: Mapping[str, object], name: str) -> float | None:
    """A number of a row; None where it is unknown."""
    value = row[name]
    return value if isinstance(value, float) else None


def interval_text(value: float | None, low: float | None, high: float | None) -> str:
    """A share with its interval in words; unknown is a dash."""
    if value is None:
        return NOTHING
    if low is None or high is None:
        return share(value)
    return _("{share} ({low} to {high})", share=share(value), low=share(low), high=share(high))
