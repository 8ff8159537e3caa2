"""The frame of every chart: a sentence, the chart, its definition, its table, its file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.drawing import Chart
from dashboard.charts.style import CONFIG
from dashboard.components.definition import Basis, define
from dashboard.components.files import download
from dashboard.components.links import explain_link, link_to
from dashboard.components.mark_list import choose_mark, forget_mark, listed
from dashboard.components.numbers import grouped
from dashboard.components.sent import sent
from dashboard.components.takeaway import Takeaway
from dashboard.format import sentence
from dashboard.services.analysis.asks import Ask, as_command
from dashboard.wording import _, current_language
from metrics.facts import Facts


@dataclass(frozen=True)
class Card:
    """A chart with what belongs to it: `table` as people read it, `export` as numbers (seconds, shares 0–1).

    asks: what its numbers were asked for, each of which stands in `export` as `compute` gives it. notes: sentences
    below the caption, such as which days are provisional. key: its anchor in a link, unique on its page. explain: the
    figure whose change over these days “Compare” can take apart.
    """

    key: str
    title: str
    caption: str
    figure: Chart
    metric_id: str
    basis: Basis
    table: pl.DataFrame
    export: pl.DataFrame
    alt: str = ""
    explain: str | None = None
    asks: tuple[Ask, ...] = ()
    notes: tuple[str, ...] = ()


def draw(card: Card, facts: Facts, *, state: object) -> Sequence[object] | None:
    """Draw a card; the custom data of the mark that was clicked or chosen from the list, None while none is.

    *state* is all that the figure depends on: when it changes, an old click is forgotten.
    """
    st.header(card.title, anchor=card.key)
    st.caption("  \n".join(map(sentence, (card.caption, *card.notes))))
    key, marks = f"{card.key}-{digest((state, card.basis))}", listed(card.figure)
    pointed = st.plotly_chart(
        card.figure.to_send(),
        config=CONFIG,
        key=key,
        on_select=partial(forget_mark, key),
        selection_mode="points",
        alt=card.alt or card.title,
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        asked = _asked(card)
        download(_takeaway(card))
        chosen = choose_mark(marks, key) if marks else None
        if card.explain is not None:
            explain_link(card.explain, data.against())
    _unfold(card, facts, asked)
    return clicked_mark(pointed) if chosen is None else chosen


def _takeaway(card: Card) -> Takeaway:
    return Takeaway(
        card.key, card.title, card.export, card.figure, card.metric_id, card.basis, notes=(card.caption, *card.notes),
        asks=card.asks,
    )  # fmt: skip


def _asked(card: Card) -> str | None:
    """Draw the choice of what is unfolded below the chart: it stands on the page, where a keyboard gets to it."""
    names = {
        "definition": f":material/info: {_('Definition')}",
        "table": f":material/table_rows: {_('Table')}",
        "link": f":material/link: {_('Copy link')}",
    }
    return st.pills(
        _("More on this chart"), list(names), format_func=names.__getitem__, label_visibility="collapsed",
        key=f"{card.key}-more.{current_language()}",
    )  # fmt: skip


def _unfold(card: Card, facts: Facts, asked: str | None) -> None:
    if asked == "definition":
        define(card.metric_id, facts, card.basis)
    elif asked == "table":
        st.dataframe(sent(card.table), hide_index=True, placeholder="–", column_config=grouped(card.table))
    elif asked == "link":
        _link(card)


def _link(card: Card) -> None:
    st.caption(_("Opens this chart with these days and filters:"))
    st.code(link_to(card.key), language=None, wrap_lines=True)
    if card.asks:
        st.caption(_("The same figures at the command line:"))
        st.code("\n".join(map(as_command, card.asks)), language=None, wrap_lines=True)


def digest(state: object) -> str:
    """A short name of everything that a chart depends on."""
    return hashlib.sha256(f"{current_language()}{state!r}".encode()).hexdigest()[:12]


def clicked_mark(chosen: object) -> Sequence[object] | None:
    """The custom data of the mark that was clicked, out of what a chart gives back."""
    selection = chosen.get("selection", {}) if isinstance(chosen, dict) else {}
    for point in selection.get("points", ()):
        data = point.get("customdata")
        if isinstance(data, dict):
            return list(data.values())
        if data is not None:
            return list(data)
    return None
