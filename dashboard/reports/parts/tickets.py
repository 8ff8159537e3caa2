"""One row per ticket with every figure that a ticket has, as a list to filter."""

from collections.abc import Iterator

import polars as pl

from dashboard.format import dimension
from dashboard.privacy.masking import masked_frame
from dashboard.reports.content import Content
from dashboard.reports.model import Column, Kind, Sheet, Table, Words
from dashboard.wording import _
from metrics.catalog import metric
from metrics.compute import rows_behind
from metrics.facts import Facts
from metrics.tables import SOURCE_FIELD_PREFIX

KEYS = ["source", "ticket_id"]
DIMENSIONS = ("source", "channel", "type", "subtype", "product", "priority", "tier", "status", "team")
TEXTS = ("agent", "customer", "customer_class", "language", "first_responder", "resolved_by")
INSTANTS = ("created_at", "first_response_at", "first_auto_response_at", "first_resolution_at", "full_resolution_at",
            "closed_at", "escalation_at", "first_response_due_at", "resolution_due_at", "updated_at")  # fmt: skip
THINGS = ("first_response", "first_auto_response", "first_resolution", "full_resolution",
          "full_resolution_from_response", "cycle_time", "requester_wait", "first_response_waiting")  # fmt: skip
TRUTHS = ("first_response_met", "resolution_met", "is_resolved", "is_closed_without_resolution", "is_reopened",
          "is_escalated", "is_bot_only", "is_human_answered", "is_kb_used", "fcr", "fcr_repeat_7d", "fcr_one_touch",
          "fcr_no_reopen", "fcr_survey")  # fmt: skip
COUNTS = ("replies", "reopens", "handoffs")
TARGETS = ("first_response_target_seconds", "resolution_target_seconds", "resolution_paused_calendar_seconds",
           "resolution_paused_business_seconds", "next_contact_seconds")  # fmt: skip
OWN = {name: f"report.column.{name}" for name in (*INSTANTS, *TRUTHS, *TARGETS, "weekday", "hour", "peak", "score5",
                                                  "rating_comment")}  # fmt: skip
"""What has no name among the columns that can be loaded."""


def tickets(content: Content) -> Sheet | None:
    """The tickets created in these days, newest first; None for whom they are no files to have."""
    if content.tickets is None:
        return None
    rows = _rated(content, rows_behind(metric("tickets_created"), content.tickets, content.scope))
    columns = [column for column in columns_of(content.facts) if column.name in rows.columns]
    wanted = content.asked.columns
    chosen = [column for column in columns if wanted is None or column.name in wanted] or columns
    names = [column.name for column in chosen]
    told = masked_frame(rows.select(list(dict.fromkeys([*names, *KEYS]))))
    frame = told.select(names)
    notes = (_("What tells who customers are is masked. Lengths are hours:minutes:seconds, and count as such."),)
    if frame.is_empty():
        return Sheet("tickets", _("Tickets"), (Words((_("No ticket was created in these days."),)),))
    return Sheet("tickets", _("Tickets"), (Table("tickets", _("One row per ticket"), tuple(chosen), frame, notes),))


def columns_of(facts: Facts) -> Iterator[Column]:
    """All columns that the list may have, in their order."""
    yield Column("ticket_id", _("Ticket"))
    yield Column("subject", _("Subject"), wide=24)
    yield from (Column(name, dimension(name), "value", of=name) for name in DIMENSIONS)
    yield from (Column(name, _(f"column.{name}")) for name in TEXTS)
    yield from (Column(name, _(OWN[name]), "value", of=name) for name in ("weekday", "hour", "peak"))
    yield from _named(INSTANTS, "instant")
    for thing in THINGS:
        for clock in ("calendar", "business"):
            title = _("{thing} ({clock})", thing=_(f"metric.{thing}.label"), clock=_(f"clock.{clock}"))
            yield Column(f"{thing}_{clock}_seconds", title, "length")
    yield from _named(TARGETS, "length")
    yield from _named(TRUTHS, "truth")
    yield from (Column(name, _(f"column.{name}"), "count") for name in COUNTS)
    yield from _named(("score5",), "number")
    yield from _named(("rating_comment",), "text")
    own = [name for name in facts.tickets.columns if name.startswith(SOURCE_FIELD_PREFIX)]
    yield from (Column(name, dimension(name)) for name in own)


def _named(names: tuple[str, ...], kind: Kind) -> Iterator[Column]:
    yield from (Column(name, _(OWN[name]), kind) for name in names)


def _rated(content: Content, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the latest rating of each ticket."""
    ratings = content.tickets.ratings if content.tickets is not None else pl.DataFrame()
    if ratings.is_empty():
        return rows
    latest = ratings.filter("is_latest").unique(KEYS, keep="first", maintain_order=True)
    told = latest.select(*KEYS, "score5", rating_comment=pl.col("comment"))
    return rows.join(told, on=KEYS, how="left", maintain_order="left")
