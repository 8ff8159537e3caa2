"""The desk's own first contact resolution for a stand-up: of days that are old enough for it to be told."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from dashboard.services.standup import WEEK, Days, Reading, readings
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.customers import WINDOW
from metrics.model import Period, Scope

DESKS_OWN = "fcr"


def first_contacts(facts: Facts, settings: DeskSettings, scope: Scope) -> tuple[Days, Reading]:
    """The newest seven days whose tickets can all be judged, beside the seven before; yesterday's are too young."""
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    end = today - timedelta(days=waits_for(settings))
    days = Days(end, Period(end - WEEK, end), Period(end - 2 * WEEK, end - WEEK))
    (found,) = readings(facts, scope, days, (DESKS_OWN,))
    return days, found


def waits_for(settings: DeskSettings) -> int:
    """After how many days the desk's own way of counting can tell of a ticket."""
    way, _repeat, days = settings.first_contact.removeprefix("fcr_").partition("_")
    if way == "repeat":
        return int(days.removesuffix("d"))
    return 0 if way == "survey" else WINDOW
