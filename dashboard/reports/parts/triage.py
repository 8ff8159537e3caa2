"""Triage: how the queue of escalated tickets went in these days, whole and by team."""

import polars as pl

from dashboard.format import dimension
from dashboard.metric_words import label
from dashboard.reports.content import Content
from dashboard.reports.model import KIND_OF, UNIT, Column, Sheet, Table, Words
from dashboard.wording import _
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Scope, Unit
from metrics.triage.figures import METRICS

BY = ("triage_items", "triage_backlog", "triage_acknowledge_p50", "triage_decide_p50", "triage_promises_kept")


def triage(content: Content) -> Sheet | None:
    """None for whom the queue is nothing to see."""
    if content.triage is None:
        return None
    scope = Scope(period=content.period, where={
        name: values for name, values in content.scope.where.items() if name in content.triage.tickets.columns
    })  # fmt: skip
    if content.triage.tickets.is_empty():
        return Sheet("triage", _("Triage & promises"), (Words((_("No ticket was escalated to the queue so far."),)),))
    return Sheet("triage", _("Triage & promises"), (_whole(content.triage, scope), _by_team(content.triage, scope)))


def _whole(facts: Facts, scope: Scope) -> Table:
    found = compute(METRICS, facts, scope)
    columns = (
        Column("metric", _("Figure"), "metric", wide=30), Column("value", _("Result"), "figure"),
        Column("low", _("From (95%)"), "figure"), Column("high", _("To (95%)"), "figure"), Column("n", "n", "count"),
    )  # fmt: skip
    frame = found.select("metric", "value", "low", "high", "n", UNIT)
    return Table("triage_figures", _("The queue"), columns, frame, (_about(),), is_live=True, is_listed=False)


def _about() -> str:
    return _("Of items opened in these days, as the queue stood when the report was made.")


def _by_team(facts: Facts, scope: Scope) -> Table:
    wanted = [one for one in METRICS if one.id in BY]
    found = compute(wanted, facts, scope, by=("team",))
    frame = found.select("team").unique(maintain_order=True)
    for one in wanted:
        own = found.filter(pl.col("metric") == one.id).select("team", pl.col("value").alias(one.id))
        frame = frame.join(own, on="team", how="left", nulls_equal=True, maintain_order="left")
    columns = (
        Column("team", dimension("team"), "value", of="team", wide=18),
        *(Column(one.id, label(one), KIND_OF[one.unit], is_barred=one.unit is Unit.COUNT) for one in wanted),
    )  # fmt: skip
    return Table("triage_team", _("By {dimension}", dimension=dimension("team")), columns, frame.sort("team"),
                 is_live=True, is_listed=False)  # fmt: skip
