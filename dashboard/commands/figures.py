"""The commands that answer with figures: metrics, show, compare, tickets, explain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboard.commands.common import (
    data_option,
    desk_of,
    filters_of,
    in_zone,
    refusals,
    scope_of,
    scope_options,
    spoken,
    write,
)

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


@click.command("metrics")
@click.option("--format", "style", type=click.Choice(("table", "json")), default="table")
def metrics_command(style: str) -> None:
    """Every metric with its definition."""
    from dashboard.printing import metric_list

    click.echo(metric_list(style))


@click.command()
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
    from dashboard.people import COMMAND_LINE
    from dashboard.printing import difference_table, figure_table
    from dashboard.services.analysis.absences import figures_or_reasons
    from dashboard.services.analysis.other_rules import differences_by_rules, figures_by_rules

    if difference and rules == "desk":
        raise click.UsageError("--difference wants --rules zendesk, freshdesk or chatwoot")
    wanted = scope_of(**scope)
    dims = tuple(part.strip() for part in by.split(",") if part.strip())
    with refusals():
        desk = desk_of(context, data)
        wanted = in_zone(wanted, desk)
        if difference:
            differing = differences_by_rules(COMMAND_LINE, desk, rules, metric, wanted)
            click.echo(difference_table(differing, style), nl=style != "csv")
            return
        if rules == "desk":
            result = figures_or_reasons(COMMAND_LINE, desk, metric or DEFAULT_METRICS, wanted, by=dims, every=every)
        else:
            result = figures_by_rules(COMMAND_LINE, desk, rules, metric, wanted, by=dims, every=every)
        click.echo(figure_table(result, style), nl=style != "csv")


@click.command()
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
    from dashboard.people import COMMAND_LINE
    from dashboard.printing import comparison_table
    from dashboard.services.analysis.comparisons import comparison

    with refusals():
        found = comparison(
            COMMAND_LINE, desk_of(context, data), metric or DEFAULT_METRICS, of=of, to=to, where=filters_of(where)
        )  # fmt: skip
        click.echo(comparison_table(found, style), nl=style != "csv")


@click.command()
@scope_options
@click.option("--format", "style", type=click.Choice(("csv", "json", "parquet")), default="csv")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; standard output otherwise."
)
@click.option("--masked", "is_masked", is_flag=True, help="With masks over what tells who customers are.")
@data_option
@click.pass_context
def tickets(
    context: click.Context, /, style: str, is_masked: bool, out: Path | None, data: Path | None, **scope: Any
) -> None:
    """One row per ticket: every column and every duration, in seconds; customers unmasked unless --masked."""
    from dashboard.people import COMMAND_LINE
    from dashboard.printing import ticket_rows
    from dashboard.privacy.masking import masked_frame
    from dashboard.services.facts.figures import tickets as tickets_of

    wanted = scope_of(**scope)
    with refusals():
        desk = desk_of(context, data)
        found = tickets_of(COMMAND_LINE, desk, in_zone(wanted, desk))
        content = ticket_rows(masked_frame(found) if is_masked else found, style)
    write(content, out)


@click.command()
@click.argument("ticket")
@click.option("--source", metavar="SOURCE", help="Where several sources have a ticket of that number.")
@click.option("--lang", type=click.Choice(("zh-CN", "en")), help="The language of the answer (also FLOORWALKER_LANG).")
@data_option
@click.pass_context
def explain(context: click.Context, /, ticket: str, source: str | None, lang: str | None, data: Path | None) -> None:
    """How the figures of one ticket came about: hours, promises, pauses, verdicts, step by step."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.analysis.explain import as_text
    from dashboard.services.analysis.explain import explain as explained
    from dashboard.wording import speaking

    with refusals(), speaking(spoken(lang)):
        click.echo(as_text(explained(COMMAND_LINE, desk_of(context, data), ticket, source=source)))
