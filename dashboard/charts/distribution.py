"""How long customers waited: a histogram over a logarithmic axis, targets drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.charts.axes import LEAST, log_durations, titled
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.style import LATE, LIMIT, QUIET, WITHIN, framed
from dashboard.format import count, duration
from dashboard.services.analysis.responses import Part
from dashboard.wording import _, share

PARTS: dict[Part, str] = {"within": WITHIN, "late": LATE, "undecided": QUIET}
FEW = 5
"""Below this a bar's axis counts one by one: Plotly would put fractions between, all rounded to the same number."""


@dataclass(frozen=True)
class Line:
    """A line drawn across a chart of durations: a target, or the two hours after which customers turn."""

    seconds: float
    label: str
    is_target: bool = True


def distribution(bins: pl.DataFrame, lines: Sequence[Line]) -> Chart:
    """Bars of `low`, `high` (seconds), `within`, `late` (counts of tickets), `n` and `below` (share up to `high`).

    Every bar carries its bounds and part, so that a click can ask for the tickets behind it.
    """
    left = bins.select(pl.col("low").clip(LEAST).log10().alias("left"), pl.col("high").log10().alias("right"))
    figure = Drawing()
    for part, colour in PARTS.items():
        if bins[part].sum():
            figure.add_bar(
                x=(left["left"] + left["right"]) / 2,
                width=left["right"] - left["left"],
                y=bins[part],
                name=part_name(part),
                marker={"color": colour, "line": {"width": 0}},
                customdata=[[row["low"], row["high"], part] for row in bins.iter_rows(named=True)],
                hovertext=[_hover(row, part) for row in bins.iter_rows(named=True)],
                hoverinfo="text",
            )
    figure.update_layout(barmode="stack")
    # The x values are already logarithms, because bar widths on a Plotly log axis would not be even.
    edges = [*bins["low"], *bins["high"], *(line.seconds for line in lines)]
    axis = log_durations(edges)
    low, high = axis["range"]
    figure.update_xaxes(
        range=[low, high],
        tickvals=[_log(tick) for tick in axis["tickvals"]],
        ticktext=axis["ticktext"],
        title=titled(_("time waited")),
    )
    few = not bins.is_empty() and max(bins["n"]) < FEW
    figure.update_yaxes(tickformat=",d", rangemode="tozero", dtick=1 if few else None, title=titled(_("answers")))
    _draw(figure, lines)
    return framed(figure, height=340, legend=True).made()


def _draw(figure: Drawing, lines: Sequence[Line]) -> None:
    for level, line in enumerate(sorted(lines, key=lambda line: line.seconds)):
        style = {"color": LIMIT, "width": 1.2 if line.is_target else 2, "dash": "dot" if line.is_target else "solid"}
        figure.add_vline(x=_log(line.seconds), line=style)
        figure.add_annotation(
            x=_log(line.seconds), y=1, yref="paper", yanchor="bottom", yshift=12 * (level % 2), text=line.label,
            showarrow=False, font={"color": LIMIT, "size": 11},
        )  # fmt: skip


def part_name(part: Part) -> str:
    """What a part of a bar says about the target."""
    return {"within": _("within target"), "late": _("over target"), "undecided": _("no target")}[part]


def _hover(row: dict[str, float], part: Part) -> str:
    return "<br>".join(
        (
            _("{low} to {high}", low=duration(row["low"]), high=duration(row["high"])),
            f"{part_name(part)}: {count(int(row[part]))} / {count(int(row['n']))}",
            _("{share} were answered by then", share=share(row["below"])),
        )
    )


def _log(seconds: float) -> float:
    return math.log10(max(seconds, LEAST))
