"""Which words the customers say who rate low, and not just everybody."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from dashboard.services.analysis.satisfaction import KEYS, LOW
from dashboard.services.analysis.texts import whole_texts
from metrics.catalog import metric
from metrics.compute import rows_behind
from metrics.facts import Facts
from metrics.model import Scope
from metrics.texts.telling import in_words, telling

Said = Literal["comments", "messages"]
TICKETS_AT_MOST = 20_000
"""So many of the newest rated tickets are read."""
TEXT_KEPT = 300
"""So much of each text is kept to be shown."""


@dataclass(frozen=True)
class LowWords:
    """The words of low ratings against those of all others, and the tickets that say them.

    words: as `metrics.texts.telling` gives them · tickets: one row per ticket with its latest rating of the scope, its
    text, its words and is_low · left_out: rated tickets beyond the newest 20 000.
    """

    words: pl.DataFrame
    tickets: pl.DataFrame
    left_out: int

    @property
    def n_low(self) -> int:
        return int(self.tickets["is_low"].sum())

    @property
    def n_others(self) -> int:
        return self.tickets.height - self.n_low


def low_words(facts: Facts, messages: pl.LazyFrame, scope: Scope, *, said: Said) -> LowWords:
    """The words of comments, or of what customers wrote on the tickets without a comment.

    Low ratings are held against the others with the same kind of text: people write otherwise beside stars than to an
    agent, so the two are never mixed.
    """
    given = rows_behind(metric("ratings"), facts, scope).unique(KEYS, keep="first", maintain_order=True)
    has_comment = (pl.col("comment").str.strip_chars().str.len_chars() > 0).fill_null(False)
    asked = given.filter(has_comment if said == "comments" else ~has_comment)
    kept = asked.head(TICKETS_AT_MOST).with_columns(is_low=pl.col("score5") <= LOW)
    if said == "comments":
        texts = kept.select(*KEYS, text="comment")
    else:
        texts = whole_texts(messages, kept.filter(pl.col("created_at").is_not_null()))
    told = kept.join(texts, on=KEYS, how="inner", maintain_order="left")
    spoken = in_words(told.select(*KEYS, "rated_at", "score5", "is_low", "text"))
    shortened = spoken.with_columns(pl.col("text").str.slice(0, TEXT_KEPT))
    return LowWords(telling(spoken, marked="is_low"), shortened, asked.height - kept.height)


def saying(found: LowWords, word: str) -> pl.DataFrame:
    """The tickets rated low that say a word, newest rating first."""
    return found.tickets.filter(pl.col("is_low") & pl.col("words").list.contains(word))
