"""A field per row and column with its number written in it; how strong its colour is, is how large the number is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.charts.drawing import Chart, Drawing, trace
from dashboard.charts.style import framed, shown

ROW_HEIGHT = 32
WEAK, FULL = (166, 196, 226), (31, 82, 136)
"""Between these a field's colour lies; they are opaque, so that its letters read on it whatever the page is like."""
STRONG = 0.55
"""From this strength on white letters read better than dark ones."""
DARK, WHITE, GREY = "#14202c", "#ffffff", "#6f7f92"
STANDOFF = 20


@dataclass(frozen=True)
class Field:
    """What stands in a field: its strength 0–1 (None: no colour), the number, the mark's own data.

    is_provisional: written grey and slanted, without colour.
    """

    strength: float | None
    text: str
    custom: Sequence[object]
    hover: str
    is_provisional: bool = False


def matrix(
    rows: Sequence[str],
    columns: Sequence[str],
    fields: Mapping[tuple[int, int], Field],
    *,
    titles: tuple[str, str],
    slant: int | None = None,
) -> Chart:
    """Fields by (row, column), the first row on top; *titles*: of the columns' axis and of the rows' axis.

    *slant*: by how many degrees the columns' names are turned, where they are long.
    """
    coloured = [[_strength(fields.get((row, column))) for column in range(len(columns))] for row in range(len(rows))]
    figure = Drawing(
        trace(
            "heatmap",
            x=list(range(len(columns))), y=list(range(len(rows))), z=coloured, zmin=0, zmax=1, showscale=False,
            hoverinfo="skip", colorscale=[[0.0, _rgb(WEAK)], [1.0, _rgb(FULL)]], xgap=2, ygap=2,
        )
    )  # fmt: skip
    # A heat map cannot be selected by clicking: an invisible mark on every field takes the click, and holds its number.
    placed = [(row, column, field) for (row, column), field in fields.items() if field.text]
    figure.add_scatter(
        x=[column for _row, column, _field in placed], y=[row for row, _column, _field in placed],
        mode="markers+text", text=[_written(field) for _row, _column, field in placed],
        textfont={"size": 12, "color": [_ink(field) for _row, _column, field in placed]},
        marker={"size": 24, "color": "rgba(0,0,0,0.004)", "symbol": "square", "line": {"width": 0}},
        customdata=[list(field.custom) for _row, _column, field in placed],
        hovertext=[field.hover for _row, _column, field in placed], hoverinfo="text",
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=list(range(len(columns))), ticktext=list(columns), showgrid=False, side="top",
        range=[-0.5, len(columns) - 0.5], tickangle=slant, title={"text": titles[0], "font": {"size": 12}},
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[shown(row, longest=24) for row in rows], showgrid=False,
        range=[len(rows) - 0.5, -0.5], title={"text": titles[1], "font": {"size": 12}},
    )  # fmt: skip
    framed(figure, height=100 + ROW_HEIGHT * max(len(rows), 2))
    figure.update_yaxes(title={"standoff": STANDOFF})
    return figure.update_layout(margin={"t": 64}).made()


def _strength(field: Field | None) -> float | None:
    return None if field is None or field.is_provisional else field.strength


def _written(field: Field) -> str:
    return f"<i>{field.text}</i>" if field.is_provisional else field.text


def _ink(field: Field) -> str:
    if field.is_provisional or field.strength is None:
        return GREY
    return WHITE if field.strength >= STRONG else DARK


def _rgb(colour: tuple[int, int, int]) -> str:
    return f"rgb{colour}"
