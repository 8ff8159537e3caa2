"""The clocks of one ticket: when each ran, stood still or ran past its time, and when it was due."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.style import LATE, LIMIT, QUIET, WITHIN, framed
from dashboard.format import duration, local
from dashboard.wording import N_, _
from metrics.desk import Thing

COLOURS: Mapping[str, str] = {"counted": WITHIN, "paused": QUIET, "late": LATE}
NAMES: Mapping[str, str] = {
    "counted": N_("clock runs"), "paused": N_("paused: waiting for the customer"), "late": N_("past its time"),
}  # fmt: skip
PATTERNS: Mapping[str, str] = {"counted": "", "paused": "/", "late": "x"}
"""The pattern says the same as the colour."""
CLOSED = "rgba(132,146,163,0.16)"
ROW_HEIGHT = 46
NARROWEST = 400
"""A bar is never narrower than one so many-th of the whole: a wait of a minute beside one of days is still seen."""
Span = tuple[datetime, datetime]


def clocks_chart(spans: pl.DataFrame, runs: pl.DataFrame, closed: Sequence[Span], *, zone: str) -> Chart:
    """A row per promise: bars of `begin`, `end`, `part`, a diamond at each `due_at`, closed hours shaded."""
    figure = Drawing()
    rows = [thing for thing in get_args(Thing) if thing in runs["thing"]]
    for part, colour in COLOURS.items():
        _bars(figure, spans.filter(pl.col("part") == part), part, colour, zone)
    _dues(figure, runs.filter(pl.col("due_at").is_not_null()), zone)
    for begin, end in closed:
        figure.add_vrect(
            x0=_local(begin, zone), x1=_local(end, zone), fillcolor=CLOSED, line={"width": 0}, layer="below"
        )
    figure.update_yaxes(
        tickvals=rows[::-1], ticktext=[_(f"promise.{thing}") for thing in rows[::-1]], categoryorder="array",
        categoryarray=rows[::-1], showgrid=False, title=titled(_("Promise")),
    )  # fmt: skip
    figure.update_xaxes(
        type="date", title=titled(_("Local time, {zone}", zone=zone)), tickformat="%m/%d %H:%M", nticks=7
    )
    framed(figure, height=150 + ROW_HEIGHT * len(rows), legend=True)
    figure.update_layout(barmode="overlay", bargap=0.45)
    return figure.made()


def _bars(figure: Drawing, rows: pl.DataFrame, part: str, colour: str, zone: str) -> None:
    if rows.is_empty():
        return
    least = _whole(rows) / NARROWEST
    figure.add_bar(
        base=[_local(begin, zone) for begin in rows["begin"]],
        x=[max((end - begin).total_seconds() * 1000, least) for begin, end in rows.select("begin", "end").iter_rows()],
        y=rows["thing"].to_list(),
        orientation="h",
        name=_(NAMES[part]),
        marker={"color": colour, "pattern": {"shape": PATTERNS[part], "solidity": 0.2, "fillmode": "overlay"}},
        hovertext=[_span_hover(row, part, zone) for row in rows.iter_rows(named=True)],
        hoverinfo="text",
    )


def _whole(rows: pl.DataFrame) -> float:
    """From the first bar to the last, in milliseconds."""
    begin, end = min(rows["begin"].to_list()), max(rows["end"].to_list())
    return float((end - begin).total_seconds()) * 1000


def _span_hover(row: Mapping[str, Any], part: str, zone: str) -> str:
    took = duration((row["end"] - row["begin"]).total_seconds())
    return f"{_(NAMES[part])}: {local(row['begin'], zone)} – {local(row['end'], zone)} ({took})"


def _dues(figure: Drawing, runs: pl.DataFrame, zone: str) -> None:
    figure.add_scatter(
        x=[_local(due, zone) for due in runs["due_at"]],
        y=runs["thing"].to_list(),
        mode="markers",
        name=_("due"),
        marker={"symbol": "diamond", "size": 11, "color": LIMIT},
        hovertext=[_("due {at}", at=local(due, zone)) for due in runs["due_at"]],
        hoverinfo="text",
    )


def _local(at: datetime, zone: str) -> datetime:
    """The wall clock of the zone: Plotly knows no zones."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
