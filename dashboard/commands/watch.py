"""The command that loads what is dropped into a folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.commands.common import Failure, data_option, desk_of, refusals, say, show_progress

if TYPE_CHECKING:
    from dashboard.services.sync.watching import Taken


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="Load what lies there and stands still, then end; for cron or a timer.")
@click.option("--every", "seconds", type=click.FloatRange(0.1, 3600), default=2.0, show_default=True, metavar="SECONDS",
              help="Between two looks; a file that changes meanwhile waits.")  # fmt: skip
@click.option("--as", "source", metavar="SOURCE", help="A shipped or kept source; see `floorwalker sources`.")
@click.option("--zone", metavar="ZONE", help="The zone of stamps that carry none, for example Asia/Shanghai.")
@data_option
@click.pass_context
def watch(
    context: click.Context, /, folder: Path, once: bool, seconds: float, source: str | None, zone: str | None,
    data: Path | None,
) -> None:  # fmt: skip
    """Load every export that is dropped into FOLDER, once and when it is whole. Files stay where they are."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.loading.loads import LoadOptions
    from dashboard.services.sync.watching import look, take_whole, watched_folder

    options, failed = LoadOptions(source=source, zone=zone), 0
    with refusals():
        desk = desk_of(context, data, may_make=True)
        connection = watched_folder(COMMAND_LINE, desk, folder)
        say(f"Watching {folder}.")
        before = look(folder)
        while True:
            time.sleep(seconds)
            after = look(folder)
            taken = take_whole(COMMAND_LINE, desk, connection, before, after, options=options,
                               on_progress=show_progress)  # fmt: skip
            failed += sum(not _told(one) for one in taken)
            before = after
            if once:
                break
    if failed:
        raise Failure(f"{failed} files were refused; each is looked at again when its content changes.")


def _told(one: Taken) -> bool:
    """Whether the file was loaded, which is said, or why not."""
    if one.load is None:
        say(one.report.refusal or f"{one.name}: no row could be loaded.")
        return False
    counts = one.report.counts
    click.echo(
        f"{one.name}: load {one.load}; {one.report.rows_read} rows read, {counts.inserted} new tickets, "
        f"{counts.updated} changed, {one.report.rejected} rows set aside."
    )
    return True
