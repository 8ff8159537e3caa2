"""What tells one state of a plan from the next, so that nobody is shown an old one."""

from sqlalchemy import func, select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.store.staffing import ForecastOverride, ForecastRun, Roster, StaffingRule, StaffingScenario


@needs(Act.SEE_STAFFING)
def plan_pulse(actor: Actor, desk: Desk) -> str:
    """It stays the same as long as rosters, overrides, scenarios, rules and kept forecasts do."""
    del actor
    with desk.reading() as session:
        changed = [
            session.execute(select(func.count(), func.sum(kind.version), func.count(kind.ended_at))).one()
            for kind in (Roster, ForecastOverride, StaffingScenario)
        ]
        newest = [session.scalar(select(func.max(kind.id))) for kind in (StaffingRule, ForecastRun)]
    return ".".join(str(value or 0) for value in [*(value for row in changed for value in row), *newest])
