"""What the demo desk plans its people by: the promotions and holidays that made its demand, and those to come."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk
from dashboard.people import SERVER, Actor
from dashboard.services.facts.figures import facts_of, settings_of
from dashboard.services.staffing.ahead import look_ahead
from dashboard.services.staffing.events import add_event, events_of
from dashboard.services.staffing.forecast_snapshots import keep_forecast
from dashboard.services.staffing.forecasts import arrivals_of_facts
from metrics.staffing.forecast import forecast_of
from metrics.staffing.model import Event, EventKind

DAYS = 14

EVENTS: tuple[tuple[str, EventKind, tuple[tuple[date, date], ...]], ...] = (
    ("618", "promotion", tuple((date(year, 6, 13), date(year, 6, 24)) for year in (2025, 2026, 2027))),
    ("双11", "promotion", tuple((date(year, 11, 8), date(year, 11, 17)) for year in (2025, 2026))),
    ("双12", "promotion", tuple((date(year, 12, 10), date(year, 12, 15)) for year in (2025, 2026))),
    ("38节", "promotion", ((date(2026, 3, 6), date(2026, 3, 11)),)),
    ("国庆", "holiday", ((date(2025, 10, 1), date(2025, 10, 8)), (date(2026, 10, 1), date(2026, 10, 7)))),
    ("春节", "holiday", ((date(2026, 2, 15), date(2026, 2, 23)),)),
)
"""Name, kind, and the first and last days of each year's; what is over teaches what is to come."""


MORNINGS = (8, 1)
"""So many days ago forecasts were kept."""
KEPT = ("chat", "email", "phone", "wechat")


def keep_forecasts(desk: Desk) -> None:
    """Keep the forecasts that the mornings would have kept, each of what was known then, and today's."""
    facts, settings = facts_of(SERVER, desk), settings_of(SERVER, desk)
    came, known = arrivals_of_facts(facts, settings, minutes=30), events_of(SERVER, desk)
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    for ago in MORNINGS:
        morning = datetime.combine(today - timedelta(days=ago), time(), ZoneInfo(facts.zone)).astimezone(UTC)
        made = forecast_of(came.filter(pl.col("starts_at") < morning), settings, minutes=30, origin=morning,
                           days=DAYS, events=known, queues=KEPT)  # fmt: skip
        keep_forecast(SERVER, desk, made, state=f"demo {morning.date().isoformat()}")
    look_ahead(SERVER, desk)


def plan(desk: Desk, maker: Actor) -> None:
    """Enter the events."""
    for name, kind, spans in EVENTS:
        for first, last in spans:
            add_event(maker, desk, Event(name, kind, first, last))
