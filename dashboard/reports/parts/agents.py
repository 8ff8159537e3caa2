"""Agents: each person's figures with the kind of tickets taken off and chance drawn in, and what each carries."""

import polars as pl

from dashboard.format import dimension, figure
from dashboard.metric_words import label
from dashboard.reports.content import Content
from dashboard.reports.model import UNIT, Column, Sheet, Table
from dashboard.services.analysis.team_load import fair, loads, offered
from dashboard.wording import _
from metrics.catalog import metric


def agents(content: Content) -> Sheet:
    """In the order of names: nobody is ranked."""
    tables = [_judged(content, id) for id in offered(content.facts, content.scope)]
    told = [table for table in tables if table.frame["fair"].count()]
    return Sheet("agents", _("Agents"), (_carried(content), *told))


def _carried(content: Content) -> Table:
    columns = (
        Column("team", dimension("team"), "value", of="team"), Column("agent", dimension("agent"), "value", of="agent"),
        Column("open", _("Open now"), "count", is_barred=True), Column("old", _("Open a week or more"), "count"),
        Column("at_risk", _("At risk now"), "count"), Column("replies", label(metric("replies")), "count"),
        Column("tickets_resolved", label(metric("tickets_resolved")), "count"),
    )  # fmt: skip
    return Table("agents_load", _("What each carries and did"), columns, loads(content.facts, content.scope),
                 (_("What is open stands at the end of the data."),))  # fmt: skip


def _judged(content: Content, id: str) -> Table:
    """The raw figure beside the fair one, with its interval."""
    found, one = fair(content.facts, content.scope, id, "agent"), metric(id)
    frame = found.people.with_columns(pl.lit(one.unit.value).alias(UNIT))
    columns = (
        Column("person", dimension("agent"), wide=14), Column("n", "n", "count"),
        Column("raw", _("Measured"), "figure"), Column("expected", _("Expected of these tickets"), "figure"),
        Column("fair", _("Fair estimate"), "figure"),
        Column("low", _("From (95%)"), "figure"), Column("high", _("To (95%)"), "figure"),
        Column("differs", _("Differs from the usual"), "truth"),
    )  # fmt: skip
    notes = (
        _("Usual: {value}. The fair estimate takes off what kind of tickets a person had and draws few tickets towards "
          "the usual; names stand in their order, and nobody is ranked.", value=figure(found.usual, one.unit)),
    )  # fmt: skip
    return Table(f"agents_{id}", label(one), columns, frame, notes, is_listed=found.people.height > 45)
