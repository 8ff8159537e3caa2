"""What hangs on the wall of the room: how many wait now and how today goes, as of the end of the data."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.services.analysis.waiting import waiting
from metrics.catalog import metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Period, Scope
from metrics.selection import in_where

TODAY = ("tickets_created", "tickets_resolved", "sla_attainment")
NOW = ("backlog", "sla_at_risk")


@dataclass(frozen=True)
class Board:
    """open, at_risk, breached, waiting: tickets now · oldest: seconds that the first of them waits for an answer.

    came, left, attainment: of today; None where there is nothing to tell it from.
    """

    day: date
    open: int | None
    at_risk: int | None
    breached: int
    waiting: int
    oldest: float | None
    came: int | None
    left: int | None
    attainment: float | None


def board(facts: Facts, scope: Scope) -> Board:
    """The figures of the wall; the scope's own period is not used."""
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    now, of_today = replace(scope, period=None), replace(scope, period=Period(today, today + timedelta(days=1)))
    found = _values(facts, now, NOW) | _values(facts, of_today, TODAY)
    waits = waiting(facts, now)
    oldest = waits.tickets["waiting_seconds"].max() if waits.n else None
    return Board(
        day=today, open=_whole(found["backlog"]), at_risk=_whole(found["sla_at_risk"]), breached=_breached(facts, now),
        waiting=waits.n, oldest=float(oldest) if isinstance(oldest, int | float) else None,
        came=_whole(found["tickets_created"]), left=_whole(found["tickets_resolved"]),
        attainment=found["sla_attainment"],
    )  # fmt: skip


def _values(facts: Facts, scope: Scope, ids: tuple[str, ...]) -> dict[str, float | None]:
    rows = compute([metric(id) for id in ids], facts, scope)
    return dict(rows.select("metric", "value").iter_rows())


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _breached(facts: Facts, scope: Scope) -> int:
    """How many open tickets are past the promise of their first answer or of their resolution."""
    inside = facts.tickets.filter(in_where(scope, metric("backlog")), pl.col("ended_at").is_null())
    unanswered = pl.col("is_waiting") & pl.col("first_response_met").eq(False)
    return inside.filter((unanswered | pl.col("resolution_met").eq(False)).fill_null(False)).height
