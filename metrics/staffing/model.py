"""The words of staffing: queues, events, forecasts, rules of service, and the frames that go from one step to the next.

Every frame has one row per queue and interval: `queue` is `Queue.name`, `starts_at` the interval's start in UTC. The
way: metrics.staffing.arrivals → forecast → requirement; erlang, chat and backlog say what so many people achieve.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import polars as pl

from metrics.model import Clock
from metrics.tables import INSTANT

Minutes = Literal[15, 30, 60]
INTERVALS: tuple[Minutes, ...] = get_args(Minutes)
Work = Literal["erlang_a", "erlang_c", "chat", "deferred"]
"""How the people of a queue work: calls that hang up or wait for ever, several chats at once, or a pile of tickets."""
WORKS: tuple[Work, ...] = get_args(Work)
Level = Literal["offered", "without_early", "with_early"]
"""Answered in time over all offered; over offered without those who gave up in time; with those counted as kept."""
LEVELS: tuple[Level, ...] = get_args(Level)
EventKind = Literal["promotion", "launch", "holiday", "make_up_day", "outage", "other"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
Effect = Literal["learned", "percent", "absolute"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
Method = Literal["blend", "level_profile", "profile_3", "mean_8", "average_profile", "nothing"]
"""blend: the mean of the next two · level × profile · rank-3 profile · the mean of 8 weeks · the bare average of less
than two weeks · no arrivals at all."""

ARRIVAL_FRAME: Mapping[str, pl.DataType] = {
    "queue": pl.String(), "starts_at": INSTANT, "offered": pl.Float64(), "is_open": pl.Boolean(),
}  # fmt: skip
"""offered: null where nothing was recorded (an outage), 0 where nobody came · is_open: within the opening hours."""
FORECAST_FRAME: Mapping[str, pl.DataType] = {
    "queue": pl.String(), "starts_at": INSTANT, "mean": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(),
    "is_open": pl.Boolean(),
}  # fmt: skip
"""low, high: P10 and P90 of the arrivals of that interval."""
ROSTER_FRAME: Mapping[str, pl.DataType] = {"queue": pl.String(), "starts_at": INSTANT, "rostered": pl.Float64()}
"""rostered: people on the roster, before shrinkage."""
REQUIREMENT_FRAME: Mapping[str, pl.DataType] = {
    "queue": pl.String(), "starts_at": INSTANT, "arrivals": pl.Float64(), "load": pl.Float64(), "base": pl.Float64(),
    "with_cap": pl.Float64(), "with_reserve": pl.Float64(), "required": pl.Int64(), "rostered": pl.Float64(),
    "gap": pl.Float64(), "service": pl.Float64(), "abandoned": pl.Float64(), "occupancy": pl.Float64(),
    "is_open": pl.Boolean(), "goal_share": pl.Float64(), "goal_seconds": pl.Int64(),
}  # fmt: skip
"""load: Erlangs, the hours of work that come per hour · base: people for the service target alone · with_cap: and for
the occupancy cap · with_reserve: and the reserve · required: and shrinkage, whole people to roster · gap: required −
rostered, above 0 where people are short · service: expected share served in time by those rostered, by those
required where no roster is known; for deferred work the share that meets its deadline · abandoned: expected share
that gives up (0 where nobody can) · occupancy: expected share of the present people's time spent on work ·
goal_share, goal_seconds: which share of that interval's requests is to be served within which time."""


@dataclass(frozen=True, order=True)
class Queue:
    """Where requests wait together: a channel, and a group of inquiry types where the desk tells such apart."""

    channel: str
    group: str | None = None

    @property
    def name(self) -> str:
        return self.channel if self.group is None else f"{self.channel}/{self.group}"

    @classmethod
    def named(cls, name: str) -> "Queue":
        channel, slash, group = name.partition("/")
        return cls(channel, group if slash else None)


def is_meant(queue: str, names: Sequence[str]) -> bool:
    """Whether a queue is among those named: by its own name, or as part of a channel that is; no name means all."""
    return not names or queue in names or Queue.named(queue).channel in names


@dataclass(frozen=True)
class Event:
    """Something that people know of beforehand, on the local days first–last, that moves arrivals or has moved them.

    queues: or channels, empty: all · effect: `learned` from earlier days of the same name (else of the same kind), or
    typed: `percent` (value 0.5 is half as much again), `absolute` (value more or fewer requests a day) · in_training:
    False keeps its past days out of what a usual day is learned from; an outage's days are always out.
    """

    name: str
    kind: EventKind
    first: date
    last: date
    queues: tuple[str, ...] = ()
    effect: Effect = "learned"
    value: float = 0.0
    in_training: bool = False

    def concerns(self, queue: str, day: date) -> bool:
        return self.first <= day <= self.last and is_meant(queue, self.queues)


@dataclass(frozen=True)
class Factor:
    """One reason why a day's forecast is what it is: times `factor`, learned from `n` days (0: typed or assumed).

    name: `level` (with the usual day's total as factor), `weekday`, `recent` (the last days ran above or below),
    `month_start`, `month_end`, `after_closed`, `closed`, `profile` (what the rank-3 profile says beside all that), or
    an event's own name with `is_event`.
    """

    name: str
    factor: float
    n: int = 0
    is_event: bool = False
    added: float = 0.0
    """Requests added, for an event with an absolute effect."""


@dataclass(frozen=True)
class DayForecast:
    """The whole day's mean and how it comes about: the product of the factors, plus what events add."""

    queue: str
    day: date
    total: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True)
class QueueForecast:
    """By which method a queue was forecast, and how well that method and its rival did on its own past.

    weeks: history with arrivals · error, rival_error: WAPE one week ahead of the method and of the 8-week mean over
    past origins, None where there are none · floor: the WAPE that chance alone leaves, so that nobody chases noise ·
    bias: (forecast − actual) / actual over the same · coverage: share of the past within the 80 % interval ·
    interval: how low and high were found · spread, noise: of its day totals (log) and of intervals within a day
    (squared share) · statement: an English entry of the catalogue to be said beside the figures, with its params; empty
    where nothing needs saying · ended: nothing has come for so long that the queue has ended.
    """

    queue: str
    method: Method
    weeks: float
    error: float | None = None
    rival_error: float | None = None
    floor: float | None = None
    bias: float | None = None
    coverage: float | None = None
    interval: Literal["conformal", "simulated", "poisson"] = "poisson"
    spread: float = 0.15
    noise: float = 0.0
    statement: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    ended: bool = False


@dataclass(frozen=True)
class Forecast:
    """What is expected: `frame` conforms to FORECAST_FRAME; known up to `origin`, days are those of `zone`."""

    frame: pl.DataFrame
    days: tuple[DayForecast, ...]
    queues: tuple[QueueForecast, ...]
    origin: datetime
    minutes: Minutes
    zone: str

    def of(self, queue: str) -> QueueForecast:
        return next(one for one in self.queues if one.queue == queue)


@dataclass(frozen=True)
class UnusualDay:
    """A past day that lay far more than usual beside what its level and weekday let expect; offered as an event."""

    queue: str
    day: date
    actual: float
    expected: float
    times: float
    """How many usual day errors it was off, signed."""


@dataclass(frozen=True)
class StaffingRules:
    """What a queue promises, how long its work takes, and what is put on top; a share is 0–1.

    share, within_seconds, level: the service goal (for deferred work within_seconds is the deadline on `clock`, and the
    share is of what can be met at all) · handle_seconds: of one request alone · patience_seconds: mean, None where it
    was never observed · concurrency, slowing: chats at once per person, and handle time with j chats ÷ handle time
    alone, for j = 1, 2, … · occupancy_cap: people are not planned busier · reserve: put on top (`divided`:
    n ÷ (1 − reserve)) · shrinkage: paid but absent time, so that required = with_reserve ÷ (1 − shrinkage) ·
    takes_idle: this deferred work may be done in the idle time of the other queues · measured: names of the fields that
    came from the data and are not typed · assumed: of those that neither the data nor anybody told.
    """

    work: Work
    share: float = 0.8
    within_seconds: int = 20
    level: Level = "offered"
    clock: Clock = "business"
    handle_seconds: float = 300.0
    patience_seconds: float | None = None
    concurrency: int = 1
    slowing: tuple[float, ...] = (1.0, 1.18, 1.2, 1.38, 1.43)
    occupancy_cap: float = 0.85
    reserve: float = 0.1
    divided: bool = False
    shrinkage: float = 0.3
    takes_idle: bool = False
    measured: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()


DatedRules = Mapping[date, Mapping[str, StaffingRules]]
"""Local day -> queue -> the rules that hold for it from that day on; a queue that is not named goes on as before."""


def rules_on(queue: str, day: date, first: Mapping[str, StaffingRules], later: DatedRules) -> StaffingRules:
    """The rules of a queue on a local day: those that began last, else the first ones."""
    begun = [since for since, rules in later.items() if since <= day and queue in rules]
    return later[max(begun)][queue] if begun else first[queue]


@dataclass(frozen=True)
class Service:
    """What callers, chatters or tickets meet with so many people: `level` is the share served in time, by its name.

    waits: share that waits at all · abandoned: share that gives up · answer_seconds: mean wait of all · busy: share of
    people's time at work · a queue that grows without end has level 0 and answer_seconds infinite.
    """

    level: float
    waits: float
    abandoned: float
    answer_seconds: float
    busy: float


@dataclass(frozen=True)
class Needs:
    """What a desk needs: `frame` conforms to REQUIREMENT_FRAME, with what cannot be met and what is to be said.

    rules: those of each queue on the first day · later: the others that hold from local days within the plan on ·
    unmeetable: queue -> requests whose deadline passes while the desk is closed · idle_used: queue of deferred work ->
    people-hours done in the idle time of others · statements: (queue, English entry of the catalogue, params).
    """

    frame: pl.DataFrame
    minutes: Minutes
    zone: str
    rules: Mapping[str, StaffingRules]
    later: DatedRules = field(default_factory=dict)
    unmeetable: Mapping[str, float] = field(default_factory=dict)
    idle_used: Mapping[str, float] = field(default_factory=dict)
    statements: tuple[tuple[str, str, Mapping[str, object]], ...] = ()

    def rules_at(self, queue: str, at: datetime) -> StaffingRules:
        """By which rules a queue is staffed at an instant of the plan."""
        return rules_on(queue, at.astimezone(ZoneInfo(self.zone)).date(), self.rules, self.later)

    def courses(self, queue: str) -> Iterator[tuple[date | None, StaffingRules]]:
        """The rules of a queue one after the other, each with the day from which on it holds; None: the first one."""
        yield None, self.rules[queue]
        yield from ((day, rules[queue]) for day, rules in sorted(self.later.items()) if queue in rules)
