"""What the demo desk plans its people by: the promotions and holidays that made its demand, and those to come."""

from datetime import date

from dashboard.desk import Desk
from dashboard.people import Actor
from dashboard.services.staffing_events import add_event
from metrics.staffing.model import Event, EventKind

EVENTS: tuple[tuple[str, EventKind, tuple[tuple[date, date], ...]], ...] = (
    ("618", "promotion", tuple((date(year, 6, 13), date(year, 6, 24)) for year in (2025, 2026, 2027))),
    ("双11", "promotion", tuple((date(year, 11, 8), date(year, 11, 17)) for year in (2025, 2026))),
    ("双12", "promotion", tuple((date(year, 12, 10), date(year, 12, 15)) for year in (2025, 2026))),
    ("38节", "promotion", ((date(2026, 3, 6), date(2026, 3, 11)),)),
    ("国庆", "holiday", ((date(2025, 10, 1), date(2025, 10, 8)), (date(2026, 10, 1), date(2026, 10, 7)))),
    ("春节", "holiday", ((date(2026, 2, 15), date(2026, 2, 23)),)),
)
"""Name, kind, and the first and last days of each year's; what is over teaches what is to come."""


def plan(desk: Desk, maker: Actor) -> None:
    """Enter the events."""
    for name, kind, spans in EVENTS:
        for first, last in spans:
            add_event(maker, desk, Event(name, kind, first, last))
