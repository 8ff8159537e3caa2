"""The commands over people: user add, list, role, teams, agent, password, link, provider, disable, enable."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.commands.common import data_option, desk_of, refusals

if TYPE_CHECKING:
    from dashboard.people.accounts import Account

ROLES = ("agent", "inspector", "supervisor", "manager", "administrator")
password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; asked for without echo otherwise."
)


@click.group()
def user() -> None:
    """Who may use the desk over the network: accounts, roles, teams, passwords."""


@user.command("add")
@click.argument("account")
@click.option("--name", help="As people are called; the account otherwise.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--team", "teams", multiple=True, metavar="TEAM", help="A team that the person leads; may be repeated.")
@click.option("--agent", help="The name by which the tickets know the person.")
@click.option("--no-password", is_flag=True, help="None yet: the person chooses one by a link (user link).")
@password_option
@data_option
@click.pass_context
def add_user(
    context: click.Context, /, account: str, name: str | None, role: str, teams: tuple[str, ...], agent: str | None,
    no_password: bool, password_stdin: bool, data: Path | None,
) -> None:  # fmt: skip
    """Make an account. The first one must be an administrator."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.accounts import add

    with refusals():
        desk = desk_of(context, data, may_make=True)
        password = None if no_password else _asked(from_stdin=password_stdin)
        made = add(COMMAND_LINE, desk, account, name=name or account, role=role, teams=teams, agent=agent,
                   password=password)  # fmt: skip
        click.echo(f"{made.account} is {made.role} on the desk {desk.root}.")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@data_option
@click.pass_context
def list_users(context: click.Context, /, as_json: bool, data: Path | None) -> None:
    """Who has an account."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.accounts import accounts

    with refusals():
        found = accounts(COMMAND_LINE, desk_of(context, data))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2, default=str))
    elif not found:
        click.echo("Nobody has an account on this desk.", err=True)
    for one in () if as_json else found:
        click.echo(_line(one))


@user.command("role")
@click.argument("account")
@click.argument("role", type=click.Choice(ROLES))
@data_option
@click.pass_context
def set_role(context: click.Context, /, account: str, role: str, data: Path | None) -> None:
    """Give an account another role; whoever is signed in with it is signed out within seconds."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.accounts import Change, change

    with refusals():
        click.echo(_line(change(COMMAND_LINE, desk_of(context, data), account, Change(role=role))))


@user.command("teams")
@click.argument("account")
@click.argument("teams", nargs=-1)
@data_option
@click.pass_context
def set_teams(context: click.Context, /, account: str, teams: tuple[str, ...], data: Path | None) -> None:
    """From today on a person leads these teams and no others."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.accounts import Change, change

    with refusals():
        click.echo(_line(change(COMMAND_LINE, desk_of(context, data), account, Change(teams=teams))))


@user.command("agent")
@click.argument("account")
@click.argument("agent")
@data_option
@click.pass_context
def set_agent(context: click.Context, /, account: str, agent: str, data: Path | None) -> None:
    """By which name the tickets know a person ("" for none)."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.accounts import Change, change

    with refusals():
        click.echo(_line(change(COMMAND_LINE, desk_of(context, data), account, Change(agent=agent))))


@user.command("password")
@click.argument("account")
@password_option
@data_option
@click.pass_context
def give_password(context: click.Context, /, account: str, password_stdin: bool, data: Path | None) -> None:
    """Give an account another password; whoever is signed in with it is signed out within seconds."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.accounts import set_password

    with refusals():
        desk = desk_of(context, data)
        set_password(COMMAND_LINE, desk, account, _asked(from_stdin=password_stdin))
        click.echo(f"{account} has another password.")


@user.command("link")
@click.argument("account")
@data_option
@click.pass_context
def link(context: click.Context, /, account: str, data: Path | None) -> None:
    """A link by which a person chooses his password: it works once, within a day."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.links import password_link

    with refusals():
        path = password_link(COMMAND_LINE, desk_of(context, data), account)
    click.echo(f"Open once within 24 hours, at the address of this desk: {path}")


@user.command("provider")
@click.argument("account")
@click.argument("subject")
@click.option("--issuer", envvar="FLOORWALKER_OIDC_ISSUER", help="Whose subject that is; as for serve otherwise.")
@data_option
@click.pass_context
def set_provider(context: click.Context, /, account: str, subject: str, issuer: str | None, data: Path | None) -> None:
    """By which subject the sign-in provider knows a person ("" for none), where no e-mail address tells it."""
    from dashboard.people import COMMAND_LINE
    from dashboard.people.provider_entry import link_provider

    if subject and not issuer:
        raise click.UsageError("a subject belongs to an issuer: --issuer URL")
    with refusals():
        link_provider(COMMAND_LINE, desk_of(context, data), account, f"{issuer} {subject}" if subject else "")
        click.echo(f"{account} is {'linked' if subject else 'not linked any more'}.")


@user.command("disable")
@click.argument("account")
@data_option
@click.pass_context
def disable(context: click.Context, /, account: str, data: Path | None) -> None:
    """Close an account; what its person did stays in the audit."""
    _set_disabled(context, account, data, is_disabled=True)


@user.command("enable")
@click.argument("account")
@data_option
@click.pass_context
def enable(context: click.Context, /, account: str, data: Path | None) -> None:
    """Open a closed account again."""
    _set_disabled(context, account, data, is_disabled=False)


def _set_disabled(context: click.Context, account: str, data: Path | None, *, is_disabled: bool) -> None:
    from dashboard.people import COMMAND_LINE
    from dashboard.people.accounts import set_disabled

    with refusals():
        click.echo(_line(set_disabled(COMMAND_LINE, desk_of(context, data), account, is_disabled)))


def _asked(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _line(one: Account) -> str:
    closed = "  disabled" if one.is_disabled else "" if one.has_password else "  no password yet"
    known = f"  tickets call him {one.agent}" if one.agent else ""
    return f"{one.account:<24}{one.role:<15}{', '.join(one.teams) or '–'}{known}{closed}"
