"""The audit as people read it: who did what, when, to what; searched, leafed through, handed out."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.store import AuditRow
from dashboard.wording import N_, _

PAGE = 50
EXPORTED_AT_ONCE = 5000
COLUMNS = ("id", "at", "actor_id", "actor", "action", "subject", "details", "before", "digest")
ACTIONS = {
    "sample.plan": N_("Sampling plan kept"), "sample.retire": N_("Sampling plan retired"),
    "sample.draw": N_("Sample drawn"), "sample.extend": N_("Sample extended"),
    "sample.take": N_("Conversation taken to review"), "sample.settle": N_("Conversation not reviewed"),
    "sample.give": N_("Conversation given to a reviewer"), "sample.certify": N_("Certificate of a draw fetched"),
    "sample.frame": N_("Frame of a draw fetched"),
    "calibration.plan": N_("Calibration planned"), "calibration.open": N_("Calibration begun"),
    "calibration.lock": N_("Calibration locked"), "calibration.reveal": N_("Calibration revealed"),
    "calibration.consensus": N_("Calibration: a conversation agreed on"),
    "calibration.agree": N_("Calibration agreed on"), "calibration.close": N_("Calibration closed"),
    "correction.open": N_("Correction opened"), "correction.tell": N_("Correction: customer told"),
    "correction.correct": N_("Correction: corrected in public"), "correction.cause": N_("Correction: cause recorded"),
    "correction.plan": N_("Correction: measure planned"), "correction.done": N_("Correction: measure done"),
    "correction.verify": N_("Correction: measure verified"), "correction.close": N_("Correction closed"),
    "correction.search": N_("Correction: affected conversations listed"),
    "correction.contact": N_("Correction: contact noted"),
    "data.load": N_("Data loaded"), "data.undo": N_("Load taken back"), "data.redo": N_("Load brought back"),
    "mapping.keep": N_("Mapping kept"), "people.add": N_("Account made"), "people.change": N_("Account changed"),
    "people.disable": N_("Account disabled"), "people.enable": N_("Account enabled"),
    "people.password": N_("Password set"), "people.password_link": N_("Password link made"),
    "people.language": N_("Language chosen"),
    "people.setup_link": N_("Setup link made"), "people.end_session": N_("Session ended"),
    "people.link_provider": N_("Account linked with the sign-in provider"),
    "people.unlink_provider": N_("Account no longer linked with the sign-in provider"),
    "password.refused": N_("Change of a password refused"),
    "settings.change": N_("Settings changed"), "settings.undo": N_("Change of settings taken back"),
    "sign_in": N_("Signed in"), "sign_out": N_("Signed out"), "sign_in.failed": N_("Sign-in failed"),
    "sign_in.throttled": N_("Sign-in held back"), "denied": N_("Refused"), "ticket.unmask": N_("Ticket shown unmasked"),
    "rejects.unmask": N_("Rejected rows handed out unmasked"), "audit.export": N_("Audit handed out"),
    "data.fold": N_("Old readings of connections settled"),
    "data.purge": N_("Old data removed"), "hold.place": N_("Legal hold placed"), "hold.lift": N_("Legal hold lifted"),
    "customer.find": N_("Customer looked up"), "customer.export": N_("Customer's data handed out"),
    "customer.tie": N_("Two customers brought together"), "customer.untie": N_("Two customers taken apart"),
    "customer.erase": N_("Customer erased"), "desk.backup": N_("Backup made"), "desk.restore": N_("Backup restored"),
    "retention.change": N_("Retention changed"), "figures.export": N_("Figures handed out"),
    "tickets.export": N_("Tickets handed out"), "goal.set": N_("Goal set"), "goal.change": N_("Goal changed"),
    "goal.end": N_("Goal ended"), "view.save": N_("View saved"), "view.rename": N_("View renamed"),
    "view.share": N_("View shared or withdrawn"), "view.delete": N_("View deleted"),
    "view.unshare": N_("View shared or withdrawn"),
    "channel.keep": N_("Way of sending set up"), "channel.try": N_("Way of sending tried"),
    "channel.remove": N_("Way of sending removed"), "channel.address": N_("Mail address of a person set"),
    "connection.keep": N_("Connection set up"), "connection.try": N_("Connection tried"),
    "connection.remove": N_("Connection removed"), "connection.run": N_("Connection read"),
    "meeting.start": N_("Stand-up begun"), "meeting.leave": N_("Point of a stand-up decided"),
    "meeting.end": N_("Stand-up ended"), "meeting.send": N_("Minutes sent"),
    "report.make": N_("Report made"), "report.check": N_("Report checked"), "report.fetch": N_("Report fetched"),
    "report.order": N_("Report ordered"), "report.cancel": N_("Report called off"),
    "report.columns": N_("Columns of reports chosen"), "report.mail": N_("Report handed to the mail server"),
    "report.schedule": N_("Report put on a schedule"), "report.pause": N_("Schedule of a report paused"),
    "report.resume": N_("Schedule of a report goes on"), "report.unschedule": N_("Schedule of a report taken away"),
    "report.send": N_("Report sent by hand"), "report.layout": N_("Layout of reports kept"),
    "report.layout_end": N_("Layout of reports taken away"),
    "staffing.event.add": N_("Event added"), "staffing.event.change": N_("Event changed"),
    "staffing.event.end": N_("Event removed"), "staffing.roster.keep": N_("Roster put in force"),
    "staffing.roster.end": N_("Roster taken away"), "staffing.scenario.save": N_("What-if kept"),
    "staffing.scenario.end": N_("What-if removed"), "staffing.override.add": N_("Figure of the plan set by hand"),
    "staffing.override.end": N_("Setting by hand taken back"), "staffing.rules.set": N_("Rules of staffing changed"),
    "triage.evaluate": N_("Escalation rules looked at"),
    "review.begin": N_("Review begun"), "review.submit": N_("Review submitted"),
    "review.correct": N_("Review corrected"), "review.acknowledge": N_("Review acknowledged"),
    "review.dispute": N_("Review disputed"), "review.uphold": N_("Dispute decided: upheld"),
    "review.amend": N_("Dispute decided: amended"), "review.part_amend": N_("Dispute decided: amended in part"),
    "review.appeal": N_("Decision appealed against"), "review.settle": N_("Appeal decided"),
    "review.lapse": N_("Review closed by its time"), "review.void": N_("Review voided"),
    "coaching.agree": N_("Coaching agreed on"), "coaching.finish": N_("Coaching done"),
    "coaching.drop": N_("Coaching dropped"), "coaching.verify": N_("Coaching verified"),
    "library.keep": N_("Case kept in the library"), "library.withdraw": N_("Case taken out of the library"),
    "scorecard.draft": N_("Draft of a scorecard begun"), "scorecard.save": N_("Draft of a scorecard saved"),
    "scorecard.publish": N_("Scorecard published"), "scorecard.retire": N_("Scorecard retired"),
}  # fmt: skip
TRIAGE = "triage."


@dataclass(frozen=True)
class Search:
    """What is looked for: who, what was done, on which local days (both included), what in the subject."""

    actor: str | None = None
    action: str | None = None
    since: date | None = None
    until: date | None = None
    subject: str = ""


@dataclass(frozen=True)
class Entry:
    """One row as a person reads it."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


@needs(Act.READ_AUDIT)
def entries(
    actor: Actor, desk: Desk, search: Search, *, before: int | None = None, limit: int = PAGE
) -> tuple[Entry, ...]:
    """The newest entries that fit, or the newest ones below a number."""
    del actor
    asked = _asked(search, desk)
    if before is not None:
        asked = asked.where(AuditRow.id < before)
    with desk.reading() as session:
        rows = session.scalars(asked.order_by(AuditRow.id.desc()).limit(limit)).all()
        return tuple(Entry(one.id, one.at, one.actor, one.action, one.subject, one.details) for one in rows)


@needs(Act.READ_AUDIT)
def who_and_what(actor: Actor, desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names and the acts that there are."""
    del actor
    with desk.reading() as session:
        names = session.scalars(select(AuditRow.actor).distinct().order_by(AuditRow.actor)).all()
        actions = session.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)).all()
    return tuple(names), tuple(actions)


@needs(Act.READ_AUDIT)
def export(actor: Actor, desk: Desk, search: Search | None = None) -> bytes:
    """All entries that fit as CSV, the oldest first, with their digests; that it was handed out is an entry, too."""
    wanted = search or Search()
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    rows = 0
    for row in _all_of(desk, wanted):
        writer.writerow(row)
        rows += 1
    with desk.keeping() as session:
        record(session, actor, "audit.export", "audit", {"rows": rows})
    return text.getvalue().encode("utf-8-sig")


def action_name(action: str) -> str:
    """What was done, in words; one that is not known by its own name."""
    if action in ACTIONS:
        return _(ACTIONS[action])
    if action.startswith(TRIAGE):
        done = _(f"triage.action.{action.removeprefix(TRIAGE)}")
        return _("Escalation: {done}", done=done)
    return action


def _all_of(desk: Desk, search: Search) -> Iterator[Sequence[object]]:
    last = 0
    with desk.reading() as session:
        while rows := session.scalars(
            _asked(search, desk).where(AuditRow.id > last).order_by(AuditRow.id).limit(EXPORTED_AT_ONCE)
        ).all():
            for row in rows:
                yield [_cell(getattr(row, name)) for name in COLUMNS]
            last = rows[-1].id
            session.expunge_all()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        value = "; ".join(f"{name}={one}" for name, one in value.items())
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _asked(search: Search, desk: Desk) -> Select[AuditRow]:
    asked = select(AuditRow)
    if search.actor:
        asked = asked.where(AuditRow.actor == search.actor)
    if search.action:
        asked = asked.where(AuditRow.action == search.action)
    if search.since:
        asked = asked.where(AuditRow.at >= _midnight(search.since, desk))
    if search.until:
        asked = asked.where(AuditRow.at < _midnight(search.until + timedelta(days=1), desk))
    if search.subject.strip():
        asked = asked.where(AuditRow.subject.contains(search.subject.strip(), autoescape=True))
    return asked


def _midnight(day: date, desk: Desk) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(desk.zone() or "UTC")).astimezone(UTC)
