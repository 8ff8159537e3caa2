"""What a desk's data tell, laid out for the rules of other systems."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from metrics.calendar import BusinessClock
from metrics.desk import DeskSettings
from metrics.facts.dimensions import is_day
from metrics.facts.durations import calendar_of_team, clock_between, with_durations
from metrics.facts.known import collected, known_at, newest_stamp
from metrics.tables import Tables

ENDED = ("resolved", "confirmed", "closed")


@dataclass(frozen=True)
class Told:
    """The canonical rows known at an instant; `row` numbers the tickets, messages and changes carry their ticket's.

    messages: public ones in order, with `kind` · changes: those of status in order, with the status `before`.
    """

    tickets: pl.DataFrame
    messages: pl.DataFrame
    changes: pl.DataFrame
    ratings: pl.DataFrame
    clock: BusinessClock | None
    as_of: datetime

    def measured(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows with begin and at, with `calendar_seconds` and `business_seconds` between; a day measures nothing."""
        kept = self.tickets.select("row", pl.col("^__calendar$"), "date_only")
        spans = {"took": (pl.col("begin"), pl.when(~pl.col("is_day").fill_null(False)).then("at"))}
        placed = frame.join(kept, on="row", how="left", maintain_order="left").with_columns(
            begin=pl.when(~is_day("created_at")).then("begin")
        )
        names = {f"took_{clock}_seconds": f"{clock}_seconds" for clock in ("calendar", "business")}
        return with_durations(placed, spans, self.clock).rename(names).drop("date_only", "__calendar")


def told(tables: Tables, desk: DeskSettings, *, as_of: datetime) -> Told:
    """The data as they could be known at *as_of*."""
    frames = collected(tables)
    if as_of < newest_stamp(frames):
        frames = known_at(frames, as_of)
    tickets = frames["tickets"].with_row_index("row").with_columns(calendar_of_team(desk))
    keys = tickets.select("source", "ticket_id", "row")
    kind = pl.col("author_kind")
    messages = frames["messages"].join(keys, on=["source", "ticket_id"]).filter(
        kind.is_not_null() & (pl.col("is_public").fill_null(True) | (kind == "customer"))
    ).select("row", "at", "message_id", kind=kind, is_day=is_day("at"))  # fmt: skip
    order = pl.col("kind").replace_strict({"customer": 0, "bot": 1, "system": 1, "agent": 2}, return_dtype=pl.Int8)
    status = frames["changes"].filter(pl.col("field") == "status").join(keys, on=["source", "ticket_id"])
    ordered = status.sort("row", "at", "sequence")
    last = pl.when(pl.col("row") == pl.col("row").shift(1)).then(pl.col("to_value").shift(1))
    first = tickets["created_at"].min()
    return Told(
        tickets=tickets,
        messages=messages.with_columns(order.alias("order")).sort("row", "at", "order", "message_id"),
        changes=ordered.select("row", "at", before=pl.coalesce("from_value", last), after="to_value"),
        ratings=frames["ratings"],
        clock=clock_between(desk, first if isinstance(first, datetime) else None, as_of),
        as_of=as_of,
    )


def public_replies(data: Told) -> pl.DataFrame:
    """Per ticket with messages: how many public replies people wrote, else the source's own count."""
    written = data.messages.group_by("row").agg(
        written=(pl.col("kind") == "agent").sum().cast(pl.Int64), others=(pl.col("kind") != "customer").any()
    )
    joined = data.tickets.select("row", "status", "replies").join(written, on="row", how="left", maintain_order="left")
    return joined.select("row", "status", replies=pl.when("others").then("written").otherwise("replies"))


def stamped_replies(data: Told) -> pl.DataFrame:
    """The source's own stamp of the first response of tickets whose messages are customers' only, or none."""
    others = data.messages.filter(pl.col("kind") != "customer").select("row").unique()
    stamped = data.tickets.filter(pl.col("first_responded_at").is_not_null()).join(others, on="row", how="anti")
    return stamped.select(
        "row", begin="created_at", at="first_responded_at", is_day=is_day("first_responded_at"),
        why=pl.lit(None, pl.String),
    )  # fmt: skip
