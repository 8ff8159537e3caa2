"""Reminders and reports that are due: a turn of the server's clock, once a minute, where a channel is set up.

Beside it `floorwalker remind` and `floorwalker report due` may run as often as they like: each message is claimed once.
"""

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.services.reports.due import is_anything_due
from dashboard.services.reports.mailing_apart import send_beside
from dashboard.services.triage.reminders import deliver
from dashboard.store import SendingChannel


def remind(desk: Desk) -> None:
    """Send what is to be told by now; reports go in a process of their own. What fails stays claimed for a next try."""
    if not _has_channels(desk):
        return
    deliver(SERVER, desk)
    if is_anything_due(SERVER, desk):
        send_beside(SERVER, desk)


def _has_channels(desk: Desk) -> bool:
    with desk.reading() as session:
        return session.scalar(select(SendingChannel.id).where(SendingChannel.is_on).limit(1)) is not None
