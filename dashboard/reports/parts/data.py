"""Data: as of when, from which loads, what is left out, and by which command each table can be printed."""

import polars as pl

from dashboard.format import count, local
from dashboard.reports.asked import as_text, days_in_words
from dashboard.reports.cells import texts_cut
from dashboard.reports.content import Content
from dashboard.reports.model import Column, Report, Sheet, Table, Words
from dashboard.services.analysis.asks import as_command
from dashboard.wording import _
from metrics.catalog import metric
from metrics.compute import compute, rows_of_figure
from metrics.desk import DeskSettings

RECIPE = "recipe"


def data(content: Content, sheets: tuple[Sheet, ...]) -> Sheet:
    """What stands behind all other sheets."""
    made = Report("", "", sheets)
    return Sheet("data", _("Data"), (
        _about(content), _loads(content), _left_out(content, made), _commands(made), Words((_how(),), "note"),
        _recipe(content),
    ))  # fmt: skip


def _about(content: Content) -> Table:
    zone, recipe, settings = content.facts.zone, content.recipe, content.settings
    rows = [
        (_("Days"), days_in_words(content.period)),
        (_("Data up to"), local(recipe.as_of, zone)),
        (_("Time zone"), zone),
        (_("Newest load"), str(recipe.load)),
        (_("Tickets created in these days"), count(_created(content))),
        (_("Newest change of the settings"), str(recipe.change) if recipe.change else _("none, as shipped")),
        (_("Versions of the agreements"), _versions(settings)),
        (_("Settings, as a number"), recipe.settings),
        (_("Queue and goals as of"), local(recipe.at, zone)),
        (_("Report number"), str(recipe.number or "–")),
        (_("Made by"), recipe.program),
    ]
    return _pairs("data_about", _("What this is made of"), rows)


def _created(content: Content) -> int:
    return int(compute([metric("tickets_created")], content.facts, content.scope)["value"][0] or 0)


def _versions(settings: DeskSettings) -> str:
    if not settings.earlier:
        return _("those of the desk, for all days")
    days = ", ".join(str(rules.until) for rules in settings.earlier)
    return _("{n}, the later ones from {days} on", n=len(settings.earlier) + 1, days=days)


def _pairs(key: str, title: str, rows: list[tuple[str, str]]) -> Table:
    frame = pl.DataFrame(rows, schema={"name": pl.String, "content": pl.String}, orient="row")
    columns = (Column("name", _("Field"), wide=30), Column("content", _("Content"), wide=36))
    return Table(key, title, columns, frame, is_listed=False)


def _loads(content: Content) -> Table:
    columns = (
        Column("id", _("Load"), "count"), Column("at", _("Loaded at"), "instant"), Column("source", _("Source")),
        Column("rows_read", _("Rows read"), "count"),
        Column("loaded", _("Rows loaded"), "count"), Column("rejected", _("Rows set aside"), "count"),
    )  # fmt: skip
    return Table("data_loads", _("Loads"), columns, content.loads, is_listed=False)


def _left_out(content: Content, report: Report) -> Table:
    """What is loaded and stands in no figure, or cannot be measured, each with how many."""
    rows = [
        (_("Tickets set aside (spam, duplicates, tests): in no figure"), _aside(content)),
        (_("Tickets without a first response to measure"), _without(content, "first_response_calendar_seconds")),
        (_("Tickets without a full resolution to measure"), _without(content, "full_resolution_calendar_seconds")),
        (_("Tickets without a team"), _without(content, "team")),
        (_("Tickets without a type"), _without(content, "type")),
        (_("Texts that are longer than a cell holds, and were cut"), texts_cut(one for _sheet, one in report.tables())),
    ]
    frame = pl.DataFrame(rows, schema={"what": pl.String, "n": pl.Int64}, orient="row")
    columns = (Column("what", _("Left out"), wide=40), Column("n", _("Tickets"), "count"))
    return Table("data_left_out", _("What is left out"), columns, frame, is_listed=False)


def _aside(content: Content) -> int:
    return int(compute([metric("tickets_set_aside")], content.facts, content.scope)["value"][0] or 0)


def _without(content: Content, column: str) -> int:
    rows = rows_of_figure(metric("tickets_created"), content.facts, content.scope, columns=[column])
    return rows[column].null_count()


def _commands(report: Report) -> Table:
    rows = [(sheet.title, table.title, as_command(ask)) for sheet, table in report.tables() for ask in table.asks]
    frame = pl.DataFrame(rows, schema={"sheet": pl.String, "table": pl.String, "command": pl.String}, orient="row")
    columns = (Column("sheet", _("Sheet"), wide=18), Column("table", _("Table"), wide=30),
               Column("command", _("The same figures at the command line"), wide=46))  # fmt: skip
    return Table("data_commands", _("How to print the same figures"), columns, frame, is_listed=False)


def _how() -> str:
    return _("`floorwalker report --verify FILE` makes this workbook again and tells what differs and why: an altered "
             "cell, a changed setting, a later load. It reads the line below; leave it as it is.")  # fmt: skip


def _recipe(content: Content) -> Table:
    frame = pl.DataFrame({RECIPE: [as_text(content.recipe)]})
    return Table(RECIPE, _("How this was made"), (Column(RECIPE, _("Recipe"), wide=46),), frame, is_listed=False)
