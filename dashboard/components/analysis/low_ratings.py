"""The low ratings of a desk: the words that tell them from the others, and whom to call back."""

from typing import cast

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.pairs import Pair, rows_of_pairs
from dashboard.charts.rows import interval_text
from dashboard.components.analysis.satisfaction_words import SOURCES, stars_text, words_notes, words_table, words_title
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis, definition_card
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.components.tickets import ticket_table
from dashboard.format import count, local
from dashboard.language import speak
from dashboard.privacy.masking import masked_frame
from dashboard.services.analysis.behind import Behind
from dashboard.services.analysis.low_words import LowWords, Said, low_words, saying
from dashboard.services.analysis.satisfaction import KEYS, recent_low
from dashboard.wording import N_, _, share
from metrics.intervals import wilson
from metrics.model import Scope

WORDS_SHOWN = 14
LANGUAGES = {"zh": N_("Chinese"), "en": N_("English and others")}
TEXT_SHOWN = 160
ROWS_AT_MOST = 500


@st.fragment
def words_card(scope: Scope) -> None:
    """The words that tell low ratings from the others, and the tickets that say them."""
    speak()
    said = cast(Said, switch("said", _("Text that is read"), {said: _(text) for said, text in SOURCES.items()}))
    with st.spinner(_("Reading what customers wrote …"), show_time=True):
        found = data.worded_answer(low_words, scope, said=said)
    if not found.n_low or not found.n_others:
        st.info(_nothing_said(said, found))
        return
    for language in LANGUAGES:
        if not found.words.filter(pl.col("language") == language).is_empty():
            _words_of(scope, said, language, found)


def _nothing_said(said: Said, found: LowWords) -> str:
    if said == "comments" and not found.tickets.height:
        return _(
            "Nobody wrote a comment beside a rating in these days; look at the messages, or choose a longer period."
        )
    return _(
        "There is no low rating with a text in these days, or no other one to hold it against; choose a longer period."
    )


def _words_of(scope: Scope, said: Said, language: str, found: LowWords) -> None:
    card = data.kept(_words, scope, said, language)
    if not card.table.height:
        st.markdown(f"**{_(LANGUAGES[language])}**: {card.title}")
        return
    clicked = draw(card, data.facts(), state=(scope, said, language))
    if clicked:
        word = str(clicked[0])
        rows = saying(found, word)
        heading = _("Rated low and says “{word}”", word=plain(word))
        rating_list(_with_tickets(rows), heading=heading, key=card.key)


def _words(scope: Scope, said: Said, language: str) -> Card:
    found = data.worded_answer(low_words, scope, said=said)
    named = found.words.filter(pl.col("is_telling") & (pl.col("log_odds") > 0) & (pl.col("language") == language))
    rows = masked_frame(named.head(WORDS_SHOWN), ["word"])
    low = found.tickets.filter(pl.col("is_low") & (pl.col("language") == language)).height
    return Card(
        key=f"words-{language}",
        title=words_title(rows),
        caption=_(
            "{language} · share of the tickets that say the word, rated low against the others · {n} rated low",
            language=_(LANGUAGES[language]), n=count(low),
        ),
        figure=rows_of_pairs(
            [_word(row) for row in _shares(rows).iter_rows(named=True)],
            of=_("word"),
            title=_("share of the tickets that say the word"), names=(_("rated low (one or two stars)"), _("others")),
        ),
        metric_id="csat",
        basis=Basis(low),
        table=words_table(_shares(rows)),
        export=found.words.filter(pl.col("language") == language),
        notes=words_notes(found, said),
    )  # fmt: skip


def _shares(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the share of the tickets rated low that say a word, with its interval, and that of the others."""
    low, high = wilson(pl.col("n"), pl.col("n_all"))
    shares = {"share": pl.col("n") / pl.col("n_all"), "other_share": pl.col("others") / pl.col("others_all")}
    return rows.with_columns(**shares, share_low=low, share_high=high)


def _word(row: dict[str, float]) -> Pair:
    note = _("{n} tickets", n=count(int(row["n"])))
    told = "<br>".join(
        (
            _("rated low: {told}", told=interval_text(row["share"], row["share_low"], row["share_high"])),
            _("others: {told}", told=share(row["other_share"])),
            _("rated low: {n}; others: {others}", n=count(int(row["n"])), others=count(int(row["others"]))),
        )
    )
    bounds = row["share"], row["share_low"], row["share_high"]
    return Pair(str(row["word"]), *bounds, row["other_share"], note, [row["word"]], told)


def _with_tickets(rows: pl.DataFrame) -> Behind:
    """The newest of these ratings with what their tickets tell."""
    shown = rows.head(500).drop("words", "language", "is_low")
    more = [name for name in data.facts().tickets.columns if name not in shown.columns]
    tickets = data.facts().tickets.lazy().select(*KEYS, *more).join(shown.lazy().select(KEYS), on=KEYS, how="semi")
    return Behind(shown.join(tickets.collect(), on=KEYS, how="left", maintain_order="left"), rows.height)


@st.fragment
def low_list(scope: Scope) -> None:
    """The newest low ratings that no better one has followed: whom to call back."""
    speak()
    found = data.answer(recent_low, scope)
    st.header(_low_title(found.total), anchor="low-ratings")
    if not found.total:
        return
    st.caption(
        _("Low ratings without a later better one, the newest first · {comments} with a comment · choose a row to "
          "read the ticket", comments=count(found.with_comment))
    )  # fmt: skip
    rating_list(Behind(found.rows, found.total), heading="", key="low-ratings")
    definition_card("ratings", data.facts(), Basis(found.total))


def _low_title(total: int) -> str:
    if not total:
        return _("No low rating in these days that a better one did not follow")
    return _("{n} ratings of one or two stars that no better one has followed", n=count(total))


def rating_list(found: Behind, *, heading: str, key: str) -> None:
    """Draw ratings with stars, instant and text; a row opens its ticket. *heading* is Markdown."""
    if heading:
        st.markdown(f"**{heading}** · {_('{n} ratings', n=count(found.total))}")
    rows, zone = masked_frame(found.rows), data.facts().zone
    if found.total > rows.height:
        st.caption(_("The newest {n} are shown; the figure counts all.", n=count(rows.height)))
    if rows.is_empty():
        return
    columns: dict[str, list[str | None]] = {_("Stars"): [stars_text(score) for score in rows["score5"]]}
    text = next((name for name in ("text", "comment") if name in rows.columns and rows[name].count()), None)
    wrote = _("What the customer wrote")
    if text:
        columns[wrote] = rows[text].str.slice(0, TEXT_SHOWN).to_list()
    columns[_("Rated")] = [local(at, zone) for at in rows["rated_at"]]
    ticket_table(rows, columns, key=key, wide=(wrote,))
