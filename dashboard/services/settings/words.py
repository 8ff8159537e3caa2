"""What a change of the settings did, in sentences."""

from dashboard.agreements import SettingsError
from dashboard.desk import ZONE
from dashboard.improvements import improvements_of
from dashboard.services.settings.agreements import differences, measure_changes, zone_change
from dashboard.services.settings.changes import Change
from dashboard.services.settings.spot_checks import spot_check_changes
from dashboard.settings import desk_settings
from dashboard.wording import _

__all__ = ["changes_between", "said", "zone_change"]


def said(change: Change, zone: str) -> tuple[str, ...]:
    """What the change made different on its day, a sentence each; *zone* is the desk's."""
    if change.key == ZONE:
        return (zone_change(change.was, change.now),)
    return changes_between(change.was, change.now, zone)


def changes_between(was: str | None, now: str | None, zone: str) -> tuple[str, ...]:
    """What two texts of agreements say differently, a sentence each."""
    try:
        told = [
            *differences(desk_settings(zone, was), desk_settings(zone, now)),
            *measure_changes(improvements_of(was), improvements_of(now)),
            *spot_check_changes(was, now),
        ]
    except SettingsError:  # a text that an older program took and this one does not
        return (_("The text of the agreements changed."),)
    return tuple(told)
