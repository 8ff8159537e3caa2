"""The command `report`: a workbook for managers, what differs in one that somebody received, and what goes by mail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from dashboard.commands import report_mails
from dashboard.commands.common import (
    Failure,
    data_option,
    day,
    desk_of,
    in_zone,
    refusals,
    say,
    scope_of,
    scope_options,
    show_progress,
    spoken,
)


@click.group(invoke_without_command=True)
@click.option("--verify", "verified", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Make this workbook again and tell what differs and why.")  # fmt: skip
@click.option("--lang", "--language", "lang", type=click.Choice(("zh-CN", "en")), help="Also FLOORWALKER_LANG.")
@data_option
@click.pass_context
def report(context: click.Context, /, verified: Path | None, lang: str | None, data: Path | None) -> None:
    """A report as a workbook: weekly, monthly, quarterly or of one person; or --verify FILE; or by mail."""
    context.obj = data or context.obj
    if context.invoked_subcommand is not None:
        return
    if verified is None:
        raise click.UsageError("name a kind of report and --out FILE.xlsx, or --verify FILE.xlsx")
    _verify(context, None, verified, lang)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every kind of report can be told."""
    for option in (
        data_option,
        scope_options,
        click.option("--columns", metavar="NAME,...", help="Of the list of tickets; else all that the data fill."),
        click.option("--template", type=click.Path(exists=True, dir_okay=False, path_type=Path),
                     help="A workbook of your own layout; the cells that it names are filled."),
        click.option("--out", "--output", "out", required=True, type=click.Path(dir_okay=False, path_type=Path),
                     help="The .xlsx to write."),
        click.option("--for", "account", metavar="ACCOUNT", help="As this person may see it: his teams, his role."),
        click.option("--lang", "--language", "lang", type=click.Choice(("zh-CN", "en")), help="Also FLOORWALKER_LANG."),
        click.option("--ending", metavar="DAY",
                     help="The week, month or quarter that this day is in; else the newest whole one."),
    ):  # fmt: skip
        command = option(command)
    return command


@report.command("weekly")
@_options
@click.pass_context
def weekly(context: click.Context, /, **told: Any) -> None:
    """The week from Monday."""
    _make(context, "weekly", **told)


@report.command("monthly")
@_options
@click.pass_context
def monthly(context: click.Context, /, **told: Any) -> None:
    """The month."""
    _make(context, "monthly", **told)


@report.command("quarterly")
@_options
@click.pass_context
def quarterly(context: click.Context, /, **told: Any) -> None:
    """The quarter, with its goals and the year before."""
    _make(context, "quarterly", **told)


@report.command("personal")
@click.option("--agent", required=True, metavar="NAME", help="Whose personal review sheet.")
@_options
@click.pass_context
def personal(context: click.Context, /, agent: str, **told: Any) -> None:
    """The review sheet of one person over a quarter."""
    _make(context, "personal", agent=agent, **told)


report.add_command(report_mails.schedule)
report.add_command(report_mails.due)


def _make(
    context: click.Context, kind: Any, /, *, out: Path, ending: str | None, lang: str | None, account: str | None,
    template: Path | None, columns: str | None, data: Path | None, agent: str | None = None, **scope: Any,
) -> None:  # fmt: skip
    from dashboard.people import COMMAND_LINE
    from dashboard.reports.asked import Asked
    from dashboard.services.reports.files import make_file
    from dashboard.services.reports.making import days_of, seen_by

    wanted = scope_of(**scope)
    with refusals():
        desk = desk_of(context, data)
        actor = seen_by(COMMAND_LINE, desk, account) if account else COMMAND_LINE
        period = wanted.period or days_of(actor, desk, kind, day(ending) if ending else None)
        chosen = tuple(part.strip() for part in columns.split(",") if part.strip()) if columns else None
        asked = Asked(kind, period, spoken(lang), wanted.where, in_zone(wanted, desk).as_of, agent, columns=chosen)
        try:
            made = make_file(actor, desk, asked, out, template=template, on_progress=show_progress)
        except OSError as error:
            raise Failure(f"{out} could not be written ({error.strerror}). Name another file with --out.") from error
    days = f"{period.start} to {period.end} (without that day)"
    say(f"{out}: {made.sheets} sheets, {made.rows:,} rows, {made.size:,} bytes; {days}.")
    for note in made.notes:
        say(note)


def _verify(context: click.Context, data: Path | None, file: Path, lang: str | None) -> None:
    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.check import check, sentences
    from dashboard.wording import speaking

    with refusals(), speaking(spoken(lang)):
        found = check(COMMAND_LINE, desk_of(context, data), file, on_progress=show_progress)
        click.echo("\n".join(sentences(found)))
        if not found.is_same:
            context.exit(1)
