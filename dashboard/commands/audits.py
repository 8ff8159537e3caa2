"""The commands over the audit: audit verify, head, export."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.common import data_option, day, desk_of, refusals, spoken, write


@click.group()
def audit() -> None:
    """What was done on this desk, by whom: check that nobody changed it, hand it out."""


@audit.command("verify")
@click.option("--head", "lines", multiple=True, metavar="LINE", help="A head that was kept elsewhere; may be repeated.")
@click.option("--heads", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file of such lines.")
@data_option
@click.pass_context
def verify_audit(context: click.Context, /, lines: tuple[str, ...], heads: Path | None, data: Path | None) -> None:
    """Look at every row: edits, gaps, rows slipped in. Exit code 1: something is wrong.

    Whether the newest rows were cut off, or all of it was written anew, only a head tells that was kept elsewhere.
    """
    from dashboard.people import COMMAND_LINE
    from dashboard.people.audit_check import Head, verify
    from dashboard.wording import _, speaking

    with refusals(), speaking(spoken(None)):
        kept = [*lines, *(heads.read_text(encoding="utf-8").split() if heads else [])]
        verdict = verify(COMMAND_LINE, desk_of(context, data), [Head.of_line(line) for line in kept])
        for fault in verdict.faults:
            click.echo(_(fault.template, id=fault.id), err=True)
        if verdict.faults:
            context.exit(1)
        told = _("{rows} rows, each as it was written and chained to the one before it.", rows=f"{verdict.rows:,}")
        click.echo(told)
        if not kept:
            click.echo(_("No head was given: rows that were cut off from the end would not be missed."), err=True)


@audit.command("head")
@data_option
@click.pass_context
def audit_head(context: click.Context, /, data: Path | None) -> None:
    """The newest row's number and digest on one line, to be sent every day to where nobody of this machine writes."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.audit_check import head

    with refusals():
        click.echo(str(head(COMMAND_LINE, desk_of(context, data))))


@audit.command("export")
@click.option("--from", "start", metavar="DAY", help="From this day on (the desk's zone).")
@click.option("--to", "end", metavar="DAY", help="Up to and with this day.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; standard output otherwise."
)
@data_option
@click.pass_context
def export_audit(
    context: click.Context, /, start: str | None, end: str | None, out: Path | None, data: Path | None
) -> None:
    """All rows with their digests as CSV, the oldest first."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.upkeep.audit_log import Search, export

    search = Search(since=day(start) if start else None, until=day(end) if end else None)
    with refusals():
        content = export(COMMAND_LINE, desk_of(context, data), search)
    write(content, out)
