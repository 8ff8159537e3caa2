"""The minutes of a stand-up: made once as lines, written as text, as Markdown and as mail, so that all say the same."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.format import duration, listed, weekday_and_day
from dashboard.people import Act, Actor, needs, reach, record
from dashboard.people.accounts import actor_of, today_at
from dashboard.people.named import called
from dashboard.sending import MailServer, Message, NotSent, Robot
from dashboard.sending.ways import addresses_in, hand_over, mail_server
from dashboard.services.triage.meeting_words import (
    decision_of,
    lateness,
    moment,
    promise_of,
    reasons,
    standing_of,
    ticket_name,
)
from dashboard.services.triage.meetings import meeting
from dashboard.store import Person
from dashboard.store.triage import Meeting
from dashboard.triage.meetings import KeptVerdict, MeetingError, Point, StandUpMeeting, is_of
from dashboard.wording import LANGUAGES, Language, _, current_language, speaking
from metrics.words import N_

Level = Literal["title", "lead", "heading", "point", "detail"]
MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")
_NO_MAIL = N_("No mail server is set up. A manager or an administrator can do it with `floorwalker channel`.")
_NO_ADDRESS = N_("{name} has no e-mail address here.")
_NOT_HIS = N_("{name} may not see this meeting.")


@dataclass(frozen=True)
class Line:
    """One line of minutes: what it is, and what it says in plain text."""

    level: Level
    text: str


@dataclass(frozen=True)
class Sent:
    """Who was sent the minutes, and who was not with the reason."""

    to: tuple[str, ...]
    failed: tuple[str, ...]


@needs(Act.SEE_MEETINGS)
def minutes(actor: Actor, desk: Desk, meeting_id: int) -> tuple[Line, ...]:
    """The minutes as this person may read them. Raises MeetingError."""
    return tuple(lines_of(meeting(actor, desk, meeting_id), desk.zone() or "UTC"))


@needs(Act.LEAD_MEETINGS)
def send_minutes(actor: Actor, desk: Desk, meeting_id: int, people: Sequence[int]) -> Sent:
    """Send each of these people the minutes as he may read them, in his language. Raises MeetingError, SecretError."""
    meeting(actor, desk, meeting_id)
    server, done, failed = _mail_server(desk), list[str](), list[str]()
    for reader, language, address in _readers(desk, meeting_id, people):
        try:
            with speaking(language):
                told = minutes(reader, desk, meeting_id)
            hand_over(server, _message(meeting_id, told, reader), (address,))
            done.append(reader.name)
        except NotSent as error:
            failed.append(f"{reader.name}: {error}")
    with desk.keeping() as session:
        record(session, actor, "meeting.send", f"meeting:{meeting_id}", {"sent": len(done), "failed": len(failed)})
    return Sent(tuple(done), tuple(failed))


@needs(Act.LEAD_MEETINGS)
def readers(actor: Actor, desk: Desk, meeting_id: int) -> dict[int, str]:
    """Who can be sent the minutes: person and name of everybody who may see the meeting and has an address."""
    meeting(actor, desk, meeting_id)
    with desk.reading() as session:
        row, addresses, today = session.get_one(Meeting, meeting_id), addresses_in(session), today_at(desk)
        people = session.scalars(select(Person).where(Person.disabled_at.is_(None)).order_by(Person.name)).all()
        return {
            person.id: person.name
            for person in people
            if person.id in addresses and is_of(actor_of(session, person, today), Act.SEE_MEETINGS, row)
        }


def lines_of(held: StandUpMeeting, zone: str) -> Iterator[Line]:
    """What the minutes say, line by line."""
    yield Line("title", _("Stand-up, {day}", day=weekday_and_day(held.held_on)))
    yield Line("lead", _lead(held, zone))
    if held.promises:
        yield Line("heading", _("What was promised last time"))
        for told in held.promises:
            yield from _promise_lines(told, zone)
    left = [point for point in held.points if point.left_at is not None]
    yield Line("heading", _("What was decided"))
    if not left:
        yield Line("detail", _("Nothing was decided."))
    for point in left:
        yield from _point_lines(point, zone)
    rest = [point for point in held.points if point.left_at is None]
    if rest:
        yield Line("heading", _("Not come to"))
        for point in rest:
            yield Line("point", f"{ticket_name(point)} · {reasons(point)}")


def _lead(held: StandUpMeeting, zone: str) -> str:
    said = [_("Led by {name}", name=called(held.led_by)), moment(held.started_at, zone)]
    if held.ended_at is not None:
        said.append(_("took {length}", length=duration((held.ended_at - held.started_at).total_seconds())))
    if held.teams:
        said.append(listed(list(held.teams)))
    return " · ".join(said)


def _promise_lines(told: KeptVerdict, zone: str) -> Iterator[Line]:
    yield Line("point", f"{ticket_name(told.point)} · {standing_of(told, zone)}")
    if promised := promise_of(told.point, zone):
        yield Line("detail", promised)


def _point_lines(point: Point, zone: str) -> Iterator[Line]:
    said = [ticket_name(point), reasons(point), lateness(point)]
    yield Line("point", " · ".join(filter(None, said)))
    yield Line("detail", decision_of(point))
    if promised := promise_of(point, zone):
        yield Line("detail", promised)


def as_text(lines: Sequence[Line]) -> str:
    """The minutes as plain text."""
    before = {"title": "", "lead": "", "heading": "\n", "point": "- ", "detail": "  "}
    return "\n".join(f"{before[line.level]}{_one_line(line.text)}" for line in lines) + "\n"


def as_markdown(lines: Sequence[Line]) -> str:
    """The same as Markdown; what people typed is escaped, so that it marks nothing."""
    before = {"title": "# ", "lead": "\n", "heading": "\n## ", "point": "- ", "detail": "  "}
    after = {"heading": "\n", "point": "  ", "detail": "  "}
    said = (f"{before[line.level]}{escaped(_one_line(line.text))}{after.get(line.level, '')}" for line in lines)
    return "\n".join(said) + "\n"


def escaped(text: str) -> str:
    """The text so that Markdown shows it as it is."""
    return MARKS.sub(r"\\\1", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _message(meeting_id: int, told: Sequence[Line], reader: Actor) -> Message:
    return Message(f"minutes-{meeting_id}-{reader.id}", told[0].text, as_text(told))


def _mail_server(desk: Desk) -> MailServer | Robot:
    """The desk's mail server. Raises MeetingError where nobody has set one up, SecretError."""
    with desk.reading() as session:
        found = mail_server(session, desk)
    if found is None:
        raise MeetingError(_NO_MAIL)
    return found


def _readers(desk: Desk, meeting_id: int, people: Sequence[int]) -> list[tuple[Actor, Language, str]]:
    """Those people with their languages and addresses. Raises MeetingError naming who cannot be sent them."""
    with desk.reading() as session:
        row, addresses, today = session.get(Meeting, meeting_id), addresses_in(session), today_at(desk)
        found = []
        for person in session.scalars(select(Person).where(Person.id.in_(people)).order_by(Person.id)):
            reader = actor_of(session, person, today)
            if row is None or not is_of(reader, Act.SEE_MEETINGS, row) or not reach(reader, Act.SEE_MEETINGS):
                raise MeetingError(_NOT_HIS, name=person.name)
            if person.id not in addresses:
                raise MeetingError(_NO_ADDRESS, name=person.name)
            language = person.language if person.language in LANGUAGES else current_language()
            found.append((reader, language, addresses[person.id]))
        return found
