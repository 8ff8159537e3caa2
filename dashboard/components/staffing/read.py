"""What the staffing page reads, each made once per state of the data, the plan and the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from dashboard import data
from dashboard.people.actor import SERVER
from dashboard.people.current import current_actor
from dashboard.services.staffing import page as staffing_page
from dashboard.services.staffing.accuracy import desk_accuracy
from dashboard.services.staffing.ahead import AHEAD, MINUTES, name_of
from dashboard.services.staffing.events import kept_events
from dashboard.services.staffing.forecast_snapshots import held_against, keep_forecast, kept_at, kept_forecasts
from dashboard.services.staffing.overrides import overrides_in_force
from dashboard.services.staffing.pulse import plan_pulse
from dashboard.services.staffing.rosters import Present, present
from dashboard.services.staffing.rules import typed_of_days
from dashboard.staffing.rules import laid_over
from metrics.model import Scope
from metrics.staffing.changes import Changes
from metrics.staffing.intraday import Today, todays
from metrics.staffing.levers import Serve
from metrics.staffing.model import DatedRules, Forecast, Minutes, Needs, Queue, StaffingRules, UnusualDay
from metrics.staffing.rosters import Weights
from metrics.staffing.serving import serving

STEP = 30
"""A forecast reaches so many days, or as many more times STEP as the days asked for need."""
LATELY = timedelta(days=60)
USUAL_MINUTES: Minutes = MINUTES
UNUSUAL_MINUTES: Minutes = 60


@dataclass(frozen=True)
class Window:
    """The days that are planned, both included, in intervals of so many minutes."""

    first: date
    last: date
    minutes: Minutes = USUAL_MINUTES


@dataclass(frozen=True)
class Plan:
    """A plan of a window: the forecast as it stands, what it takes, whether anybody is known to be there."""

    forecast: Forecast
    needs: Needs
    has_roster: bool
    state: str


def today() -> date:
    """The day up to which the data tell."""
    return staffing_page.today_in(data.facts())


def pulse() -> str:
    """What tells one state of the plan from the next."""
    return plan_pulse(current_actor(), data.desk())


def arrivals_in(window: Window) -> pl.DataFrame:
    """What came, in intervals of the window's length."""
    return data.agreed_answer(staffing_page.arrivals, Scope(), minutes=window.minutes)


def forecast_in(window: Window) -> Forecast:
    """What is expected in the window, before anybody overrode it."""
    return data.kept(_forecast, window)


def _forecast(window: Window) -> Forecast:
    return _kept_forecast(window) or _cut(window)


def _cut(window: Window) -> Forecast:
    far = (window.last - today()).days + 1
    days = AHEAD if far <= AHEAD else -(-far // STEP) * STEP
    found = forecast_from(None, days, window.minutes)
    if window.minutes == USUAL_MINUTES and days == AHEAD and data.permission().is_everything:
        keep_forecast(SERVER, data.desk(), found, state=_state())
    return staffing_page.cut(found, window.first, window.last)


def forecast_from(since: date | None, days: int, minutes: Minutes) -> Forecast:
    """The forecast of so many days from today on, or as it would have been in the morning of another day."""
    return data.agreed_answer(
        staffing_page.expected, Scope(), minutes=minutes, days=days, events=data.events(), since=since
    )


def rules_in(window: Window, queues: tuple[str, ...]) -> DatedRules:
    """By which rules queues are staffed on each day of the window: typed, else measured, else as shipped."""
    days = staffing_page.days_in(window.first, window.last)
    found = data.agreed_answer(staffing_page.measured, Scope(), queues=queues, days=days)
    typed = typed_of_days(current_actor(), data.desk(), days)
    return {day: laid_over(found[day], typed[day]) for day in days}


def present_in(window: Window) -> Present:
    """Who is there in the window."""
    return data.kept(_present, window, pulse())


def _present(window: Window, pulse: str) -> Present:  # noqa: ARG001 - part of the key
    return present(current_actor(), data.desk(), window.first, window.last, minutes=window.minutes)


def plan_in(window: Window, changes: Changes = Changes()) -> Plan:  # noqa: B008  frozen
    """The plan of the window, or what it would be with these changes."""
    return data.kept(_plan, window, changes, pulse())


def _plan(window: Window, changes: Changes, pulse: str) -> Plan:
    return _planned(forecast_in(window), window, changes, pulse)


def _state() -> str:
    """Names the data and settings that a forecast is made of, and the way it is made."""
    now = data.head()
    assert now is not None  # a page asks only where there are data
    return name_of(now.load, now.zone, now.agreements, now.events)


def _kept_forecast(window: Window) -> Forecast | None:
    """The forecast that was kept of this state of the data, where it reaches as far: nobody waits for another."""
    if window.minutes != USUAL_MINUTES:
        return None
    kept = kept_at(current_actor(), data.desk(), _state(), window.first, window.last)
    if kept is None:
        return None
    run, frame = kept
    found = staffing_page.of_kept(frame, run, data.settings(), minutes=USUAL_MINUTES)
    return staffing_page.cut(found, window.first, window.last)


def waiting(queues: tuple[str, ...]) -> Mapping[str, float]:
    """Queue -> tickets of earlier days that wait for an answer of ours now."""
    return data.agreed_answer(staffing_page.waiting, Scope(), queues=queues)


def todays_now() -> tuple[Today, ...]:
    """How the day of the newest data goes, by queue."""
    return data.kept(_todays)


def _todays() -> tuple[Today, ...]:
    window = Window(today(), today())
    return todays(forecast_in(window), arrivals_in(window))


def plan_today() -> Plan:
    """The plan of today."""
    return plan_in(Window(today(), today()))


def _planned(found: Forecast, window: Window, changes: Changes, pulse: str) -> Plan:
    there = present_in(window)
    queues = tuple(one.queue for one in found.queues)
    rules = rules_in(window, queues)
    overrides = overrides_in_force(current_actor(), data.desk())
    weights: Weights = data.agreed_answer(staffing_page.weights, Scope(), queues=queues)
    forecast, needs = staffing_page.planned(
        found,
        rules,
        overrides=overrides,
        changes=changes,
        present=there.heads,
        weights=weights,
        rests=todays(found, arrivals_in(window)) if window.first == today() else (),
        backlog=waiting(queues) if window.first == today() else None,
    )
    return Plan(forecast, needs, there.is_known, pulse)


def serving_of(found: Plan, rules: StaffingRules) -> Serve:
    """What requests in an interval and people on the roster come to by these rules."""
    serve = serving(rules, found.needs.minutes)
    return lambda requests, rostered: serve(requests, rostered * (1 - rules.shrinkage))


def queues_known() -> tuple[str, ...]:
    """The queues that rosters may name, and the channels that stand for all of theirs."""
    found = arrivals_in(Window(today(), today()))["queue"].unique().to_list()
    return tuple(sorted({*found, *(Queue.named(one).channel for one in found)}))


def seen_effects() -> Mapping[int, tuple[float, int]]:
    """What events that are over had against the usual: number -> (times, days)."""
    return data.kept(_seen_effects)


def _seen_effects() -> dict[int, tuple[float, int]]:
    came = arrivals_in(Window(today(), today()))
    events = {one.id: one.event for one in kept_events(current_actor(), data.desk())}
    return {id: (one.times, one.days) for id, one in staffing_page.effects(data.facts(), came, events).items()}


def unusual() -> tuple[UnusualDay, ...]:
    """Past days that were far off what was expected, the newest first."""
    return data.agreed_answer(staffing_page.unusual, Scope(), minutes=UNUSUAL_MINUTES, events=data.events())


def held_yesterday() -> pl.DataFrame | None:
    """What was forecast for yesterday by the newest kept forecast of before, beside what came, by queue."""
    if not data.permission().is_everything:
        return None
    return data.kept(_held_yesterday, pulse())


def _held_yesterday(pulse: str) -> pl.DataFrame:  # noqa: ARG001 - part of the key
    yesterday = today() - timedelta(days=1)
    kept = kept_forecasts(current_actor(), data.desk(), yesterday, yesterday)
    newest = kept.filter(pl.col("ahead") == pl.col("ahead").min())
    return held_against(newest, arrivals_in(Window(yesterday, yesterday)), by=("queue",))


def kept_against(queue: str) -> pl.DataFrame:
    """How far kept forecasts of a queue were off, by how far ahead they looked; of the whole desk, whoever reads."""
    return data.kept(_kept_against, queue, pulse())


def _kept_against(queue: str, pulse: str) -> pl.DataFrame:  # noqa: ARG001 - part of the key
    yesterday = today() - timedelta(days=1)
    if not data.permission().is_everything:
        return desk_accuracy(current_actor(), data.desk(), queue, yesterday - LATELY, yesterday)
    kept = kept_forecasts(current_actor(), data.desk(), yesterday - LATELY, yesterday)
    return held_against(kept.filter(queue=queue), arrivals_in(Window(yesterday, yesterday)))
