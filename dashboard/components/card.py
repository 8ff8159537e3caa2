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
from dashboard.components.links import link_to
from dashboard.components.numbers import grouped
from dashboard.format import sentence
from dashboard.services.asks import Ask, as_command
from dashboard.wording import _, current_language
from metrics.facts import Facts

TABLE_PIXELS = 560


@dataclass(frozen=True)
class Card:
    """A chart with what belongs to it: `table` as people read it, `export` as numbers (seconds, shares 0–1).

    asks: what its numbers were asked for, each of which stands in `export` as `compute` gives it. notes: sentences
    below the caption, such as which days are provisional. key: its anchor in a link, unique on its page.
    """

    key: str
    title: str
    caption: str
    figure: go.Figure
    metric_id: str
    basis: Basis
    table: pl.DataFrame
    export: pl.DataFrame
    alt: str = ""
    asks: tuple[Ask, ...] = ()
    notes: tuple[str, ...] = ()


def draw(card: Card, facts: Facts, *, state: object) -> Sequence[object] | None:
    """Draw a card; the custom data of the mark that was clicked, None while none is.

    *state* is all that the figure depends on: when it changes, an old click is forgotten.
    """
    st.subheader(card.title, anchor=card.key)
    st.caption("  \n".join(map(sentence, (card.caption, *card.notes))))
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
            st.dataframe(card.table, hide_index=True, placeholder="–", width=TABLE_PIXELS,
                         column_config=grouped(card.table))  # fmt: skip
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
        _copy_link(card)
    return _clicked(chosen)


def _copy_link(card: Card) -> None:
    with st.popover(_("Copy link"), icon=":material/link:", type="tertiary"):
        st.caption(_("Opens this chart with these days and filters:"))
        st.code(link_to(card.key), language=None, wrap_lines=True)
        if card.asks:
            st.caption(_("The same figures at the command line:"))
            st.code("\n".join(map(as_command, card.asks)), language=None, wrap_lines=True)


def digest(state: object) -> str:
    """A short name of everything that a chart depends on."""
    return hashlib.sha256(f"{current_language()}{state!r}".encode()).hexdigest()[:12]


def _clicked(chosen: object) -> Sequence[object] | None:
    selection = chosen.get("selection", {}) if isinstance(chosen, dict) else {}
    for point in selection.get("points", ()):
        data = point.get("customdata")
        if isinstance(data, dict):
            return list(data.values())
        if data is not None:
            return list(data)
    return None
