"""What the sources themselves say of their tickets, held against what this desk measures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.facts.figures import facts_of, readable_facts, settings_of
from metrics.catalog import metric
from metrics.facts import Facts
from metrics.model import Scope
from metrics.reconciling import OWN, SAME, reconciled, summary, their_hours
from metrics.rules import Ruled, ruled
from metrics.selection import in_period, in_where
from metrics.their_hours import Hours

SYSTEMS: Mapping[str, str] = {
    "zendesk": "zendesk", "freshdesk": "freshdesk", "freshservice": "freshdesk", "chatwoot": "chatwoot",
}  # fmt: skip
"""Source -> the system by whose rules it counts, where these are known here."""


@dataclass(frozen=True)
class Reconciliation:
    """`figures`: a row per source and figure. `tickets`: a row per ticket and figure (see metrics.reconciling)."""

    figures: pl.DataFrame
    tickets: pl.DataFrame
    facts: pl.DataFrame
    """The ticket facts in scope."""
    hours: Mapping[str, Hours] = field(default_factory=dict)
    """Source -> the opening hours by which it counts, as its own times tell."""

    @property
    def is_empty(self) -> bool:
        """Whether no source gives figures of its own."""
        return self.figures.is_empty()

    def unlike(self, source: str, figure: str) -> pl.DataFrame:
        """The ticket facts on which the two do not say the same, with ours, theirs, difference, why; farthest first."""
        rows = self.tickets.filter(pl.col("why") != SAME, source=source, figure=figure)
        ranked = rows.sort(pl.col("difference").abs(), descending=True, nulls_last=True).drop("figure")
        return ranked.join(self.facts, on=["source", "ticket_id"], how="left", maintain_order="left")

    def reasons(self, source: str, figure: str) -> pl.DataFrame:
        """Rows why, tickets: what explains the differences of one figure, the most frequent first."""
        rows = self.tickets.filter(pl.col("why") != SAME, source=source, figure=figure)
        return (
            rows.group_by("why").agg(tickets=pl.len().cast(pl.Int64)).sort("tickets", "why", descending=[True, False])
        )


@needs(Act.SEE_TICKETS)
def reconciliation(actor: Actor, desk: Desk, scope: Scope) -> Reconciliation:
    """The sources' own durations and verdicts of the tickets in scope beside ours, and why they differ."""
    facts = readable_facts(actor, desk, scope.as_of)
    cohort = metric("tickets_created")
    kept = facts.tickets.filter(in_where(scope, cohort), in_period(scope, cohort.at, facts.zone))
    named = set(kept["source"].unique()) if any(name.startswith(OWN) for name in kept.columns) else set()
    by_rules = _rules(actor, desk, sorted(named & set(SYSTEMS)), facts_of(actor, desk, scope.as_of))
    told = replace(facts, tickets=kept, rollups=None)
    hours = their_hours(told)
    tickets = reconciled(told, by_rules, hours)
    return Reconciliation(summary(tickets), tickets, kept, hours)


def _rules(actor: Actor, desk: Desk, sources: list[str], facts: Facts) -> dict[str, Ruled]:
    head = desk.head()
    if head is None or not sources:
        return {}
    tables, settings = desk.warehouse.tables(head.versions), settings_of(actor, desk)
    systems = {SYSTEMS[source] for source in sources}
    made = {system: ruled(system, tables, settings, facts) for system in sorted(systems)}
    return {source: made[SYSTEMS[source]] for source in sources}
