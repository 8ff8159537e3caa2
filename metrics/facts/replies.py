"""One row per wait of a customer, and one row per rating, each with the dimensions of its ticket."""

from datetime import datetime

import polars as pl

from metrics.calendar import BusinessClock
from metrics.desk import DeskSettings
from metrics.facts.conversation import Conversation, waiting_spells
from metrics.facts.dimensions import TICKET_DIMENSIONS, moments, source_fields
from metrics.facts.durations import CALENDAR, with_attainment, with_durations

TICKET_COLUMNS = ("ticket_id", *TICKET_DIMENSIONS, "customer", "subject", "created_at", "created_on", "ended_at")


def reply_facts(
    talk: Conversation, settled: pl.DataFrame, desk: DeskSettings, clock: BusinessClock | None, *, as_of: datetime
) -> pl.DataFrame:
    """One row per waiting spell: the oldest unanswered customer message → the next public reply by a person.

    is_first, asked_at, answered_at (null while waiting), author, next_response_calendar_seconds and _business_seconds,
    next_response_target_seconds, next_response_met, next_response_decided_at, is_waiting, and the ticket's dimensions;
    `agent` is the author, else the ticket's agent; weekday, hour and peak are those of asked_at.
    """
    kept = ["row", CALENDAR, "is_inquiry", *TICKET_COLUMNS, *source_fields(settled)]
    spells = waiting_spells(talk).join(settled.select(kept), on="row", how="left", maintain_order="left")
    spells = spells.filter("is_inquiry").with_columns(
        pl.coalesce("author", "agent").alias("agent"),
        *moments("asked_at", desk, is_day=pl.col("asked_is_day").fill_null(False)),
        is_waiting=pl.col("answered_at").is_null() & pl.col("ended_at").is_null(),
        date_only=_date_only(),
    )
    asked = pl.when(~pl.col("asked_is_day").fill_null(False)).then("asked_at")
    answered = pl.when(~pl.col("answered_is_day").fill_null(False)).then("answered_at")
    measured = with_durations(spells, {"next_response": (asked, answered)}, clock)
    until = pl.max_horizontal("asked_at", pl.min_horizontal(pl.col("ended_at").fill_null(as_of), pl.lit(as_of)))
    judged = with_attainment(
        measured, "next_response", desk, span="next_response", start="asked_at", done="answered_at",
        until=until, known=~pl.col("asked_is_day").fill_null(False), clock=clock,
    )  # fmt: skip
    return judged.drop("row", CALENDAR, "is_inquiry", "asked_is_day", "answered_is_day").sort(
        "asked_at", "source", "ticket_id"
    )


def _date_only() -> pl.Expr:
    names = [
        pl.when(pl.col("asked_is_day").fill_null(False)).then(pl.lit("asked_at")),
        pl.when(pl.col("answered_is_day").fill_null(False)).then(pl.lit("answered_at")),
    ]
    return pl.concat_list(names).list.drop_nulls()
