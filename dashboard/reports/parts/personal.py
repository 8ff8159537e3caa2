"""A personal review sheet: one person's figures beside the own past, and as fairly as few tickets allow; no ranking."""

from dataclasses import replace

import polars as pl

from dashboard.reports.content import Content
from dashboard.reports.figures import course
from dashboard.reports.model import Chart, Column, Sheet, Table, Words
from dashboard.reports.parts.summary import headlines
from dashboard.services.analysis.team_load import fair, offered
from dashboard.wording import _
from metrics.catalog import metric
from metrics.quality.results import agents

FIGURES = (
    "replies", "tickets_resolved", "first_response_business_p50", "first_response_within_target",
    "next_response_within_target", "full_resolution_business_p50", "cycle_time_business_p50",
    "resolution_within_target", "reopen_rate", "fcr_repeat", "csat", "kb_use",
)  # fmt: skip
DRAWN = ("first_response_within_target", "csat")


def personal(content: Content) -> Sheet:
    """The person's own quarter beside the one before, the fair estimates, the course, spot-checks."""
    person = content.asked.person or ""
    own = replace(content, scope=replace(content.scope, where={**content.scope.where, "agent": (person,)}), kept={})
    ids = own.known(FIGURES)
    lines = Chart("line", _("Week by week"), "period", own.known(DRAWN))
    return Sheet("personal", _("Personal review sheet"), (
        Words((person,), "heading"), headlines(own, ids), _fair(content, person),
        course(own, "personal_course", _("Week by week"), own.known((*DRAWN, "tickets_resolved")), every="week",
               charts=(lines,)),
    ))  # fmt: skip


def _fair(content: Content, person: str) -> Table:
    """Each figure with the kind of tickets taken off and chance drawn in, from everybody's figures."""
    parts = [
        fair(content.facts, content.scope, id, "agent").people.filter(pl.col("person") == person).with_columns(
            metric=pl.lit(id), unit=pl.lit(metric(id).unit.value)
        )
        for id in offered(content.facts, content.scope)
    ]  # fmt: skip
    frame = pl.concat(parts, how="vertical_relaxed") if parts else pl.DataFrame(schema={"metric": pl.String})
    columns = (
        Column("metric", _("Figure"), "metric", wide=30), Column("n", "n", "count"),
        Column("raw", _("Measured"), "figure"), Column("expected", _("Expected of these tickets"), "figure"),
        Column("fair", _("Fair estimate"), "figure"), Column("low", _("From (95%)"), "figure"),
        Column("high", _("To (95%)"), "figure"), Column("differs", _("Differs from the usual"), "truth"),
    )  # fmt: skip
    note = _("The fair estimate takes off what kind of tickets the person had and draws few tickets towards the usual.")
    return Table("personal_fair", _("Fairly judged"), columns, frame, (note,), is_listed=False)


def reviewed(content: Content) -> Sheet | None:
    """What spot-checks of the person came to, drawn towards what is usual; None where there were none."""
    person = content.asked.person
    plans = [
        agents(one.sample).filter(pl.col("agent") == person).with_columns(plan=pl.lit(one.plan))
        for one in content.quality or () if one.sample.reviewed
    ]  # fmt: skip
    if not any(one.height for one in plans):
        return None
    columns = (
        Column("plan", _("Plan"), wide=24), Column("n", _("Reviewed"), "count"), Column("raw", _("Measured"), "share"),
        Column("value", _("Fair estimate"), "share"), Column("low", _("From (95%)"), "share"),
        Column("high", _("To (95%)"), "share"),
    )  # fmt: skip
    table = Table("personal_quality", _("Spot-checks"), columns, pl.concat(plans), is_live=True, is_listed=False)
    return Sheet("personal_quality", _("Quality"), (table,))
