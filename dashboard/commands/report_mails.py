"""The commands `report schedule` and `report due`: reports that go out by themselves, and what is due now."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dashboard.commands.common import Failure, data_option, desk_of, filters_of, instant, refusals, say, spoken

if TYPE_CHECKING:
    from dashboard.desk import Desk
    from dashboard.services.reports.schedules import Schedule

Command = TypeVar("Command", bound=Callable[..., Any])
KINDS = ("weekly", "monthly", "quarterly")
EVERY_SECONDS = 60


@click.group()
def schedule() -> None:
    """Reports that go out by themselves: each person gets what he may see, by mail."""


def _told(*, is_new: bool) -> Callable[[Command], Command]:
    """What a schedule is told by; of a change only what is to become different."""
    options = (
        click.option("--kind", type=click.Choice(KINDS), default="weekly" if is_new else None, show_default=is_new),
        click.option("--day", type=int, default=1 if is_new else None, show_default=is_new,
                     help="Of the week from Monday, 1; of the month; of the first month of a quarter."),
        click.option("--at", "at", metavar="HH:MM", default="08:00" if is_new else None, show_default=is_new,
                     help="On the desk's clock."),
        click.option("--working-days/--any-day", "on_working_days", default=False if is_new else None,
                     help="Where the desk is closed on that day, on the next one on which it works."),
        click.option("--to", "to", multiple=True, metavar="ACCOUNT",
                     help="Who gets it, may be repeated; an address on a desk without accounts."),
        click.option("--where", "where", multiple=True, metavar="DIM=VALUE", help="Only these tickets."),
        click.option("--lang", type=click.Choice(("zh-CN", "en")), help="Of the report and its mail."),
        click.option("--template", "template", metavar="NAME", help="A layout of the desk's own, by its name."),
    )  # fmt: skip

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@schedule.command("add")
@click.argument("name")
@_told(is_new=True)
@data_option
@click.pass_context
def add(context: click.Context, /, name: str, data: Path | None, **told: Any) -> None:
    """Let a report go out every week, month or quarter from now on."""
    from dashboard.people import COMMAND_LINE
    from dashboard.reports.timing import Timing
    from dashboard.services.reports.schedules import Schedule, keep_schedule

    with refusals():
        desk = desk_of(context, data)
        made = _changed(desk, Schedule(name, Timing("weekly"), spoken(told["lang"])), told)
        number = keep_schedule(COMMAND_LINE, desk, made)
    say(f"Schedule {number} is kept.")


@schedule.command("change")
@click.argument("number", type=int)
@click.option("--name")
@_told(is_new=False)
@data_option
@click.pass_context
def change(context: click.Context, /, number: int, name: str | None, data: Path | None, **told: Any) -> None:
    """Change what is named; the rest stays."""
    from dataclasses import replace

    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.schedules import keep_schedule

    with refusals():
        desk = desk_of(context, data)
        there = _called(desk, number)
        keep_schedule(COMMAND_LINE, desk, _changed(desk, replace(there, name=name or there.name), told))
    say(f"Schedule {number} is changed.")


@schedule.command("list")
@data_option
@click.pass_context
def list_schedules(context: click.Context, /, data: Path | None) -> None:
    """All schedules, when each goes out next, and what came of its last mails."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.mails import mails, next_days
    from dashboard.services.reports.schedules import schedules

    with refusals():
        desk = desk_of(context, data)
        ahead = next_days(COMMAND_LINE, desk)
        for one in schedules(COMMAND_LINE, desk):
            when = f"next {ahead[one.id]:%Y-%m-%d %H:%M}" if one.is_on else "paused"
            click.echo(f"{one.id:>3}  {one.timing.kind:<9} {one.name:<24} {when}")
            for mail in mails(COMMAND_LINE, desk, one.id, limit=8):
                error = f": {mail.error}" if mail.error else ""
                click.echo(f"       {mail.at:%Y-%m-%d %H:%M}  {mail.to:<24} {mail.state}{error}")


@schedule.command("pause")
@click.argument("number", type=int)
@data_option
@click.pass_context
def pause(context: click.Context, /, number: int, data: Path | None) -> None:
    """Let nothing go out until `resume`."""
    _switch(context, data, number, is_on=False)


@schedule.command("resume")
@click.argument("number", type=int)
@data_option
@click.pass_context
def resume(context: click.Context, /, number: int, data: Path | None) -> None:
    """Go on; what was due meanwhile is not sent."""
    _switch(context, data, number, is_on=True)


@schedule.command("remove")
@click.argument("number", type=int)
@data_option
@click.pass_context
def remove(context: click.Context, /, number: int, data: Path | None) -> None:
    """Take a schedule away."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.schedules import remove_schedule

    with refusals():
        remove_schedule(COMMAND_LINE, desk_of(context, data), number)
    say(f"Schedule {number} is gone.")


@schedule.command("send")
@click.argument("number", type=int)
@click.option("--to", "to", multiple=True, metavar="ACCOUNT", help="To these only, to see whether it arrives.")
@data_option
@click.pass_context
def send(context: click.Context, /, number: int, to: tuple[str, ...], data: Path | None) -> None:
    """Send the newest report of a schedule now."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.due import want_now
    from dashboard.services.reports.mailing import send_due
    from dashboard.services.reports.schedules import keys_called

    with refusals():
        desk = desk_of(context, data)
        only = keys_called(COMMAND_LINE, desk, to) if to else None
        want_now(COMMAND_LINE, desk, number, only=only)
        _report(send_due(COMMAND_LINE, desk))


@click.command()
@click.option("--once", is_flag=True, help="Once, for cron or a timer; else every minute until stopped.")
@click.option("--as-of", "as_of", metavar="INSTANT", help="Send as at this instant (ISO 8601, with its zone).")
@data_option
@click.pass_context
def due(context: click.Context, /, once: bool, as_of: str | None, data: Path | None) -> None:
    """Send the reports that are due and were not sent. May run as often as one likes."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.mailing import send_due

    at = instant(as_of) if as_of else None
    if at is not None and at.tzinfo is None:
        raise click.BadParameter(f"--as-of wants an instant with its zone; found {as_of}")
    with refusals():
        desk = desk_of(context, data)
        while True:
            _report(send_due(COMMAND_LINE, desk, at=at), ends=once or at is not None)
            if once or at is not None:
                break
            time.sleep(EVERY_SECONDS)


def _report(done: Any, *, ends: bool = True) -> None:
    """Say what came of it; what was not taken ends a single run with 1."""
    click.echo(f"{done.wanted} mails due, {done.sent} sent, {done.failed} failed, {done.uncertain} uncertain.")
    if ends and (done.failed or done.uncertain):
        raise Failure("Not every mail was taken: see `floorwalker report schedule list`. What failed is tried again.")


def _switch(context: click.Context, data: Path | None, number: int, *, is_on: bool) -> None:
    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.schedules import pause_schedule

    with refusals():
        pause_schedule(COMMAND_LINE, desk_of(context, data), number, is_on)
    say(f"Schedule {number} {'goes on' if is_on else 'is paused'}.")


def _called(desk: Desk, number: int) -> Schedule:
    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.schedules import schedules

    there = next((one for one in schedules(COMMAND_LINE, desk) if one.id == number), None)
    if there is None:
        raise Failure(f"There is no schedule {number}. `floorwalker report schedule list` shows all of them.")
    return there


def _changed(desk: Desk, there: Schedule, told: dict[str, Any]) -> Schedule:
    """The schedule with what the command names."""
    from dataclasses import replace

    from dashboard.people import COMMAND_LINE
    from dashboard.services.reports.schedules import called
    from dashboard.services.reports.templates import template_called

    timing = {name: told[name] for name in ("kind", "day", "on_working_days") if told[name] is not None}
    timing |= {"minute": _minute(told["at"])} if told["at"] is not None else {}
    changed: dict[str, Any] = {"timing": replace(there.timing, **timing)}
    if told["to"]:
        changed["people"], changed["addresses"] = called(COMMAND_LINE, desk, told["to"])
    if told["where"]:
        changed["where"] = filters_of(told["where"])
    if told["lang"]:
        changed["language"] = spoken(told["lang"])
    if told["template"] is not None:
        name = told["template"]
        changed["template_id"] = template_called(COMMAND_LINE, desk, name).id if name else None
    return replace(there, **changed)


def _minute(text: str) -> int:
    try:
        read = datetime.strptime(text, "%H:%M")  # noqa: DTZ007 - an hour of the wall
    except ValueError:
        raise click.BadParameter(f"--at wants an hour such as 08:30; found {text}") from None
    return read.hour * 60 + read.minute
