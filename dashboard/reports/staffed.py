"""What a report tells of people: how good the forecast was, what the coming days take, who is there, events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.desk import Desk
from dashboard.people import Act, Actor, Reach, reach
from dashboard.services.staffing.ahead import Basis
from dashboard.services.staffing.events import kept_events
from dashboard.services.staffing.figures import MINUTES, intervals_of
from dashboard.services.staffing.forecasts import arrivals_of_facts
from dashboard.services.staffing.needs import needs_from
from dashboard.services.staffing.page import effects
from dashboard.services.staffing.rosters import present
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.model import Period
from metrics.staffing.model import Event, Needs
from metrics.staffing.seen import SeenEffect

DAY, AHEAD = timedelta(days=1), timedelta(days=14)


@dataclass(frozen=True)
class Staffed:
    """intervals: facts of past forecasts and of coming gaps · needs: of the days ahead, None for a report that looks
    back from an earlier instant · has_roster: whether anybody is known to be there then · queues: all that ever had
    requests · events: those of the report's days and of the days ahead, each with what came against the usual."""

    intervals: Facts
    needs: Needs | None
    has_roster: bool
    queues: frozenset[str]
    events: tuple[tuple[Event, SeenEffect | None], ...]


def staffed(
    actor: Actor, desk: Desk, facts: Facts, settings: DeskSettings, period: Period, *, at: datetime | None = None,
    basis: Basis | None = None,
) -> Staffed | None:  # fmt: skip
    """None for whom plans of people are nothing to see, and where nothing was ever asked of the desk.

    basis: what the facts are made of, where they hold all of it.
    """
    if reach(actor, Act.SEE_STAFFING) is Reach.NONE:
        return None
    came = arrivals_of_facts(facts, settings, minutes=MINUTES)
    if came.is_empty():
        return None
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    needs = None if at is not None else needs_from(actor, desk, facts, settings, basis=basis, came=came)
    there = present(actor, desk, today, today + AHEAD - DAY, minutes=MINUTES)
    kept = {one.id: one.event for one in kept_events(actor, desk)}
    seen = effects(facts, came, kept)
    return Staffed(
        intervals_of(facts, settings, came, events=tuple(kept.values()), plan=needs), needs,
        needs is not None and there.is_known, frozenset(came["queue"]), _concerned(kept, seen, period, today),
    )  # fmt: skip


def _concerned(
    kept: Mapping[int, Event], seen: Mapping[int, SeenEffect], period: Period, today: date
) -> tuple[tuple[Event, SeenEffect | None], ...]:  # fmt: skip
    """The events of the report's days, and those that come."""

    def is_near(one: Event) -> bool:
        return (one.first < period.end and one.last >= period.start) or today <= one.last <= today + AHEAD * 2

    found = sorted((one.first, id) for id, one in kept.items() if is_near(one))
    return tuple((kept[id], seen.get(id)) for _first, id in found)
