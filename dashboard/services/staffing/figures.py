"""The figures of staffing: how good the forecast was on each eve, and the hours that the roster falls short."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.facts.figures import facts_of, settings_of
from dashboard.services.staffing.ahead import basis_of
from dashboard.services.staffing.events import events_of
from dashboard.services.staffing.forecasts import arrivals_of_facts
from dashboard.services.staffing.needs import needs_from
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.staffing.eves import eve_forecasts
from metrics.staffing.figures import interval_facts
from metrics.staffing.model import REQUIREMENT_FRAME, Event, Minutes, Needs

MINUTES: Minutes = 30


@needs(Act.SEE_STAFFING)
def staffing_facts(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Facts:
    """Intervals as facts: the eve's forecast of the last 16 weeks, and the gaps of the next two.

    at: the instant up to which the data tell, by default their newest stamp; of an earlier one no gaps are known.
    """
    basis, facts, settings = basis_of(actor, desk), facts_of(actor, desk, at), settings_of(actor, desk)
    came, plan = arrivals_of_facts(facts, settings, minutes=MINUTES), None
    if at is None:
        steady = basis if basis == basis_of(actor, desk) else None
        plan = needs_from(actor, desk, facts, settings, basis=steady, came=came)
    return intervals_of(facts, settings, came, events=events_of(actor, desk), plan=plan)


def intervals_of(
    facts: Facts, settings: DeskSettings, came: pl.DataFrame, *, events: Sequence[Event], plan: Needs | None
) -> Facts:
    """The same of what is at hand: ARRIVAL_FRAME of these facts, the coming days' needs where known."""
    until = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    eves = eve_forecasts(came, settings, minutes=MINUTES, until=until, events=events)
    gaps = pl.DataFrame(schema=REQUIREMENT_FRAME) if plan is None else plan.frame
    return interval_facts(eves, came, gaps, settings, minutes=MINUTES, as_of=facts.as_of)
