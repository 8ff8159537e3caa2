"""Figures with the reasons of those that the desk's data cannot give."""

from collections.abc import Sequence

import polars as pl

from dashboard.desk import Desk
from dashboard.services.figures import facts_of
from metrics.absence import absences
from metrics.catalog import metric
from metrics.compute import compute
from metrics.model import Every, Scope

REASON = "reason"
"""The column that says why a figure is absent, as an English entry of the catalogue; only where some figure is."""


def figures_or_reasons(
    desk: Desk,
    metric_ids: Sequence[str],
    scope: Scope | None = None,
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
) -> pl.DataFrame:
    """Metrics over a scope as `metrics.compute` gives them, with REASON where any of them is absent."""
    asked, declared = scope or Scope(), [metric(name) for name in metric_ids]
    facts = facts_of(desk, asked.as_of)
    found = compute(declared, facts, asked, by=by, every=every)
    reasons = absences(declared, facts)
    if not reasons:
        return found
    return found.with_columns(pl.col("metric").replace_strict(reasons, default=None).alias(REASON))
