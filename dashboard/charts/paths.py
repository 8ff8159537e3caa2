"""The ways that tickets went from team to team, as streams as broad as there were many."""

from collections.abc import Sequence

import polars as pl

from dashboard.charts.drawing import Chart, Drawing, trace
from dashboard.charts.style import QUIET, WITHIN, framed, shown
from dashboard.format import count, value_name
from dashboard.wording import _, share

PATHS_AT_MOST = 30
ROW_HEIGHT = 44
FILLED = 0.6
"""The part of the height that the nodes of a side take; the rest lies between them."""
NAME_AT_MOST = 18
STREAM = "rgba(59,125,189,0.32)"


def paths_chart(paths: pl.DataFrame) -> Chart:
    """Streams of `from_team`, `to_team` and `n`, the handing teams at the left, the taking ones at the right."""
    kept = paths.head(PATHS_AT_MOST)
    sides = [_side(kept, "from_team"), _side(kept, "to_team")]
    tall = ROW_HEIGHT * max(side.height for side in sides)
    places = [_places(side["n"].to_list(), tall) for side in sides]
    nodes = {("from_team", team): place for place, team in enumerate(sides[0]["team"])}
    nodes |= {("to_team", team): place + len(nodes) for place, team in enumerate(sides[1]["team"])}
    whole = max(int(paths["n"].sum()), 1)
    figure = Drawing(
        trace(
            "sankey",
            arrangement="fixed",
            node={
                "label": [""] * len(nodes), "pad": _gap(sides, tall), "thickness": 12, "line": {"width": 0},
                "hoverinfo": "none",
                "x": [0.001] * sides[0].height + [0.999] * sides[1].height, "y": [*places[0], *places[1]],
                "color": [WITHIN] * sides[0].height + [QUIET] * sides[1].height,
            },
            link={
                "source": [nodes["from_team", team] for team in kept["from_team"]],
                "target": [nodes["to_team", team] for team in kept["to_team"]],
                "value": kept["n"].to_list(), "color": STREAM,
                "customdata": [_hover(row, whole) for row in kept.iter_rows(named=True)],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )  # fmt: skip
    framed(figure, height=tall + 72)
    for side, heights, edge in zip(sides, places, (0.0, 1.0), strict=True):
        _label(figure, side, heights, edge)
    return figure.update_layout(margin={"t": 56, "b": 16, "l": 8, "r": 8}).made()


def _side(kept: pl.DataFrame, column: str) -> pl.DataFrame:
    counted = kept.group_by(team=column).agg(pl.col("n").sum())
    return counted.sort("n", "team", descending=[True, False])


def _places(sizes: Sequence[int], tall: float) -> list[float]:
    """The middle of each node as a part of the height, the rest of which lies evenly between them."""
    whole, gaps = sum(sizes), max(len(sizes) - 1, 1)
    filled = FILLED if len(sizes) > 1 else 1.0
    found, above = [], 0.0
    for size in sizes:
        height = size / whole * filled
        found.append(min(max(above + height / 2, 1 / tall), 1 - 1 / tall))
        above += height + (1 - filled) / gaps
    return found


def _gap(sides: Sequence[pl.DataFrame], tall: float) -> float:
    """The least distance of nodes that leaves them FILLED of the height on the side that has most of them."""
    return (1 - FILLED) * tall / max(max(side.height for side in sides) - 1, 1)


def _label(figure: Drawing, side: pl.DataFrame, heights: Sequence[float], edge: float) -> None:
    """The names in the gaps above the nodes, so that a narrow screen keeps the streams; above all what the side is."""
    anchor, whole = ("left" if edge == 0.0 else "right"), int(side["n"].sum())
    filled = FILLED if side.height > 1 else 1.0
    for (team, n), height in zip(side.iter_rows(), heights, strict=True):
        name = shown(value_name("team", team), longest=NAME_AT_MOST)
        figure.add_annotation(
            x=edge, xref="paper", xanchor=anchor, y=1 - height + n / whole * filled / 2, yref="paper", yanchor="bottom",
            text=f"{name} · {count(n)}", showarrow=False, font={"size": 12}, borderpad=0,
        )  # fmt: skip
    figure.add_annotation(
        x=edge, xref="paper", xanchor=anchor, y=1, yref="paper", yanchor="bottom", yshift=24,
        text=_("handed on by") if edge == 0.0 else _("taken over by"), showarrow=False,
        font={"size": 12, "color": QUIET},
    )  # fmt: skip


def _hover(row: dict[str, object], whole: int) -> str:
    n = int(str(row["n"]))
    way = " → ".join(shown(value_name("team", str(row[side]))) for side in ("from_team", "to_team"))
    return f"{way}<br>{_('{n} hand-offs', n=count(n))} · {share(n / whole)}"
