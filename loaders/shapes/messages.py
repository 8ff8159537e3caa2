"""One row a message; tickets are the conversations that the reply links, or the source's own numbers, make."""

from dataclasses import dataclass

import polars as pl

from loaders.base import Note, RawTable
from loaders.cells import Typed
from loaders.mapping import Mapping as SourceMapping
from loaders.problems import ROW
from loaders.shapes.conversations import roots
from loaders.shapes.keys import newest_rows
from loaders.shapes.rows import Shaped, completed, conformed, rejected, with_constants
from metrics.tables import MESSAGES, TICKETS
from metrics.words import N_

WITHOUT_CUSTOMER = N_(
    "{count} conversations hold no message of a customer; they begin at their first message and have no response time."
)
NO_AUTHOR_KIND = N_("No column says who wrote, so that no response times can be given; map author_kind.")
LEFT_OUT = N_("Columns that belong to single messages were not kept: {columns}.")
_OF_TICKET = ("channel", "priority", "team", "agent", "customer", "language", "type", "subject")


@dataclass(frozen=True)
class KnownMessages:
    """The messages of this source that are already kept, as canonical rows, so that a later file continues them."""

    messages: pl.DataFrame


def build_messages(
    typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str, known: KnownMessages | None = None
) -> Shaped:
    """Messages and their conversations; a conversation that a kept message began is continued."""
    kept = rejected(typed.frame, MESSAGES, mapping.columns)
    rows, problems = newest_rows(
        kept.frame, raw, ["message_id"], header=mapping.columns["message_id"], reason="duplicate_message_id"
    )
    placed, moved = _placed(_all(rows), _earlier(rows, known), keeps_own="ticket_id" in mapping.columns)
    constants = with_constants(rows.select(ROW).head(1), mapping, TICKETS).drop(ROW)
    tickets = _tickets(placed, constants)
    gone = _tickets(moved.with_columns(ticket_id="ticket_before"), constants).with_columns(status=pl.lit("merged"))
    changed = placed.filter(pl.col("is_new") | (pl.col("ticket_id") != pl.col("ticket_before")))
    both = pl.concat([tickets, gone], how="diagonal")
    tables = {
        "tickets": conformed(completed(_dated(both), TICKETS), TICKETS, source=source),
        "messages": conformed(changed.drop("is_new", "ticket_before"), MESSAGES, source=source),
    }
    return Shaped(tables, (*kept.problems, *problems), _notes(tickets, raw, mapping))


def _all(rows: pl.DataFrame) -> pl.DataFrame:
    """The new messages with every column that is needed; readable by the customer unless said otherwise."""
    dated = pl.col("date_only").list.contains("at").fill_null(False)
    rows = completed(rows.drop("source", strict=False), MESSAGES).with_columns(
        [pl.lit(None, dtype=pl.String).alias(name) for name in _OF_TICKET if name not in rows.columns]
    )
    return rows.with_columns(pl.col("is_public").fill_null(True), is_new=pl.lit(True), is_dated=dated)


def _earlier(rows: pl.DataFrame, known: KnownMessages | None) -> pl.DataFrame:
    """Kept messages that are not in this file again."""
    if known is None or known.messages.is_empty():
        return _all(rows.head(0))
    earlier = known.messages.select(list(MESSAGES.schema)).join(rows.select("message_id"), on="message_id", how="anti")
    return _all(earlier).with_columns(is_new=pl.lit(False))


def _placed(new: pl.DataFrame, earlier: pl.DataFrame, *, keeps_own: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All messages of the conversations that this file touches; and those kept ones that became part of another."""
    columns = [name for name in new.columns if name in earlier.columns]
    together = pl.concat([earlier.select(columns), new.select(columns)])
    linked = roots(together["message_id"], together["reply_to"])
    ticket = together["ticket_id"].fill_null(linked) if keeps_own else linked
    together = together.with_columns(ticket.alias("ticket_id"), ticket_before=pl.col("ticket_id"))
    touched = together.filter("is_new").select("ticket_id").unique()
    placed = together.join(touched, on="ticket_id", how="semi", maintain_order="left")
    moved = placed.filter(~pl.col("is_new") & (pl.col("ticket_before") != pl.col("ticket_id")))
    return placed, moved


def _dated(tickets: pl.DataFrame) -> pl.DataFrame:
    """`date_only` of conversations whose messages carry dates without a time: all their instants are such."""
    names = pl.lit(["created_at", "updated_at", "first_responded_at"], dtype=pl.List(pl.String))
    return tickets.with_columns(pl.when("is_dated").then(names).alias("date_only"))


def _tickets(placed: pl.DataFrame, constants: pl.DataFrame) -> pl.DataFrame:
    """One row a conversation, beginning at the customer's first message."""
    ordered = placed.with_row_index("place").sort("at", "place")
    first = pl.col("at").filter(author_kind="customer").first()
    began = ordered.with_columns(started_at=first.over("ticket_id"))
    answer = (pl.col("author_kind") == "agent") & pl.col("is_public") & (pl.col("at") >= pl.col("started_at"))
    automatic = (pl.col("author_kind") == "bot") & (pl.col("at") >= pl.col("started_at"))
    agents = (pl.col("author_kind") == "agent") & pl.col("is_public")
    tickets = began.group_by("ticket_id", maintain_order=True).agg(
        pl.coalesce(pl.col("started_at").first(), pl.col("at").first()).alias("created_at"),
        pl.col("at").max().alias("updated_at"),
        pl.col("at").filter(answer).first().alias("first_responded_at"),
        pl.col("author").filter(answer).first().alias("first_responder"),
        pl.col("at").filter(automatic).first().alias("first_auto_responded_at"),
        agents.sum().cast(pl.Int64).alias("replies"),
        pl.col("author").filter(author_kind="customer").first().alias("writer"),
        pl.col("author").filter(agents).last().alias("answerer"),
        pl.col("started_at").is_null().first().alias("has_no_customer"),
        pl.col("is_dated").any().alias("is_dated"),
        *[pl.col(name).drop_nulls().first() for name in _OF_TICKET],
    )
    tickets = tickets.with_columns(
        pl.coalesce("customer", "writer").alias("customer"), pl.coalesce("agent", "answerer").alias("agent")
    )
    tickets = tickets.with_columns(
        [pl.coalesce(name, pl.lit(constants[name][0])).alias(name) for name in constants.columns if constants.height]
    )
    return tickets.drop("writer", "answerer")


def _notes(tickets: pl.DataFrame, raw: RawTable, mapping: SourceMapping) -> tuple[Note, ...]:
    notes = []
    if "author_kind" not in mapping.columns:
        notes.append(Note(NO_AUTHOR_KIND))
    elif count := int(tickets["has_no_customer"].sum()):
        notes.append(Note(WITHOUT_CUSTOMER, {"count": count}))
    left = [header for header in raw.headers if header.strip() and header not in mapping.columns.values()]
    if left:
        notes.append(Note(LEFT_OUT, {"columns": ", ".join(f"'{header}'" for header in left)}))
    return tuple(notes)
