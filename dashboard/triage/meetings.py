"""A stand-up as it is kept: its points, how one leaves it, and which of it a person may see."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from dashboard.store.triage import Meeting, MeetingItem
from dashboard.triage.promises import Promised
from dashboard.triage.rights import kept_items
from dashboard.triage.states import WaitingFor
from metrics.errors import ActionableError
from metrics.words import N_

Way = Literal["goes_on", "waits", "raised", "resolved", "noted"]
WAYS: tuple[Way, ...] = get_args(Way)
"""goes_on: with its owner · waits: for somebody · raised: to the next tier · noted: nothing is to be done in triage."""
PROMISING: tuple[Way, ...] = ("goes_on", "waits", "raised")
CHARACTERS = 1000
_DECISION = N_("Write what was decided, at most {most} characters.")
_WHO = N_("Say who takes it, what the next step is, and by when: a time that is still to come.")
_OVER = N_("This meeting has ended; start another one.")
_NONE = N_("There is no meeting {id} here.")


class MeetingError(ActionableError):
    """Something that cannot be done with a meeting."""


@dataclass(frozen=True)
class Leaving:
    """With what a point leaves the meeting: the decision, and of the rest what its way needs.

    owner, next_step, promised_at, promises: of all that goes on · waiting_for: of what waits · told: what the customer
    was told, of what is raised · code, reason: of what is resolved.
    """

    way: Way
    decision: str
    owner: str = ""
    next_step: str = ""
    promised_at: datetime | None = None
    promises: Promised = "answered"
    waiting_for: WaitingFor = "internal"
    told: str = ""
    code: str = ""
    reason: str = ""

    def demand_sense(self, at: datetime) -> None:
        """Raises MeetingError where something that its way needs is not said."""
        if not 1 <= len(self.decision.strip()) <= CHARACTERS:
            raise MeetingError(_DECISION, most=CHARACTERS)
        if self.way in PROMISING:
            said = self.owner.strip() and 1 <= len(self.next_step.strip()) <= CHARACTERS
            if not said or self.promised_at is None or self.promised_at <= at:
                raise MeetingError(_WHO)


@dataclass(frozen=True)
class Point:
    """One thing that a stand-up looks at, and how it left it. The columns are those of the table."""

    id: int
    meeting_id: int
    position: int
    kind: str
    item_id: int | None
    follows: int | None
    source: str | None
    ticket_id: str | None
    team: str | None
    about: Mapping[str, Any]
    decision: str | None
    owner: str | None
    next_step: str | None
    promised_at: datetime | None
    is_kept: bool | None
    left_at: datetime | None
    seconds: int | None
    version: int

    @property
    def way(self) -> str | None:
        """How it left the meeting."""
        return self.about.get("way")


@dataclass(frozen=True)
class KeptVerdict:
    """How a promise of an earlier meeting stood when this one began; `point` is where it was made."""

    standing: str
    at: datetime | None
    point: Point


@dataclass(frozen=True)
class StandUpMeeting:
    """A meeting, with those of its points that the reader may see. promises: how earlier ones stood at its start."""

    id: int
    held_on: date
    teams: tuple[str, ...]
    led_by: str
    as_of: datetime
    started_at: datetime
    ended_at: datetime | None
    counts: Mapping[str, int]
    promises: tuple[KeptVerdict, ...]
    points: tuple[Point, ...]
    version: int

    @property
    def next_point(self) -> Point | None:
        """The first that nothing was decided about yet."""
        return next((point for point in self.points if point.left_at is None), None)


def teams_of(actor: Actor) -> tuple[str, ...]:
    """Whose stand-up a person holds; of who sees all it is everybody's."""
    return tuple(sorted(actor.teams)) if reach(actor, Act.SEE_MEETINGS) is Reach.TEAMS else ()


def sees_all(actor: Actor, act: Act = Act.SEE_MEETINGS) -> bool:
    return reach(actor, act) is Reach.ALL


def sees(actor: Actor, act: Act, team: str | None) -> bool:
    """Whether a point about that team is this person's to know of."""
    return sees_all(actor, act) or (reach(actor, act) is Reach.TEAMS and team is not None and team in actor.teams)


def is_of(actor: Actor, act: Act, meeting: Meeting) -> bool:
    """Whether a meeting is one that this person may be in."""
    return sees_all(actor, act) or (
        reach(actor, act) is Reach.TEAMS and (not meeting.teams or not actor.teams.isdisjoint(meeting.teams))
    )


def demanded_meeting(session: Session, actor: Actor, act: Act, id: int, *, open_only: bool = False) -> Meeting:
    """The meeting of that number. Raises MeetingError, also where it is not this person's."""
    row = session.get(Meeting, id)
    if row is None or not is_of(actor, act, row):
        raise MeetingError(_NONE, id=id)
    if open_only and row.ended_at is not None:
        raise MeetingError(_OVER)
    return row


def running_in(session: Session, teams: tuple[str, ...]) -> int | None:
    """The meeting of exactly these teams that has not ended."""
    rows = session.scalars(select(Meeting).where(Meeting.ended_at.is_(None)).order_by(Meeting.id.desc()))
    return next((row.id for row in rows if tuple(row.teams) == teams), None)


def point_of(row: MeetingItem) -> Point:
    """The row as a value."""
    return Point(**{name: getattr(row, name) for name in Point.__dataclass_fields__})


def meeting_of(session: Session, actor: Actor, row: Meeting) -> StandUpMeeting:
    """The row as a value, narrowed to what this person may see."""
    asked = select(MeetingItem).where(MeetingItem.meeting_id == row.id).order_by(MeetingItem.position)
    kept = kept_items(session, actor)
    seen = (one for one in session.scalars(asked) if one.item_id not in kept)
    points = tuple(point_of(one) for one in seen if sees(actor, Act.SEE_MEETINGS, one.team))
    told = tuple(_verdicts(session, actor, row.snapshot.get("promises", ())))
    counted = row.snapshot.get("counts", {}) if sees_whole(actor, row) else {}
    return StandUpMeeting(
        row.id, row.held_on, tuple(row.teams), row.led_by, row.as_of, row.started_at, row.ended_at, counted, told,
        points, row.version,
    )  # fmt: skip


def sees_whole(actor: Actor, row: Meeting) -> bool:
    """Whether counts over the whole meeting tell this person of nobody else's teams."""
    return sees_all(actor) or (bool(row.teams) and actor.teams.issuperset(row.teams))


def _verdicts(session: Session, actor: Actor, kept: Iterable[Mapping[str, Any]]) -> Iterator[KeptVerdict]:
    hidden = kept_items(session, actor)
    for one in kept:
        made = session.get(MeetingItem, one["point"])
        if made is not None and made.item_id not in hidden and sees(actor, Act.SEE_MEETINGS, made.team):
            at = datetime.fromisoformat(one["at"]) if one.get("at") else None
            yield KeptVerdict(one["standing"], at, point_of(made))
