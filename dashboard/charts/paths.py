"""The ways that tickets went from team to team, as streams as broad as there were many."""

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.style import QUIET, WITHIN, framed, shown
from dashboard.format import count
from dashboard.wording import _, share

PATHS_AT_MOST = 30
STREAM = "rgba(59,125,189,0.32)"


def paths_chart(paths: pl.DataFrame) -> go.Figure:
    """Streams of `from_team`, `to_team` and `n`, the handing teams at the left, the taking ones at the right."""
    kept = paths.head(PATHS_AT_MOST)
    handing = kept.group_by("from_team").agg(pl.col("n").sum()).sort("n", "from_team", descending=[True, False])
    taking = kept.group_by("to_team").agg(pl.col("n").sum()).sort("n", "to_team", descending=[True, False])
    left = {team: place for place, team in enumerate(handing["from_team"])}
    right = {team: place + len(left) for place, team in enumerate(taking["to_team"])}
    whole = max(int(paths["n"].sum()), 1)
    labels = [f"{shown(team)} · {count(n)}" for frame in (handing, taking) for team, n in frame.iter_rows()]
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            node={
                "label": labels, "pad": 16, "thickness": 12, "line": {"width": 0},
                "color": [WITHIN] * len(left) + [QUIET] * len(right), "hoverinfo": "none",
            },
            link={
                "source": [left[team] for team in kept["from_team"]],
                "target": [right[team] for team in kept["to_team"]],
                "value": kept["n"].to_list(), "color": STREAM,
                "customdata": [_hover(row, whole) for row in kept.iter_rows(named=True)],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            textfont={"size": 12, "shadow": "none"},
        )
    )  # fmt: skip
    framed(figure, height=130 + 34 * max(len(left), len(right)))
    # Streams have no axes; what the two sides are is said above them.
    for side, text in ((0.0, _("handed on by")), (1.0, _("taken over by"))):
        figure.add_annotation(
            x=side, xanchor="left" if side == 0 else "right", y=1, xref="paper", yref="paper", yanchor="bottom",
            text=text, showarrow=False, yshift=6, font={"size": 12, "color": QUIET},
        )  # fmt: skip
    return figure.update_layout(margin={"t": 36, "l": 8, "r": 8, "b": 12})


def _hover(row: dict[str, object], whole: int) -> str:
    n = int(str(row["n"]))
    way = f"{shown(str(row['from_team']))} → {shown(str(row['to_team']))}"
    return f"{way}<br>{_('{n} hand-offs', n=count(n))} · {share(n / whole)}"
