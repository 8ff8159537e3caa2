"""The command `floorwalker`: everything a page shows, without a browser.

Exit code 0 done, 1 refused or failed with one clear sentence on standard error, 2 wrong usage. Heavy imports happen
inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dashboard.desk import Desk
    from dashboard.wording import Language
    from metrics.model import Scope

Command = TypeVar("Command", bound=Callable[..., Any])
EVERY = ("hour", "day", "week", "month")
RULES = ("desk", "zendesk", "freshdesk", "chatwoot")
DEFAULT_METRICS = (
    "tickets_created",
    "tickets_resolved",
    "backlog",
    "first_response_calendar_p50",
    "first_response_calendar_p90",
    "first_response_within_target",
    "full_resolution_calendar_p50",
    "full_resolution_calendar_p90",
    "reopen_rate",
    "csat",
)


class Failure(click.ClickException):
    """A refusal or failure: one sentence on standard error, exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True, file=file)


data_option = click.option(
    "--data",
    "data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder where the desk lives (also FLOORWALKER_DATA).",
)


def scope_options(command: Command) -> Command:
    for option in (
        click.option(
            "--as-of",
            "as_of",
            metavar="INSTANT",
            help="Answer as of this instant (ISO 8601; the desk's zone if it names none).",
        ),
        click.option("--where", "where", multiple=True, metavar="DIM=VALUE", help="Only these; may be repeated."),
        click.option("--to", "end", metavar="DAY", help="Up to and without this day."),
        click.option("--from", "start", metavar="DAY", help="From this day on (the desk's zone)."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="floorwalker", prog_name="floorwalker")
@data_option
@click.pass_context
def main(context: click.Context, /, data: Path | None) -> None:
    """Floorwalker 巡场: the supervisor's dashboard of an inquiry desk."""
    from dashboard.wording import use_language

    context.obj = data
    with refusals():
        use_language(_spoken(None))


@main.command()
@data_option
@click.option("--demo", is_flag=True, help="A desk of generated data, in its own folder.")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Only this machine until people are set up.")
@click.pass_context
def serve(context: click.Context, /, data: Path | None, demo: bool, port: int, host: str) -> None:
    """The dashboard in the browser."""
    from dashboard.serving import serve_desk

    with refusals():
        serve_desk(_root(context, data), demo=demo, port=port, host=host, say=_say)


@main.command()
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
    from dashboard.printing import load_report
    from dashboard.services.loads import LoadOptions, load_files
    from loaders.base import ReadOptions

    reading = ReadOptions(**{name: options.pop(name) for name in ("encoding", "delimiter", "header_line", "sheet")})
    with refusals():
        report = load_files(
            _desk(context, data, may_make=True),
            files,
            options=LoadOptions(read=reading, **options),
            actor="command line",
            on_progress=_show_progress,
        )
        told = json.dumps(report.to_json(), ensure_ascii=False, indent=2) if as_json else load_report(report)
        if told:
            click.echo(told)
        for sentence in report.errors:
            click.echo(sentence, err=True)
        if not report.any_loaded:
            context.exit(1)


@main.command()
@data_option
@click.pass_context
def undo(context: click.Context, /, data: Path | None) -> None:
    """Take back the last load; a second time brings it back."""
    from dashboard.services.loads import history, undo_last

    with refusals():
        desk = _desk(context, data)
        row = undo_last(desk, actor="command line")
        was_undo = any(entry.id == row.undoes and entry.kind == "undo" for entry in history(desk))
        what = f"Undo {row.undoes}" if was_undo else f"Load {row.undoes}"
        click.echo(f"{what} is taken back; the desk shows what it showed before (entry {row.id}).")


@main.command()
@click.argument("load_id", type=click.IntRange(1, 2**31 - 1))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; standard output otherwise."
)
@data_option
@click.pass_context
def rejects(context: click.Context, /, load_id: int, out: Path | None, data: Path | None) -> None:
    """The rows that a load set aside, as CSV, to mend and load again."""
    from dashboard.services.loads import rejects_csv

    with refusals():
        text = rejects_csv(_desk(context, data), load_id)
    if text:
        _write(text, out)
    else:
        click.echo(f"Load {load_id} set no row aside.", err=True)


@main.command()
@data_option
@click.pass_context
def sources(context: click.Context, /, data: Path | None) -> None:
    """What can be loaded: the shipped sources and the mappings kept on this desk."""
    from dashboard.printing import source_list
    from dashboard.services.loads import known_sources

    with refusals():
        click.echo(source_list(known_sources(_desk(context, data, may_make=True))))


@main.command("metrics")
@click.option("--format", "style", type=click.Choice(("table", "json")), default="table")
def metrics_command(style: str) -> None:
    """Every metric with its definition."""
    from dashboard.printing import metric_list

    click.echo(metric_list(style))


@main.command()
@click.argument("metric", nargs=-1)
@click.option("--by", metavar="DIM,...", default="", help="Split by these dimensions.")
@click.option("--every", type=click.Choice(EVERY), help="One value for each of these.")
@click.option("--rules", type=click.Choice(RULES), default="desk", show_default=True, help="By whose rules.")
@click.option("--difference", is_flag=True, help="Ticket by ticket where those rules and ours differ, and why.")
@scope_options
@click.option("--format", "style", type=click.Choice(("table", "csv", "json")), default="table")
@data_option
@click.pass_context
def show(
    context: click.Context,
    /,
    metric: tuple[str, ...],
    by: str,
    every: Any,
    rules: str,
    difference: bool,
    style: str,
    data: Path | None,
    **scope: Any,
) -> None:
    """Figures; without METRIC the ones that a stand-up begins with."""
    from dashboard.printing import difference_table, figure_table
    from dashboard.services.figures import figures
    from dashboard.services.other_rules import differences_by_rules, figures_by_rules

    if difference and rules == "desk":
        raise click.UsageError("--difference wants --rules zendesk, freshdesk or chatwoot")
    wanted = _scope(**scope)
    dims = tuple(part.strip() for part in by.split(",") if part.strip())
    with refusals():
        desk = _desk(context, data)
        wanted = _in_zone(wanted, desk)
        if difference:
            click.echo(difference_table(differences_by_rules(desk, rules, metric, wanted), style), nl=style != "csv")
            return
        if rules == "desk":
            result = figures(desk, metric or DEFAULT_METRICS, wanted, by=dims, every=every)
        else:
            result = figures_by_rules(desk, rules, metric, wanted, by=dims, every=every)
        click.echo(figure_table(result, style), nl=style != "csv")


@main.command()
@click.argument("metric", nargs=-1)
@click.option("--of", "of", metavar="SIDE", help="The first side; else the period before, or all others of DIM.")
@click.option("--to", "to", metavar="SIDE", required=True, help="DAY..DAY (without the last) or DIM=VALUE.")
@click.option("--where", "where", multiple=True, metavar="DIM=VALUE", help="Only these, on both sides.")
@click.option("--format", "style", type=click.Choice(("table", "csv", "json")), default="table")
@data_option
@click.pass_context
def compare(
    context: click.Context,
    /,
    metric: tuple[str, ...],
    of: str | None,
    to: str,
    where: tuple[str, ...],
    style: str,
    data: Path | None,
) -> None:
    """Two periods or two groups: each figure's difference with its 95 % interval."""
    from dashboard.printing import comparison_table
    from dashboard.services.comparisons import comparison

    with refusals():
        found = comparison(_desk(context, data), metric or DEFAULT_METRICS, of=of, to=to, where=_filters(where))
        click.echo(comparison_table(found, style), nl=style != "csv")


@main.command()
@scope_options
@click.option("--format", "style", type=click.Choice(("csv", "json", "parquet")), default="csv")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; standard output otherwise."
)
@data_option
@click.pass_context
def tickets(context: click.Context, /, style: str, out: Path | None, data: Path | None, **scope: Any) -> None:
    """One row per ticket: every column and every duration, in seconds."""
    from dashboard.printing import ticket_rows
    from dashboard.services.figures import tickets as tickets_of

    wanted = _scope(**scope)
    with refusals():
        desk = _desk(context, data)
        content = ticket_rows(tickets_of(desk, _in_zone(wanted, desk)), style)
    _write(content, out)


@main.command()
@data_option
@click.pass_context
def rebuild(context: click.Context, /, data: Path | None) -> None:
    """Make the figures anew from the loaded data: the facts and their rollups."""
    from time import perf_counter

    from dashboard.services.figures import rebuild as rebuilt

    with refusals():
        started = perf_counter()
        facts = rebuilt(_desk(context, data), on_progress=_show_progress)
        click.echo(f"Made anew from {facts.tickets.height:,} tickets in {perf_counter() - started:.1f} s.")


@main.command()
@click.argument("ticket")
@click.option("--source", metavar="SOURCE", help="Where several sources have a ticket of that number.")
@click.option("--lang", type=click.Choice(("zh-CN", "en")), help="The language of the answer (also FLOORWALKER_LANG).")
@data_option
@click.pass_context
def explain(context: click.Context, /, ticket: str, source: str | None, lang: str | None, data: Path | None) -> None:
    """How the figures of one ticket came about: hours, promises, pauses, verdicts, step by step."""
    from dashboard.services.explain import as_text
    from dashboard.services.explain import explain as explained
    from dashboard.wording import speaking

    with refusals(), speaking(_spoken(lang)):
        click.echo(as_text(explained(_desk(context, data), ticket, source=source)))


@main.group()
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
        content = export_agreements(_desk(context, data, may_make=True)).encode()
    _write(content, None if str(file) == "-" else file)


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
        desk, day = _desk(context, data, may_make=True), _day(since) if since else None
        found = import_agreements(desk, _text(file), since=day, today=_today(desk), dry_run=dry_run)
        click.echo(imported_agreements(found, dry_run=dry_run))


@contextmanager
def refusals() -> Iterator[None]:
    """Turn every refusal that a person can act on into one sentence and exit code 1."""
    from dashboard.refusals import sentence
    from metrics.errors import ActionableError

    try:
        yield
    except ActionableError as error:
        raise Failure(sentence(error)) from error


def _spoken(lang: str | None) -> Language:
    from dashboard.settings import AppSettings

    if lang is not None:
        return "zh_CN" if lang == "zh-CN" else "en"
    return AppSettings.from_environment().language or "en"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Failure(f"{file} is not UTF-8 text; save it as UTF-8 and import it again.") from None


def _today(desk: Desk) -> Any:
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(desk.zone() or "UTC")).date()


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Failure(f"{out} could not be written ({error.strerror}). Name another file with --out.") from error


def _root(context: click.Context, data: Path | None) -> Path | None:
    return data or context.obj


def _desk(context: click.Context, data: Path | None, *, may_make: bool = False) -> Desk:
    """The desk of this command; only a load makes one where there is none."""
    from dashboard.desk import existing_desk, open_desk
    from dashboard.settings import AppSettings

    folder = _root(context, data) or AppSettings.from_environment().data
    return open_desk(folder) if may_make else existing_desk(folder)


def _scope(start: str | None, end: str | None, where: tuple[str, ...], as_of: str | None) -> Scope:
    """The scope of a command; an open end of the period is the far past or future."""
    from datetime import date

    from metrics.model import Period, Scope

    period = None
    if start and end and _day(end) <= _day(start):
        raise click.BadParameter(f"the period ends before it begins: --from {start} --to {end} (without that day)")
    if start or end:
        period = Period(_day(start) if start else date(1970, 1, 1), _day(end) if end else date(2200, 1, 1))
    return Scope(period=period, where=_filters(where), as_of=_instant(as_of) if as_of else None)


def _in_zone(scope: Scope, desk: Desk) -> Scope:
    """The scope with its instant in UTC; one that names no zone is in the desk's, as its days are."""
    from dataclasses import replace
    from zoneinfo import ZoneInfo

    if scope.as_of is None or scope.as_of.tzinfo:
        return scope
    local = scope.as_of.replace(tzinfo=ZoneInfo(desk.zone() or "UTC"))
    try:
        return replace(scope, as_of=local.astimezone(UTC))
    except OverflowError:  # the first or last hours of the calendar
        return replace(scope, as_of=scope.as_of.replace(tzinfo=UTC))


def _filters(where: tuple[str, ...]) -> dict[str, tuple[str | None, ...]]:
    filters: dict[str, tuple[str | None, ...]] = {}
    for part in where:
        dimension, equals, value = part.partition("=")
        if not equals:
            raise click.BadParameter(f"--where wants DIM=VALUE, for example channel=chat; found {part!r}")
        filters[dimension] = (*filters.get(dimension, ()), value or None)
    return filters


def _day(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"a day is written 2026-11-22; found {text!r}") from None


def _instant(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
        return value.astimezone(UTC) if value.tzinfo else value
    except (ValueError, OverflowError):
        raise click.BadParameter(f"an instant is written 2026-11-22T09:00+08:00; found {text!r}") from None


def _say(text: str) -> None:
    click.echo(text, err=True)


def _show_progress(progress: Any) -> None:
    if sys.stderr.isatty():
        done = "" if progress.done is None else f" {progress.done:4.0%}"
        click.echo(f"\r{progress.step:<10}{done} {progress.detail:<40}", err=True, nl=False)
