"""A small desk that nobody runs: what truly happened to its tickets, from which every export is written."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
AGENTS = ("Agent One", "Agent Two", "Agent Three")
TEAMS = ("First line", "Returns")
TYPES = ("Delivery", "Billing", "Returns")
STATUSES = ("new", "open", "pending", "on_hold", "resolved", "resolved", "resolved", "closed", "closed")


@dataclass(frozen=True)
class Ticket:
    """One inquiry; instants in UTC to the second."""

    number: int
    created: datetime
    updated: datetime
    answered: datetime | None
    resolved: datetime | None
    status: str
    channel: str
    priority: str
    type: str
    agent: str | None
    team: str
    customer: int
    rating: int | None
    reopens: int
    replies: int
    moves: int

    @property
    def subject(self) -> str:
        return f"Question {self.number}, about {self.type.lower()}"

    @property
    def email(self) -> str:
        return f"customer{self.customer}@shop.example"


def tickets(count: int = 24, *, seed: int = 5) -> list[Ticket]:
    """The desk's tickets; the same for the same seed. Days after the 12th give dates an order."""
    dice = random.Random(seed)
    return [_ticket(number, dice) for number in range(1, count + 1)]


def _ticket(number: int, dice: random.Random) -> Ticket:
    began = datetime(2026, 3, 2, 1, 0, tzinfo=UTC) + timedelta(days=number * 1.1, seconds=dice.randrange(36_000))
    created = began.replace(microsecond=0)
    status = STATUSES[number % len(STATUSES)]
    answered = None if status == "new" else created + timedelta(seconds=dice.randrange(90, 40_000))
    ended = status in ("resolved", "closed")
    resolved = answered + timedelta(seconds=dice.randrange(600, 200_000)) if ended and answered else None
    return Ticket(
        number=number,
        created=created,
        updated=max(at for at in (created, answered, resolved) if at) + timedelta(minutes=7),
        answered=answered,
        resolved=resolved,
        status=status,
        channel=dice.choice(("email", "chat", "phone", "web_form")),
        priority=dice.choice(("urgent", "important", "normal", "normal", "low")),
        type=dice.choice(TYPES),
        agent=None if status == "new" else dice.choice(AGENTS),
        team=dice.choice(TEAMS),
        customer=100 + dice.randrange(9),
        rating=dice.choice((5, 5, 4, 3, 1)) if ended and number % 2 else None,
        reopens=dice.choice((0, 0, 0, 1)) if ended else 0,
        replies=0 if answered is None else dice.randrange(1, 5),
        moves=dice.choice((0, 0, 1)),
    )


def seconds(later: datetime | None, earlier: datetime) -> int | None:
    """Whole seconds between, as a calendar counts."""
    return None if later is None else round((later - earlier).total_seconds())


def working_seconds(later: datetime | None, earlier: datetime) -> int | None:
    """Seconds within Monday to Friday, 09:00 to 18:00 of China, day by day."""
    if later is None:
        return None
    day, total = earlier.astimezone(CHINA).date(), 0.0
    while day <= later.astimezone(CHINA).date():
        if day.weekday() < 5:
            begin, end = (datetime.combine(day, at, CHINA) for at in (time(9), time(18)))
            total += max(0.0, (min(end, later) - max(begin, earlier)).total_seconds())
        day += timedelta(days=1)
    return round(total)


def local(at: datetime | None, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A stamp on the clocks of China, without saying so."""
    return "" if at is None else at.astimezone(CHINA).strftime(pattern)


def iso(at: datetime | None) -> str | None:
    """A stamp in UTC, as most interfaces write it."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def to_the_minute(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(second=0)


def clock(total: int | None) -> str:
    """Seconds as `26:03:59`."""
    return "" if total is None else f"{total // 3600:02d}:{total % 3600 // 60:02d}:{total % 60:02d}"


def minutes(total: int | None) -> str:
    return "" if total is None else str(total // 60)


def after(begin: datetime, total: int | None) -> datetime | None:
    """The instant that a duration in whole minutes gives."""
    return None if total is None else begin + timedelta(minutes=total // 60)


def first_days(count: int) -> list[date]:
    return [date(2026, 3, 2) + timedelta(days=number) for number in range(count)]
