"""The facts beside the tickets: calls, people's time, and what customers did afterwards."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import polars as pl

from metrics.desk import DeskSettings
from metrics.facts.agent_time import agent_time_facts, newest_state
from metrics.facts.calls import call_facts, newest_interval
from metrics.facts.dimensions import source_fields
from metrics.facts.naming import named_beside
from metrics.facts.outcomes import contact_facts, newest_outcome
from metrics.model import DIMENSIONS
from metrics.tables import TICKETS, Tables


def facts_beside(tables: Tables, tickets: pl.DataFrame, desk: DeskSettings, *, as_of: datetime) -> dict[str, Any]:
    """The frames `calls`, `agent_time` and `contacts` as of that instant; `tickets` are the ticket facts of all months.

    Each has every dimension, unknown where it has none of its own.
    """
    tables = named_beside(tables, desk)
    arrivals, states, outcomes = pl.collect_all([tables.arrivals, tables.agent_states, tables.outcomes])
    made = {
        "calls": call_facts(arrivals, desk, as_of=as_of),
        "agent_time": agent_time_facts(states, tickets, desk, as_of=as_of),
        "contacts": contact_facts(tickets, outcomes, as_of=as_of),
    }
    return {name: _with_dimensions(frame, source_fields(tickets)) for name, frame in made.items()}


def newest_beside(tables: Tables) -> datetime | None:
    """The newest instant that these tables tell of; None where they are empty."""
    asked = newest_interval(tables.arrivals), newest_state(tables.agent_states), newest_outcome(tables.outcomes)
    found = [frame.item() for frame in pl.collect_all(asked)]
    return max((at for at in found if isinstance(at, datetime)), default=None)


def _with_dimensions(frame: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    missing = [name for name in (*DIMENSIONS, *fields) if name not in frame.columns]
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)


@cache
def nothing_beside() -> Mapping[str, pl.DataFrame]:
    """The frames of a desk that has tickets only."""
    instant, flag, text = pl.Datetime("us", "UTC"), pl.Boolean(), pl.String()
    found = {"full_resolution_at": instant, "ended_at": instant, "created_on": pl.Date(), "is_resolved": flag}
    worded = dict.fromkeys(("resolution_by", "weekday", "hour", "peak"), text)
    tickets = pl.DataFrame(schema={**TICKETS.schema, **found, **worded})
    return facts_beside(Tables.of(), tickets, DeskSettings("UTC", (), ()), as_of=datetime(1970, 1, 1, tzinfo=UTC))
