"""Figures with what must be said beside them: why one is absent, and which may still change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.people.permission import permission_of
from dashboard.presets import EARLIEST, LATEST
from dashboard.services.analysis.own_figures import own_figures
from dashboard.services.facts.figures import facts_of
from metrics.absence import absences
from metrics.catalog import OWN, metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.known_values import check_values
from metrics.maturity import is_provisional, provisional
from metrics.model import Every, Metric, Period, Scope
from metrics.selection import check_dimensions

PROVISIONAL = "provisional_from"
"""The column that says from which day on a figure may still change; only where some figure settles late."""
REASON = "reason"
"""The column that says why a figure is absent, as an English entry of the catalogue; only where some figure is."""


@needs(Act.SEE_FIGURES)
def figures_or_reasons(
    actor: Actor,
    desk: Desk,
    metric_ids: Sequence[str],
    scope: Scope | None = None,
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
) -> pl.DataFrame:
    """Metrics over a scope as `metrics.compute` gives them, with REASON where any of them is absent.

    PROVISIONAL stands beside them where one of them settles late: the day from which on a row may still change, null
    where all of it is settled. Raises UnknownValueError for a filter by what the desk does not have.
    """
    own = [name for name in metric_ids if name in OWN]
    if own:
        parts = [own_figures(actor, desk, own, scope, by=by, every=every)]
        others = [name for name in metric_ids if name not in OWN]
        parts += [figures_or_reasons(actor, desk, others, scope, by=by, every=every)] if others else []
        return pl.concat(parts, how="diagonal").sort(
            pl.col("metric").replace_strict(metric_ids, range(len(metric_ids))), maintain_order=True
        )
    asked, declared = permission_of(actor).asked(scope or Scope()), [metric(name) for name in metric_ids]
    facts = facts_of(actor, desk, asked.as_of)
    check_dimensions(list(asked.where), facts, declared)
    check_values(asked, facts)
    asked = asked if every is None else with_ends(asked, facts)
    found = with_provisional(compute(declared, facts, asked, by=by, every=every), declared, facts, asked, every=every)
    reasons = absences(declared, facts)
    if not reasons:
        return found
    return found.with_columns(pl.col("metric").replace_strict(reasons, default=None).alias(REASON))


def with_ends(asked: Scope, facts: Facts) -> Scope:
    """The scope with the days of the data in the place of ends that nobody named: an axis must end somewhere."""
    if asked.period is None:
        return asked
    first, today = facts.tickets["created_on"].min(), facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    start = first if asked.period.start == EARLIEST and isinstance(first, date) else asked.period.start
    end = today + timedelta(days=1) if asked.period.end == LATEST else asked.period.end
    return replace(asked, period=Period(start, max(start, end)))


def with_provisional(
    found: pl.DataFrame, declared: Sequence[Metric], facts: Facts, asked: Scope, *, every: Every | None
) -> pl.DataFrame:
    """The answer with PROVISIONAL where one of its metrics settles late."""
    since = provisional(declared, as_of=facts.as_of, zone=facts.zone)
    if not since:
        return found
    end = asked.period.end if asked.period else None

    def marked(metric_id: str, period: date | None) -> date | None:
        day = since.get(metric_id)
        if day is None or (end is not None and end <= day):
            return None
        if every is None or period is None:
            return day
        one = metric(metric_id)
        return day if is_provisional(one, period, every, as_of=facts.as_of, zone=facts.zone) else None

    days = [marked(*row) for row in found.select("metric", "period").iter_rows()]
    return found.with_columns(pl.Series(PROVISIONAL, days, dtype=pl.Date))
