"""Figures and tickets as files: for whom the table of rights allows it, each one told in the audit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from dashboard.charts.drawing import Chart
from dashboard.charts.picture import Format, picture
from dashboard.components.export import csv
from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.privacy.masking import masked_frame
from dashboard.reports.single import Handed, described, workbook

Form = Literal["xlsx", "csv"]


@needs(Act.EXPORT_FIGURES)
def figures_file(actor: Actor, desk: Desk, handed: Handed, form: Form = "csv") -> bytes:
    """These figures, which are this person's to see, as a file that says what they are."""
    return _told(actor, desk, handed, form, "figures")


@needs(Act.EXPORT_TICKETS)
def tickets_file(actor: Actor, desk: Desk, handed: Handed, form: Form = "csv") -> bytes:
    """These tickets, which are this person's to see, as a file."""
    return _told(actor, desk, handed, form, "tickets")


@needs(Act.EXPORT_FIGURES)
def figures_picture(actor: Actor, desk: Desk, handed: Handed, chart: Chart, form: Format) -> Mapping[str, Any]:
    """What the reader's browser makes the picture of: this chart, which is his to see, with what it tells."""
    found = picture(chart, title=handed.title, above=(handed.scope,), below=(handed.definition,))
    with desk.keeping() as session:
        record(session, actor, "figures.export", f"figures:{handed.name}"[:300], {"form": form})
    return found


def _told(actor: Actor, desk: Desk, handed: Handed, form: Form, what: str) -> bytes:
    safe = replace(handed, frame=masked_frame(handed.frame))
    made = csv(described(safe)) if form == "csv" else workbook(safe, zone=desk.zone() or "UTC")
    with desk.keeping() as session:
        record(session, actor, f"{what}.export", f"{what}:{handed.name}"[:300],
               {"form": form, "rows": handed.frame.height, "bytes": len(made)})  # fmt: skip
    return made
