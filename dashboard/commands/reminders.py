"""The commands that reach people: remind, and the channels by which messages leave the house."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from dashboard.commands.common import Failure, data_option, desk_of, instant, refusals, say


@click.command()
@click.option("--once", is_flag=True, help="Once, for cron or a timer; else every minute until stopped.")
@click.option("--as-of", "as_of", metavar="INSTANT", help="Remind as at this instant (ISO 8601, with its zone).")
@data_option
@click.pass_context
def remind(context: click.Context, /, once: bool, as_of: str | None, data: Path | None) -> None:
    """Look at the rules and the clocks of triage, and tell whom it concerns. May run as often as one likes."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage.reminders import remind as reminded

    at = instant(as_of) if as_of else None
    if at is not None and at.tzinfo is None:
        raise click.BadParameter(
            f"--as-of wants an instant with its zone, such as 2026-11-22T09:00+08:00; found {as_of}"
        )
    with refusals():
        desk = desk_of(context, data)
        while True:
            done = reminded(COMMAND_LINE, desk, at=at)
            click.echo(
                f"{done.claimed} reminders, {done.sent} messages sent, {done.failed} failed, {done.held} wait for a "
                "better time."
            )
            if once or at is not None:
                break
            time.sleep(60)
    if done.failed:
        raise Failure("Some messages were not taken; they are tried again at the next run.")


@click.group()
def channel() -> None:
    """By which ways messages leave the house: a mail server, robots of WeCom, DingTalk, Feishu, Slack."""


@channel.command("list")
@data_option
@click.pass_context
def list_channels(context: click.Context, /, data: Path | None) -> None:
    """The channels that are set up; of their secrets no more than whether there are any."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage.channels import channels

    with refusals():
        for one in channels(COMMAND_LINE, desk_of(context, data)):
            where = f"{one.settings['host']}:{one.settings['port']}" if "host" in one.settings else "•••"
            click.echo(f"{one.id:>3}  {one.kind:<9} {one.name:<20} {where:<30} {', '.join(one.teams) or 'all teams'}")


@channel.command("mail")
@click.option("--name", default="Mail", show_default=True)
@click.option("--host", required=True)
@click.option("--port", type=int, default=587, show_default=True)
@click.option("--sender", required=True, help="From which address.")
@click.option("--security", type=click.Choice(["starttls", "tls", "none"]), default="starttls", show_default=True)
@click.option("--user", default="")
@data_option
@click.pass_context
def set_mail(
    context: click.Context, /, name: str, host: str, port: int, sender: str, security: str, user: str, data: Path | None
) -> None:
    """Set up the mail server, or change it. Its password is read from standard input; env:NAME names a variable."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage.channels import Channel, Secrets, channels, keep_channel

    settings = {"host": host, "port": port, "sender": sender, "security": security, "user": user}
    with refusals():
        desk = desk_of(context, data)
        there = next((one for one in channels(COMMAND_LINE, desk) if one.kind == "mail"), None)
        made = Channel(
            name, "mail", settings=settings, id=there.id if there else 0, version=there.version if there else 1
        )
        secret = _typed("Password") if user else None
        click.echo(f"Channel {keep_channel(COMMAND_LINE, desk, made, Secrets(secret=secret))} is set up.")


@channel.command("robot")
@click.argument("kind", type=click.Choice(["wecom", "dingtalk", "feishu", "slack"]))
@click.option("--name", required=True)
@click.option("--team", "teams", multiple=True, help="Of which team the group is told; may be repeated. None: of all.")
@click.option("--signed", is_flag=True, help="The robot wants messages signed; its secret is asked for.")
@data_option
@click.pass_context
def set_robot(
    context: click.Context, /, kind: str, name: str, teams: tuple[str, ...], signed: bool, data: Path | None
) -> None:
    """Set up the robot of a group. Its address is read from standard input: who has it may write to the group."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage.channels import Channel, Secrets, keep_channel

    given = Secrets(_typed("Address"), _typed("Secret") if signed else None)
    with refusals():
        made = keep_channel(COMMAND_LINE, desk_of(context, data), Channel(name, kind, teams=teams), given)
        click.echo(f"Channel {made} is set up.")


@channel.command("try")
@click.argument("number", type=int)
@click.option("--to", default="", help="To which address, for a mail server.")
@data_option
@click.pass_context
def try_one(context: click.Context, /, number: int, to: str, data: Path | None) -> None:
    """Send one message to see whether it arrives."""
    from dashboard.people import COMMAND_LINE
    from dashboard.sending import Message
    from dashboard.services.triage.channels import try_channel
    from dashboard.wording import _

    told = Message("try", _("Floorwalker: a message to see whether it arrives"), _("It did."))
    with refusals():
        try_channel(COMMAND_LINE, desk_of(context, data), number, told, to=to)
        click.echo("It was taken.")


@channel.command("remove")
@click.argument("number", type=int)
@data_option
@click.pass_context
def remove(context: click.Context, /, number: int, data: Path | None) -> None:
    """Take a channel away with its secrets."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage.channels import channels, remove_channel

    with refusals():
        desk = desk_of(context, data)
        there = next((one for one in channels(COMMAND_LINE, desk) if one.id == number), None)
        remove_channel(COMMAND_LINE, desk, number, expected=there.version if there else 0)
        click.echo(f"Channel {number} is gone.")


@channel.command("address")
@click.argument("account")
@click.argument("address", default="")
@data_option
@click.pass_context
def set_address(context: click.Context, /, account: str, address: str, data: Path | None) -> None:
    """Where a person gets mail, if not at the name of the account; nothing takes it away."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.accounts import accounts
    from dashboard.services.triage.channels import keep_address

    with refusals():
        desk = desk_of(context, data)
        person = next((one for one in accounts(COMMAND_LINE, desk) if one.account == account), None)
        if person is None:
            raise Failure(f"There is no account {account}.")
        keep_address(COMMAND_LINE, desk, person.id, address)
        say(f"{account}: {address or 'at the name of the account'}")


def _typed(what: str) -> str:
    """A secret from the terminal without an echo, or the next line of standard input."""
    return click.prompt(what, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
