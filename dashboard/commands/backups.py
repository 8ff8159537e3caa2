"""The commands backup and restore."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.common import data_option, desk_of, refusals, root_of, spoken


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@click.pass_context
def backup(context: click.Context, /, file: Path, data: Path | None) -> None:
    """The whole desk in one file, unmasked; people may go on working. Keep it where only you can read it."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.upkeep.backups import back_up
    from dashboard.wording import speaking

    with refusals(), speaking(spoken(None)):
        told = back_up(COMMAND_LINE, desk_of(context, data), file)
        click.echo(f"{file}: up to entry {told.load} of the ledger, {told.files} files, {told.bytes / 1e6:,.1f} MB.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", "is_replacing", is_flag=True, help="Put a desk that is there beside its place.")
@data_option
@click.pass_context
def restore(context: click.Context, /, file: Path, is_replacing: bool, data: Path | None) -> None:
    """Make a desk from a backup. Stop its server first. With FLOORWALKER_DATABASE: into that empty database."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.upkeep.restoring import restore as restored
    from dashboard.settings import AppSettings
    from dashboard.wording import speaking

    settings = AppSettings.from_environment()
    with refusals(), speaking(spoken(None)):
        root = root_of(context, data) or settings.data
        desk = restored(COMMAND_LINE, file, root, database=settings.database, is_replacing=is_replacing)
        head = desk.head()
        click.echo(f"{root}: the desk as of entry {head.id if head else 0} of its ledger.")
