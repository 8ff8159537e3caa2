"""The times that somebody is held to, each a row: started, due, paused, met, breached. Nothing here reads a clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from dashboard.triage.business import Hours
from dashboard.triage.states import CROSS_TEAM, FIRST_LINE, SPECIALIST, Action

Kind = Literal["t1_standard_answer", "t1_ack", "t2_ack", "t2_detail", "t3_start", "t3_interim", "resolution"]
Stage = Literal["running", "imminent", "breaching", "paused", "achieved", "breached", "cancelled"]
"""imminent: little is left · breaching: late and still running · breached: met, but late."""
Span = tuple[datetime, datetime]
RESOLUTION: Kind = "resolution"


@dataclass(frozen=True)
class KindOfClock:
    """Which tier has such a clock (None: every one), and what a person does to meet it; resolving meets all."""

    tier: int | None
    met_by: frozenset[Action] = frozenset()

    @property
    def is_answer(self) -> bool:
        """Whether a public reply in the ticket meets it too."""
        return "tell" in self.met_by


KINDS: Mapping[Kind, KindOfClock] = MappingProxyType(
    {
        "t1_standard_answer": KindOfClock(FIRST_LINE, frozenset({"tell"})),
        "t1_ack": KindOfClock(FIRST_LINE, frozenset({"acknowledge"})),
        "t2_ack": KindOfClock(SPECIALIST, frozenset({"acknowledge"})),
        "t2_detail": KindOfClock(SPECIALIST, frozenset({"tell"})),
        "t3_start": KindOfClock(CROSS_TEAM, frozenset({"acknowledge", "assign", "start"})),
        "t3_interim": KindOfClock(CROSS_TEAM, frozenset({"tell"})),
        "resolution": KindOfClock(None),
    }
)


@dataclass(frozen=True)
class Clock:
    """One running of one clock. `calendar` None: it runs day and night. All spans are in UTC."""

    kind: Kind
    run: int
    tier: int
    started_at: datetime
    target_seconds: int
    calendar: str | None
    due_at: datetime | None
    pauses: tuple[Span, ...] = ()
    paused_at: datetime | None = None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    cancelled_at: datetime | None = None
    id: int | None = None

    @property
    def is_running(self) -> bool:
        """Whether it can still be met; a paused one can."""
        return self.met_at is None and self.cancelled_at is None


def started(
    kind: Kind, *, at: datetime, seconds: int, calendar: str | None, hours: Hours, tier: int, run: int = 1
) -> Clock:
    """A clock that begins now."""
    return Clock(kind, run, tier, at, seconds, calendar, hours.due(at, seconds, calendar))


def used_seconds(clock: Clock, at: datetime, hours: Hours) -> int:
    """How much of the clock's time has passed, pauses left out; it stands still from when the clock ended."""
    until = min(filter(None, (at, clock.met_at, clock.cancelled_at, clock.paused_at)))
    spans = _between(clock.started_at, until, clock.pauses)
    return sum(hours.elapsed(begin, end, clock.calendar) for begin, end in spans)


def _between(start: datetime, until: datetime, pauses: Sequence[Span]) -> Iterator[Span]:
    """What is left of a span without the pauses, in order."""
    begin = start
    for since, to in sorted(pauses):
        if since > begin:
            yield begin, min(since, until)
        begin = max(begin, to)
    if until > begin:
        yield begin, until


def left_seconds(clock: Clock, at: datetime, hours: Hours) -> int:
    """How much time is left; 0 where it is up."""
    return max(clock.target_seconds - used_seconds(clock, at, hours), 0)


def late_seconds(clock: Clock, at: datetime, hours: Hours) -> int:
    """How much later than its target it is, or was met; 0 where it is not late."""
    return max(used_seconds(clock, at, hours) - clock.target_seconds, 0)


def stage(clock: Clock, at: datetime, *, imminent_share: float = 0.25, hours: Hours) -> Stage:
    """Where the clock stands."""
    late = is_late(clock, at, hours)
    if clock.cancelled_at is not None:
        return "cancelled"
    if clock.met_at is not None:
        return "breached" if late else "achieved"
    if clock.paused_at is not None and not late:
        return "paused"
    if late:
        return "breaching"
    return "imminent" if left_seconds(clock, at, hours) < imminent_share * clock.target_seconds else "running"


def is_late(clock: Clock, at: datetime, hours: Hours) -> bool:
    """Whether more than its time had passed before it was met.

    What is due at closing time is not late before the next opening: no second of the clock has passed since.
    """
    if clock.breached_at is not None:
        return True
    until = clock.met_at or clock.cancelled_at or at
    if clock.due_at is None or until <= clock.due_at:
        return False
    return clock.calendar is None or hours.elapsed(clock.due_at, until, clock.calendar) > 0


def judged(clock: Clock, at: datetime, hours: Hours) -> Clock:
    """The clock with its breach noted, where its time is up by then; the breach is at the instant that it was due."""
    if clock.is_running and clock.breached_at is None and is_late(clock, at, hours):
        return replace(clock, breached_at=clock.due_at)
    return clock


def met(clock: Clock, at: datetime, hours: Hours) -> Clock:
    """The clock as it was met; a pause that lasts ends there."""
    if not clock.is_running:
        return clock
    then = max(at, clock.started_at)
    late = judged(clock, then, hours)
    return replace(_unpaused(late, then), met_at=then)


def cancelled(clock: Clock, at: datetime, hours: Hours) -> Clock:
    """The clock when nobody is held to it any more."""
    if not clock.is_running:
        return clock
    then = max(at, clock.started_at)
    return replace(_unpaused(judged(clock, then, hours), then), cancelled_at=then)


def paused(clock: Clock, at: datetime, hours: Hours) -> Clock:
    """The clock standing still from now on; what was late before stays late."""
    if not clock.is_running or clock.paused_at is not None:
        return clock
    then = max(at, clock.started_at)
    return replace(judged(clock, then, hours), paused_at=then, due_at=None)


def resumed(clock: Clock, at: datetime, hours: Hours) -> Clock:
    """The clock running again, due as much later as it stood still."""
    if not clock.is_running or clock.paused_at is None:
        return clock
    then = max(at, clock.paused_at)
    on = _unpaused(clock, then)
    if on.breached_at is not None:
        return replace(on, due_at=on.breached_at)
    return replace(on, due_at=hours.due(then, on.target_seconds - used_seconds(on, then, hours), on.calendar))


def _unpaused(clock: Clock, at: datetime) -> Clock:
    if clock.paused_at is None:
        return clock
    return replace(clock, pauses=(*clock.pauses, (clock.paused_at, max(at, clock.paused_at))), paused_at=None)


def next_due(clocks: Iterable[Clock]) -> Clock | None:
    """The running clock that is due first."""
    running = [clock for clock in clocks if clock.is_running and clock.due_at is not None]
    return min(running, key=lambda clock: (clock.due_at, clock.kind), default=None)
