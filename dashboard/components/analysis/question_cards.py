"""Questions that return, down to their tickets, and what an article that answers them would save."""

from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.analysis.question_words import (
    questions_notes,
    questions_table,
    questions_title,
    saved,
    saving_table,
    saving_title,
)
from dashboard.components.definition import Basis, definition_card
from dashboard.components.drawn import show_table
from dashboard.components.tickets import ticket_table
from dashboard.format import count, duration, local
from dashboard.language import speak
from dashboard.privacy.masking import masked, masked_frame
from dashboard.services.analysis.inquiry_types import CREATED
from dashboard.services.analysis.repeated_questions import Articles, Questions, repeated_questions, tickets_asking
from dashboard.wording import _
from metrics.model import Scope

ARTICLES_AT_FIRST = 5
ARTICLES_AT_MOST = 20
ANSWERED_AT_FIRST = 30
TICKETS_SHOWN = 500
HEIGHT = 420


def _found(scope: Scope) -> Questions:
    with st.spinner(_("Reading what customers asked …"), show_time=True):
        return data.worded_answer(repeated_questions, scope)


@st.fragment
def questions_card(scope: Scope) -> None:
    """The questions that return, with the figures of their tickets; a row leads to the tickets."""
    speak()
    found = _found(scope)
    st.header(questions_title(found), anchor="questions")
    if not found.with_text:
        st.info(
            _("The tickets of these days have neither messages nor subjects to compare. Load an export with the "
              "customers' messages, or with a column for the subject.")
        )  # fmt: skip
        return
    st.caption(questions_notes(found))
    if found.table.is_empty():
        return
    table = data.kept(_table, scope)
    chosen = show_table(
        table, name="questions", title=questions_title(found), figures=found.table, definition=questions_notes(found),
        on_select="rerun", selection_mode="single-row", height=HEIGHT, key="questions", column_config=_columns(table),
    )  # fmt: skip
    picked = list(getattr(getattr(chosen, "selection", None), "rows", ()))
    if picked and picked[0] < found.table.height:
        _tickets_of(found, found.table.row(picked[0], named=True))
    definition_card(CREATED, data.facts(), Basis(found.repeated, found.read - found.repeated))


def _table(scope: Scope) -> pl.DataFrame:
    return masked_frame(questions_table(data.worded_answer(repeated_questions, scope)))


def _columns(table: pl.DataFrame) -> dict[str, Any]:
    """The question broad and first; text is text, never a link."""
    first = table.columns[0]
    return {
        name: st.column_config.TextColumn(name, width="large" if name == first else None)
        for name, dtype in table.schema.items()
        if dtype == pl.String
    }


def _tickets_of(found: Questions, row: dict[str, object]) -> None:
    rows = tickets_asking(data.facts(), found, str(row["question"]))
    st.text(masked(str(row["example"])))
    st.caption(_("{n} tickets", n=count(rows.height)))
    if rows.height > TICKETS_SHOWN:
        st.caption(_("The newest {n} are shown; the figure counts all.", n=count(TICKETS_SHOWN)))
    shown, zone = rows.head(TICKETS_SHOWN), data.facts().zone
    columns = {
        _("Created"): [local(at, zone) for at in shown["created_at"]],
        _("First response"): [duration(value) for value in shown["first_response_calendar_seconds"]],
    }
    ticket_table(shown, columns, key="question")


@st.fragment
def saving_card(scope: Scope) -> None:
    """What articles on the first questions would save, under assumptions that the reader sets."""
    speak()
    found = _found(scope)
    if found.table.is_empty():
        return
    with st.container(horizontal=True, gap="medium"):
        most = min(ARTICLES_AT_MOST, found.table.height)
        articles = int(
            st.number_input(_("Articles"), 1, most, min(ARTICLES_AT_FIRST, most), key="saving.articles", width=150)
        )
        answered = st.number_input(
            _("Answered by the article (%)"), 0, 100, ANSWERED_AT_FIRST, step=5, key="saving.answered", width=210
        )
        minutes = None
        if found.table["replies"].count():
            minutes = st.number_input(
                _("Minutes a reply takes"), 0.0, 240.0, None, step=0.5, key="saving.minutes", width=210,
                placeholder=_("not known"),
            )  # fmt: skip
    assumed = Articles(articles, float(answered) / 100, minutes)
    tickets, replies = saved(found, assumed)
    st.header(saving_title(tickets, replies, articles=articles), anchor="savings")
    st.caption(_assumed(minutes, replies))
    table = masked_frame(saving_table(found, assumed))
    show_table(table, name="savings", title=saving_title(tickets, replies, articles=articles),
               definition=_assumed(minutes, replies), height="content", column_config=_columns(table))  # fmt: skip


def _assumed(minutes: float | None, replies: float | None) -> str:
    """What the estimate rests on, and what it does not know."""
    told = _(
        "Assumed: so large a share of those who ask finds the article and does not write; each question comes as often "
        "as in these days. An article that nobody finds saves nothing: look at growth after it is published."
    )  # fmt: skip
    if replies is None:
        told += "  \n" + _(
            "The data do not tell how many replies these tickets took (messages, or a column for replies), so only "
            "tickets are counted."
        )
    elif minutes is not None:
        told += "  \n" + _("Time by your own {minutes} minutes a reply: about {hours} a week.",
                           minutes=f"{minutes:g}", hours=duration(replies * minutes * 60))  # fmt: skip
    else:
        told += "  \n" + _(
            "Tickets do not tell how long agents work on a reply, so no hours are shown; enter what a reply takes at "
            "your desk."
        )
    return told
