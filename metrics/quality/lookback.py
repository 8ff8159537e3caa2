"""Looking back for the same claim: which other conversations told a customer the same."""

from unicodedata import category

import polars as pl

ROUND = 60
"""So many characters on each side of what was found are shown."""
GAPS = r"[\s\p{P}]+"


def said_the_same(messages: pl.LazyFrame, words: str, *, at_most: int) -> pl.DataFrame:
    """Messages to customers in which the words stand: source, ticket_id, at, author, excerpt; one per conversation.

    Each line of *words* is one way to say it, and all its words have to stand in the message, in whatever order;
    case, blanks and punctuation play no part. The newest message of each conversation, the newest first.
    """
    ways = [line.split() for line in words.lower().splitlines() if line.split()]
    to_customers = pl.col("author_kind").is_in(["agent", "bot"]) & pl.col("is_public").fill_null(value=True)
    plain = pl.col("text").str.to_lowercase().str.replace_all(GAPS, "")
    holds = [pl.all_horizontal(plain.str.contains(_bare(word), literal=True) for word in way) for way in ways]
    found = (
        messages.filter(to_customers, pl.any_horizontal(holds) if holds else pl.lit(value=False))
        .sort("at", descending=True)
        .unique(["source", "ticket_id"], keep="first", maintain_order=True)
        .head(at_most)
        .select("source", "ticket_id", "at", "author", "text")
        .collect()
    )
    excerpts = [_excerpt(text, ways) for text in found["text"]]
    return found.drop("text").with_columns(pl.Series("excerpt", excerpts, dtype=pl.String))


def _bare(word: str) -> str:
    return "".join(letter for letter in word if not category(letter).startswith("P"))


def _excerpt(text: str, ways: list[list[str]]) -> str:
    """What stands around the first word that is found as it was written, else the beginning."""
    lower = text.lower()
    place = next((at for way in ways for word in way if (at := lower.find(word)) >= 0), 0)
    begin, end = max(0, place - ROUND), place + 2 * ROUND
    return ("… " if begin else "") + " ".join(text[begin:end].split()) + (" …" if end < len(text) else "")
