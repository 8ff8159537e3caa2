"""How much of the time of what was resolved ran, and how much stood still."""

import polars as pl

from dashboard.charts.drawing import Chart, Drawing, Properties
from dashboard.charts.notes import row_notes
from dashboard.charts.style import QUIET, WITHIN, framed, shown
from dashboard.format import count, duration, value_name
from dashboard.format import dimension as dimension_name
from dashboard.wording import _, share

ROWS_AT_MOST = 25
ROW_HEIGHT = 32


def pauses_chart(rows: pl.DataFrame, *, dimension: str) -> Chart:
    """A bar per `value` of the mean `run` and `paused` (seconds) of its runnings, with `known` of them; at most 25."""
    kept = rows.head(ROWS_AT_MOST)
    places = list(range(kept.height))
    figure = Drawing()
    marks: Properties = {
        "y": places, "orientation": "h", "customdata": [[value] for value in kept["value"]],
        "hovertext": [_hover(row, dimension) for row in kept.iter_rows(named=True)], "hoverinfo": "text",
    }  # fmt: skip
    for column, name, colour in (("run", _("ran"), WITHIN), ("paused", _("stood still"), QUIET)):
        hours = kept[column] / 3600
        figure.add_bar(x=hours, name=name, marker={"color": colour, "line": {"width": 0}}, **marks)
    figure.update_layout(barmode="stack")
    figure.update_yaxes(
        tickvals=places, ticktext=[shown(value_name(dimension, value)) for value in kept["value"]], showgrid=False,
        range=[kept.height - 0.4, -0.6], title={"text": dimension_name(dimension), "font": {"size": 12}},
    )  # fmt: skip
    figure.update_xaxes(
        rangemode="tozero", title={"text": _("mean hours on the calendar, per resolution"), "font": {"size": 12}}
    )
    framed(figure, height=120 + ROW_HEIGHT * max(kept.height, 2), legend=True)
    figure.update_yaxes(title={"standoff": 20})
    return row_notes(
        figure, [_("{share} still", share=share(_still(row), digits=0)) for row in kept.iter_rows(named=True)]
    ).made()


def _still(row: dict[str, float]) -> float:
    whole = row["run"] + row["paused"]
    return row["paused"] / whole if whole else 0.0


def _hover(row: dict[str, float], dimension: str) -> str:
    name = shown(value_name(dimension, row["value"]))  # type: ignore[arg-type]
    return "<br>".join(
        (
            f"<b>{name}</b>",
            _("ran {time} on average", time=duration(row["run"])),
            _("stood still {time} on average", time=duration(row["paused"])),
            _("{n} of {known} stood still at some time", n=count(int(row["n_paused"])), known=count(int(row["known"]))),
        )
    )
