"""The commands over what a desk has agreed on: settings export and import."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.common import data_option, day, desk_of, refusals, text_of, today_of, write


@click.group()
def settings() -> None:
    """What the desk has agreed on: hours, promises, peaks, event days, satisfaction."""


@settings.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@data_option
@click.pass_context
def export_settings(context: click.Context, /, file: Path, data: Path | None) -> None:
    """Write the agreements as TOML to FILE (- is standard output), to edit and import again."""
    from dashboard.services.agreements import export_agreements

    with refusals():
        content = export_agreements(desk_of(context, data, may_make=True)).encode()
    write(content, None if str(file) == "-" else file)


@settings.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "since", metavar="DAY", help="From this day on; without it today, the first ones for all days.")
@click.option("--dry-run", is_flag=True, help="Say what would change, keep nothing.")
@data_option
@click.pass_context
def import_settings(context: click.Context, /, file: Path, since: str | None, dry_run: bool, data: Path | None) -> None:
    """Take in agreements; figures of the days before keep the ones of their time."""
    from dashboard.printing import imported_agreements
    from dashboard.services.agreements import import_agreements

    with refusals():
        desk, first_day = desk_of(context, data, may_make=True), day(since) if since else None
        found = import_agreements(desk, text_of(file), since=first_day, today=today_of(desk), dry_run=dry_run)
        click.echo(imported_agreements(found, dry_run=dry_run))
