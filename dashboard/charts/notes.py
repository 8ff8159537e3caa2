"""What is written at the right of every row of a chart, and room for it."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.style import QUIET, beside, shown

LONGEST = 40


def row_notes(figure: go.Figure, notes: Sequence[str]) -> go.Figure:
    """Write a note beside each row, the first on top at 0."""
    for place, note in enumerate(notes):
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=place, showarrow=False, align="left",
            text=shown(note, longest=LONGEST), font={"size": 12, "color": QUIET},
        )  # fmt: skip
    return figure.update_layout(margin={"r": beside(note[:LONGEST] for note in notes)})
