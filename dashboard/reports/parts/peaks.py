"""Peaks: at which hours of which weekdays inquiries come, and how long they wait then."""

from dataclasses import replace

import polars as pl

from dashboard.format import dimension, value_name
from dashboard.reports.content import Content
from dashboard.reports.figures import by_dimension
from dashboard.reports.model import Chart, Column, Sheet, Table
from dashboard.services.analysis.asks import Ask
from dashboard.wording import _
from metrics.catalog import metric
from metrics.compute import compute

HOURS = [f"{hour:02d}" for hour in range(24)]
WEEKDAYS = [str(day) for day in range(1, 8)]


def peaks(content: Content) -> Sheet:
    """A map of hours and weekdays, and the figures by hour, weekday and peak."""
    ids = content.known(("tickets_created", "first_response_calendar_p50", "first_response_calendar_p90",
                         "first_response_within_target"))  # fmt: skip
    chart = Chart("column", _("Tickets by hour of the day"), "hour", ("tickets_created",))
    hours = by_dimension(content, "peaks_hour", _("By hour"), ids, "hour", charts=(chart,))
    weekdays = by_dimension(content, "peaks_weekday", _("By weekday"), ids, "weekday")
    return Sheet("peaks", _("Peaks"), (
        _map(content), _in_order(hours, "hour"), _in_order(weekdays, "weekday"),
        by_dimension(content, "peaks_peak", _("In and outside the desk's peak hours"), ids, "peak"),
    ))  # fmt: skip


def _in_order(table: Table, by: str) -> Table:
    """The rows as the day or the week goes, not by their size."""
    return replace(table, frame=table.frame.sort(by, nulls_last=True))


def _map(content: Content) -> Table:
    """Tickets created by hour (down) and weekday (across), over all days of the report together."""
    found = compute([metric("tickets_created")], content.facts, content.scope, by=("hour", "weekday"))
    counts = {(row["hour"], row["weekday"]): row["value"] for row in found.iter_rows(named=True)}
    frame = pl.DataFrame(
        {"hour": HOURS, **{day: [counts.get((hour, day)) or 0.0 for hour in HOURS] for day in WEEKDAYS}}
    ).with_columns(all=pl.sum_horizontal(WEEKDAYS))
    columns = (
        Column("hour", dimension("hour"), "value", of="hour"),
        *(Column(day, value_name("weekday", day), "count", is_heat=True) for day in WEEKDAYS),
        Column("all", _("All days"), "count", is_barred=True),
    )  # fmt: skip
    return Table("peaks_map", _("Tickets created by hour and weekday"), columns, frame,
                 asks=(Ask(("tickets_created",), content.scope, ("hour", "weekday")),), is_listed=False)  # fmt: skip
