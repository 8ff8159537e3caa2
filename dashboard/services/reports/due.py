"""Which reports are to be sent: those that are due by their schedules, and those that somebody wants now.

Both are put down as mails that nobody has tried yet; `mailing` sends them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.reports.asked import Asked, as_plain
from dashboard.reports.timing import newest_due
from dashboard.sending.claims import UNSENT, is_free, put_down
from dashboard.services.reports.schedules import (
    NO_MAIL,
    ScheduleError,
    has_mail_server,
    keys_of,
    recipient_in,
    shown,
    to_use,
)
from dashboard.services.reports.templates import digest_in_use
from dashboard.store import ReportMail, ReportSchedule
from dashboard.triage.business import hours_of
from dashboard.triage.now import now
from metrics.model import Period

MOST_TRIES = 24
"""Over some 17 hours, by the waits between them."""
BY_HAND = "by hand "
MailState = Literal["waiting", "making", "handing", "sent", "failed", "given_up", "uncertain"]
_Row = tuple[int, str, str, Mapping[str, Any]]
"""Schedule, occurrence, recipient, what is asked for."""


@needs(Act.SEND_REMINDERS)
def is_anything_due(actor: Actor, desk: Desk, *, at: datetime | None = None) -> bool:
    """Whether `send_due` would find something to do; cheap enough to be asked every minute."""
    del actor
    moment = at or now()
    with desk.reading() as session:
        if any(is_free(row, moment) for row in session.scalars(open_mails())):
            return True
        rows = session.scalars(_active()).all()
        known = {(id, day) for id, day in session.execute(select(ReportMail.schedule_id, ReportMail.occurrence))}
    return any((id, occurrence) not in known for id, occurrence, _key, _asked in _wanted(desk, rows, moment))


@needs(Act.MAKE_REPORTS)
def want_now(actor: Actor, desk: Desk, id: int, *, only: Sequence[str] | None = None) -> int:
    """Put a report down to be sent at once, to all of its people or to these; how many. Raises ScheduleError.

    It is sent by the next `send_due`.
    """
    if not has_mail_server(actor, desk):
        raise ScheduleError(NO_MAIL)
    moment, settings = now(), hours_of(desk).settings
    with desk.keeping() as session:
        schedule = shown(to_use(session, actor, id))
        keys = keys_of(schedule) if only is None else tuple(only)
        for key in keys:
            recipient_in(actor, desk, session, key)
        due = newest_due(replace(schedule.timing, on_working_days=False), moment, settings)[-1]
        asked = as_plain(_asked(session, schedule.id, due.period))
        occurrence = f"{BY_HAND}{moment.isoformat(timespec='milliseconds')}"
        _put_down(session, [(id, occurrence, key, asked) for key in keys], moment)
        record(session, actor, "report.send", f"schedule:{id}", {"mails": len(keys)})
    return len(keys)


def state_of(row: ReportMail, at: datetime) -> MailState:
    """How far a mail is."""
    if row.sent_at is not None:
        return "sent"
    if row.handed_at is not None:
        return "uncertain" if row.error or row.handed_at + UNSENT <= at else "handing"
    if not row.tries:
        return "waiting"
    if row.error is None:
        return "making"
    return "failed" if row.tries < MOST_TRIES else "given_up"


def _active() -> Select[ReportSchedule]:
    return select(ReportSchedule).where(ReportSchedule.is_on, ReportSchedule.removed_at.is_(None))


def open_mails() -> Select[ReportMail]:
    """The mails that are still to be sent: of schedules that are on, and those that somebody wanted by hand."""
    goes_on = ReportSchedule.removed_at.is_(None) & (ReportSchedule.is_on | ReportMail.occurrence.startswith(BY_HAND))
    unsent = ReportMail.sent_at.is_(None) & ReportMail.handed_at.is_(None) & (ReportMail.tries < MOST_TRIES)
    asked = select(ReportMail).join(ReportSchedule, ReportSchedule.id == ReportMail.schedule_id)
    return asked.where(unsent, goes_on).order_by(ReportMail.tries, ReportMail.id)


def _wanted(desk: Desk, rows: Sequence[ReportSchedule], at: datetime) -> list[_Row]:
    """What was due last of each schedule, unless that was before it was kept or changed."""
    settings, found = hours_of(desk).settings, list[_Row]()
    with desk.reading() as session:
        for row in rows:
            schedule = shown(row)
            for due in newest_due(schedule.timing, at, settings):
                if due.at > row.since:
                    asked = as_plain(_asked(session, row.id, due.period))
                    found += [(row.id, due.day.isoformat(), key, asked) for key in keys_of(schedule)]
    return found


def _asked(session: Session, id: int, period: Period) -> Asked:
    schedule = shown(session.get_one(ReportSchedule, id))
    return Asked(schedule.timing.kind, period, schedule.language, schedule.where,
                 template=digest_in_use(session, schedule.template_id))  # fmt: skip


@needs(Act.SEND_REMINDERS)
def put_down_due(actor: Actor, desk: Desk, at: datetime) -> int:
    """Put down what is due by now and was not yet; how many mails that are."""
    del actor
    with desk.reading() as session:
        rows = session.scalars(_active()).all()
    wanted = _wanted(desk, rows, at)
    with desk.keeping() as session:
        return _put_down(session, wanted, at)


def _put_down(session: Session, wanted: Sequence[_Row], at: datetime) -> int:
    """As mails that nobody has tried to send; how many were not there already."""
    rows = [
        {"schedule_id": schedule, "occurrence": occurrence, "recipient": key, "asked": asked, "claimed_at": at,
         "tries": 0, "error": ""}
        for schedule, occurrence, key, asked in wanted
    ]  # fmt: skip
    return len(put_down(session, ReportMail, rows, ReportMail.id))
