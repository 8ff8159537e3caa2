"""The commands over what a desk has agreed on: settings export, import, history and undo."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dashboard.commands.common import data_option, day, desk_of, refusals, text_of, today_of, write

reason_option = click.option("--reason", metavar="WHY", help="Why; it is kept with the change.")


@click.group()
def settings() -> None:
    """What the desk has agreed on: hours, promises, peaks, event days, satisfaction."""


@settings.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@data_option
@click.pass_context
def export_settings(context: click.Context, /, file: Path, data: Path | None) -> None:
    """Write the agreements as TOML to FILE (- is standard output), to edit and import again."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.settings.agreements import export_agreements

    with refusals():
        content = export_agreements(COMMAND_LINE, desk_of(context, data, may_make=True)).encode()
    write(content, None if str(file) == "-" else file)


@settings.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "since", metavar="DAY", help="From this day on; without it today, the first ones for all days.")
@click.option("--dry-run", is_flag=True, help="Say what would change, keep nothing.")
@reason_option
@data_option
@click.pass_context
def import_settings(
    context: click.Context, /, file: Path, since: str | None, dry_run: bool, reason: str | None, data: Path | None
) -> None:
    """Take in agreements; figures of the days before keep the ones of their time."""
    from dashboard.people import COMMAND_LINE
    from dashboard.printing import imported_agreements
    from dashboard.services.settings.agreements import import_agreements

    with refusals():
        desk, first_day = desk_of(context, data, may_make=True), day(since) if since else None
        found = import_agreements(
            COMMAND_LINE, desk, text_of(file), since=first_day, today=today_of(desk),
            reason="" if dry_run else _reason(reason), dry_run=dry_run,
        )  # fmt: skip
        click.echo(imported_agreements(found, dry_run=dry_run))


@settings.command("history")
@data_option
@click.pass_context
def settings_history(context: click.Context, /, data: Path | None) -> None:
    """Every change of the settings, the newest first: when, from which day on, by whom, why, what."""
    from dashboard.people import COMMAND_LINE
    from dashboard.printing import settings_changes
    from dashboard.services.settings.changes import history

    with refusals():
        desk = desk_of(context, data)
        click.echo(settings_changes(history(COMMAND_LINE, desk), desk.zone() or "UTC"))


@settings.command("undo")
@click.argument("change", type=int)
@reason_option
@data_option
@click.pass_context
def undo_change(context: click.Context, /, change: int, reason: str | None, data: Path | None) -> None:
    """Put back what the change of this number replaced; see floorwalker settings history."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.settings.changes import undo
    from dashboard.wording import _

    with refusals():
        made = undo(COMMAND_LINE, desk_of(context, data), change, reason=_reason(reason))
        click.echo(_("Change {id} is taken back, by change {made}.", id=change, made=made))


def _reason(given: str | None) -> str:
    """Why, as said; a person at a terminal is asked, a script may leave it out."""
    from dashboard.wording import _

    usual = _("Given at the command line without a reason.")
    if given is not None or not sys.stdin.isatty():
        return usual if given is None else given
    return str(click.prompt(_("Why do the settings change?"), default=usual))
