"""One figure for each channel, team or type: a bar or dot with its interval; with too few behind it, grey and last."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard.charts.axes import LEAST, titled, value_axis
from dashboard.charts.drawing import Chart, Drawing, Properties, trace
from dashboard.charts.notes import row_notes
from dashboard.charts.over_time import Goal
from dashboard.charts.style import LIMIT, QUIET, WITHIN, framed, shown
from dashboard.format import count, dimension, figure, value_name
from dashboard.wording import _
from metrics.model import Metric, Unit

ROWS_AT_MOST = 25
ROW_HEIGHT = 28
ERROR = {"thickness": 2, "width": 4}
PALE = 0.5
"""Of bars, so that their intervals, in the full colour, are seen on them whatever the page is like."""
BARS = frozenset({Unit.COUNT, Unit.SHARE, Unit.RATE})
"""Read by their length; lengths of time stand on a logarithm and scores do not begin at 0: there a dot is honest."""


def by_dimension(
    rows: pl.DataFrame,
    *,
    metric: Metric,
    dimension_name: str,
    goals: Sequence[Goal] = (),
    row_goals: Mapping[str | None, float] | None = None,
) -> Chart:
    """One row per `value` of the dimension from `figure`, `n`, `low`, `high`, `enough`, in the order given.

    At most 25 rows, those with the largest n. row_goals: what is aimed at for single rows, drawn as a diamond.
    """
    kept = drawn_rows(rows)
    names = [shown(value_name(dimension_name, value)) for value in kept["value"]]
    drawn = Drawing()
    drawn.add_trace(_marks(kept, names, metric))
    targets = [(row_goals or {}).get(value) for value in kept["value"]]
    if any(target is not None for target in targets):
        diamond = {"size": 9, "symbol": "diamond-open", "color": LIMIT, "line": {"width": 1.5}}
        drawn.add_scatter(x=targets, y=list(range(kept.height)), mode="markers", marker=diamond, hoverinfo="skip")
    for goal in goals:
        label = {"text": goal.label, "font": {"color": LIMIT, "size": 11}}
        drawn.add_vline(x=goal.value, line={"color": LIMIT, "width": 1.2, "dash": "dot"}, label=label)
    seen = [*kept["figure"], *kept["low"], *kept["high"], *(goal.value for goal in goals), *targets]
    axis = value_axis(metric.unit, seen, from_zero=True if metric.unit in BARS else None)
    drawn.update_xaxes(**axis)
    drawn.update_yaxes(
        tickvals=list(range(kept.height)), ticktext=names, range=[kept.height - 0.4, -0.6],
        title=titled(dimension(dimension_name)),
    )  # fmt: skip
    framed(drawn, height=90 + ROW_HEIGHT * max(kept.height, 2))
    drawn.update_xaxes(showgrid=True)
    drawn.update_yaxes(showgrid=False)
    return row_notes(drawn, _notes(kept, metric)).made()


def drawn_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that a chart has room for, in their order: those with the largest n."""
    if rows.height <= ROWS_AT_MOST:
        return rows
    largest = rows.with_row_index("__place").sort("n", "__place", descending=[True, False]).head(ROWS_AT_MOST)
    return largest.sort("__place").drop("__place")


def _marks(kept: pl.DataFrame, names: Sequence[str], metric: Metric) -> Properties:
    colours = [WITHIN if enough else QUIET for enough in kept["enough"]]
    told: dict[str, Any] = {
        "y": list(range(kept.height)),
        "customdata": [[value] for value in kept["value"]],
        "hovertext": [_hover(name, row, metric) for name, row in zip(names, kept.iter_rows(named=True), strict=True)],
        "hoverinfo": "text",
        "error_x": _errors(kept, metric.unit),
    }
    if metric.unit in BARS:
        strength = PALE if told["error_x"] else 1
        marker = {"color": colours, "opacity": strength, "line": {"width": 0}}
        return trace("bar", x=kept["figure"], orientation="h", marker=marker, **told)
    dots = kept["figure"].clip(LEAST) if metric.unit is Unit.SECONDS else kept["figure"]
    return trace("scatter", x=dots, mode="markers", marker={"size": 12, "color": colours}, **told)


def _errors(kept: pl.DataFrame, unit: Unit) -> dict[str, Any]:
    """How far the interval reaches on each side; nothing where there is none."""
    if kept["low"].null_count() == kept.height and kept["high"].null_count() == kept.height:
        return {}
    floor = LEAST if unit is Unit.SECONDS else None
    value, low = (kept[name] if floor is None else kept[name].clip(floor) for name in ("figure", "low"))
    return {
        "type": "data", "symmetric": False, "color": WITHIN, **ERROR,
        "array": (kept["high"] - value).fill_null(0), "arrayminus": (value - low).fill_null(0),
    }  # fmt: skip


def _notes(kept: pl.DataFrame, metric: Metric) -> list[str]:
    """The value and n, right of every row."""
    told = [figure(value, metric.unit) for value in kept["figure"]]
    if metric.unit is Unit.COUNT:
        return told
    return [f"{value} · {_('n = {n}', n=count(n))}" for value, n in zip(told, kept["n"], strict=True)]


def _hover(name: str, row: dict[str, Any], metric: Metric) -> str:
    lines = [f"<b>{name}</b>", figure(row["figure"], metric.unit)]
    if row["low"] is not None and row["high"] is not None:
        low, high = figure(row["low"], metric.unit), figure(row["high"], metric.unit)
        lines.append(_("95% sure: {low} to {high}", low=low, high=high))
    if metric.unit is not Unit.COUNT:
        lines.append(_("n = {n}", n=count(row["n"])))
    return "<br>".join(lines if row["enough"] else [*lines, _("too few to compare")])
