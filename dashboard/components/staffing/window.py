"""Which days are planned: the next ones, those of an event that is to come, or any others; and how fine."""

from datetime import date, timedelta

import streamlit as st

from dashboard import data
from dashboard.components.choices_in_url import pick, pick_day
from dashboard.components.staffing.read import Window, today
from dashboard.format import dated_span
from dashboard.people.current import current_actor
from dashboard.services.staffing.events import KeptEvent, kept_events
from dashboard.wording import _
from metrics.model import Period
from metrics.staffing.model import INTERVALS, Minutes

NEXT, OWN = "next", "own"
LENGTH = timedelta(days=13)
LONGEST = timedelta(days=30)
FARTHEST = timedelta(days=400)
DAY = timedelta(days=1)


def window() -> Window:
    """Draw the choice of the days and of the interval."""
    now = today()
    coming = {f"event-{one.id}": one for one in _coming(now)}
    names = {NEXT: _("The next 14 days"), **{id: _name(one) for id, one in coming.items()}, OWN: _("Other days …")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = pick("days", _("Days planned"), names)
        minutes = pick(
            "interval", _("Interval"), {str(one): _("{n} minutes", n=one) for one in INTERVALS}, default="30"
        )
        length: Minutes = next(one for one in INTERVALS if str(one) == minutes)
        if chosen in coming:
            return Window(*_around(coming[chosen], now), length)
        if chosen == OWN:
            first = pick_day("from", _("From"), now + DAY, first=now, last=now + FARTHEST)
            last = pick_day("to", _("To"), min(first + LENGTH, now + FARTHEST), first=first, last=first + LONGEST)
            return Window(first, max(first, last), length)
    return Window(now, now + LENGTH, length)


def _coming(now: date) -> list[KeptEvent]:
    """Events that are not over, the next first; outages are none that one plans for."""
    found = [
        one for one in kept_events(current_actor(), data.desk()) if one.event.last >= now and one.event.kind != "outage"
    ]
    return sorted(found, key=lambda one: one.event.first)


def _name(one: KeptEvent) -> str:
    return f"{one.event.name}: {dated_span(Period(one.event.first, one.event.last + DAY))}"


def _around(one: KeptEvent, now: date) -> tuple[date, date]:
    """The days of an event with the day before and the day after, as far as they are to come."""
    first = max(now, one.event.first - DAY)
    return first, min(one.event.last + DAY, first + LONGEST, now + FARTHEST)
