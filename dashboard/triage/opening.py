"""Items that the rules open: what a ticket brings with it, and the clocks that begin, for thousands at once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl

from dashboard.store.triage import TriageClock
from dashboard.triage.acts import Ways
from dashboard.triage.business import CALENDAR
from dashboard.triage.clocks import KINDS, RESOLUTION, Kind
from metrics.facts import Facts
from metrics.tables import INSTANT

KEY = ["source", "ticket_id"]
TOLD = ("priority", "channel", "type", "team", "agent")
"""What an item takes over from its ticket at each load."""
ANSWER: Kind = "t1_standard_answer"
_CLOCKS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64, "kind": pl.String, "tier": pl.Int64, "started_at": INSTANT, "target_seconds": pl.Int64,
    "calendar": pl.String, "paused_seconds": pl.Int64,
}  # fmt: skip


def told_of(facts: Facts) -> pl.DataFrame:
    """What is known of each ticket: TOLD, ticket_created_at, is_over, activity_at, waits_since, answered_at.

    activity_at: the newest sign of the customer · waits_since: since when he waits for an answer.
    """
    waits = facts.replies.group_by(KEY).agg(
        asked=pl.col("asked_at").max(), answered_at=pl.col("answered_at").max(),
        waits_since=pl.col("asked_at").filter("is_waiting").min(),
    )  # fmt: skip
    rated = facts.ratings.group_by(KEY).agg(rated=pl.col("rated_at").max())
    tickets = facts.tickets.select(
        *KEY, *TOLD, "reopened_at", ticket_created_at="created_at", is_over=pl.col("ended_at").is_not_null()
    )
    joined = tickets.join(waits, on=KEY, how="left").join(rated, on=KEY, how="left")
    newest = pl.max_horizontal("ticket_created_at", "asked", "rated", "reopened_at")
    return joined.with_columns(activity_at=newest).drop("asked", "rated", "reopened_at")


def clocks_to_begin(items: pl.DataFrame, facts: Facts, ways: Ways, *, at: datetime) -> pl.DataFrame:
    """The clocks of items that are opened now, with when they are due; items: id, tier, KEY, team, waits_since."""
    placed = items.with_columns(usual=_calendars(items, ways))
    begun = [*_of_tiers(placed, ways, at), _answers(placed, ways), _resolutions(placed, facts)]
    whole = pl.concat([pl.DataFrame(schema=_CLOCKS), *(frame.select(*_CLOCKS) for frame in begun)])
    whole = whole.with_columns(runs_from=ways.hours.dues(whole, "started_at", "paused_seconds"))
    return whole.with_columns(due_at=ways.hours.dues(whole, "runs_from", "target_seconds"))


def _calendars(items: pl.DataFrame, ways: Ways) -> pl.Series:
    teams = items["team"].unique().to_list()
    known = {team: ways.hours.calendar_of(team) for team in teams}
    return pl.Series("usual", [known[team] for team in items["team"]], dtype=pl.String)


def _of_tiers(items: pl.DataFrame, ways: Ways, at: datetime) -> Iterator[pl.DataFrame]:
    for kind, one in KINDS.items():
        target = ways.settings.target(kind)
        if one.tier is None or kind == ANSWER or target is None:
            continue
        calendar = pl.lit(None, pl.String) if target.clock == CALENDAR else pl.col("usual")
        yield items.filter(pl.col("tier") == one.tier).select(
            "id", "tier", kind=pl.lit(kind), started_at=pl.lit(at, INSTANT), paused_seconds=pl.lit(0, pl.Int64),
            target_seconds=pl.lit(target.seconds, pl.Int64), calendar=calendar,
        )  # fmt: skip


def _answers(items: pl.DataFrame, ways: Ways) -> pl.DataFrame:
    """The first line's answer, from the customer's message on that nobody has answered."""
    target = ways.settings.target(ANSWER)
    if target is None:
        return pl.DataFrame(schema=_CLOCKS)
    calendar = pl.lit(None, pl.String) if target.clock == CALENDAR else pl.col("usual")
    return items.filter((pl.col("tier") == 1) & pl.col("waits_since").is_not_null()).select(
        "id", "tier", kind=pl.lit(ANSWER), started_at="waits_since", paused_seconds=pl.lit(0, pl.Int64),
        target_seconds=pl.lit(target.seconds, pl.Int64), calendar=calendar,
    )  # fmt: skip


def _resolutions(items: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The ticket's own promise of a resolution, where it is still to be kept; what it rested so far stays off."""
    promised = facts.sla_instances.filter(
        (pl.col("thing") == RESOLUTION) & pl.col("done_at").is_null() & pl.col("ended_at").is_null()
    ).sort("started_at").unique(KEY, keep="last", maintain_order=True)  # fmt: skip
    is_calendar = pl.col("clock") == CALENDAR
    rested = pl.when(is_calendar).then("paused_calendar_seconds").otherwise("paused_business_seconds")
    return items.join(promised, on=KEY, how="inner").select(
        "id", "tier", "started_at", "target_seconds", kind=pl.lit(RESOLUTION), paused_seconds=rested.fill_null(0),
        calendar=pl.when(~is_calendar).then("calendar"),
    )  # fmt: skip


def clock_row(row: dict[str, Any]) -> TriageClock:
    """A clock that begins, as the table keeps it."""
    pauses = [[row["started_at"].isoformat(), row["runs_from"].isoformat()]] if row["paused_seconds"] else []
    return TriageClock(
        item_id=row["id"], kind=row["kind"], run=1, tier=row["tier"], started_at=row["started_at"],
        target_seconds=row["target_seconds"], clock="calendar" if row["calendar"] is None else "business",
        calendar=row["calendar"], due_at=row["due_at"], pauses=pauses,
    )  # fmt: skip
