"""Clocks of triage against the wall clock looked at minute by minute, over holidays, pauses, reopening, summer time."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from dashboard.triage import clocks as acts
from dashboard.triage.business import Hours
from dashboard.triage.clocks import Clock
from tests.oracles.business_minutes import Desk, MinuteOracle

FIRST, LAST = date(2026, 2, 1), date(2027, 2, 1)
CASES, FEW = 20_000, 300
EVERY_DAY = ((0, 1440),)
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def hours(zone: str, calendar: str) -> Hours:
    return Hours(zone, ((date.min, f'[[calendar]]\nname = "own"\nzone = "{zone}"\n{calendar}\n'),))


@dataclass(frozen=True)
class Place:
    """The same opening hours as the settings say them and as the oracle takes them."""

    hours: Hours
    desk: Desk
    name: str = "own"
    oracle: list[MinuteOracle] = field(default_factory=list)

    def seconds(self, start: datetime, end: datetime) -> int:
        if not self.oracle:
            self.oracle.append(MinuteOracle([self.desk], FIRST, LAST))
        return self.oracle[0].elapsed(start, end) if end > start else 0


OFFICE, CLOSED = ((540, 1080),), ()
PLACES = {
    "holidays and make-up days": Place(
        hours("Asia/Shanghai", 'weekdays = "09:00-18:00"\ndays = { 2026-05-01 = "closed", 2026-05-04 = "closed", '
              '2026-05-09 = "09:00-18:00", 2026-10-01 = "closed" }'),
        Desk("Asia/Shanghai", [OFFICE] * 5 + [CLOSED] * 2, {
            date(2026, 5, 1): CLOSED, date(2026, 5, 4): CLOSED, date(2026, 5, 9): OFFICE, date(2026, 10, 1): CLOSED}),
    ),
    "summer time by day": Place(
        hours("Europe/London", 'daily = "08:00-12:00, 13:00-20:30"'),
        Desk("Europe/London", [((480, 720), (780, 1230))] * 7, {}),
    ),
    "summer time at night": Place(
        hours("America/New_York", 'daily = "22:00-06:00"'), Desk("America/New_York", [((1320, 1800),)] * 7, {})
    ),
    "always open": Place(
        hours("Australia/Sydney", 'daily = "00:00-24:00"'), Desk("Australia/Sydney", [EVERY_DAY] * 7, {})
    ),
}  # fmt: skip


@dataclass
class Plain:
    """A clock as a list of what happened: every question is answered by counting from the start."""

    place: Place
    started_at: datetime
    target: int
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    paused_at: datetime | None = None
    ended_at: datetime | None = None

    def used(self, at: datetime) -> int:
        until = min(filter(None, (at, self.ended_at)))
        pauses = [*self.pauses, *([(self.paused_at, LATEST)] if self.paused_at else [])]
        cuts = sorted({self.started_at, until, *(cut for span in pauses for cut in span)})
        return sum(
            self.place.seconds(begin, end) for begin, end in pairwise(cuts)
            if begin >= self.started_at and end <= until and not any(a <= begin and end <= b for a, b in pauses)
        )  # fmt: skip


LATEST = datetime(2027, 1, 20, tzinfo=UTC)


def cases(count: int) -> Iterator[tuple[random.Random, Place]]:
    places = list(PLACES.values())
    for number in range(count):
        chance = random.Random(number)
        yield chance, chance.choice(places)


def lived(chance: random.Random, place: Place) -> tuple[Clock, Plain, datetime]:
    """A clock that was started, paused and resumed by a wall clock that is sometimes put back, perhaps met."""
    at = datetime(2026, 2, 10, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * 24 * 280))
    target = 60 * chance.choice([1, 10, 30, 120, 240, 480, 1440, chance.randrange(1, 3000)])
    clock = acts.started("resolution", at=at, seconds=target, calendar=place.name, hours=place.hours, tier=1)
    plain = Plain(place, at, target)
    for _ in range(chance.randrange(7)):
        at = at + timedelta(minutes=chance.choice([0, 1, 7, 60, 600, 3000, -30]))
        then = max(at, plain.started_at, *(to for _since, to in plain.pauses), plain.paused_at or plain.started_at)
        if plain.paused_at is None:
            clock, plain.paused_at = acts.paused(clock, then, place.hours), then
        else:
            plain.pauses.append((plain.paused_at, then))
            clock, plain.paused_at = acts.resumed(clock, then, place.hours), None
        at = then
    if chance.random() < 0.3:
        at += timedelta(minutes=chance.randrange(3000))
        clock, plain.ended_at = acts.met(clock, at, place.hours), at
    return clock, plain, at


def differences(clock: Clock, plain: Plain, at: datetime) -> list[str]:
    """What the clock says otherwise than counting does."""
    hours, used = plain.place.hours, plain.used(at)
    told: dict[str, tuple[object, object]] = {
        "used": (acts.used_seconds(clock, at, hours), used),
        "left": (acts.left_seconds(clock, at, hours), max(plain.target - used, 0)),
        "late by": (acts.late_seconds(clock, at, hours), max(used - plain.target, 0)),
        "late": (acts.is_late(acts.judged(clock, at, hours), at, hours), used > plain.target),
    }
    if clock.due_at is not None and clock.paused_at is None and plain.ended_at is None and clock.breached_at is None:
        first = plain.used(clock.due_at - timedelta(seconds=1)) < plain.target
        at_once = clock.due_at in [to for _since, to in plain.pauses]  # nothing was left when it went on
        told["due"] = ((plain.used(clock.due_at), first or at_once), (plain.target, True))
    return [f"{name}: {found} instead of {right}" for name, (found, right) in told.items() if found != right]


def compared(count: int) -> list[str]:
    found = []
    for chance, place in cases(count):
        clock, plain, at = lived(chance, place)
        moment = at + timedelta(minutes=chance.choice([0, 0, 5, 90, 2000, -45, -20_000]))
        if clock.met_at is None and moment < at:
            moment = max(moment, plain.started_at) if plain.pauses or plain.paused_at else moment
        if plain.pauses or plain.paused_at or plain.ended_at:
            moment = max(moment, at)
        found += [f"{place.desk.zone} {clock}: {one}" for one in differences(clock, plain, moment)]
    return found


def test_clocks_say_what_counting_every_minute_says() -> None:
    assert compared(FEW) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_twenty_thousand_clocks_say_what_counting_every_minute_says() -> None:
    """pytest tests/dashboard/triage/test_clocks.py -m slow -s"""
    count = int(os.environ.get("FLOORWALKER_CLOCK_CASES", CASES))
    found = compared(count)
    print(f"{count:,} clocks: {len(found)} differences")
    assert found == []


def test_the_comparison_finds_a_clock_that_forgets_its_pauses() -> None:
    place = PLACES["always open"]
    clock = acts.started("resolution", at=MORNING, seconds=3600, calendar=place.name, hours=place.hours, tier=1)
    plain = Plain(place, MORNING, 3600, pauses=[(MORNING, MORNING + timedelta(minutes=10))])
    assert differences(clock, plain, MORNING + timedelta(minutes=30)) != []


def test_no_time_is_ever_negative_when_the_wall_clock_is_put_back() -> None:
    place = PLACES["summer time by day"]
    clock = acts.started("t2_ack", at=MORNING, seconds=600, calendar=place.name, hours=place.hours, tier=2)
    before = MORNING - timedelta(days=3)
    for one in (clock, acts.paused(clock, before, place.hours), acts.met(clock, before, place.hours),
                acts.resumed(acts.paused(clock, MORNING, place.hours), before, place.hours)):  # fmt: skip
        assert acts.used_seconds(one, before, place.hours) == 0
        assert acts.left_seconds(one, before, place.hours) == 600
        assert acts.late_seconds(one, before, place.hours) == 0
        assert one.met_at is None or one.met_at >= one.started_at


def test_what_is_due_at_closing_time_is_not_late_before_the_next_opening() -> None:
    place = PLACES["summer time by day"]
    closing = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
    clock = acts.started("t2_ack", at=closing - timedelta(minutes=10), seconds=600, calendar=place.name,
                         hours=place.hours, tier=2)  # fmt: skip
    assert clock.due_at == closing
    opening = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert not acts.is_late(clock, opening, place.hours)
    assert acts.is_late(clock, opening + timedelta(seconds=1), place.hours)
