"""What became of the mails of schedules: to whom, when, with which report; and when each goes out next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.reports.asked import Asked, asked_of
from dashboard.reports.timing import next_due
from dashboard.services.reports.due import BY_HAND, MailState, state_of
from dashboard.services.reports.schedules import is_visible, schedules
from dashboard.store import Person, ReportMail, ReportSchedule
from dashboard.triage.business import hours_of
from dashboard.triage.now import now


@dataclass(frozen=True)
class Mail:
    """One mail. `at`: when it was sent, else when it was last tried, on the desk's clock."""

    id: int
    schedule: str
    to: str
    asked: Asked
    state: MailState
    at: datetime
    tries: int
    error: str | None
    report_id: int | None
    is_by_hand: bool


@needs(Act.MAKE_REPORTS)
def mails(actor: Actor, desk: Desk, schedule: int, *, limit: int = 20) -> tuple[Mail, ...]:
    """The newest mails of a schedule, the newest first."""
    asked = select(ReportMail, ReportSchedule.name).join(ReportSchedule).where(is_visible(actor))
    with desk.reading() as session:
        rows = session.execute(
            asked.where(ReportMail.schedule_id == schedule).order_by(ReportMail.id.desc()).limit(limit)
        )
        return tuple(_shown(session, desk, row, name) for row, name in rows)


@needs(Act.MAKE_REPORTS)
def mails_of_reports(actor: Actor, desk: Desk) -> Mapping[int, Mail]:
    """The mails by which reports of the archive went, by the number of the report; also those that he was sent."""
    is_his = is_visible(actor) | (ReportMail.recipient == f"person:{actor.id}")
    asked = (
        select(ReportMail, ReportSchedule.name).join(ReportSchedule).where(is_his, ReportMail.report_id.is_not(None))
    )
    with desk.reading() as session:
        rows = session.execute(asked.order_by(ReportMail.id))
        return {row.report_id: _shown(session, desk, row, name) for row, name in rows if row.report_id is not None}


@needs(Act.MAKE_REPORTS)
def next_days(actor: Actor, desk: Desk) -> dict[int, datetime]:
    """When each schedule goes out next, on the desk's clock."""
    settings = hours_of(desk).settings
    zone = ZoneInfo(settings.zone)
    return {one.id: next_due(one.timing, now(), settings).at.astimezone(zone) for one in schedules(actor, desk)}


def _shown(session: Session, desk: Desk, row: ReportMail, schedule: str) -> Mail:
    at = (row.sent_at or row.handed_at or row.claimed_at).astimezone(ZoneInfo(desk.zone() or "UTC"))
    return Mail(
        row.id, schedule, _name(session, row.recipient), asked_of(row.asked), state_of(row, now()), at, row.tries,
        row.error or None, row.report_id, row.occurrence.startswith(BY_HAND),
    )  # fmt: skip


def _name(session: Session, recipient: str) -> str:
    kind, _colon, value = recipient.partition(":")
    person = session.get(Person, int(value)) if kind == "person" else None
    return person.name if person is not None else value
