"""Who is to be told of which clock at which step, by which way. Nothing here sends, and nothing here reads a clock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from dashboard.people.actor import Actor
from dashboard.people.policy import Act
from dashboard.services.analysis.standup import is_working_day, opening_of
from dashboard.triage.items import Item, owner_name
from dashboard.triage.reminder_settings import Audience, ReminderSettings, Step
from dashboard.triage.rights import may
from dashboard.wording import Language
from metrics.desk import DeskSettings

DAILY = "day:"
VERY_LATE = 2.0
"""What is as late as that is told again each morning."""
Key = tuple[int, str, str]
"""Clock, way, step: what is told once."""


class Running(Protocol):
    """A clock that runs, and how much of its target has passed."""

    @property
    def clock_id(self) -> int: ...
    @property
    def item(self) -> Item: ...
    @property
    def kind(self) -> str: ...
    @property
    def share(self) -> float: ...
    @property
    def target_seconds(self) -> int: ...
    @property
    def due_at(self) -> datetime: ...


@dataclass(frozen=True)
class Route:
    """One way to somebody: a person by mail, or a group by its robot. `teams` of a group: empty is all."""

    key: str
    channel_id: int
    language: Language
    person: Actor | None = None
    address: str = ""
    teams: tuple[str, ...] = ()

    def may_know(self, item: Item) -> bool:
        """Whether this item may be told of by this way: never one that the person could not open."""
        if self.person is not None:
            return may(self.person, Act.SEE_TRIAGE, item)
        return not self.teams or (item.team is not None and item.team in self.teams)


@dataclass(frozen=True)
class Wanted:
    """That somebody be told of a clock at a step."""

    route: Route
    running: Running
    step: str

    @property
    def key(self) -> Key:
        return self.running.clock_id, self.route.key, self.step


def wanted(clocks: Iterable[Running], routes: Sequence[Route], settings: ReminderSettings) -> Iterator[Wanted]:
    """Everything that is to be told by now, whether it was told or not."""
    led = {team for route in routes if _role(route) == "supervisor" and route.person for team in route.person.teams}
    for clock in clocks:
        for step in steps_due(clock, settings):
            for route in routes:
                if route.may_know(clock.item) and any(_is(route, one, clock.item, led) for one in step.to):
                    yield Wanted(route, clock, step.name)


def steps_due(clock: Running, settings: ReminderSettings) -> Iterator[Step]:
    """The steps that a clock has come to; a short one is not warned of before it is up."""
    for step in settings.steps:
        is_warning = step.at < 100
        if clock.share * 100 >= step.at and not (is_warning and clock.target_seconds < settings.shortest):
            yield step


def _role(route: Route) -> str | None:
    return route.person.role if route.person is not None else None


def _is(route: Route, audience: Audience, item: Item, led: set[str]) -> bool:
    """Whether the way leads to one whom the step names; where a team has no supervisor, the manager stands in."""
    match audience:
        case "group":
            return route.person is None
        case "owner":
            return route.person is not None and owner_name(route.person) == item.owner
        case "supervisor":
            return _role(route) == ("supervisor" if item.team in led else "manager")
        case "next_tier":
            return _role(route) == "manager"


def daily(
    clocks: Iterable[Running], routes: Sequence[Route], told: Iterable[tuple[Key, datetime]], day: date, zone: str
) -> Iterator[Wanted]:
    """What was very late before this day and still is: told to those who lead, once a day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    before = {key[:2] for key, at in told if at < midnight}
    for clock in clocks:
        for route in routes:
            leads = _role(route) in ("supervisor", "manager") or route.person is None
            was_told = (clock.clock_id, route.key) in before
            if clock.share >= VERY_LATE and leads and was_told and route.may_know(clock.item):
                yield Wanted(route, clock, f"{DAILY}{day.isoformat()}")


def is_quiet(at: datetime, settings: DeskSettings) -> bool:
    """Whether the desk is closed at this instant; a pause at noon is not. Without a calendar it never is."""
    local = at.astimezone(ZoneInfo(settings.zone))
    opening = opening_of(local.date(), settings)
    if opening is None:
        return False
    minute = local.hour * 60 + local.minute
    return not opening or not min(start for start, _end in opening) <= minute < max(end for _start, end in opening)


def day_begun(at: datetime, settings: DeskSettings) -> date | None:
    """The day on which the desk works and has opened already; None before, and on days off."""
    local = at.astimezone(ZoneInfo(settings.zone))
    return local.date() if is_working_day(local.date(), settings) and not is_quiet(at, settings) else None
