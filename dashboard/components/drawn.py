"""Tables and charts as pages draw them: each with the menu that hands it out as a file."""

from typing import Any

import polars as pl
import streamlit as st

from dashboard.charts.drawing import Chart
from dashboard.charts.style import CONFIG
from dashboard.components.files import download
from dashboard.components.numbers import grouped
from dashboard.components.sent import sent
from dashboard.components.takeaway import Takeaway
from dashboard.format import NOTHING


def show_table(
    table: pl.DataFrame, *, name: str, title: str, figures: pl.DataFrame | None = None, of_tickets: bool = False,
    metric_id: str = "", definition: str = "", **look: Any,
) -> Any:  # fmt: skip
    """Draw a table and its menu; what `st.dataframe` gives back, with *look* as it takes it.

    name: the file's, and tells the menu apart on its page · figures: what the file holds where that is more than is
    shown, or the numbers behind words · of_tickets: its rows are tickets, so that whoever may list none gets no file.
    """
    usual = {"hide_index": True, "placeholder": NOTHING, "column_config": grouped(table)}
    chosen = st.dataframe(sent(table), **{**usual, **look})
    download(Takeaway(name, title, table if figures is None else figures, metric_id=metric_id, definition=definition,
                      of_tickets=of_tickets))  # fmt: skip
    return chosen


def show_chart(
    chart: Chart, *, name: str, title: str, figures: pl.DataFrame, metric_id: str = "", definition: str = "",
    **look: Any,
) -> Any:  # fmt: skip
    """Draw a chart and its menu, pictures in it; what `st.plotly_chart` gives back, with *look* as it takes it."""
    pointed = st.plotly_chart(chart.to_send(), **{"config": CONFIG, **look})
    download(Takeaway(name, title, figures, chart, metric_id, definition=definition))
    return pointed
