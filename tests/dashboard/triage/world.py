"""Tickets as triage sees them, made by hand: the facts of a few tickets, and what rules have found of them."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from metrics.facts import Facts
from metrics.tables import INSTANT
from metrics.triage.evaluate import FOUND

TEXTS = ("source", "ticket_id", "priority", "channel", "type", "team", "agent")
CREATED = ("created_at", "reopened_at", "ended_at")


@dataclass
class Ticket:
    """What a load says of a ticket."""

    id: str
    created_at: datetime
    priority: str = "normal"
    type: str = "delivery"
    team: str = "甲组"
    agent: str = "王芳"
    ended_at: datetime | None = None
    asked_at: datetime | None = None
    target_seconds: int | None = 24 * 3600


def facts_of(tickets: list[Ticket], as_of: datetime) -> Facts:
    """The columns of the facts from which items take what they say of their tickets, and the clocks their promises."""
    return Facts(
        tickets=pl.DataFrame(
            [("s", one.id, one.priority, "email", one.type, one.team, one.agent, one.created_at, None, one.ended_at)
             for one in tickets],
            schema=dict.fromkeys(TEXTS, pl.String) | dict.fromkeys(CREATED, INSTANT), orient="row",
        ),
        replies=pl.DataFrame(
            [("s", one.id, one.asked_at, None, True) for one in tickets if one.asked_at],
            schema={"source": pl.String, "ticket_id": pl.String, "asked_at": INSTANT, "answered_at": INSTANT,
                    "is_waiting": pl.Boolean}, orient="row",
        ),
        ratings=pl.DataFrame(schema={"source": pl.String, "ticket_id": pl.String, "rated_at": INSTANT}),
        sla_instances=pl.DataFrame(
            [("s", one.id, "resolution", one.created_at, None, one.ended_at, "calendar", None, one.target_seconds, 0, 0)
             for one in tickets if one.target_seconds],
            schema={"source": pl.String, "ticket_id": pl.String, "thing": pl.String, "started_at": INSTANT,
                    "done_at": INSTANT, "ended_at": INSTANT, "clock": pl.String, "calendar": pl.String,
                    "target_seconds": pl.Int64, "paused_calendar_seconds": pl.Int64,
                    "paused_business_seconds": pl.Int64}, orient="row",
        ),
        zone="UTC", as_of=as_of,
    )  # fmt: skip


def finding(ticket_id: str, rule: str, occurrence: str, since: datetime, tier: int = 1) -> dict[str, object]:
    """One row of what the rules find."""
    return {"source": "s", "ticket_id": ticket_id, "rule": rule, "occurrence": occurrence, "since": since, "tier": tier}


def found(rows: list[dict[str, object]]) -> pl.DataFrame:
    """What the rules find, as metrics.triage.evaluate tells it."""
    return pl.DataFrame([{**dict.fromkeys(FOUND), **row} for row in rows], schema=FOUND)
