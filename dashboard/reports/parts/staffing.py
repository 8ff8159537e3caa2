"""Peaks and people: how good the forecast was, what the coming days take, where people are short, which days differ."""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from dashboard.format import count, listed
from dashboard.reports.content import Content
from dashboard.reports.figures import by_dimension, course, figure_list
from dashboard.reports.model import Chart, Column, Sheet, Table, Words
from dashboard.reports.staffed import Staffed
from dashboard.staffing.naming import effect_told, peak_told, queue_called
from dashboard.staffing.words import KINDS, goal
from dashboard.wording import N_, _
from metrics.facts import Facts
from metrics.model import Period, Scope
from metrics.staffing.model import Event, Needs, rules_on
from metrics.staffing.peaks import Peak, peaks
from metrics.staffing.seen import SeenEffect

ACCURACY = ("forecast_wape", "forecast_bias", "forecast_coverage")
PEAKS_TOLD, PEAKS_LISTED = 5, 25
LOOKED_BACK = timedelta(weeks=8)
HELD = N_("Each interval as it was forecast on its eve, beside what came. The band is to hold 80% of what came.")
UNJUDGED = N_("In these days no forecast can be held against what came: days of an event are not judged, since nothing "
              "usual was expected of them, and a forecast needs some weeks of history.")  # fmt: skip


def staffing(content: Content) -> Sheet | None:
    """None for whom plans are nothing to see; a sentence for each thing that is not known."""
    found = content.staffing() if content.staffing is not None else None
    if found is None:
        return None
    return Sheet("staffing", _("Staffing"), (
        *_short(content, found), *_accuracy(content, found.intervals), *_ahead(content, found),
    ))  # fmt: skip


def _short(content: Content, found: Staffed) -> list[Words]:
    """The worst stretches in words, or why there are none."""
    if found.needs is None:
        return [Words((_("This report looks back from an earlier instant, so it tells of no days ahead."),), "note")]
    if not found.has_roster:
        return [Words((_("It is not known who is there: neither a roster nor planned shifts are loaded."),), "finding")]
    missed = [one for one in _peaks(found.needs) if one.is_missed]
    if not missed:
        return [Words((_("In the 14 days ahead every goal is reached with the people on the roster."),), "finding")]
    told = [peak_told(one, found.needs, _called(content, found, one.queue), dated=True) for one in missed[:PEAKS_TOLD]]
    head = _("In the 14 days ahead goals will be missed in {n} stretches; the worst:", n=count(len(missed)))
    return [Words((head,), "heading"), Words(tuple(told), "finding")]


def _peaks(needs: Needs) -> tuple[Peak, ...]:
    return peaks(needs.frame, needs.minutes)


def _called(content: Content, found: Staffed, queue: str) -> str:
    return queue_called(queue, content.settings.queue_groups, found.queues)


def _accuracy(content: Content, intervals: Facts) -> list[Table | Words]:
    """The forecast of each eve beside what came: in the days of the report, and in the eight weeks up to their end."""
    where = {name: values for name, values in content.scope.where.items() if name == "channel"}
    days = Scope(content.period, where, content.scope.as_of)
    weeks = replace(days, period=Period(content.period.end - LOOKED_BACK, content.period.end))
    of = replace(content, facts=intervals, scope=weeks, kept={})
    whole = figure_list(of, "staffing_accuracy", _("How good the forecast was"), ACCURACY, scope=days)
    told: list[Table | Words] = [replace(whole, notes=(_(HELD),), is_live=True)]
    if _is_unknown(whole):
        told = [Words((_(UNJUDGED),), "plain")]
    by = by_dimension(of, "staffing_accuracy_channel", _("The eight weeks up to then, by channel"), ACCURACY, "channel")
    if by.frame.is_empty():
        return told
    drawn = Chart("line", _("Forecast error by week"), "period", ("forecast_wape",))
    weekly = course(of, "staffing_accuracy_course", _("Week by week"), ACCURACY, every="week", charts=(drawn,))
    return [*told, replace(by, is_live=True), replace(weekly, is_live=True)]


def _is_unknown(table: Table) -> bool:
    return table.frame["value"].null_count() == table.frame.height


def _ahead(content: Content, found: Staffed) -> list[Table | Words]:
    """Where people are short, which days differ, and the plan itself."""
    told = [_events(content, found)]
    if found.needs is not None:
        told = [
            *([_short_of(content, found, found.needs)] if found.has_roster else []),
            *told,
            _needs(content, found, found.needs),
        ]
    return told


def _needs(content: Content, found: Staffed, needs: Needs) -> Table:
    """A row per queue and day of the days ahead."""
    hours = needs.minutes / 60
    local = pl.col("starts_at").dt.convert_time_zone(needs.zone).dt.date().alias("day")
    served = (pl.col("service") * pl.col("arrivals")).sum() / pl.col("arrivals").sum()
    rows = needs.frame.filter("is_open").group_by(local, "queue").agg(
        arrivals=pl.col("arrivals").sum(), required=pl.col("required").max(),
        required_hours=pl.col("required").sum() * hours, rostered_hours=_known(pl.col("rostered")) * hours,
        gap_hours=_known(pl.max_horizontal("gap", 0.0).filter(pl.col("gap").is_not_null())) * hours,
        service=served.fill_nan(None),
    ).sort("day", "queue")  # fmt: skip
    names = [_called(content, found, one) for one in rows["queue"]]
    days = zip(rows["queue"], rows["day"], strict=True)
    goals = [goal(rules_on(queue, day, needs.rules, needs.later)) for queue, day in days]
    frame = rows.with_columns(
        pl.Series("name", names, dtype=pl.String), pl.Series("goal", goals, dtype=pl.String)
    )  # fmt: skip
    columns = (
        Column("day", _("Day"), "day"), Column("name", _("Queue"), wide=18),
        Column("arrivals", _("Requests expected"), "number"),
        Column("required", _("Most people needed at once"), "count"),
        Column("required_hours", _("Needed, hours"), "number", is_barred=True),
        Column("rostered_hours", _("On the roster, hours"), "number"),
        Column("gap_hours", _("Short, hours"), "number", is_barred=True),
        Column("service", _("Expected service"), "share"), Column("goal", _("Goal"), wide=20),
    )  # fmt: skip
    note = _(
        "As `floorwalker staff` plans the 14 days ahead, with every buffer; short are only the intervals that lack "
        "people, so that people over at other times make up for nothing."
    )
    return Table("staffing_needs", _("What the 14 days ahead take"), columns, frame, (note,), is_live=True)


def _known(values: pl.Expr) -> pl.Expr:
    """The sum; null where nothing is known."""
    return pl.when(values.count() > 0).then(values.sum())


def _short_of(content: Content, found: Staffed, needs: Needs) -> Table:
    """The stretches in which people are short, those that miss their goal first."""
    rows = [
        {"begins_at": one.begins_at, "ends_at": one.ends_at, "name": _called(content, found, one.queue),
         "required": one.required, "rostered": one.rostered, "short": one.short, "hours": one.hours,
         "service": one.service, "is_missed": one.is_missed,
         "told": peak_told(one, needs, _called(content, found, one.queue), dated=True)}
        for one in _peaks(needs)[:PEAKS_LISTED]
    ]  # fmt: skip
    columns = (
        Column("begins_at", _("From"), "instant"), Column("ends_at", _("To"), "instant"),
        Column("name", _("Queue"), wide=18), Column("required", _("Needed"), "count"),
        Column("rostered", _("People on the roster"), "number"), Column("short", _("Short"), "count", is_barred=True),
        Column("hours", _("Short, hours"), "number"), Column("service", _("Expected service"), "share"),
        Column("is_missed", _("Goal missed"), "truth"), Column("told", _("In words"), wide=46),
    )  # fmt: skip
    instant = pl.Datetime("us", "UTC")
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "begins_at": instant, "ends_at": instant, "name": pl.String, "required": pl.Int64, "rostered": pl.Float64,
        "short": pl.Int64, "hours": pl.Float64, "service": pl.Float64, "is_missed": pl.Boolean, "told": pl.String,
    }  # fmt: skip
    return Table("staffing_peaks", _("Where people are short"), columns, pl.DataFrame(rows, schema=schema),
                 (_("Needed, on the roster and short are those of the worst interval of each stretch."),),
                 is_live=True, is_listed=False)  # fmt: skip


def _events(content: Content, found: Staffed) -> Table | Words:
    if not found.events:
        return Words((_("No event is entered for these days or for those ahead."),), "plain")
    rows = [_event(content, found, one, seen) for one, seen in found.events]
    columns = (
        Column("name", _("Event"), wide=22), Column("kind", _("Kind")), Column("first", _("From"), "day"),
        Column("last", _("To"), "day"), Column("queues", _("Queues"), most=30), Column("effect", _("Effect"), wide=14),
        Column("times", _("Times the usual"), "number"), Column("days", _("Days that are over"), "count"),
    )  # fmt: skip
    schema = {"name": pl.String, "kind": pl.String, "first": pl.Date, "last": pl.Date, "queues": pl.String,
              "effect": pl.String, "times": pl.Float64, "days": pl.Int64}  # fmt: skip
    return Table("staffing_events", _("Events"), columns, pl.DataFrame(rows, schema=schema, orient="row"),
                 is_live=True, is_listed=False)  # fmt: skip


def _event(content: Content, found: Staffed, one: Event, seen: SeenEffect | None) -> tuple[object, ...]:
    queues = listed([_called(content, found, queue) for queue in one.queues]) if one.queues else _("all queues")
    return (one.name, _(KINDS[one.kind]), one.first, one.last, queues, effect_told(one),
            None if seen is None else seen.times, None if seen is None else seen.days)  # fmt: skip
