"""The commands over personal data: retention, hold, purge, customer."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.common import data_option, desk_of, refusals, spoken, write

reason_option = click.option("--reason", required=True, help="Why; kept in the audit.")


@click.command()
@click.option("--keep", "kept", multiple=True, metavar="KIND=DAYS", help="Keep a kind so long; may be repeated.")
@click.option("--reason", default="", help="Why; kept in the audit.")
@data_option
@click.pass_context
def retention(context: click.Context, /, kept: tuple[str, ...], reason: str, data: Path | None) -> None:
    """For how many days what is kept: texts, customers, rejects, sign_ins."""
    from dashboard.people import COMMAND_LINE
    from dashboard.privacy.limits import KINDS, limits, set_limits
    from dashboard.wording import _, speaking

    with refusals(), speaking(spoken(None)):
        desk = desk_of(context, data)
        if kept:
            set_limits(COMMAND_LINE, desk, dict(_days(one) for one in kept), reason=reason)
        for kind, days in limits(COMMAND_LINE, desk).items():
            click.echo(f"{kind:<10} {days:>6}  {_(KINDS[kind])}")


def _days(text: str) -> tuple[str, int]:
    kind, _equals, days = text.partition("=")
    if not days.isdecimal():
        raise click.BadParameter(f"--keep wants KIND=DAYS, for example texts=400; found {text!r}")
    return kind, int(days)


@click.group()
def hold() -> None:
    """What no purge touches: a ticket, a source, a customer, the whole desk."""


@hold.command("add")
@click.option("--source", help="Only of this source.")
@click.option("--ticket", "ticket_id", help="Only this ticket.")
@click.option("--customer", help="Only what is of this customer.")
@reason_option
@data_option
@click.pass_context
def add_hold(
    context: click.Context, /, source: str | None, ticket_id: str | None, customer: str | None, reason: str,
    data: Path | None,
) -> None:  # fmt: skip
    """Place a legal hold; without an option it is one on the whole desk."""
    from dashboard.people import COMMAND_LINE
    from dashboard.privacy.limits import place_hold

    with refusals():
        number = place_hold(COMMAND_LINE, desk_of(context, data), reason=reason, source=source, ticket_id=ticket_id,
                            customer=customer)  # fmt: skip
        click.echo(f"Hold {number} stands.")


@hold.command("list")
@data_option
@click.pass_context
def list_holds(context: click.Context, /, data: Path | None) -> None:
    """The holds that stand."""
    from dashboard.people import COMMAND_LINE
    from dashboard.privacy.limits import holds

    with refusals():
        for one in holds(COMMAND_LINE, desk_of(context, data)):
            of = [one.source, one.ticket_id, "a customer" if one.customer else None]
            named = " ".join(part for part in of if part) or "the whole desk"
            click.echo(f"{one.id:>4}  {one.made_at:%Y-%m-%d}  {one.actor}  {named}: {one.reason}")


@hold.command("lift")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@reason_option
@data_option
@click.pass_context
def lift(context: click.Context, /, number: int, reason: str, data: Path | None) -> None:
    """End a hold."""
    from dashboard.people import COMMAND_LINE
    from dashboard.privacy.limits import lift_hold

    with refusals():
        lift_hold(COMMAND_LINE, desk_of(context, data), number, reason=reason)
        click.echo(f"Hold {number} is lifted.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go; nothing is changed.")
@data_option
@click.pass_context
def purge(context: click.Context, /, dry_run: bool, data: Path | None) -> None:
    """Remove what its time is over for, from every file of the desk; figures stay. Cannot be taken back."""
    from dashboard.people import COMMAND_LINE
    from dashboard.privacy.retention import purge as purged

    with refusals():
        done = purged(COMMAND_LINE, desk_of(context, data), dry_run=dry_run)
        told = "would lose" if dry_run else "lost"
        click.echo(
            f"{done.tickets:,} tickets {told} their words, {done.customers:,} customers their names; "
            f"rejects of {len(done.rejects)} loads, {done.sign_ins:,} sign-ins. Held: {done.held:,} tickets."
        )
        if not dry_run:
            click.echo("Backups that were made elsewhere before still hold it: remove them.", err=True)


@click.group()
def customer() -> None:
    """One customer: find what the desk has of him, hand it out, erase it."""


@customer.command("find")
@click.argument("who")
@data_option
@click.pass_context
def find_customer(context: click.Context, /, who: str, data: Path | None) -> None:
    """His tickets: by his name or number, or by a telephone number or address that stands in them."""
    from dashboard.people import COMMAND_LINE
    from dashboard.privacy.customers import find

    with refusals():
        found = find(COMMAND_LINE, desk_of(context, data), who)
        click.echo(found.write_csv(), nl=False)


@customer.command("export")
@click.argument("who")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; else standard output.")
@data_option
@click.pass_context
def export_customer(context: click.Context, /, who: str, out: Path | None, data: Path | None) -> None:
    """All that the desk has of him, as JSON."""
    from dashboard.people import COMMAND_LINE
    from dashboard.privacy.customers import export

    with refusals():
        content = export(COMMAND_LINE, desk_of(context, data), who)
    write(content, out)


@customer.command("erase")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
@click.pass_context
def erase_customer(context: click.Context, /, who: str, yes: bool, data: Path | None) -> None:
    """Take his words and name out of every file of the desk for good; figures stay. Look first with `find`."""
    from dashboard.people import COMMAND_LINE
    from dashboard.privacy.customers import erase

    if not yes:
        click.confirm("His words and name cannot be brought back. Go on?", abort=True)
    with refusals():
        done = erase(COMMAND_LINE, desk_of(context, data), who)
        click.echo(f"{done.tickets:,} tickets lost their words and his name.")
