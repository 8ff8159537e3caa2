"""Reports that are due, to everybody who is to get them: each made as he may see it, and handed over once.

One mail after the other is claimed, made and handed over, so that a failure, or the end of the process, is one mail's
own. What failed is tried again after waits that grow. That the hand-over begins is written down before it: where a
process dies in it, or the line breaks, nobody knows whether the mail was taken, and nobody tries again by himself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.refusals import sentence
from dashboard.reports.asked import KINDS, Asked, asked_of, days_in_words
from dashboard.reports.files import held
from dashboard.reports.writing import MEDIA_TYPE
from dashboard.sending import Attachment, MailServer, Message, NotSent, Robot
from dashboard.sending.claims import changed, is_free
from dashboard.sending.message import Uncertain, Unreachable
from dashboard.sending.ways import hand_over, mail_server
from dashboard.services.reports.apart import make_ordered
from dashboard.services.reports.archive import content_of, file_name, order_for
from dashboard.services.reports.due import MOST_TRIES, open_mails, put_down_due
from dashboard.services.reports.schedules import ScheduleError, recipient_in
from dashboard.store import ReportMail, ReportRow
from dashboard.triage.now import now
from dashboard.triage.reminder_settings import reminder_settings
from dashboard.wording import N_, _, speaking
from metrics.errors import ActionableError

ATTACHED_AT_MOST = 10_000_000
"""Bytes; many mail servers refuse larger mails."""
_NOT_MADE = N_("The report was not made.")
Present = Callable[[], datetime]


@dataclass(frozen=True)
class Mailed:
    """What came of it: mails put down now, taken by the server, failed, and those of which nobody knows."""

    wanted: int = 0
    sent: int = 0
    failed: int = 0
    uncertain: int = 0


@dataclass(frozen=True)
class _Mail:
    """A mail that this process has: its row, which of its tries is ours, what is asked for, by which schedule."""

    id: int
    tries: int
    recipient: str
    asked: Asked
    report_id: int | None
    schedule: int
    occurrence: str

    @property
    def message_id(self) -> str:
        """The same at each try, so that a mailbox shows a mail once."""
        return f"report-{self.schedule}-{sha256(f'{self.occurrence} {self.recipient}'.encode()).hexdigest()[:24]}"


@needs(Act.SEND_REMINDERS)
def send_due(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Mailed:
    """Send everything that is due by now and was not sent. Without a mail server nothing is put down or sent."""
    begun = now()
    moment = at or begun
    with desk.reading() as session:
        server = mail_server(session, desk)
    if server is None:
        return Mailed()
    wanted = put_down_due(actor, desk, moment)
    told = list(_outcomes(actor, desk, server, lambda: moment + (now() - begun)))
    sent, uncertain = told.count(None), sum(isinstance(one, Uncertain) for one in told)
    return Mailed(wanted, sent, len(told) - sent - uncertain, uncertain)


def _outcomes(actor: Actor, desk: Desk, server: MailServer | Robot, present: Present) -> Iterator[Exception | None]:
    """One mail after the other, each once: None where it was taken, else what went wrong."""
    seen, gone = set[int](), None
    while (mail := _taken(desk, present(), seen)) is not None:
        seen.add(mail.id)
        error = gone or _outcome(actor, desk, mail, server, present)
        if isinstance(error, _Overtaken):
            continue
        if isinstance(error, Unreachable):
            gone = error  # nobody else is kept waiting for a server that is not there
        _note(actor, desk, mail, error, present())
        yield error


class _Overtaken(Exception):
    """Another process has it by now."""


def _taken(desk: Desk, at: datetime, seen: set[int]) -> _Mail | None:
    """The next mail that is to be tried, ours from now on."""
    with desk.keeping() as session:
        for row in session.scalars(open_mails()):
            if row.id in seen or not is_free(row, at) or _is_being_made(desk, row.report_id):
                continue
            tries = row.tries + 1
            unhanded = ReportMail.handed_at.is_(None)
            if changed(session, ReportMail, row.id, row.tries, unhanded, claimed_at=at, tries=tries, error=None):
                return _Mail(row.id, tries, row.recipient, asked_of(row.asked), row.report_id, row.schedule_id,
                             row.occurrence)  # fmt: skip
    return None


def _is_being_made(desk: Desk, report: int | None) -> bool:
    """Whether a process that lives makes its report."""
    if report is None:
        return False
    with held(desk, report) as is_mine:
        return not is_mine


def _outcome(
    actor: Actor, desk: Desk, mail: _Mail, server: MailServer | Robot, present: Present
) -> Exception | None:  # fmt: skip
    try:
        with desk.reading() as session:
            reader = recipient_in(actor, desk, session, mail.recipient)
        report = order_for(actor, desk, mail.asked, reader.actor, again=mail.report_id)
        if not _changed(desk, mail, report_id=report):
            return _Overtaken()
        make_ordered(actor, desk, report)
        message = _message(actor, desk, mail, report)
        if not _changed(desk, mail, handed_at=present()):
            return _Overtaken()
        hand_over(server, message, (reader.address,))
    except (NotSent, ActionableError, OSError) as error:
        return error
    return None


def _changed(desk: Desk, mail: _Mail, **values: Any) -> bool:
    with desk.keeping() as session:
        return changed(session, ReportMail, mail.id, mail.tries, ReportMail.handed_at.is_(None), **values)


def _message(actor: Actor, desk: Desk, mail: _Mail, id: int) -> Message:
    """The summary with the workbook, or where that can be found. Raises ScheduleError where there is none."""
    with desk.reading() as session:
        row = session.get_one(ReportRow, id)
    with speaking(mail.asked.language):
        if row.state != "done":
            raise ScheduleError(row.problem or _NOT_MADE)
        content = content_of(actor, desk, row)
        fits = len(content) <= ATTACHED_AT_MOST
        subject = f"{_(KINDS[mail.asked.kind])} · {days_in_words(mail.asked.period)}"
        attached = Attachment(file_name(mail.asked, id), MEDIA_TYPE, content) if fits else None
        return Message(mail.message_id, subject, "\n".join([row.summary or "", "", *_where(desk, id, fits)]),
                       attached=attached)  # fmt: skip


def _where(desk: Desk, id: int, fits: bool) -> Iterator[str]:
    versions = desk.agreement_versions()
    address = reminder_settings(versions[-1][1] if versions else None).address
    if fits:
        yield _("The workbook with all sheets is attached; in the archive it is number {id}.", id=id)
    else:
        yield _("The workbook is too large for a mail; in the archive of the page Reports it is number {id}.", id=id)
    if address:
        yield f"{address.rstrip('/')}/reports?part=archive"


def _note(actor: Actor, desk: Desk, mail: _Mail, error: Exception | None, at: datetime) -> None:
    """Write what came of it, where the mail is still ours; the audit is told of each end, and of the first failure."""
    told = _told(error, mail) if error is not None else ""
    values: dict[str, Any] = {"sent_at": at, "error": None} if error is None else {"error": told}
    if error is not None and not isinstance(error, Uncertain):
        values["handed_at"] = None
    with desk.keeping() as session:
        is_ours = changed(session, ReportMail, mail.id, mail.tries, **values)
        if is_ours and (error is None or isinstance(error, Uncertain) or mail.tries in (1, MOST_TRIES)):
            row = session.get_one(ReportMail, mail.id)
            details = {"mail": mail.id, "to": mail.recipient if mail.recipient.startswith("person:") else "address",
                       "is_sent": error is None, "is_certain": not isinstance(error, Uncertain)}  # fmt: skip
            record(session, actor, "report.mail", f"report:{row.report_id or 0}", details)


def _told(error: Exception, mail: _Mail) -> str:
    with speaking(mail.asked.language):
        return sentence(error) if isinstance(error, ActionableError) else str(error) or type(error).__name__
