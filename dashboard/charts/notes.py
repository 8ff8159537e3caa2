"""What is written at the right of every row of a chart, and room for it."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.style import QUIET, shown

PIXELS = 7
LONGEST = 40


def row_notes(figure: go.Figure, notes: Sequence[str]) -> go.Figure:
    """Write a note beside each row, the first on top at 0."""
    for place, note in enumerate(notes):
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=place, showarrow=False, align="left",
            text=shown(note, longest=LONGEST), font={"size": 12, "color": QUIET},
        )  # fmt: skip
    return figure.update_layout(margin={"r": 24 + PIXELS * max((text_width(note) for note in notes), default=0)})


def text_width(text: str) -> int:
    """How many narrow letters wide a text is; Chinese characters are two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
