"""What customers wrote, read from the warehouse for a bounded number of tickets."""

import polars as pl

KEYS = ("source", "ticket_id")
TEXT_LENGTH = 2000
"""So much of a message is kept: more is pasted logs and quoted mail."""


def customer_texts(messages: pl.LazyFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """What customers wrote on these tickets (source, ticket_id, created_at): source, ticket_id, text, oldest first."""
    if tickets.is_empty():
        return pl.DataFrame(schema={"source": pl.String, "ticket_id": pl.String, "text": pl.String})
    since = tickets["created_at"].min()
    written = messages.filter(
        (pl.col("author_kind") == "customer") & (pl.col("at") >= since) & (pl.col("text").str.len_chars() > 0)
    )
    own = written.select(*KEYS, "at", "message_id", pl.col("text").str.slice(0, TEXT_LENGTH)).join(
        tickets.lazy().select(KEYS).unique(), on=KEYS, how="semi"
    )
    return own.collect().sort("at", "message_id").select(*KEYS, "text")


def first_texts(messages: pl.LazyFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """Tickets (source, ticket_id, created_at, subject) with `text`: the first message, else the subject, else null."""
    said = customer_texts(messages, tickets).unique(KEYS, keep="first", maintain_order=True)
    joined = tickets.join(said, on=KEYS, how="left", maintain_order="left")
    return joined.with_columns(text=pl.coalesce("text", "subject"))


def whole_texts(messages: pl.LazyFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """source, ticket_id, text: all that the customer wrote on each ticket; tickets without a word are left out."""
    return customer_texts(messages, tickets).group_by(KEYS, maintain_order=True).agg(pl.col("text").str.join("\n"))
