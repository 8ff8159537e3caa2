"""The command `report`: a workbook for managers, or what differs in one that somebody received."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

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

KINDS = ("weekly", "monthly", "quarterly", "personal")


@click.command()
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option(
    "--ending", metavar="DAY", help="The week, month or quarter that this day is in; else the newest whole one."
)
@click.option("--lang", "--language", "lang", type=click.Choice(("zh-CN", "en")), help="Also FLOORWALKER_LANG.")
@click.option("--for", "account", metavar="ACCOUNT", help="As this person may see it: his teams, his role.")
@click.option("--out", "--output", "out", type=click.Path(dir_okay=False, path_type=Path), help="The .xlsx to write.")
@click.option("--agent", metavar="NAME", help="Whose personal review sheet.")
@click.option("--columns", metavar="NAME,...", help="Of the list of tickets; else all that the data fill.")
@click.option("--verify", "verified", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Make this workbook again and tell what differs and why.")  # fmt: skip
@scope_options
@data_option
@click.pass_context
def report(
    context: click.Context, /, kind: str | None, ending: str | None, lang: str | None, account: str | None,
    out: Path | None, agent: str | None, columns: str | None, verified: Path | None, data: Path | None, **scope: Any,
) -> None:  # fmt: skip
    """A report as a workbook: weekly, monthly, quarterly or of one person; or --verify FILE."""
    if verified is not None:
        _verify(context, data, verified, lang)
        return
    if kind is None or out is None:
        raise click.UsageError("name a kind of report and --out FILE.xlsx, or --verify FILE.xlsx")
    if (kind == "personal") != (agent is not None):
        raise click.UsageError("--agent NAME belongs to the kind personal, and that kind needs it")
    told = {"ending": ending, "lang": lang, "account": account, "agent": agent, "columns": columns}
    _make(context, data, kind, out, scope=scope, **told)


def _make(
    context: click.Context, data: Path | None, kind: Any, out: Path, *, ending: str | None, lang: str | None,
    account: str | None, agent: str | None, columns: str | None, scope: Any,
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
            made = make_file(actor, desk, asked, out, on_progress=show_progress)
        except OSError as error:
            raise Failure(f"{out} could not be written ({error.strerror}). Name another file with --out.") from error
    days = f"{period.start} to {period.end} (without that day)"
    say(f"{out}: {made.sheets} sheets, {made.rows:,} rows, {made.size:,} bytes; {days}.")


def _verify(context: click.Context, data: Path | None, file: Path, lang: str | None) -> None:
    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.check import check, sentences
    from dashboard.wording import speaking

    with refusals(), speaking(spoken(lang)):
        found = check(COMMAND_LINE, desk_of(context, data), file, on_progress=show_progress)
        click.echo("\n".join(sentences(found)))
        if not found.is_same:
            context.exit(1)
