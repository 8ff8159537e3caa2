"""The command that says which customers are one person, and keeps the rules for it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dashboard.commands.common import data_option, desk_of, refusals


@click.command()
@click.option("--rule", "rules", multiple=True, type=click.Choice(("email", "phone", "name")), help="Look by these.")
@click.option("--keep", is_flag=True, help="Let these rules hold; without --rule none does any more.")
@click.option("--reason", default="", help="Why, for the journal; needed with --keep.")
@click.option("--json", "as_json", is_flag=True, help="The numbers as one JSON object.")
@data_option
@click.pass_context
def identity(
    context: click.Context, /, rules: tuple[str, ...], keep: bool, reason: str, as_json: bool, data: Path | None
) -> None:
    """One customer over channels and sources: what rules bring together, and which hold."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.loading.identity import keep_rules, people, rules_in_force

    if keep and not reason:
        raise click.UsageError("--keep wants --reason")
    with refusals():
        desk = desk_of(context, data)
        if keep:
            keep_rules(COMMAND_LINE, desk, rules, reason=reason)
        held = rules_in_force(COMMAND_LINE, desk)
        found = people(COMMAND_LINE, desk, rules or held)
        told = {
            "rules": list(rules or held), "in_force": list(held), "customers": found.customers, "people": found.people,
            "of_several_names": found.merged.height, "left_out": found.too_common,
            "repeats_by_name": found.repeats_before, "repeats_by_person": found.repeats_after,
        }  # fmt: skip
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False, indent=2))
            return
        click.echo("\n".join(f"{name}: {_said(value)}" for name, value in told.items()))


def _said(value: object) -> str:
    return (", ".join(map(str, value)) or "–") if isinstance(value, list) else str(value)
