"""The command `floorwalker`: everything a page shows, without a browser.

Exit code 0 done, 1 refused or failed with one clear sentence on standard error, 2 wrong usage. Heavy imports happen
inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands import (
    agreements,
    audits,
    backups,
    desks,
    figures,
    identity,
    people,
    privacy,
    reconciling,
    reminders,
    reports,
    sampling,
    serving,
    staffing,
    sync,
    triage,
    watch,
)
from dashboard.commands.common import data_option, refusals, spoken


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="floorwalker", prog_name="floorwalker")
@data_option
@click.pass_context
def main(context: click.Context, /, data: Path | None) -> None:
    """Floorwalker 巡场: the supervisor's dashboard of an inquiry desk."""
    from dashboard.wording import use_language

    context.obj = data
    with refusals():
        use_language(spoken(None))


for command in (
    serving.serve,
    desks.load,
    desks.undo,
    desks.redo,
    desks.rejects,
    desks.sources,
    desks.rebuild,
    desks.doctor,
    figures.metrics_command,
    figures.show,
    figures.compare,
    figures.tickets,
    figures.explain,
    agreements.settings,
    people.user,
    audits.audit,
    privacy.retention,
    privacy.hold,
    privacy.purge,
    privacy.customer,
    backups.backup,
    backups.restore,
    triage.triage,
    reports.report,
    reminders.remind,
    reminders.channel,
    reconciling.reconcile,
    identity.identity,
    sync.connection,
    sync.sync,
    watch.watch,
    sampling.sample,
    staffing.forecast,
    staffing.staff,
):
    main.add_command(command)
