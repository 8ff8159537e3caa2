"""How many people each queue of the desk needs, and what those on the roster will achieve."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.facts.figures import facts_of, settings_of
from dashboard.services.staffing.ahead import Basis, basis_of, forecast_ahead
from dashboard.services.staffing.forecasts import Asked, arrivals_of_facts, check_days, check_queues
from dashboard.services.staffing.overrides import overrides_in_force
from dashboard.services.staffing.page import cut, days_in, measured, planned, waiting, weights
from dashboard.services.staffing.rosters import present
from dashboard.services.staffing.rules import typed_of_days
from dashboard.staffing.rules import laid_over
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.model import Scope
from metrics.staffing.intraday import todays
from metrics.staffing.model import Forecast, Needs, StaffingRules
from metrics.staffing.shifts import Proposal, propose_shifts, required_week


@needs(Act.SEE_STAFFING)
def needs_of(actor: Actor, desk: Desk, asked: Asked | None = None) -> Needs:
    """The people needed for a forecast, as today moved and people overrode it, against those who are there.

    People are shared out over all queues, also where only some were asked for; nobody is planned for a queue of next to
    nothing that nobody asked for. Requests of earlier days that wait for an answer now are planned for.
    Raises ForecastError.
    """
    basis, facts, settings = basis_of(actor, desk), facts_of(actor, desk), settings_of(actor, desk)
    is_steady = basis == basis_of(actor, desk)
    return needs_from(actor, desk, facts, settings, asked, basis=basis if is_steady else None)


@needs(Act.SEE_STAFFING)
def needs_from(
    actor: Actor, desk: Desk, facts: Facts, settings: DeskSettings, asked: Asked | None = None, *,
    basis: Basis | None = None, came: pl.DataFrame | None = None,
) -> Needs:  # fmt: skip
    """The same of facts at hand.

    basis: what they are made of, so that the forecast kept of it is planned by · came: ARRIVAL_FRAME of these facts.
    """
    wanted = asked or Asked()
    arrivals = arrivals_of_facts(facts, settings, minutes=wanted.minutes) if came is None else came
    check_days(wanted)
    check_queues(wanted, arrivals["queue"].unique().sort().to_list())
    made = forecast_ahead(
        actor, desk, arrivals, settings, facts.as_of, days=wanted.days, minutes=wanted.minutes, basis=basis
    )
    first, last = _days(made)
    busy = cut(made, first, last)
    if set(wanted.queues or ()) <= {one.queue for one in busy.queues}:
        made = busy
    there = present(actor, desk, first, last, minutes=made.minutes)
    names = tuple(one.queue for one in made.queues)
    days = days_in(first, last)
    seen, typed = measured(facts, settings, Scope(), queues=names, days=days), typed_of_days(actor, desk, days)
    _moved, found = planned(
        made, {day: laid_over(seen[day], typed[day]) for day in days}, overrides=overrides_in_force(actor, desk),
        present=there.heads if there.is_known else None,
        weights=weights(facts, settings, Scope(), queues=names), rests=todays(made, arrivals),
        backlog=waiting(facts, settings, Scope(), queues=names),
    )  # fmt: skip
    return found if wanted.queues is None else _of_queues(found, wanted.queues)


def _of_queues(found: Needs, queues: Sequence[str]) -> Needs:
    """The part of some needs that is about these queues."""
    return replace(
        found, frame=found.frame.filter(pl.col("queue").is_in(list(queues))),
        rules=_named(found.rules, queues), later={day: _named(rules, queues) for day, rules in found.later.items()},
        unmeetable={name: lost for name, lost in found.unmeetable.items() if name in queues},
        statements=tuple(said for said in found.statements if said[0] in queues),
    )  # fmt: skip


def _named(rules: Mapping[str, StaffingRules], queues: Sequence[str]) -> dict[str, StaffingRules]:
    return {name: one for name, one in rules.items() if name in queues}


def _days(forecast: Forecast) -> tuple[date, date]:
    """The first and the last local day of a forecast."""
    ends = forecast.frame["starts_at"].min(), forecast.frame["starts_at"].max()
    days = [at.astimezone(ZoneInfo(forecast.zone)).date() for at in ends if isinstance(at, datetime)]
    today = forecast.origin.astimezone(ZoneInfo(forecast.zone)).date()
    return min(days, default=today), max(days, default=today)


def proposed_shifts(needs: Needs) -> Proposal:
    """Shifts for the seven days from the second of the needs on, of people who can serve all these queues."""
    first = needs.frame["starts_at"].min()
    tomorrow = (first.astimezone(ZoneInfo(needs.zone)) if isinstance(first, datetime) else datetime.now(UTC)).date()
    required = required_week(needs.frame, zone=needs.zone, minutes=needs.minutes, first=tomorrow + timedelta(days=1))
    return propose_shifts(required, minutes=needs.minutes)
