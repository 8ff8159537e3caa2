"""Two sides of one distribution of waits, rung by rung: a dot and a ring at each percentile, with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.charts.axes import LEAST, log_durations, titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.style import RIVAL, WITHIN, framed
from dashboard.charts.trend import level_name
from dashboard.format import NOTHING, count, duration
from dashboard.wording import _

ROW_HEIGHT = 44
APART = 0.16
"""How far the two marks of a rung stand from its line, so that neither hides the other."""
DRAWN = ((WITHIN, "circle", -APART), (RIVAL, "diamond-open", APART))


@dataclass(frozen=True)
class Side:
    """One side: its name in the legend, rows of `level` (p50 …), `value`, `low`, `high` (seconds), `n`, and its key."""

    name: str
    rows: pl.DataFrame
    key: str


def ladders(sides: Sequence[Side]) -> Chart:
    """A row per percentile, the typical wait on top; a mark carries the key of its side and its percentile."""
    drawn = Drawing()
    levels = sides[0].rows["level"].to_list()
    for side, (colour, symbol, shift) in zip(sides, DRAWN, strict=True):
        places = [levels.index(level) + shift for level in side.rows["level"]]
        drawn.add_scatter(
            x=side.rows["value"].clip(LEAST), y=places, mode="markers", name=side.name,
            marker={"size": 12, "color": colour, "symbol": symbol, "line": {"width": 2, "color": colour}},
            error_x=_errors(side.rows, colour),
            customdata=[[side.key, level] for level in side.rows["level"]],
            hovertext=[_hover(side.name, row) for row in side.rows.iter_rows(named=True)], hoverinfo="text",
        )  # fmt: skip
    seen = [value for side in sides for name in ("value", "low", "high") for value in side.rows[name]]
    drawn.update_xaxes(**log_durations(seen), title=titled(_("time waited")), showgrid=True)
    drawn.update_yaxes(
        tickvals=list(range(len(levels))), ticktext=[level_name(level) for level in levels],
        range=[len(levels) - 0.5, -0.5], title=titled(_("share answered")),
    )  # fmt: skip
    return framed(drawn, height=150 + ROW_HEIGHT * len(levels), legend=True).update_yaxes(showgrid=False).made()


def _errors(rows: pl.DataFrame, colour: str) -> dict[str, Any]:
    value, low, high = (rows[name].clip(LEAST) for name in ("value", "low", "high"))
    return {
        "type": "data", "symmetric": False, "array": (high - value).fill_null(0),
        "arrayminus": (value - low).fill_null(0), "thickness": 1.5, "width": 4, "color": colour,
    }  # fmt: skip


def _hover(name: str, row: dict[str, Any]) -> str:
    low, high = duration(row["low"]), duration(row["high"])
    told = _("95% sure: {low} to {high}", low=low, high=high) if NOTHING not in (low, high) else ""
    lines = [f"<b>{name}</b>", f"{level_name(row['level'])}: {duration(row['value'])}", told,
             _("n = {n}", n=count(row["n"]))]  # fmt: skip
    return "<br>".join(line for line in lines if line)
