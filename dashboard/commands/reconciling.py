"""The command that holds the sources' own figures against ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboard.commands.common import data_option, desk_of, in_zone, refusals, scope_of, scope_options


@click.command()
@click.option("--tickets", "by_ticket", is_flag=True, help="One row per ticket that differs, with the reason.")
@scope_options
@click.option("--format", "style", type=click.Choice(("table", "csv", "json")), default="table")
@data_option
@click.pass_context
def reconcile(context: click.Context, /, by_ticket: bool, style: str, data: Path | None, **scope: Any) -> None:
    """The sources' own durations and verdicts beside ours, and the rule that explains each difference."""
    import polars as pl

    from dashboard.people import COMMAND_LINE
    from dashboard.printing import difference_table
    from dashboard.services.analysis.reconciliation import reconciliation
    from metrics.reconciling import SAME

    with refusals():
        desk = desk_of(context, data)
        found = reconciliation(COMMAND_LINE, desk, in_zone(scope_of(**scope), desk))
        if by_ticket:
            unlike = found.tickets.filter(pl.col("why") != SAME)
            click.echo(difference_table(unlike, style), nl=style != "csv")
            return
        click.echo(_figures(found.figures, style), nl=style != "csv")


def _figures(figures: Any, style: str) -> str:
    import json

    from dashboard.format import duration
    from dashboard.printing import aligned
    from dashboard.wording import _

    if style == "csv":
        return str(figures.write_csv())
    if style == "json":
        return json.dumps(figures.to_dicts(), ensure_ascii=False, indent=2)
    rows = [
        [row["source"], _(f"reconcile.figure.{row['figure']}"),
         *(str(row[name]) for name in ("told", "both", "same", "explained", "unexplained")),
         *("–" if row["figure"].endswith("_met") else duration(row[name]) for name in ("ours", "theirs"))]
        for row in figures.to_dicts()
    ]  # fmt: skip
    return aligned(figures.columns, rows)
