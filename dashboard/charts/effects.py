"""What made a change: per part how much came of its own figure, and how much of there being more or less of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.charts.axes import titled, unit_name
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.style import LATE, QUIET, WITHIN, framed, shown
from dashboard.format import figure as told
from dashboard.wording import N_, _
from metrics.model import Unit

ROW_HEIGHT = 32
LEGEND_PIXELS = 24
"""The legend stands so far above the plot, however high that is."""
RATE, MIX = N_("its own figure moved"), N_("there was more or less of it")


@dataclass(frozen=True)
class Effect:
    """One part: its name, both effects in the figure's unit, what the pointer shows, the mark's own data."""

    label: str
    rate: float
    mix: float
    hover: str
    custom: str | None


def effects(rows: Sequence[Effect], unit: Unit) -> Chart:
    """Stacked bars to both sides of 0, in the order given from above; the mix only where a figure has one."""
    figure = Drawing()
    has_mix = any(row.mix for row in rows)
    for name, colour, pattern, values in (
        (RATE, WITHIN, "", [row.rate for row in rows]),
        (MIX, QUIET, "/", [row.mix for row in rows]),
    ):
        if name == RATE or has_mix:
            figure.add_bar(
                x=values, y=list(range(len(rows))), orientation="h", name=_(name),
                marker={"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay", "solidity": 0.2}},
                customdata=[[row.custom] for row in rows], hovertext=[row.hover for row in rows], hoverinfo="text",
            )  # fmt: skip
    figure.add_vline(x=0, line={"color": LATE, "width": 1})
    figure.update_xaxes(**_axis(rows, unit), showgrid=True)
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[shown(row.label) for row in rows], range=[len(rows) - 0.4, -0.6],
        showgrid=False, title=titled(_("part")),
    )  # fmt: skip
    height = 150 + ROW_HEIGHT * max(len(rows), 2)
    framed(figure, height=height, legend=has_mix)
    figure.update_yaxes(title={"standoff": 20})
    figure.update_layout(barmode="relative", bargap=0.3, legend={"y": 1 + LEGEND_PIXELS / height})
    return figure.made()


def _axis(rows: Sequence[Effect], unit: Unit) -> dict[str, Any]:
    """Ticks in the unit's own words: points for shares, durations for times."""
    reach = max((abs(row.rate) + abs(row.mix) for row in rows), default=0.0) or 1.0
    ticks = [-reach, 0.0, reach]
    return {
        "range": [-reach * 1.1, reach * 1.1], "tickvals": ticks, "ticktext": [signed(tick, unit) for tick in ticks],
        "title": titled(_("change of the whole, {unit}", unit=unit_name(unit))),
    }  # fmt: skip


def signed(value: float, unit: Unit) -> str:
    """A change with its sign, shares in percentage points."""
    if value == 0:
        return "0"
    size = abs(value)
    text = _("{points} points", points=f"{size * 100:.2g}") if unit in {Unit.SHARE, Unit.RATE} else told(size, unit)
    return ("+" if value > 0 else "−") + text
