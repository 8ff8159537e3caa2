"""The commands over what a desk is connected to: connection, sync."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.commands.common import Failure, data_option, desk_of, refusals, say, show_progress, text_of

if TYPE_CHECKING:
    from dashboard.desk import Desk


@click.group()
def connection() -> None:
    """What the desk is connected to. Without a connection nothing is ever asked of anybody."""


@connection.command("kinds")
def kinds() -> None:
    """What can be connected, and what each connection needs."""
    from dashboard.wording import _
    from loaders.live.kinds import KINDS

    for kind in KINDS.values():
        needs = [f"--set {one.name}={one.example or '…'}" for one in kind.asked if one.is_required]
        may = [f"[--set {one.name}={one.example or '…'}]" for one in kind.asked if not one.is_required]
        click.echo(f"{kind.name:<12} {kind.label:<28} {' '.join([*needs, *may])}  ({_(kind.secret)})")


@connection.command("list")
@data_option
@click.pass_context
def list_connections(context: click.Context, /, data: Path | None) -> None:
    """The connections, where each leads, and how its last run went."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.sync.connections import connections
    from dashboard.services.sync.runs import runs

    with refusals():
        desk = desk_of(context, data)
        for one in connections(COMMAND_LINE, desk):
            last = next(iter(runs(COMMAND_LINE, desk, one.id, limit=1)), None)
            state = f"{last.state} {last.started_at:%Y-%m-%d %H:%M}Z" if last else "never read"
            off = "" if one.is_on else "  off"
            click.echo(f"{one.id:>3}  {one.kind:<10} {one.name:<20} {one.settings.get('address', ''):<40} {state}{off}")


@connection.command("add")
@click.argument("kind")
@click.option("--name", help="What it is called here; the kind otherwise.")
@click.option("--source", default="", help="Under which source its tickets stand; the kind otherwise.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A mapping as TOML.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="See `connection kinds`; may be repeated.")
@data_option
@click.pass_context
def add(
    context: click.Context, /, kind: str, name: str | None, source: str, mapping: Path | None,
    given: tuple[str, ...], data: Path | None,
) -> None:  # fmt: skip
    """Set up a connection. Its secret is read from standard input, and sealed; env:NAME names a variable."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.sync.connections import Connected, keep_connection

    settings = dict(_pair(one) for one in given) | ({"mapping": text_of(mapping)} if mapping else {})
    with refusals():
        desk = desk_of(context, data, may_make=True)
        made = Connected(name or kind, kind, source, settings)
        number = keep_connection(COMMAND_LINE, desk, made, secret=_secret())
        click.echo(f"Connection {number} is set up. Read it with: floorwalker sync {made.name!r}")


@connection.command("try")
@click.argument("name")
@data_option
@click.pass_context
def try_one(context: click.Context, /, name: str, data: Path | None) -> None:
    """Ask for the first page and keep nothing of it."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.sync.connections import try_connection

    with refusals():
        desk = desk_of(context, data)
        click.echo(f"It answered; the first page has {try_connection(COMMAND_LINE, desk, _named(desk, name))} records.")


@connection.command("remove")
@click.argument("name")
@data_option
@click.pass_context
def remove(context: click.Context, /, name: str, data: Path | None) -> None:
    """Take a connection away with its secret; what it has loaded stays."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.sync.connections import connections, remove_connection

    with refusals():
        desk = desk_of(context, data)
        number = _named(desk, name)
        there = next(one for one in connections(COMMAND_LINE, desk) if one.id == number)
        remove_connection(COMMAND_LINE, desk, number, expected=there.version)
        click.echo(f"Connection {there.name!r} is gone.")


@click.command()
@click.argument("names", nargs=-1)
@click.option("--once", is_flag=True, help="Once, for cron or a timer; else again and again until stopped.")
@click.option("--every", "minutes", type=click.IntRange(1, 1440), default=15, show_default=True, metavar="MINUTES")
@click.option("--batch", type=click.IntRange(min=1), default=None, metavar="N", help="Records of one load.")
@click.option(
    "--compare", is_flag=True, help="Hold all that the system has against the desk, too: what it has no more."
)
@data_option
@click.pass_context
def sync(
    context: click.Context, /, names: tuple[str, ...], once: bool, minutes: int, batch: int | None, compare: bool,
    data: Path | None,
) -> None:  # fmt: skip
    """Read what connected systems have that the desk has not: those named, else all that are switched on."""
    with refusals():
        desk = desk_of(context, data)
        while True:
            failed = [name for name in _chosen(desk, names) if not _read(desk, name, batch, compare=compare)]
            if once:
                break
            time.sleep(60 * minutes)
    if failed:
        raise Failure(f"Not read to the end: {', '.join(failed)}.")


def _chosen(desk: Desk, names: tuple[str, ...]) -> list[str]:
    from dashboard.people import COMMAND_LINE
    from dashboard.services.sync.connections import connections
    from loaders.live.kinds import KINDS

    if names:
        return list(names)
    found = [one.name for one in connections(COMMAND_LINE, desk) if one.is_on and one.kind in KINDS]
    if not found:
        raise Failure("Nothing is connected. See `floorwalker connection kinds` and `floorwalker connection add`.")
    return found


def _read(desk: Desk, name: str, batch: int | None, *, compare: bool) -> bool:
    """Whether the run came to the end; what it did is told in either case."""
    from dashboard.people import COMMAND_LINE
    from dashboard.refusals import sentence
    from dashboard.services.sync.running import BATCH
    from dashboard.services.sync.running import sync as run
    from dashboard.wording import _
    from metrics.errors import ActionableError

    try:
        outcome = run(COMMAND_LINE, desk, _named(desk, name), batch=batch or BATCH, on_progress=show_progress,
                      compare=compare)  # fmt: skip
    except ActionableError as error:  # the others are read all the same
        say(f"{name}: {sentence(error)}")
        return False
    done = outcome.counts
    click.echo(
        f"{name}: {done.records} records in {done.loads} loads; tickets: {done.inserted} new, {done.updated} changed, "
        f"{done.unchanged} as they were, {done.removed} deleted; {done.rejected} rows set aside; "
        f"{done.asked} questions, {done.again} asked again."
    )
    for told in outcome.told:
        template, params = told["template"], told["params"]
        say(f"{name}: {_(template, **params)}")
    if outcome.failed is not None:
        say(f"{name}: {sentence(outcome.failed)}")
    return outcome.failed is None


def _named(desk: Desk, name: str) -> int:
    from dashboard.people import COMMAND_LINE
    from dashboard.services.sync.connections import connections

    known = connections(COMMAND_LINE, desk)
    for one in known:
        if name in (one.name, str(one.id)):
            return one.id
    raise Failure(f"There is no connection {name!r}. Known are: {', '.join(one.name for one in known) or 'none'}.")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"--set wants NAME=VALUE, for example address=https://…; found {text!r}")
    return name, value


def _secret() -> str:
    """From the terminal without an echo, or the next line of standard input."""
    return click.prompt("Secret", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
