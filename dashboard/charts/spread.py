"""One row per channel, team or type: a dot at the median, a line to the ninetieth percentile, targets beside."""

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.axes import LEAST, log_durations
from dashboard.charts.distribution import Line
from dashboard.charts.style import LIMIT, QUIET, WITHIN, framed, shown
from dashboard.format import count, duration, share, value_name
from dashboard.wording import _

ROWS_AT_MOST = 25
ROW_HEIGHT = 30


def spread(rows: pl.DataFrame, *, dimension: str, lines: Sequence[Line]) -> go.Figure:
    """A dot-and-range chart of `value`, `p50`, `p90` (seconds), `n`, `share` (within target) and `enough` (n is).

    At most 25 rows are drawn, those with the most tickets; a row with too few is grey and is not to be ranked.
    """
    kept = rows.sort("n", descending=True).head(ROWS_AT_MOST).sort("p50", descending=True, nulls_last=False)
    names = [shown(value_name(dimension, value)) for value in kept["value"]]
    positions = list(range(kept.height))
    colours = [WITHIN if enough else QUIET for enough in kept["enough"]]
    hover = [_hover(name, row) for name, row in zip(names, kept.iter_rows(named=True), strict=True)]
    figure = go.Figure()
    for position, row, colour in zip(positions, kept.iter_rows(named=True), colours, strict=True):
        if row["p50"] is not None and row["p90"] is not None:
            figure.add_shape(
                type="line", x0=max(row["p50"], LEAST), x1=max(row["p90"], LEAST), y0=position, y1=position,
                line={"color": colour, "width": 4}, opacity=0.45, layer="below",
            )  # fmt: skip
    for level, marker in (("p50", {"size": 13}), ("p90", {"size": 11, "symbol": "line-ns", "line": {"width": 3}})):
        edge = marker.get("line", {})
        figure.add_scatter(
            x=kept[level].clip(LEAST), y=positions, mode="markers", name=level,
            marker={**marker, "color": colours, "line": {**edge, "color": colours} if edge else {"width": 0}},
            customdata=[[value] for value in kept["value"]], hovertext=hover, hoverinfo="text",
        )  # fmt: skip
    _note(figure, kept, positions)
    figure.update_xaxes(**log_durations([*kept["p50"], *kept["p90"], *(line.seconds for line in lines)]))
    figure.update_yaxes(tickvals=positions, ticktext=names, range=[-0.6, kept.height - 0.4], showgrid=False)
    for line in lines:
        figure.add_vline(
            x=line.seconds, line={"color": LIMIT, "width": 1.5, "dash": "dot" if line.is_target else "solid"}
        )
        figure.add_annotation(
            x=line.seconds, y=1, yref="paper", yanchor="bottom", text=line.label, showarrow=False,
            font={"color": LIMIT, "size": 12},
        )  # fmt: skip
    return _with_room(framed(figure, height=70 + ROW_HEIGHT * max(kept.height, 2)))


def _note(figure: go.Figure, kept: pl.DataFrame, positions: Sequence[int]) -> None:
    for position, row in zip(positions, kept.iter_rows(named=True), strict=True):
        within = share(row["share"], digits=0) if row["share"] is not None and row["enough"] else "–"
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=10, y=position, showarrow=False, align="left",
            text=f"{within}  ·  n = {count(row['n'])}", font={"size": 12, "color": QUIET},
        )  # fmt: skip


def _with_room(figure: go.Figure) -> go.Figure:
    figure.update_layout(margin={"r": 120})
    return figure


def _hover(name: str, row: dict[str, object]) -> str:
    p50, p90, within = (value if isinstance(value, float) else None for value in (row["p50"], row["p90"], row["share"]))
    lines = [
        f"<b>{name}</b>",
        _("half within {wait}", wait=duration(p50)),
        _("nine of ten within {wait}", wait=duration(p90)),
        _("within target: {share}", share="–" if within is None else share(within)),
        _("{n} answers", n=count(int(str(row["n"])))),
    ]
    return "<br>".join(lines if row["enough"] else [*lines, _("too few to compare")])
