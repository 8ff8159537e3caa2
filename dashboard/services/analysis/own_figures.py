"""Figures of what the desk notes itself while it works; each topic of them has facts of its own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.quality.facts import quality_facts
from dashboard.services.staffing.figures import staffing_facts
from dashboard.services.triage.figures import triage_facts
from metrics.catalog import OWN, own_metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Every, Metric, Scope, Total
from metrics.selection import check_dimensions


def _of_triage(actor: Actor, desk: Desk, at: datetime | None) -> Facts:
    return triage_facts(actor, desk, at=at)


def _of_staffing(actor: Actor, desk: Desk, at: datetime | None) -> Facts:
    return staffing_facts(actor, desk, at=at)


def _of_quality(actor: Actor, desk: Desk, at: datetime | None) -> Facts:
    return quality_facts(actor, desk, at=at)


FACTS: Mapping[str, Callable[[Actor, Desk, datetime | None], Facts]] = {
    "triage": _of_triage, "staffing": _of_staffing, "quality": _of_quality,
}  # fmt: skip
"""What the figures of each topic of metrics.catalog.OWN_TOPICS are made of: what the actor may see of it by then."""


def _known(found: pl.DataFrame, declared: Sequence[Metric], facts: Facts) -> pl.DataFrame:
    """The figures with null for a sum of which no part is known: that is not 0."""
    unknown = [
        one.id for one in declared
        if isinstance(one.value, Total) and one.value.of.kind == "sum" and not _tells(facts, one.value.of.column)
    ]  # fmt: skip
    return found.with_columns(value=pl.when(~pl.col("metric").is_in(unknown)).then("value"))


def _tells(facts: Facts, column: str | None) -> bool:
    return column in facts.tickets.columns and facts.tickets[column].null_count() < facts.tickets.height


@needs(Act.SEE_FIGURES)
def own_figures(
    actor: Actor, desk: Desk, metric_ids: Sequence[str], scope: Scope | None = None, *, by: Sequence[str] = (),
    every: Every | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Metrics of metrics.catalog.OWN over a scope, as `metrics.compute` gives them, in the order of their topics."""
    asked, parts = scope or Scope(), []
    for topic in dict.fromkeys(OWN[name] for name in metric_ids):
        declared = [own_metric(name) for name in metric_ids if OWN[name] == topic]
        facts = FACTS[topic](actor, desk, asked.as_of)
        check_dimensions([*asked.where, *by], facts, declared)
        parts.append(_known(compute(declared, facts, asked, by=by, every=every), declared, facts))
    return pl.concat(parts)
