"""The desk's own first contact resolution for a stand-up: of days that are old enough for it to be told."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dashboard.services.analysis.standup import WEEK, Days, Reading, readings
from metrics.desk import DeskSettings, EarlierRules
from metrics.facts import Facts
from metrics.facts.customers import WINDOW
from metrics.model import Period, Scope

DESKS_OWN = "fcr"


def first_contacts(facts: Facts, settings: DeskSettings, scope: Scope) -> tuple[Days, Reading]:
    """The newest seven days whose tickets can all be judged, beside the seven before; yesterday's are too young.

    Where the way of counting changed in these days, those before the change are left out and nothing is compared.
    """
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    end = today - timedelta(days=waits_for(settings))
    since = end - WEEK
    changed = max((day for day in changes_of_way(settings) if since - WEEK < day < end), default=since)
    days = Days(end, Period(max(since, changed), end), Period(since - WEEK, since))
    (found,) = readings(facts, scope, days, (DESKS_OWN,))
    if changed == since:
        return days, found
    return days, replace(found, value_before=None, n_before=0, low_before=None, high_before=None)


def way_in(settings: DeskSettings, period: Period | None) -> tuple[str, date | None]:
    """The way of counting at the end of a period, and from which day of it on where it had been another one before."""
    last = date.max if period is None else period.end - timedelta(days=1)
    rules: EarlierRules | DeskSettings = next((one for one in settings.earlier if last < one.until), settings)
    first = date.min if period is None else period.start
    changed = [day for day in changes_of_way(settings) if first < day <= last]
    return rules.first_contact, max(changed, default=None)


def changes_of_way(settings: DeskSettings) -> list[date]:
    """The days from which on first contacts were counted another way than before."""
    rules: tuple[EarlierRules | DeskSettings, ...] = (*settings.earlier, settings)
    return [
        before.until
        for before, after in zip(settings.earlier, rules[1:], strict=True)
        if before.first_contact != after.first_contact
    ]


def waits_for(settings: DeskSettings) -> int:
    """After how many days the desk's own way of counting can tell of a ticket."""
    way, _repeat, days = settings.first_contact.removeprefix("fcr_").partition("_")
    if way == "repeat":
        return int(days.removesuffix("d"))
    return 0 if way == "survey" else WINDOW
