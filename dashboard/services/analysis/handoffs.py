"""From which team to which tickets were handed, by the recorded changes."""

from dataclasses import dataclass

import polars as pl

from metrics.catalog import metric
from metrics.compute import compute, rows_behind, rows_of_figure
from metrics.facts import Facts
from metrics.model import Scope
from metrics.selection import midnight


@dataclass(frozen=True)
class Handoffs:
    """The hand-offs between teams of the tickets created in the period.

    paths: `from_team`, `to_team`, `n` (hand-offs), `tickets`, most first · tickets: in scope · handed: of them those
    that changed team · counted: the figure `handoffs`, between people too; None where it is unknown · recorded:
    whether any change of team or person was recorded at all.
    """

    paths: pl.DataFrame
    tickets: int
    handed: int
    counted: float | None
    recorded: bool


def handoffs(facts: Facts, scope: Scope, changes: pl.LazyFrame) -> Handoffs:
    """The ways that tickets went. `changes`: the recorded changes of the desk."""
    moves = team_moves(facts, scope, changes)
    paths = (
        moves.group_by("from_team", "to_team")
        .agg(n=pl.len().cast(pl.Int64), tickets=pl.struct("source", "ticket_id").n_unique().cast(pl.Int64))
        .sort("n", "from_team", "to_team", descending=[True, False, False])
    )
    found = compute([metric("tickets_created"), metric("handoffs")], facts, scope)["value"].to_list()
    handed = moves.select("source", "ticket_id").n_unique() if moves.height else 0
    known = facts.tickets["handoffs"].null_count() < facts.tickets.height
    return Handoffs(paths, int(found[0] or 0), handed, found[1], known)


def team_moves(facts: Facts, scope: Scope, changes: pl.LazyFrame) -> pl.DataFrame:
    """One row per change from one known team to another: source, ticket_id, at, from_team, to_team, in order."""
    rows = rows_of_figure(metric("tickets_created"), facts, scope, columns=["source", "ticket_id"])
    asked = (pl.col("field") == "team") & (pl.col("at") <= facts.as_of)
    if scope.period is not None:  # nothing is handed on before it is created; the tables are kept by month
        asked &= pl.col("at") >= midnight(scope.period.start, facts.zone)
    told = changes.filter(asked).join(rows.lazy(), on=["source", "ticket_id"], how="semi")
    ordered = told.collect(engine="in-memory").sort("source", "ticket_id", "at", "sequence")
    same = (pl.col("source") == pl.col("source").shift(1)) & (pl.col("ticket_id") == pl.col("ticket_id").shift(1))
    before = pl.coalesce("from_value", pl.when(same).then(pl.col("to_value").shift(1)))
    moves = ordered.select("source", "ticket_id", "at", from_team=before, to_team="to_value").drop_nulls()
    return moves.filter(pl.col("from_team") != pl.col("to_team"))


def path_tickets(facts: Facts, scope: Scope, moves: pl.DataFrame, from_team: str, to_team: str) -> pl.DataFrame:
    """The tickets that went from one team to another, newest first."""
    went = moves.filter((pl.col("from_team") == from_team) & (pl.col("to_team") == to_team))
    return rows_behind(metric("tickets_created"), facts, scope).join(
        went.select("source", "ticket_id").unique(), on=["source", "ticket_id"], how="semi"
    )
