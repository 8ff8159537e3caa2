"""What a desk has agreed on: zone, calendars, targets, peak hours. All of it dated; nothing here reads a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar

from metrics.model import Clock

DayKind = Literal["holiday", "working"]
Thing = Literal[
    "first_response", "next_response", "resolution", "acknowledge", "detailed_answer", "joint_start", "interim_plan",
]  # fmt: skip
NamedDimension = Literal["type", "team", "agent", "priority", "language"]
FIRST_CONTACT = "fcr_repeat_7d"
Minutes = tuple[int, int]
"""Open from, to, in minutes after local midnight; the end may pass 1440 for a shift over midnight."""


@dataclass(frozen=True)
class Calendar:
    """Opening hours of one desk or team in an IANA zone, valid from a date until a later one of the same name.

    `weekly[i]` are the open intervals of weekday i (Monday 0). `days` overrides single dates: an empty tuple closes the
    day (holiday), intervals open it (make-up working day, partial day).
    """

    name: str
    zone: str
    weekly: tuple[tuple[Minutes, ...], ...]
    days: Mapping[date, tuple[Minutes, ...]] = field(default_factory=dict)
    valid_from: date = date.min


@dataclass(frozen=True)
class Target:
    """How soon something is promised, on which clock, for the tickets that `where` describes, valid from a date.

    The target with the most conditions that all hold wins; among equals the later `valid_from`, then the shorter time.
    It holds on the days `[since, until)` of the agreement that it stands in, from `valid_from` on.
    """

    thing: Thing
    seconds: int
    clock: Clock = "business"
    where: Mapping[str, str] = field(default_factory=dict)
    valid_from: date = date.min
    since: date = date.min
    until: date = date.max
    wanted: float | None = None
    """The share of its runnings that the desk wishes to keep; None where it has not said."""

    def is_in_force(self, day: date) -> bool:
        return max(self.valid_from, self.since) <= day < self.until


@dataclass(frozen=True)
class Renaming:
    """What the figures call something that the data call `word`, for what happened on the days `[since, until)`.

    of: the dimension. subword: only where the second level of the type is that too · subname: the second level that it
    gets, None for the one that it has. Within one agreement one renaming leads to the next; those of a newer agreement
    (`agreed`) take what the older ones made. throughout: also on the days before its agreement.
    """

    of: NamedDimension
    word: str
    name: str
    subword: str | None = None
    subname: str | None = None
    since: date = date.min
    until: date = date.max
    agreed: date = date.min
    throughout: bool = False

    def is_in_force(self, day: date) -> bool:
        return self.since <= day < self.until


@dataclass(frozen=True)
class Membership:
    """A person belongs to a team on the days `[since, until)`.

    Of several the newest agreed holds, then the one that began last. throughout: also before its agreement.
    """

    agent: str
    team: str
    since: date = date.min
    until: date = date.max
    agreed: date = date.min
    throughout: bool = False


@dataclass(frozen=True)
class RatingScale:
    """How the scores of a scale are read: which is the worst, which the best, from which on a customer is satisfied.

    scale: the best score as the data tell it, which says the scale that a rating is on · source: None for all. Where
    low scores are the good ones `best` is below `worst`, and `satisfied_from` counts downwards.
    """

    scale: int
    best: float
    worst: float
    satisfied_from: float
    source: str | None = None


@dataclass(frozen=True)
class QueueGroup:
    """Inquiry types whose requests wait together and are planned for apart from the rest of their channel.

    types: as the figures name them · channels: in which they have a queue of their own, empty for all.
    """

    name: str
    types: tuple[str, ...]
    channels: tuple[str, ...] = ()


class _OfQueue:
    """Something agreed of a channel or one of its queues; of two of one queue the later `valid_from` wins."""

    queue: str
    valid_from: date
    since: date
    until: date

    @property
    def first(self) -> date:
        return max(self.valid_from, self.since)

    def is_in_force(self, day: date) -> bool:
        return self.first <= day < self.until


@dataclass(frozen=True)
class ServiceGoal(_OfQueue):
    """Which share of a queue's requests is to be answered within so many seconds, on days from `valid_from` on.

    queue: a channel, for all its queues, or one of them as `channel/group`. It holds on the days `[since, until)` of
    the agreement that it stands in.
    """

    queue: str
    share: float
    seconds: int
    valid_from: date = date.min
    since: date = date.min
    until: date = date.max


@dataclass(frozen=True)
class ChatTimes(_OfQueue):
    """How long a chat of a queue takes while its person holds one, two, three … at once; the last holds for more.

    queue, valid_from, since, until: as of a service goal.
    """

    queue: str
    seconds: tuple[int, ...]
    valid_from: date = date.min
    since: date = date.min
    until: date = date.max

    @property
    def slowing(self) -> tuple[float, ...]:
        """Each over that of a chat alone."""
        return tuple(each / self.seconds[0] for each in self.seconds)


Row = TypeVar("Row", ServiceGoal, ChatTimes)


@dataclass(frozen=True)
class EarlierRules:
    """What held on the days before `until` and has been agreed anew since."""

    until: date
    peak_hours: tuple[Minutes, ...]
    csat_positive_share: float
    on_hold_pauses: bool
    answer_within_seconds: int = 20
    hourly_cost: float | None = None
    team_costs: Mapping[str, float] = field(default_factory=dict)
    first_contact: str = FIRST_CONTACT
    rating_scales: tuple[RatingScale, ...] = ()
    answer_share: float = 0.8


@dataclass(frozen=True)
class DeskSettings:
    """All settings that figures depend on."""

    zone: str
    calendars: tuple[Calendar, ...]
    targets: tuple[Target, ...]
    peak_hours: tuple[Minutes, ...] = ((540, 660), (840, 1020))
    event_days: frozenset[date] = frozenset()
    team_calendars: Mapping[str, str] = field(default_factory=dict)
    """Team -> calendar name; every other team uses the first calendar."""
    csat_positive_share: float = 0.75
    """A rating counts as satisfied from this share of its scale on (4 of 5 is (4-1)/(5-1) = 0.75)."""
    on_hold_pauses: bool = False
    """Whether waiting for a third party pauses the clock of resolution as waiting for the customer does."""
    at_risk_share: float = 0.25
    """A running target is at risk while less than this share of its time is left."""
    answer_within_seconds: int = 20
    """The target of the service level of calls, where their channel has no goal of its own."""
    answer_share: float = 0.8
    """The share of calls that is to be answered within it."""
    service_goals: tuple[ServiceGoal, ...] = ()
    """Goals of single channels or queues; of every other queue the target of its first answer is the goal."""
    chat_times: tuple[ChatTimes, ...] = ()
    """Handle times by how many chats a person holds at once, where the desk has said them."""
    hourly_cost: float | None = None
    """What an hour of a person on shift costs; None where the desk has not said."""
    team_costs: Mapping[str, float] = field(default_factory=dict)
    """Team -> what an hour of its people costs, where that is another rate."""
    currency: str | None = None
    """In which currency costs are told, for example CNY."""
    first_contact: str = FIRST_CONTACT
    """Which verdict on a first contact is the desk's own: the name of its column on tickets."""
    rating_scales: tuple[RatingScale, ...] = ()
    """Scales that are read otherwise than `csat_positive_share` says; the first that fits a rating holds."""
    renamings: tuple[Renaming, ...] = ()
    """By the day of what they rename; older agreements first."""
    memberships: tuple[Membership, ...] = ()
    """Who belonged to which team when; asked where the data name no team."""
    word_fields: Mapping[NamedDimension, tuple[str, ...]] = field(default_factory=dict)
    """The sources' own fields (`x_…`) that keep the words which were not known when they were loaded."""
    queue_groups: tuple[QueueGroup, ...] = ()
    """Which types people are planned for apart; they move plans alone, no figure of a ticket."""
    earlier: tuple[EarlierRules, ...] = ()
    """Rules of former agreements, the oldest first; the fields above are those of the newest."""

    def rules_on(self, day: date) -> "DeskSettings | EarlierRules":
        """The agreement whose rules held on a day."""
        return next((one for one in self.earlier if day < one.until), self)

    def service_goal(self, queue: str, day: date) -> ServiceGoal | None:
        """The goal of a queue on a day: its own, else that of its channel; None where none is agreed on."""
        return _of_queue(self.service_goals, queue, day)

    def chat_times_of(self, queue: str, day: date) -> ChatTimes | None:
        """How long chats of a queue take on a day, as its own else its channel's row says; None where none does."""
        return _of_queue(self.chat_times, queue, day)


def _of_queue(rows: Sequence[Row], queue: str, day: date) -> Row | None:
    held = [row for row in rows if row.is_in_force(day)]
    for name in (queue, queue.partition("/")[0]):
        mine = [row for row in held if row.queue == name]
        if mine:
            return max(mine, key=lambda row: row.valid_from)
    return None
