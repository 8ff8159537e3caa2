"""How many people each queue of the desk needs, and what those on the roster will achieve."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.figures import facts_of, settings_of
from dashboard.services.forecasts import Asked, forecast_of
from dashboard.services.staffing_rules import typed_rules
from dashboard.staffing.rules import laid_over
from metrics.staffing.measured import measured_rules
from metrics.staffing.model import Forecast, Needs, StaffingRules
from metrics.staffing.requirement import needs_of as needs_of_forecast


@needs(Act.SEE_STAFFING)
def rules_of(actor: Actor, desk: Desk, forecast: Forecast) -> dict[str, StaffingRules]:
    """By which rules each queue of the forecast is staffed: typed, else measured on the last 8 weeks, else assumed."""
    facts = facts_of(actor, desk)
    queues = [one.queue for one in forecast.queues]
    measured = measured_rules(queues, facts.calls, facts.agent_time, settings_of(actor, desk), as_of=facts.as_of)
    return laid_over(measured, typed_rules(actor, desk, forecast.origin.astimezone(ZoneInfo(forecast.zone)).date()))


@needs(Act.SEE_STAFFING)
def needs_of(
    actor: Actor, desk: Desk, asked: Asked | None = None, *, forecast: Forecast | None = None,
    rules: Mapping[str, StaffingRules] | None = None, rostered: pl.DataFrame | None = None,
) -> Needs:  # fmt: skip
    """The people needed for a forecast, by default the desk's own by its own rules.

    rostered: ROSTER_FRAME; what waits unanswered now is not counted in.
    """
    made = forecast or forecast_of(actor, desk, asked)
    return needs_of_forecast(made, rules or rules_of(actor, desk, made), rostered=rostered)
