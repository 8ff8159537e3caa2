"""What is written at the right of every row of a chart, and room for it."""

from collections.abc import Sequence

from dashboard.charts.drawing import Drawing
from dashboard.charts.style import QUIET, added, beside, shown

LONGEST = 40


def row_notes(figure: Drawing, notes: Sequence[str]) -> Drawing:
    """Write a note beside each row, the first on top at 0."""
    added(
        figure,
        annotations=[
            {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "y": place, "yref": "y", "showarrow": False,
             "align": "left", "text": shown(note, longest=LONGEST), "font": {"size": 12, "color": QUIET}}
            for place, note in enumerate(notes)
        ],
    )  # fmt: skip
    return figure.update_layout(margin={"r": beside(note[:LONGEST] for note in notes)})
