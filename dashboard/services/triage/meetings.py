"""The stand-up as it is held: started, led point by point, ended. What is decided is done in the triage at once.

A meeting is rows of the desk's database and nothing else, so it goes on after a restart, and several people may be in
it: who changes a point says which version he has seen, and StaleError or StaleItem tells where he was overtaken.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.services.analysis.standup import next_opening
from dashboard.services.triage.acts import act, ways_of
from dashboard.services.triage.meeting_promises import Standing, promises
from dashboard.services.triage.queue import queue
from dashboard.store.swap import compare_and_set
from dashboard.store.triage import Meeting, MeetingItem, TriageEvent
from dashboard.triage.acts import Asked, Ways
from dashboard.triage.agenda import POINTS_AT_MOST, agenda, counts, kept_of
from dashboard.triage.business import hours_of
from dashboard.triage.items import HandOver, Item, owner_name
from dashboard.triage.meetings import (
    PROMISING,
    Leaving,
    MeetingError,
    Point,
    StandUpMeeting,
    demanded_meeting,
    is_of,
    meeting_of,
    point_of,
    running_in,
    sees,
    sees_whole,
    teams_of,
)
from dashboard.triage.now import now
from dashboard.triage.rights import demanded
from dashboard.triage.states import TAKEN, Action
from metrics.words import N_

TIMED = ("late_seconds", "left_seconds")
_NO_POINT = N_("This point is not in a meeting of yours.")
_NOT_WHOLE = N_("This meeting is about other teams too; whoever leads them ends it.")


@needs(Act.LEAD_MEETINGS)
def start(actor: Actor, desk: Desk, *, at: datetime | None = None) -> int:
    """Begin the stand-up of the actor's teams, or come into the one that runs; its number."""
    moment, teams = at or now(), teams_of(actor)
    if (there := running(actor, desk)) is not None:
        return there
    listed, told = queue(actor, desk, at=moment), promises(actor, desk, at=moment)
    until = next_opening(moment, hours_of(desk).settings)
    points = agenda(listed, woken=_woken(desk), until=until)
    with desk.keeping() as session:
        if (there := running_in(session, teams)) is not None:
            return there  # somebody was quicker
        meeting = _begun(session, desk, actor, teams, moment)
        meeting.snapshot = {"counts": counts(points, listed), "promises": [_kept(one) for one in told]}
        _judge(session, told, actor, moment)
        rows, broken = points.head(POINTS_AT_MOST).rows(named=True), [one for one in told if one.needs_word]
        session.add_all(_points(meeting.id, broken, rows, {row["id"]: row for row in listed.iter_rows(named=True)}))
        details = {"teams": list(teams), "points": len(rows), "promises": len(told)}
        record(session, actor, "meeting.start", f"meeting:{meeting.id}", details, at=moment)
        return meeting.id


@needs(Act.LEAD_MEETINGS)
def leave(
    actor: Actor, desk: Desk, point_id: int, leaving: Leaving, *, expected: int, item_version: int | None = None,
    at: datetime | None = None,
) -> Point:  # fmt: skip
    """Let a point leave with a decision, and do in the triage what it says, in one transaction.

    item_version: as the ticket was seen in the triage. Raises MeetingError, StaleError where somebody else has decided
    the point, StaleItem or NotAllowedNow where its ticket is not as it was seen or does not allow it.
    """
    moment, ways = at or now(), ways_of(actor, desk)
    leaving.demand_sense(moment)
    with desk.keeping() as session:
        row, meeting = _point_to_change(session, actor, point_id)
        values = _values(session, row, meeting, leaving, moment)
        compare_and_set(session, MeetingItem, row.id, expected_version=expected, values=values)
        if row.item_id is not None and leaving.way != "noted":
            item = demanded(session, actor, Act.WORK_TRIAGE, row.item_id)
            _do(session, actor, item, leaving, ways, seen=item_version or item.version, at=moment)
        session.refresh(row)
        details = {"meeting": meeting.id, "way": leaving.way, "item": row.item_id}
        record(session, actor, "meeting.leave", f"meeting_item:{row.id}", details, at=moment)
        return point_of(row)


@needs(Act.LEAD_MEETINGS)
def end(actor: Actor, desk: Desk, meeting_id: int, *, expected: int, at: datetime | None = None) -> None:
    """End a meeting; what it did not come to stays in the queue. Raises MeetingError, StaleError."""
    moment = at or now()
    with desk.keeping() as session:
        row = demanded_meeting(session, actor, Act.LEAD_MEETINGS, meeting_id, open_only=True)
        if not sees_whole(actor, row):
            raise MeetingError(_NOT_WHOLE)
        compare_and_set(session, Meeting, meeting_id, expected_version=expected, values={"ended_at": moment})
        left = select(func.count()).where(MeetingItem.meeting_id == meeting_id, MeetingItem.left_at.is_not(None))
        details = {"points": session.scalar(left), "seconds": int((moment - row.started_at).total_seconds())}
        record(session, actor, "meeting.end", f"meeting:{meeting_id}", details, at=moment)


@needs(Act.SEE_MEETINGS)
def meeting(actor: Actor, desk: Desk, meeting_id: int) -> StandUpMeeting:
    """A meeting with the points that the actor may see. Raises MeetingError where it is not his."""
    with desk.reading() as session:
        return meeting_of(session, actor, demanded_meeting(session, actor, Act.SEE_MEETINGS, meeting_id))


@needs(Act.SEE_MEETINGS)
def running(actor: Actor, desk: Desk) -> int | None:
    """The number of the meeting of the actor's teams that runs now."""
    with desk.reading() as session:
        return running_in(session, teams_of(actor))


@needs(Act.SEE_MEETINGS)
def held(actor: Actor, desk: Desk, *, at_most: int = 30) -> tuple[StandUpMeeting, ...]:
    """The last meetings that have ended and that the actor may look at, the newest first."""
    asked = select(Meeting).where(Meeting.ended_at.is_not(None)).order_by(Meeting.id.desc()).limit(20 * at_most)
    with desk.reading() as session:
        own = [row for row in session.scalars(asked) if is_of(actor, Act.SEE_MEETINGS, row)]
        return tuple(meeting_of(session, actor, row) for row in own[:at_most])


def _begun(session: Session, desk: Desk, actor: Actor, teams: Sequence[str], at: datetime) -> Meeting:
    head = desk.head()
    meeting = Meeting(
        held_on=_day_of(desk, at), teams=list(teams), led_by_id=actor.id, led_by=actor.name, started_at=at,
        ended_at=None, as_of=(head.as_of if head else None) or at, snapshot={},
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    return meeting


def _day_of(desk: Desk, at: datetime) -> date:
    return at.astimezone(ZoneInfo(desk.zone() or "UTC")).date()


def _woken(desk: Desk) -> frozenset[int]:
    """The items that came back from being put off since the last stand-up began."""
    with desk.reading() as session:
        since = session.scalar(select(func.max(Meeting.started_at)))
        asked = select(TriageEvent.item_id).where(TriageEvent.action == "wake")
        return frozenset(session.scalars(asked if since is None else asked.where(TriageEvent.at > since)))


def _kept(one: Standing) -> dict[str, Any]:
    at = one.verdict.at
    return {"point": one.point.id, "standing": one.verdict.standing, "at": at.isoformat() if at else None}


def _judge(session: Session, told: Sequence[Standing], actor: Actor, at: datetime) -> None:
    """Note for good how the promises whose time is over were kept."""
    for one in told:
        if one.verdict.is_kept is not None and one.point.promised_at is not None and one.point.promised_at <= at:
            values = {"is_kept": one.verdict.is_kept, "judged_at": at, "judged_by": actor.name}
            compare_and_set(session, MeetingItem, one.point.id, expected_version=one.point.version, values=values)


def _points(
    meeting_id: int, broken: Sequence[Standing], rows: Sequence[dict[str, Any]], queue: Mapping[int, dict[str, Any]]
) -> Iterator[MeetingItem]:
    """First what was promised and did not come, as it stands now, then what the queue has; no ticket twice."""
    position = 0
    for one in broken:
        position += 1
        made = one.point
        there = queue.get(made.item_id or 0)
        yield MeetingItem(
            meeting_id=meeting_id, position=position, kind="promise", item_id=made.item_id, follows=made.id,
            source=made.source, ticket_id=made.ticket_id, team=made.team,
            about={**_kept(one), "row": _before(made) if there is None else kept_of(there)},
            owner=made.owner if there is None else there["owner"],
        )  # fmt: skip
    seen = {one.point.item_id for one in broken}
    for row in rows:
        if row["id"] not in seen:
            position += 1
            yield MeetingItem(
                meeting_id=meeting_id, position=position, kind=row["kinds"][0], item_id=row["id"], follows=None,
                source=row["source"], ticket_id=row["ticket_id"], team=row["team"],
                about={"kinds": row["kinds"], "row": kept_of(row)}, owner=row["owner"],
            )  # fmt: skip


def _before(made: Point) -> dict[str, Any]:
    """What was known of the ticket when the promise was made, but for its times, which have run on since."""
    return {name: value for name, value in made.about.get("row", {}).items() if name not in TIMED}


def _point_to_change(session: Session, actor: Actor, point_id: int) -> tuple[MeetingItem, Meeting]:
    row = session.get(MeetingItem, point_id)
    if row is None or not sees(actor, Act.LEAD_MEETINGS, row.team):
        raise MeetingError(_NO_POINT)
    return row, demanded_meeting(session, actor, Act.LEAD_MEETINGS, row.meeting_id, open_only=True)


def _values(session: Session, row: MeetingItem, meeting: Meeting, leaving: Leaving, at: datetime) -> dict[str, Any]:
    about = {**row.about, "way": leaving.way, "promises": leaving.promises}
    values: dict[str, Any] = {
        "decision": leaving.decision.strip(), "owner": leaving.owner.strip() or row.owner,
        "next_step": leaving.next_step.strip() or None, "about": about,
        "promised_at": leaving.promised_at if leaving.way in PROMISING else None,
    }  # fmt: skip
    if row.left_at is None:
        values |= {"left_at": at, "seconds": max(int((at - _began(session, row, meeting)).total_seconds()), 0)}
    return values


def _began(session: Session, row: MeetingItem, meeting: Meeting) -> datetime:
    """When the meeting came to this point: when it left the last one."""
    asked = select(func.max(MeetingItem.left_at)).where(MeetingItem.meeting_id == row.meeting_id)
    return session.scalar(asked) or meeting.started_at


def _do(
    session: Session, actor: Actor, item: Item, leaving: Leaving, ways: Ways, *, seen: int, at: datetime
) -> None:  # fmt: skip
    """The acts in the triage that a way stands for, one after the other; the first one holds the version seen."""
    version = seen
    for action, what in _acts(actor, item, leaving):
        asked = Asked(action, owner_name(actor), at, what)
        version = act(session, actor, item.id, version, asked, ways).version


def _acts(actor: Actor, item: Item, leaving: Leaving) -> Iterator[tuple[Action, dict[str, Any]]]:
    owner, holder = leaving.owner.strip(), item.owner
    if leaving.way in ("waits", "resolved") and (item.acknowledged_at is None or item.state not in TAKEN):
        holder = owner_name(actor)
        yield "acknowledge", {}
    if leaving.way in ("goes_on", "waits") and owner != holder:
        yield "assign", {"owner": owner}
    match leaving.way:
        case "waits":
            yield "wait", {"waiting_for": leaving.waiting_for, "next_update_at": leaving.promised_at}
        case "raised":
            note = HandOver(leaving.decision, leaving.told, leaving.next_step, leaving.promised_at)
            yield "escalate", {"note": note, "owner": owner}
        case "resolved":
            yield "resolve", {"decision": leaving.code, "reason": leaving.reason}
