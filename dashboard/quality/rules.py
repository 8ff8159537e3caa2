"""How long an agent has to answer a review, as people write it (TOML), counted in working days of his team."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.agreements import Fault, SettingsError, read_toml
from dashboard.settings import shipped_text
from dashboard.triage.business import Hours
from metrics.calendar import open_spans
from metrics.words import N_

REVIEWS = "reviews"
CLOSED_AT_MOST_DAYS = 40
"""Longer than any run of holidays."""
_TABLE = N_("“{name}” must be written as a [{name}] table.")
_UNKNOWN = N_("{where} “{found}” is not a setting; known here are {known}.")
_NUMBER = N_("{where} is “{found}”; it must be a number from {low} to {high}.")


@dataclass(frozen=True)
class ReviewRules:
    """Working days in which an agent may dispute lines, appeal against a decision, and is to acknowledge."""

    dispute_days: int = 3
    appeal_days: int = 3
    acknowledge_days: int = 5


KEYS = tuple(field.name for field in fields(ReviewRules))


def review_rules(text: str | None) -> ReviewRules:
    """What the text of agreements says, and where it says nothing, what ships. Raises SettingsError with all faults."""
    found: Any = (read_toml(shipped_text()) | read_toml(text or "")).get(REVIEWS, {})
    if not isinstance(found, Mapping):
        raise SettingsError([Fault(_TABLE, {"name": REVIEWS})])
    known = ", ".join(KEYS)
    faults = [Fault(_UNKNOWN, {"where": f"[{REVIEWS}]", "found": key, "known": known}) for key in found
              if key not in KEYS]  # fmt: skip
    faults += [
        Fault(_NUMBER, {"where": f"[{REVIEWS}] {key}", "found": value, "low": 1, "high": 60})
        for key, value in found.items() if key in KEYS and not (type(value) is int and 1 <= value <= 60)
    ]  # fmt: skip
    if faults:
        raise SettingsError(faults)
    return ReviewRules(**found)


def working_days_later(at: datetime, days: int, hours: Hours, team: str | None) -> datetime:
    """When the team closes on its `days`-th working day after the day of `at`; without a calendar, so many days later.

    The day itself never counts, so that whoever is told in the evening has as long as whoever is told in the morning.
    """
    name = hours.calendar_of(team)
    if name is None:
        return at + timedelta(days=days)
    zone, until = ZoneInfo(hours.zone), at + timedelta(days=2 * days + CLOSED_AT_MOST_DAYS)
    closings: dict[object, datetime] = {}
    for begin, end in open_spans(hours.settings.calendars, name, start=at, end=until):
        closings[begin.astimezone(zone).date()] = end
    later = [end for day, end in closings.items() if day != at.astimezone(zone).date()]
    return later[days - 1] if len(later) >= days else until
