"""What will come to the desk's queues, of the arrivals that the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.facts.figures import facts_of, settings_of
from dashboard.services.staffing.events import events_of
from metrics.desk import DeskSettings
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.staffing.arrivals import completed, from_switch, from_tickets, history_of
from metrics.staffing.backtest import BackTest, back_test
from metrics.staffing.forecast import forecast_of as forecast_of_arrivals
from metrics.staffing.groups import channel_of, folded, shared_out
from metrics.staffing.intraday import Today, todays
from metrics.staffing.model import Event, Forecast, Minutes, Queue
from metrics.words import N_

LONGEST = 120
NO_QUEUE = N_("There is no queue “{queue}”; this desk has: {known}.")
TOO_FAR = N_("A forecast reaches from 1 to {longest} days ahead.")


class ForecastError(ActionableError):
    """A forecast that was asked of a queue that is not there, or too far ahead."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a forecast: how long intervals are, how many days ahead, which queues (None: all)."""

    minutes: Minutes = 30
    days: int = 14
    queues: tuple[str, ...] | None = None


@needs(Act.SEE_STAFFING)
def arrivals_of(actor: Actor, desk: Desk, *, minutes: Minutes = 30) -> pl.DataFrame:
    """Arrivals per queue and interval (metrics.staffing.model.ARRIVAL_FRAME) up to the newest stamp of the data."""
    return arrivals_of_facts(facts_of(actor, desk), settings_of(actor, desk), minutes=minutes)


def arrivals_of_facts(facts: Facts, settings: DeskSettings, *, minutes: Minutes) -> pl.DataFrame:
    """The same of facts: a channel that a switch counts is taken from the switch, every other from tickets.

    A channel is one queue, or several where the desk plans for groups of types apart; see metrics.staffing.groups.
    """
    both = folded(counted_by_queue(facts, settings, minutes=minutes), facts.as_of)
    told = facts.calls.filter(pl.col("offered") == 0)["channel"].drop_nulls().unique().to_list()
    zero_told = frozenset(queue for queue in both["queue"].unique() if Queue.named(queue).channel in told)
    return completed(both, settings, minutes=minutes, until=facts.as_of, zero_told=zero_told)


def counted_by_queue(facts: Facts, settings: DeskSettings, *, minutes: Minutes) -> pl.DataFrame:
    """queue, starts_at, offered of every queue that the desk's groups of types would make, however small."""
    groups = settings.queue_groups
    tickets = from_tickets(facts.tickets, zone=facts.zone, minutes=minutes, groups=groups)
    counted = from_switch(facts.calls, zone=facts.zone, minutes=minutes)
    by_switch = channel_of().is_in(counted["queue"].unique().to_list())
    if groups:
        counted = shared_out(counted, tickets.filter(by_switch), facts.zone)
    return pl.concat([tickets.filter(~by_switch), counted])


@needs(Act.SEE_STAFFING)
def forecast_of(
    actor: Actor, desk: Desk, asked: Asked | None = None, *, events: Sequence[Event] | None = None
) -> Forecast:  # fmt: skip
    """The forecast from the day of the newest stamp on, with the desk's events unless others are given.

    Raises ForecastError.
    """
    wanted = asked or Asked()
    check_days(wanted)
    facts, settings = facts_of(actor, desk), settings_of(actor, desk)
    arrivals = arrivals_of_facts(facts, settings, minutes=wanted.minutes)
    check_queues(wanted, arrivals["queue"].unique().sort().to_list())
    known = events_of(actor, desk) if events is None else events
    return forecast_of_arrivals(
        arrivals, settings, minutes=wanted.minutes, origin=facts.as_of, days=wanted.days, events=known,
        queues=wanted.queues,
    )  # fmt: skip


def check_days(asked: Asked) -> None:
    """Raises ForecastError for more days than can be looked ahead, or none."""
    if not 1 <= asked.days <= LONGEST:
        raise ForecastError(TOO_FAR, longest=LONGEST)


def check_queues(asked: Asked, known: Sequence[str]) -> None:
    """Raises ForecastError for a queue that is not there."""
    for queue in asked.queues or ():
        if queue not in known:
            raise ForecastError(NO_QUEUE, queue=queue, known=", ".join(known) or "–")


@needs(Act.SEE_STAFFING)
def back_tests(actor: Actor, desk: Desk, asked: Asked | None = None) -> tuple[BackTest, ...]:
    """How the forecast of each queue would have done on its own past; see metrics.staffing.backtest."""
    wanted = asked or Asked()
    facts, settings = facts_of(actor, desk), settings_of(actor, desk)
    arrivals = arrivals_of_facts(facts, settings, minutes=wanted.minutes)
    check_queues(wanted, arrivals["queue"].unique().sort().to_list())
    until = facts.as_of.astimezone(ZoneInfo(settings.zone)).date()
    names = wanted.queues or tuple(arrivals["queue"].unique().sort().to_list())
    return tuple(back_test(history_of(arrivals, name, settings, minutes=wanted.minutes, until=until)) for name in names)


@needs(Act.SEE_STAFFING)
def todays_of(actor: Actor, desk: Desk, asked: Asked | None = None) -> tuple[Today, ...]:
    """The rest of the day of the newest stamp, moved by what has come in it so far; see metrics.staffing.intraday."""
    wanted = replace(asked or Asked(), days=1)
    return todays(forecast_of(actor, desk, wanted), arrivals_of(actor, desk, minutes=wanted.minutes))
