"""One row per wait of a customer, and one row per rating, each with the dimensions of its ticket."""

from datetime import datetime

import polars as pl

from metrics.calendar import BusinessClock
from metrics.desk import DeskSettings
from metrics.facts.conversation import Conversation, waiting_spells
from metrics.facts.dimensions import TICKET_DIMENSIONS, source_fields, with_moments
from metrics.facts.durations import CALENDAR, opened_by, second_of, with_durations
from metrics.facts.promises import PARTS, with_attainment
from metrics.tables import INSTANT

TICKET_COLUMNS = ("ticket_id", *TICKET_DIMENSIONS, "customer", "subject", "created_at", "created_on", "ended_at")
SHOWN = {"next_response_target_clock", "next_response_due_at", "next_response_state"}
"""What the judgement of a wait found that stands on its row."""


def judged_replies(
    talk: Conversation, settled: pl.DataFrame, desk: DeskSettings, clock: BusinessClock | None, *, as_of: datetime
) -> pl.DataFrame:
    """One row per waiting spell, measured and judged, with working columns."""
    kept = ["row", CALENDAR, "is_inquiry", *TICKET_COLUMNS, *source_fields(settled)]
    spells = waiting_spells(talk).join(settled.select(kept), on="row", how="left", maintain_order="left")
    spells = (
        spells.filter("is_inquiry")
        .pipe(with_moments, "asked_at", desk, is_day=pl.col("asked_is_day").fill_null(False))
        .with_columns(
            pl.coalesce("author", "agent").alias("agent"),
            is_waiting=pl.col("answered_at").is_null() & pl.col("ended_at").is_null(),
            date_only=_date_only(),
        )
    )
    asked = pl.when(~pl.col("asked_is_day").fill_null(False)).then("asked_at")
    answered = pl.when(~pl.col("answered_is_day").fill_null(False)).then("answered_at")
    still = (pl.when("is_waiting").then(asked), pl.lit(as_of, INSTANT))
    measured = with_durations(spells, {"next_response": (asked, answered), "next_response_waiting": still}, clock)
    until = pl.max_horizontal("asked_at", pl.min_horizontal(pl.col("ended_at").fill_null(as_of), pl.lit(as_of)))
    return with_attainment(
        measured, "next_response", desk, span="next_response", start="asked_at", done="answered_at",
        until=until, known=~pl.col("asked_is_day").fill_null(False), clock=clock,
    )  # fmt: skip


def reply_facts(judged: pl.DataFrame) -> pl.DataFrame:
    """One row per waiting spell: the oldest unanswered customer message → the next public reply by a person.

    is_first, asked_at, answered_at (null while waiting), author, next_response_calendar_seconds and _business_seconds,
    next_response_target_seconds, _target_clock, _met, _decided_at, _due_at, _state, is_waiting, and the ticket's
    dimensions; `agent` is the author, else the ticket's agent; weekday, hour and peak are those of asked_at.
    """
    working = {f"next_response_{part}" for part in PARTS} - SHOWN
    hidden = [*working, "row", CALENDAR, "is_inquiry", "asked_is_day", "answered_is_day"]
    return judged.drop(*hidden, second_of("asked_at"), opened_by("asked_at")).sort("asked_at", "source", "ticket_id")


def _date_only() -> pl.Expr:
    names = [
        pl.when(pl.col("asked_is_day").fill_null(False)).then(pl.lit("asked_at")),
        pl.when(pl.col("answered_is_day").fill_null(False)).then(pl.lit("answered_at")),
    ]
    return pl.concat_list(names).list.drop_nulls()
