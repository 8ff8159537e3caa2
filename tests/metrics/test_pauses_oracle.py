"""Pauses, due instants and lateness against a clock that looks at every minute, in zones with every kind of change."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

import pytest

from metrics.desk import Calendar, Target
from metrics.facts import build_facts
from tests.builders import Row, desk, tables
from tests.oracles.business_minutes import Desk, MinuteOracle

ZONES = (
    "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Beirut", "Asia/Gaza", "Africa/Cairo",
    "Africa/Casablanca", "Europe/Berlin", "Europe/London", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
    "America/Havana", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia",
    "UTC",
)  # fmt: skip
HOURS = (
    (((540, 720), (780, 1080)),) * 5 + ((), ()),
    (((1320, 1800),),) * 6 + (((60, 200),),),
    (((0, 1440),),) * 7,
    ((), ((481, 1019),), (), ((600, 660), (661, 1500)), (), ((0, 150),), ()),
)
BEGIN, DAYS = datetime(2026, 3, 2, tzinfo=UTC), 40
CASES = 5_000
FEW = 120
Span = tuple[datetime, datetime]


@cache
def oracle(zone: str, hours: int) -> MinuteOracle:
    closed = {date(2026, 3, 11): (), date(2026, 3, 14): ((540, 600),)}
    return MinuteOracle([Desk(zone, HOURS[hours], closed)], date(2026, 2, 20), date(2026, 5, 20))


def moment(random: Random, after: datetime, hours: float) -> datetime:
    return after + timedelta(
        seconds=random.randrange(1, int(hours * 3600)), microseconds=random.choice([0, 0, 1, 999_999])
    )


def case(random: Random, number: int) -> tuple[Row, list[Row], list[Span]]:
    """A ticket with up to four pauses, resolved after the last one or in the middle of it."""
    created = at = moment(random, BEGIN, 24 * (DAYS - 20))
    changes: list[Row] = []
    pauses: list[Span] = []
    for _ in range(random.randrange(5)):
        begin = moment(random, at, random.choice([1, 30]))
        at = moment(random, begin, random.choice([1, 80]))
        changes += [
            {"source": "s", "ticket_id": str(number), "at": when, "field": "status", "sequence": len(changes) + place,
             "from_value": None, "to_value": to}
            for place, (when, to) in enumerate(((begin, "pending"), (at, "open")))
        ]  # fmt: skip
        pauses.append((begin, at))
    done = moment(random, at if random.random() < 0.8 else created, 60)
    row = {"source": "s", "ticket_id": str(number), "created_at": created, "resolved_at": done, "status": "resolved"}
    return row, changes, pauses


def whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def ran(clock: MinuteOracle | None, start: datetime, end: datetime, pauses: list[Span]) -> int:
    """Seconds between two instants on a clock (None: the calendar), the pauses left out."""

    def between(a: datetime, b: datetime) -> int:
        a, b = whole(a), whole(b)
        if b <= a:
            return 0
        return int((b - a).total_seconds()) if clock is None else clock.elapsed(a, b)

    return between(start, end) - sum(between(max(a, start), min(b, end)) for a, b in pauses)


def due(clock: MinuteOracle | None, start: datetime, end: datetime, seconds: int, pauses: list[Span]) -> datetime:
    low, high = whole(start), whole(end)
    while low < high:
        middle = low + (high - low) // 2
        middle = whole(middle)
        if ran(clock, start, middle, pauses) >= seconds:
            high = middle
        else:
            low = middle + timedelta(seconds=1)
    return low


def compare(zone: str, hours: int, count: int) -> int:
    random = Random(f"{zone} {hours}")
    made = [case(random, number) for number in range(count)]
    seconds, on_calendar = random.choice([600, 7200, 28_800, 100_000]), hours == 1
    calendar = Calendar("c", zone, HOURS[hours], {date(2026, 3, 11): (), date(2026, 3, 14): ((540, 600),)})
    target = Target("resolution", seconds, "calendar" if on_calendar else "business")
    settings = desk(target, zone=zone, calendars=(calendar,))
    built = tables([row for row, _, _ in made], changes=[change for _, changes, _ in made for change in changes])
    found = {row["ticket_id"]: row for row in build_facts(built, settings).sla_instances.to_dicts()}
    clocks = (None, oracle(zone, hours))
    judged = clocks[0] if on_calendar else clocks[1]
    for row, _, pauses in made:
        run, start, done = found[row["ticket_id"]], row["created_at"], row["resolved_at"]
        rested = tuple(ran(clock, start, done, []) - ran(clock, start, done, pauses) for clock in clocks)
        assert (run["paused_calendar_seconds"], run["paused_business_seconds"]) == rested
        used = ran(judged, start, done, pauses)
        by_fraction = on_calendar and used == seconds and done.microsecond > start.microsecond
        assert run["state"] == ("breached" if used > seconds or by_fraction else "met")
        if used > seconds:
            at = due(judged, start, done, seconds, pauses)
            assert whole(run["due_at"]) == at
            late = tuple(ran(clock, start, done, pauses) - ran(clock, start, at, pauses) for clock in clocks)
            assert (run["sla_overrun_calendar_seconds"], run["sla_overrun_business_seconds"]) == late
            assert min(late) >= 0
    return len(made)


@pytest.mark.parametrize("hours", range(len(HOURS)))
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
def test_pauses_and_lateness_are_those_of_a_clock_that_looks_at_every_minute(zone: str, hours: int) -> None:
    assert compare(zone, hours, FEW) == FEW


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_so_in_every_zone(zone: str) -> None:
    assert sum(compare(zone, hours, CASES // len(HOURS)) for hours in range(len(HOURS))) == CASES
