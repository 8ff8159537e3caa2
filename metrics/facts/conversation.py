"""What the messages of a ticket tell: who began, the first reply by a person, every wait of the customer.

Messages at the same instant are taken in the order customer, bot or system, agent, then by message id, so that a
figure never depends on the order of rows. A message whose visibility is unknown counts as public.
"""

from dataclasses import dataclass

import polars as pl

RANKS = {"customer": 0, "bot": 1, "system": 1, "agent": 2}
"""Order of the kinds of author at one instant."""
MESSAGE_SCHEMA = {"row": pl.UInt32, "at": pl.Datetime("us", "UTC"), "rank": pl.Int8, "author": pl.String}


@dataclass(frozen=True)
class Conversation:
    """begun: one row per ticket with messages · messages: what counts, in order, with the ticket's `row`."""

    begun: pl.DataFrame
    messages: pl.DataFrame


def conversation(messages: pl.DataFrame, tickets: pl.DataFrame) -> Conversation:
    """Read the messages of all tickets; `messages` carries the ticket's `row`, `tickets` its own."""
    rank = pl.col("author_kind").replace_strict(RANKS, default=None, return_dtype=pl.Int8)
    heard = messages.select(
        "row", "at", "author", "message_id", rank=rank,
        is_public=pl.col("is_public").fill_null(True) | (pl.col("author_kind") == "customer"),
        is_day=pl.col("date_only").list.contains("at").fill_null(False),
    ).filter(pl.col("rank").is_not_null())  # fmt: skip
    begun = _begun(heard, tickets)
    public = heard.filter("is_public").drop("is_public")
    whole = pl.concat([public, _unwritten_requests(begun), _unwritten_replies(begun)], how="diagonal")
    return Conversation(begun, whole.sort("row", "at", "rank", "message_id"))


def _begun(heard: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """How each conversation began.

    is_outbound: a person's message opened the ticket, at or before its creation, and no customer wrote before ·
    start_at: where the wait for the first response begins; null in an outbound ticket that no customer answered.
    """
    at, rank, public = pl.col("at"), pl.col("rank"), pl.col("is_public")
    per_ticket = heard.group_by("row").agg(
        at.filter(rank == 0).min().alias("customer_at"),
        at.filter((rank == 2) & public).min().alias("person_at"),
        (rank != 0).any().alias("has_others"),
    )
    stamps = tickets.select("row", "created_at", "first_responded_at", "first_responder", "date_only")
    outbound = (pl.col("person_at") <= pl.col("created_at")) & (
        (pl.col("person_at") < pl.col("customer_at"))
        | (pl.col("customer_at").is_null() & pl.col("first_responded_at").is_null())
    )
    return per_ticket.join(stamps, on="row", how="left", maintain_order="left").with_columns(
        is_outbound=outbound.fill_null(False),
        start_at=pl.when(outbound.fill_null(False)).then("customer_at").otherwise("created_at"),
    )


def _unwritten_requests(begun: pl.DataFrame) -> pl.DataFrame:
    """The request itself, at creation, where only later messages are kept (a description, a form, a call)."""
    kept = ~pl.col("is_outbound") & pl.coalesce(
        pl.col("customer_at") > pl.col("person_at"), pl.col("customer_at").is_null()
    )
    return begun.filter(kept & pl.col("person_at").is_not_null()).select(
        "row",
        pl.col("created_at").alias("at"),
        pl.lit(0, pl.Int8).alias("rank"),
        is_day=_day_of("created_at"),
    )


def _unwritten_replies(begun: pl.DataFrame) -> pl.DataFrame:
    """The first reply by its stamp, where a source kept only what customers wrote."""
    kept = ~pl.col("has_others") & (pl.col("first_responded_at") >= pl.col("created_at"))
    return begun.filter(kept).select(
        "row",
        pl.col("first_responded_at").alias("at"),
        pl.lit(2, pl.Int8).alias("rank"),
        pl.col("first_responder").alias("author"),
        is_day=_day_of("first_responded_at"),
    )


def _day_of(name: str) -> pl.Expr:
    return pl.col("date_only").list.contains(name).fill_null(False)


def first_replies(talk: Conversation) -> pl.DataFrame:
    """One row per ticket with messages: start_at, the first replies (`message_…`), how many replies."""
    after = talk.messages.join(talk.begun.select("row", "start_at"), on="row", how="left", maintain_order="left")
    after = after.filter(pl.col("at") >= pl.col("start_at"))
    person = after.filter(pl.col("rank") == 2).unique("row", keep="first", maintain_order=True)
    auto = after.filter(pl.col("rank") == 1).unique("row", keep="first", maintain_order=True)
    replies = talk.messages.filter(pl.col("rank") == 2).group_by("row").agg(pl.len().cast(pl.Int64).alias("written"))
    return (
        talk.begun.select("row", "start_at", "is_outbound", "has_others")
        .join(
            person.select("row", message_reply_at="at", message_replier="author", message_reply_is_day="is_day"),
            on="row", how="left",
        )
        .join(auto.select("row", message_auto_at="at", message_auto_is_day="is_day"), on="row", how="left")
        .join(replies, on="row", how="left")
        .with_columns(message_replies=pl.when("has_others").then(pl.col("written").fill_null(0)))
        .drop("written")
    )  # fmt: skip


def waiting_spells(talk: Conversation) -> pl.DataFrame:
    """One row per wait: from the oldest unanswered message of a customer to the next public reply by a person.

    Columns row, is_first, asked_at, asked_is_day, answered_at, answered_is_day, author; answered_at is null while the
    customer still waits. In order of `row`, `asked_at`.
    """
    row, rank = pl.col("row"), pl.col("rank")
    is_reply = rank == 2
    heard = talk.messages.filter(rank != 1).with_columns(
        is_start=~is_reply & ((row != row.shift(1)) | (rank.shift(1) == 2)).fill_null(True),
        **{
            name: pl.when(is_reply).then(value).backward_fill()
            for name, value in {"next_row": row, "next_at": pl.col("at"), "next_is_day": pl.col("is_day")}.items()
        },
        next_index=pl.when(is_reply).then(pl.int_range(pl.len(), dtype=pl.UInt32)).backward_fill(),
    )
    answered = (pl.col("next_row") == row).fill_null(False)
    return heard.with_columns(next_author=pl.col("author").gather("next_index")).filter("is_start").select(
        "row",
        is_first=(row != row.shift(1)).fill_null(True),
        asked_at="at",
        asked_is_day="is_day",
        answered_at=pl.when(answered).then("next_at"),
        answered_is_day=pl.when(answered).then("next_is_day"),
        author=pl.when(answered).then("next_author"),
    )  # fmt: skip
