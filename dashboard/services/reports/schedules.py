"""Reports that go out by themselves: kept, changed, paused and taken away, each with its row in the audit.

Who may make reports of everything keeps schedules for everybody; who leads teams keeps his own, for himself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import ONE_PERSON, Act, Actor, Reach, needs, reach, record
from dashboard.people.accounts import actor_of, has_accounts, person_called, today_at
from dashboard.reports.asked import ReportKind
from dashboard.reports.timing import LAST_DAY, SCHEDULED, Timing
from dashboard.sending.mail import is_mail_address
from dashboard.sending.ways import addresses_in
from dashboard.store import MAIL, Person, ReportSchedule, SendingChannel
from dashboard.triage.now import now
from dashboard.wording import LANGUAGES, Language
from metrics.errors import ActionableError
from metrics.words import N_

LONGEST = 100
MINUTES = 24 * 60
_NAME = N_("A schedule needs a name of 1 to {longest} characters.")
_WHEN = N_("A {kind} report goes out on a day from 1 to {last}, at an hour from 00:00 to 23:59.")
_NOBODY = N_("Name somebody who is to get it.")
_UNKNOWN = N_("Somebody who is to get it has no account any more.")
_MAY_NOT = N_("{name} may not have reports; an administrator can give another role.")
_NO_ADDRESS = N_("{name} has no e-mail address here.")
_ACCOUNTS = N_("On a desk with accounts reports go to people who have one: what each may see decides what he gets.")
_ADDRESS = N_("“{found}” is no e-mail address.")
_OWN = N_("You may let reports go out to yourself; for others a manager does it.")
_GONE = N_("This schedule is not there any more.")
_OVERTAKEN = N_("Somebody else changed this schedule meanwhile. Look at it again, then change it.")
NO_MAIL = N_("No mail server is set up, so that nothing can be sent. The settings have a part for it.")


class ScheduleError(ActionableError):
    """A schedule that cannot be kept so, or a report that cannot go to somebody."""


@dataclass(frozen=True)
class Schedule:
    """One report that goes out by itself. `version` is handed back with a change · people: by number of the account ·
    addresses: on a desk without accounts · template_id: of a layout of the desk's own."""

    name: str
    timing: Timing
    language: Language
    people: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    template_id: int | None = None
    is_on: bool = True
    made_by: str = ""
    id: int = 0
    version: int = 1


@dataclass(frozen=True)
class Recipient:
    """Somebody to whom reports can go, as whoever he is today."""

    key: str
    name: str
    address: str
    actor: Actor


@needs(Act.MAKE_REPORTS)
def schedules(actor: Actor, desk: Desk) -> tuple[Schedule, ...]:
    """Every schedule that this person may see, by name."""
    with desk.reading() as session:
        rows = session.scalars(_his(actor).order_by(ReportSchedule.name, ReportSchedule.id))
        return tuple(shown(row) for row in rows)


@needs(Act.MAKE_REPORTS)
def people_offered(actor: Actor, desk: Desk) -> dict[int, str] | None:
    """Who can be sent reports: number and name of everybody who may have them and has an address; None: no accounts."""
    with desk.reading() as session:
        if not has_accounts(session):
            return None
        addresses, today = addresses_in(session), today_at(desk)
        people = session.scalars(select(Person).where(Person.disabled_at.is_(None)).order_by(Person.name)).all()
        return {
            person.id: person.name for person in people
            if person.id in addresses and reach(actor_of(session, person, today), Act.MAKE_REPORTS)
            and (_is_everybodys(actor) or person.id == actor.id)
        }  # fmt: skip


@needs(Act.MAKE_REPORTS)
def called(actor: Actor, desk: Desk, names: Sequence[str]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Accounts as the people they are of; on a desk without accounts they are addresses. Raises AccountError."""
    del actor
    with desk.reading() as session:
        if not has_accounts(session):
            return (), tuple(names)
        return tuple(person_called(session, name).id for name in names), ()


@needs(Act.MAKE_REPORTS)
def keys_called(actor: Actor, desk: Desk, names: Sequence[str]) -> tuple[str, ...]:
    """The same, as mails know them."""
    return _keys(*called(actor, desk, names))


@needs(Act.MAKE_REPORTS)
def has_mail_server(actor: Actor, desk: Desk) -> bool:
    """Whether mails can leave the house at all."""
    del actor
    with desk.reading() as session:
        asked = select(SendingChannel.id).where(SendingChannel.kind == MAIL, SendingChannel.is_on)
        return session.scalar(asked.limit(1)) is not None


@needs(Act.MAKE_REPORTS)
def keep_schedule(actor: Actor, desk: Desk, made: Schedule) -> int:
    """Keep a new schedule, or a changed one; what was due before now is not sent. Raises ScheduleError."""
    _demand_sense(made)
    with desk.keeping() as session:
        _demand_recipients(session, desk, actor, made)
        row = _to_change(session, actor, made.id, made.version) if made.id else ReportSchedule()
        if not made.id:
            row.person_id, row.made_by, row.version = actor.id, actor.name, 0
            session.add(row)
        row.name, row.kind, row.day, row.minute = (
            made.name.strip(),
            made.timing.kind,
            made.timing.day,
            made.timing.minute,
        )
        row.on_working_days, row.language, row.template_id = (
            made.timing.on_working_days,
            made.language,
            made.template_id,
        )
        row.where = {name: list(values) for name, values in made.where.items()}
        row.people, row.addresses = list(made.people), list(made.addresses)
        row.is_on, row.since, row.version = made.is_on, now(), row.version + 1
        session.flush()
        record(session, actor, "report.schedule", f"schedule:{row.id}",
               {"kind": row.kind, "people": sorted(made.people), "addresses": len(made.addresses)})  # fmt: skip
        return row.id


@needs(Act.MAKE_REPORTS)
def pause_schedule(actor: Actor, desk: Desk, id: int, is_on: bool, *, version: int | None = None) -> None:
    """Let nothing go out for a while, or again from now on. Raises ScheduleError."""
    with desk.keeping() as session:
        row = _to_change(session, actor, id, version)
        row.is_on, row.since, row.version = is_on, now(), row.version + 1
        record(session, actor, "report.resume" if is_on else "report.pause", f"schedule:{id}")


@needs(Act.MAKE_REPORTS)
def remove_schedule(actor: Actor, desk: Desk, id: int, *, version: int | None = None) -> None:
    """Take a schedule away; the mails that went are still told. Raises ScheduleError."""
    with desk.keeping() as session:
        row = _to_change(session, actor, id, version)
        row.is_on, row.removed_at, row.version = False, now(), row.version + 1
        record(session, actor, "report.unschedule", f"schedule:{id}")


@needs(Act.MAKE_REPORTS)
def recipient_in(actor: Actor, desk: Desk, session: Session, key: str) -> Recipient:
    """Who a recipient is today, and where he gets mail. Raises ScheduleError where he may not have reports now."""
    del actor
    kind, _colon, value = key.partition(":")
    if kind == "address":
        if has_accounts(session):
            raise ScheduleError(_ACCOUNTS)
        return Recipient(key, value, value, ONE_PERSON)
    person = session.get(Person, int(value))
    if person is None:
        raise ScheduleError(_UNKNOWN)
    reader, address = actor_of(session, person, today_at(desk)), addresses_in(session).get(person.id)
    if not reach(reader, Act.MAKE_REPORTS):
        raise ScheduleError(_MAY_NOT, name=person.name)
    if address is None:
        raise ScheduleError(_NO_ADDRESS, name=person.name)
    return Recipient(key, person.name, address, reader)


def keys_of(made: Schedule) -> tuple[str, ...]:
    """By what its recipients are known in the list of mails."""
    return _keys(made.people, made.addresses)


def _keys(people: Iterable[int], addresses: Iterable[str]) -> tuple[str, ...]:
    return (*(f"person:{id}" for id in people), *(f"address:{one}" for one in addresses))


def _is_everybodys(actor: Actor) -> bool:
    return reach(actor, Act.MAKE_REPORTS) is Reach.ALL


def is_visible(actor: Actor) -> ColumnElement[bool]:
    """What narrows a question to the schedules that a person may see."""
    return true() if _is_everybodys(actor) else ReportSchedule.person_id == actor.id


def _his(actor: Actor) -> Select[ReportSchedule]:
    return select(ReportSchedule).where(ReportSchedule.removed_at.is_(None), is_visible(actor))


def to_use(session: Session, actor: Actor, id: int) -> ReportSchedule:
    """The schedule of this number, where it is one of his. Raises ScheduleError."""
    row = session.scalars(_his(actor).where(ReportSchedule.id == id)).first()
    if row is None:
        raise ScheduleError(_GONE)
    return row


def _to_change(session: Session, actor: Actor, id: int, version: int | None) -> ReportSchedule:
    row = to_use(session, actor, id)
    if version is not None and row.version != version:
        raise ScheduleError(_OVERTAKEN)
    return row


def _demand_sense(made: Schedule) -> None:
    timing = made.timing
    if not 1 <= len(made.name.strip()) <= LONGEST:
        raise ScheduleError(_NAME, longest=LONGEST)
    is_known = timing.kind in SCHEDULED and made.language in LANGUAGES
    if not is_known or not 1 <= timing.day <= LAST_DAY[timing.kind] or not 0 <= timing.minute < MINUTES:
        raise ScheduleError(_WHEN, kind=timing.kind, last=LAST_DAY.get(timing.kind, 31))


def _demand_recipients(session: Session, desk: Desk, actor: Actor, made: Schedule) -> None:
    """Somebody gets it, everybody who does may have it, and whoever keeps it may say so."""
    if not made.people and not made.addresses:
        raise ScheduleError(_NOBODY)
    if not _is_everybodys(actor) and (made.addresses or set(made.people) != {actor.id}):
        raise ScheduleError(_OWN)
    for one in made.addresses:
        if not is_mail_address(one):
            raise ScheduleError(_ADDRESS, found=one)
    for key in keys_of(made):
        recipient_in(actor, desk, session, key)


def shown(row: ReportSchedule) -> Schedule:
    """The row as people read it."""
    timing = Timing(cast(ReportKind, row.kind), row.day, row.minute, row.on_working_days)
    where = {str(name): tuple(values) for name, values in row.where.items()}
    return Schedule(row.name, timing, cast(Language, row.language), tuple(row.people), tuple(row.addresses), where,
                    row.template_id, row.is_on, row.made_by, row.id, row.version)  # fmt: skip
