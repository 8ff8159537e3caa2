"""The conversations of a window that can be read, each with the kind of risk by which it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import polars as pl

from metrics.facts import Facts
from metrics.quality.sampling import REST

Risk = Literal["complaint", "reopened_or_late", "new_agent"]
RISKS: tuple[Risk, ...] = get_args(Risk)
NEW_FOR_DAYS = 30
"""So long somebody counts as new after his first conversation."""
COLUMNS = ("source", "ticket_id", "team", "channel", "agent", "risk")
COMPLAINTS = ("complaint",)


@dataclass(frozen=True)
class Window:
    """Instants `[start, end)`; a conversation belongs to the one in which a person first answered it."""

    start: datetime
    end: datetime


def conversations(
    facts: Facts,
    window: Window,
    *,
    risks: Sequence[Risk] = RISKS,
    where: Mapping[str, Sequence[str]] | None = None,
    complaints: Sequence[str] = COMPLAINTS,
) -> pl.DataFrame:
    """One row per conversation that a person first answered in the window; columns COLUMNS.

    risk: the first of *risks* that holds, else rest · agent: who has the ticket, else who answered it first. What was
    set aside, such as spam, is not there. *complaints*: the types that are complaints.
    """
    answered = pl.col("first_response_at")
    inside = (answered >= window.start) & (answered < window.end) & ~pl.col("is_set_aside").fill_null(value=False)
    chosen = [pl.col(name).is_in(list(values)) for name, values in (where or {}).items()]
    rows = facts.tickets.filter(inside, *chosen)
    rows = rows.with_columns(agent=pl.coalesce("agent", "first_response_by"))
    rows = rows.join(_new_agents(facts, window), on="agent", how="left")
    kinds = {
        "complaint": pl.col("type").is_in(list(complaints)),
        "reopened_or_late": pl.col("is_reopened")
        | pl.col("first_response_met").eq(other=False)
        | pl.col("resolution_met").eq(other=False),
        "new_agent": pl.col("is_new"),
    }
    first = [pl.when(kinds[name].fill_null(value=False)).then(pl.lit(name)) for name in risks]
    return rows.with_columns(risk=pl.coalesce(*first, pl.lit(REST))).select(COLUMNS)


def _new_agents(facts: Facts, window: Window) -> pl.DataFrame:
    """Who had his first conversation lately; nobody while the data themselves are not older than that."""
    tickets = facts.tickets.lazy().select("agent", "created_at")
    since = window.start - timedelta(days=NEW_FOR_DAYS)
    begun = facts.tickets["created_at"].min()
    seen = tickets.drop_nulls("agent").group_by("agent").agg(first=pl.col("created_at").min()).collect()
    is_known = isinstance(begun, datetime) and begun < since
    return seen.filter(pl.col("first") >= since if is_known else pl.lit(value=False)).select("agent", is_new=True)
