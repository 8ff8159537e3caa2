"""The frame of every chart: a sentence, the chart, its definition, its table, its file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard.charts.style import CONFIG
from dashboard.components.definition import Basis, definition_card
from dashboard.components.export import csv
from dashboard.wording import _, current_language
from metrics.facts import Facts

TABLE_PIXELS = 560


@dataclass(frozen=True)
class Card:
    """A chart with what belongs to it: `table` as people read it, `export` as numbers (seconds, shares 0–1)."""

    key: str
    title: str
    caption: str
    figure: go.Figure
    metric_id: str
    basis: Basis
    table: pl.DataFrame
    export: pl.DataFrame
    alt: str = ""


def draw(card: Card, facts: Facts, *, state: object) -> Sequence[object] | None:
    """Draw a card; the custom data of the mark that was clicked, None while none is.

    *state* is all that the figure depends on: when it changes, an old click is forgotten.
    """
    st.markdown(f"##### {card.title}")
    st.caption(card.caption)
    chosen = st.plotly_chart(
        card.figure,
        config=CONFIG,
        key=f"{card.key}-{digest((state, card.basis))}",
        on_select="rerun",
        selection_mode="points",
        alt=card.alt or card.title,
    )
    with st.container(horizontal=True, gap="small"):
        definition_card(card.metric_id, facts, card.basis)
        with st.popover(_("Table"), icon=":material/table_rows:", type="tertiary"):
            st.dataframe(card.table, hide_index=True, placeholder="–", width=TABLE_PIXELS)
        st.download_button(
            _("Download CSV"),
            data=lambda: csv(card.export),
            file_name=f"{card.key}.csv",
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            key=f"{card.key}-csv",
            on_click="ignore",
        )
    return _clicked(chosen)


def digest(state: object) -> str:
    """A short name of everything that a chart depends on."""
    return hashlib.sha256(f"{current_language()}{state!r}".encode()).hexdigest()[:12]


def _clicked(chosen: object) -> Sequence[object] | None:
    points = getattr(getattr(chosen, "selection", None), "points", None) or ()
    for point in points:
        data = point.get("customdata")
        if isinstance(data, dict):
            return list(data.values())
        if data is not None:
            return list(data)
    return None
