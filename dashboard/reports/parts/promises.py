"""SLA: what was kept of what was promised, where it was not, and every breach with how late it was."""

import polars as pl

from dashboard.format import dimension
from dashboard.reports.content import Content
from dashboard.reports.figures import figure_list
from dashboard.reports.model import Chart, Column, Sheet, Table
from dashboard.services.analysis import sla
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.explain_words import conditions_text
from dashboard.services.analysis.promises import targets_applied
from dashboard.wording import _
from metrics.facts import Facts

BREACHES_AT_MOST = 2000
BY = ("channel", "priority", "type", "team", sla.OPENING)


def promises(content: Content) -> Sheet | None:
    """Attainment by target and by what may have caused breaches; None where nothing is promised."""
    if content.facts.sla_instances.is_empty():
        return None
    return Sheet("sla", _("SLA"), (
        _attainment(content), *(_causes(content, by) for by in BY), _targets(content), _overruns(content)
    ))  # fmt: skip


def breaches(content: Content) -> Sheet | None:
    """The breaches themselves, where tickets may be listed."""
    if content.facts.sla_instances.is_empty() or content.tickets is None:
        return None
    return Sheet("breaches", _("Missed promises"), (_breaches(content, content.tickets),))


def _attainment(content: Content) -> Table:
    columns = (
        Column("thing", dimension("thing"), "value", of="thing", wide=18), Column("value", _("Attainment"), "share"),
        Column("low", _("From (95%)"), "share"), Column("high", _("To (95%)"), "share"), Column("n", "n", "count"),
        *(Column(name, _(f"state.{name}"), "count")
          for name in ("met", "breached", "running", "at_risk", "paused", "cancelled")),
    )  # fmt: skip
    note = _("Met and breached are those decided in these days; what runs or is paused stands at the end of the data.")
    chart = Chart("column", _("Promises kept"), "thing", ("value",))
    return Table("sla_attainment", _("By target"), columns, sla.attainment(content.facts, content.scope), (note,),
                 (chart,), (Ask((sla.ATTAINMENT,), content.scope, ("thing",)),), is_listed=False)  # fmt: skip


def _causes(content: Content, by: str) -> Table:
    rows = sla.causes(content.facts, content.settings, content.scope, by)
    columns = (
        Column("value", dimension(by), "value", of=by, wide=18), Column("share", _("Attainment"), "share"),
        Column("low", _("From (95%)"), "share"), Column("high", _("To (95%)"), "share"), Column("n", "n", "count"),
        Column("breached", _("Missed"), "count", is_barred=True), Column("part", _("Of all missed"), "share"),
    )  # fmt: skip
    chart = Chart("bar", _("Missed promises by {dimension}", dimension=dimension(by)), "value", ("breached",), rows=12)
    asks = () if by in sla.OWN_CAUSES else (Ask((sla.ATTAINMENT,), content.scope, (by,)),)
    return Table(f"sla_{by}", _("By {dimension}", dimension=dimension(by)), columns, rows.drop("enough"),
                 charts=(chart,) if rows.height > 1 else (), asks=asks, is_listed=False)  # fmt: skip


def _targets(content: Content) -> Table:
    rows = targets_applied(content.facts, content.settings, content.scope)
    columns = (
        Column("thing", dimension("thing"), "value", of="thing"), Column("of", _("For"), most=30),
        Column("seconds", _("Within"), "length"),
        Column("clock", _("Clock")), Column("since", _("Holds from"), "day"), Column("until", _("Holds until"), "day"),
        Column("n", "n", "count"), Column("met", _("state.met"), "count"), Column("share", _("Attainment"), "share"),
        Column("open", _("Open now"), "count"),
    )  # fmt: skip
    places = content.settings.targets
    frame = rows.with_columns(
        pl.col("clock").replace_strict(_clocks(), default=None),
        pl.Series("of", [conditions_text(places[place]) for place in rows["target"]], dtype=pl.String),
    )
    return Table("sla_targets", _("What is promised"), columns, frame, is_listed=False)


def _clocks() -> dict[str, str]:
    return {name: _(f"clock.{name}") for name in ("calendar", "business")}


def _overruns(content: Content) -> Table:
    ids = [
        f"sla_overrun_{clock}_{name}" for clock in ("calendar", "business") for name in ("p50", "p90", "p95", "mean")
    ]
    return figure_list(content, "sla_overruns", _("How late the missed ones were"), content.known(ids))


def _breaches(content: Content, tickets: Facts) -> Table:
    """The breaches of the days on tickets that the reader may open, the latest first."""
    late = sla.breaches(content.facts, content.scope)
    keys = ["source", "ticket_id"]
    told = late.join(tickets.tickets.select(*keys), on=keys, how="semi", maintain_order="left").sort(
        "sla_overrun_calendar_seconds", "source", "ticket_id", "thing", descending=[True, False, False, False],
        nulls_last=True, maintain_order=True,
    )  # fmt: skip
    columns = (
        Column("ticket_id", _("Ticket")), Column("thing", dimension("thing"), "value", of="thing"),
        *(Column(name, dimension(name), "value", of=name) for name in ("channel", "priority", "type", "team")),
        Column("agent", dimension("agent")), Column("started_at", _("Clock started"), "instant"),
        Column("due_at", _("Due"), "instant"), Column("done_at", _("Done"), "instant"),
        Column("sla_overrun_calendar_seconds", _("Late by (calendar)"), "length"),
        Column("sla_overrun_business_seconds", _("Late by (business)"), "length"),
    )  # fmt: skip
    notes = (_("{n} in all; the {shown} that are latest are listed.", n=told.height, shown=BREACHES_AT_MOST),)
    names = [column.name for column in columns]
    return Table("sla_breaches", _("Missed promises"), columns, told.select(names).head(BREACHES_AT_MOST),
                 notes if told.height > BREACHES_AT_MOST else ())  # fmt: skip
