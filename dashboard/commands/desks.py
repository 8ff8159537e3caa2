"""The commands over a desk as a whole: load, undo, redo, rejects, sources, rebuild, doctor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from dashboard.commands.common import data_option, desk_of, refusals, root_of, show_progress, write


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "source", metavar="SOURCE", help="A shipped or kept source; see `floorwalker sources`.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A mapping as TOML.")
@click.option("--zone", metavar="ZONE", help="The zone of stamps that carry none, for example Asia/Shanghai.")
@click.option(
    "--date-format", metavar="FORMAT", help="dmy or mdy where the values do not settle it, or a strftime format."
)
@click.option("--encoding", metavar="NAME", help="The text encoding, where it cannot be told.")
@click.option("--delimiter", metavar="CHAR", help="What parts the cells, where it cannot be told.")
@click.option(
    "--header-line", type=click.IntRange(min=0), metavar="N", help="The line of the column names; 0: there are none."
)
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook; the first one otherwise.")
@click.option("--dry-run", is_flag=True, help="Read, map and check, keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="The load report as one JSON object.")
@data_option
@click.pass_context
def load(context: click.Context, /, files: tuple[Path, ...], as_json: bool, data: Path | None, **options: Any) -> None:
    """Load export files: CSV, XLSX, XLS, JSON, NDJSON, Parquet, each also gz or zip."""
    from dashboard.people import COMMAND_LINE
    from dashboard.printing import load_report
    from dashboard.services.loading.loads import LoadOptions, load_files
    from loaders.base import ReadOptions

    reading = ReadOptions(**{name: options.pop(name) for name in ("encoding", "delimiter", "header_line", "sheet")})
    with refusals():
        report = load_files(
            COMMAND_LINE,
            desk_of(context, data, may_make=True),
            files,
            options=LoadOptions(read=reading, **options),
            on_progress=show_progress,
        )
        told = json.dumps(report.to_json(), ensure_ascii=False, indent=2) if as_json else load_report(report)
        if told:
            click.echo(told)
        for sentence in report.errors:
            click.echo(sentence, err=True)
        if not report.any_loaded:
            context.exit(1)


@click.command()
@data_option
@click.pass_context
def undo(context: click.Context, /, data: Path | None) -> None:
    """Take back the last load that stands; again for the one before it. `redo` brings it back."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.loading.loads import undo_last

    with refusals():
        row = undo_last(COMMAND_LINE, desk_of(context, data))
        click.echo(f"Load {row.undoes} is taken back; the desk shows what it showed before (entry {row.id}).")


@click.command()
@data_option
@click.pass_context
def redo(context: click.Context, /, data: Path | None) -> None:
    """Bring back the load that was taken back last."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.loading.loads import can_redo, redo_last

    with refusals():
        desk = desk_of(context, data)
        load = can_redo(COMMAND_LINE, desk)
        row = redo_last(COMMAND_LINE, desk)
        click.echo(f"Load {load.id if load else ''} is back (entry {row.id}).")


@click.command()
@click.argument("load_id", type=click.IntRange(1, 2**31 - 1))
@click.option("--masked", "is_masked", is_flag=True, help="With masks over what tells who customers are; to look at.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; standard output otherwise."
)
@data_option
@click.pass_context
def rejects(context: click.Context, /, load_id: int, is_masked: bool, out: Path | None, data: Path | None) -> None:
    """The rows that a load set aside, as CSV, to mend and load again; customers are not masked in it."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.loading.loads import rejects_csv

    reason = None if is_masked else "to mend and load again"
    with refusals():
        text = rejects_csv(COMMAND_LINE, desk_of(context, data), load_id, reason=reason)
    if text:
        write(text, out)
    else:
        click.echo(f"Load {load_id} set no row aside.", err=True)


@click.command()
@data_option
@click.pass_context
def sources(context: click.Context, /, data: Path | None) -> None:
    """What can be loaded: the shipped sources and the mappings kept on this desk."""
    from dashboard.people import COMMAND_LINE
    from dashboard.printing import source_list
    from dashboard.services.loading.loads import known_sources

    with refusals():
        click.echo(source_list(known_sources(COMMAND_LINE, desk_of(context, data, may_make=True))))


@click.command()
@click.option("--engine", type=click.Choice(("polars", "spark")), default="polars", show_default=True, help="By what.")
@click.option(
    "--master", metavar="MASTER", default="local[*]", show_default=True, help="The cluster of the engine spark."
)
@data_option
@click.pass_context
def rebuild(context: click.Context, /, engine: str, master: str, data: Path | None) -> None:
    """Make the figures anew from the loaded data: the facts and their rollups."""
    from time import perf_counter

    from dashboard.people import COMMAND_LINE
    from dashboard.services.facts.figures import rebuild as rebuilt
    from dashboard.services.facts.spark import run_on_spark

    with refusals():
        started = perf_counter()
        run = run_on_spark(master) if engine == "spark" else None
        facts = rebuilt(COMMAND_LINE, desk_of(context, data), run=run, on_progress=show_progress)
        click.echo(f"Made anew from {facts.tickets.height:,} tickets in {perf_counter() - started:.1f} s.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@data_option
@click.pass_context
def doctor(context: click.Context, /, as_json: bool, data: Path | None) -> None:
    """Look at the installation and the desk and say what to do; nothing is changed. Exit code 1: something is wrong."""
    from dashboard.services.upkeep.doctor import examine, is_well
    from dashboard.settings import AppSettings

    with refusals():
        settings = AppSettings.from_environment()
        findings = examine(root_of(context, data) or settings.data, database=settings.database)
    told = [{"name": one.name, "state": one.state, "sentence": one.sentence} for one in findings]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join("{state:<8} {name:<12} {sentence}".format(**one) for one in told))
    if not is_well(findings):
        context.exit(1)
