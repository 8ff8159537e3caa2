"""Response times: how they are spread, by percentile and on both clocks, by channel and over the days."""

import polars as pl

from dashboard.format import count, dimension, duration
from dashboard.reports.content import Content
from dashboard.reports.figures import by_dimension, course, figure_list
from dashboard.reports.model import Chart, Column, Sheet, Table, Words
from dashboard.services.analysis.responses import ResponseThing, distribution
from dashboard.wording import N_, _
from metrics.families import STATISTICS
from metrics.model import Clock

TITLES: dict[ResponseThing, str] = {
    "first_response": N_("First responses by how long they took"),
    "next_response": N_("Later answers by how long they took"),
}
CLOCK: Clock = "calendar"


def response_times(content: Content) -> Sheet:
    """Percentiles, distribution, channels and types, the course; a sentence where there was nothing to measure."""
    typical = ("first_response_calendar_p50", "first_response_calendar_p90", "first_response_within_target")
    times = [f"{thing}_{clock}_{name}" for thing in TITLES for clock in ("calendar", "business") for name in STATISTICS]
    ids = content.known((*typical, "next_response_calendar_p50", "next_response_calendar_p90",
                         "next_response_within_target"))  # fmt: skip
    levels = figure_list(content, "response_levels", _("Percentiles on both clocks"), content.known(times))
    if not levels.frame["n"].sum():
        said = _("No answer could be measured in these days: the data tell of none, or of no time.")
        return Sheet("responses", _("Response times"), (Words((said,)),))
    line = Chart("line", _("Longest waits (90th percentile)"), "period", ("first_response_calendar_p90",))
    return Sheet("responses", _("Response times"), (
        levels,
        *(_spread(content, thing) for thing in TITLES if content.known((f"{thing}_calendar_p50",))),
        *(by_dimension(content, f"response_{by}", _("By {dimension}", dimension=dimension(by)), ids, by)
          for by in ("channel", "priority", "type", "team")),
        course(content, "response_course", _("Over the days"), typical, charts=(line,)),
    ))  # fmt: skip


def _spread(content: Content, thing: ResponseThing) -> Table:
    """Counts by length, each bar from one length to the next."""
    found = distribution(content.facts, content.scope, thing=thing, clock=CLOCK)
    named = [duration(high) for high in found.bins["high"]]
    frame = found.bins.with_columns(pl.Series("span", named, dtype=pl.String))
    columns = (
        Column("span", _("Took up to"), wide=20), Column("n", _("Answers"), "count", is_barred=True),
        Column("within", _("within target"), "count"), Column("late", _("later than the target"), "count"),
        Column("undecided", _("no target"), "count"), Column("below", _("Up to here"), "share"),
    )  # fmt: skip
    left = _("{n} without an answer to measure are not in it.", n=count(found.unmeasured)) if found.unmeasured else ""
    notes = (" ".join(filter(None, (_("Each row from the length above it on, by calendar time."), left))),)
    chart = Chart("stacked", _(TITLES[thing]), "span", ("within", "late", "undecided"), x_title=_("up to"),
                  y_title=_("answers"))  # fmt: skip
    return Table(f"{thing}_spread", _(TITLES[thing]), columns, frame, notes, (chart,), is_listed=False)
