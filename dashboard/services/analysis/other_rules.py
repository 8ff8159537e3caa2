"""Figures of a desk by the rules of another system, and where they differ from ours."""

from collections.abc import Sequence

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.people.permission import permission_of
from dashboard.services.facts.figures import facts_of, readable_facts, settings_of
from metrics.catalog import metric
from metrics.facts import Facts
from metrics.model import Every, Metric, Scope
from metrics.rules import RULES, Ruled, differences, ruled, ruled_figures

USUAL = {
    "first_response": "first_response_calendar_p50",
    "full_resolution": "full_resolution_calendar_p50",
    "fcr_one_touch": "fcr_one_touch",
    "csat": "csat",
}
"""One figure of each thing that has rules, for a question that names none."""


@needs(Act.SEE_FIGURES)
def figures_by_rules(
    actor: Actor,
    desk: Desk,
    system: str,
    metric_ids: Sequence[str],
    scope: Scope,
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
) -> pl.DataFrame:
    """Figures as that system would show them. Raises NotRuledError for a metric it has no rule for."""
    facts, asked = facts_of(actor, desk, scope.as_of), permission_of(actor).asked(scope)
    return ruled_figures(_asked(system, metric_ids), _ruled(actor, desk, system, facts), asked, by=by, every=every)


@needs(Act.SEE_TICKETS)
def differences_by_rules(
    actor: Actor, desk: Desk, system: str, metric_ids: Sequence[str], scope: Scope
) -> pl.DataFrame:
    """Ticket by ticket where that system and this desk do not say the same, and why (a key of the catalogue)."""
    facts = readable_facts(actor, desk, scope.as_of)
    return differences(_asked(system, metric_ids), _ruled(actor, desk, system, facts), facts, scope)


def _asked(system: str, metric_ids: Sequence[str]) -> list[Metric]:
    return [metric(id) for id in metric_ids or [USUAL[thing] for thing in RULES[system]]]


def _ruled(actor: Actor, desk: Desk, system: str, facts: Facts) -> Ruled:
    head = desk.head()
    return ruled(system, desk.warehouse.tables(head.versions if head else {}), settings_of(actor, desk), facts)
