"""Figures and tickets as files: for whom the table of rights allows it, each one told in the audit."""

import polars as pl

from dashboard.components.export import csv
from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record


@needs(Act.EXPORT_FIGURES)
def figures_file(actor: Actor, desk: Desk, figures: pl.DataFrame, *, name: str) -> bytes:
    """These figures, which are this person's to see, as CSV. `name` says which, such as the key of a card."""
    return _told(actor, desk, figures, "figures.export", f"figures:{name}")


@needs(Act.EXPORT_TICKETS)
def tickets_file(actor: Actor, desk: Desk, tickets: pl.DataFrame, *, name: str) -> bytes:
    """These tickets, which are this person's to see, as CSV. `name` says behind which figure they stand."""
    return _told(actor, desk, tickets, "tickets.export", f"tickets:{name}")


def _told(actor: Actor, desk: Desk, frame: pl.DataFrame, action: str, subject: str) -> bytes:
    made = csv(frame)
    with desk.keeping() as session:
        record(session, actor, action, subject[:300], {"rows": frame.height, "bytes": len(made)})
    return made
