"""When a report goes out by itself: its days on the desk's own clock, and which days it is then about."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dashboard.reports.asked import DAY, ReportKind, newest_whole, period_with
from dashboard.services.analysis.standup import DAYS_BACK_AT_MOST, is_working_day
from metrics.desk import DeskSettings
from metrics.model import Period

SCHEDULED: tuple[ReportKind, ...] = ("weekly", "monthly", "quarterly")
LAST_DAY = {"weekly": 7, "monthly": 31, "quarterly": 31}
AROUND = 4
"""So many weeks, months or quarters before and after now are looked at: more than any run of holidays is long."""


@dataclass(frozen=True)
class Timing:
    """Every week, month or quarter on a day, so many minutes after midnight.

    day: of the week from Monday, 1; of the month, or of the first month of a quarter, at most its last one ·
    on_working_days: on the next day on which the desk works, where it does not on that one.
    """

    kind: ReportKind
    day: int = 1
    minute: int = 8 * 60
    on_working_days: bool = False


@dataclass(frozen=True)
class Due:
    """One time: the day that was named, when it goes out, the days that it is about."""

    day: date
    at: datetime
    period: Period


def newest_due(timing: Timing, now: datetime, settings: DeskSettings) -> tuple[Due, ...]:
    """What was due last; more than one where holidays moved several to the same day."""
    past = [due for due in _around(timing, now, settings) if due.at <= now]
    newest = max((due.at for due in past), default=now)
    return tuple(due for due in past if due.at == newest)


def next_due(timing: Timing, now: datetime, settings: DeskSettings) -> Due:
    """What comes next."""
    return min((due for due in _around(timing, now, settings) if due.at > now), key=lambda due: (due.at, due.day))


def _around(timing: Timing, now: datetime, settings: DeskSettings) -> Iterator[Due]:
    begin = now.astimezone(ZoneInfo(settings.zone)).date()
    for _time in range(AROUND):
        begin = period_with(timing.kind, begin).start - DAY
    for _time in range(2 * AROUND + 1):
        one = period_with(timing.kind, begin)
        yield _due(timing, one, settings)
        begin = one.end


def _due(timing: Timing, one: Period, settings: DeskSettings) -> Due:
    last = 7 if timing.kind == "weekly" else monthrange(one.start.year, one.start.month)[1]
    named = one.start + DAY * (min(timing.day, last) - 1)
    day = _worked_on(named, settings) if timing.on_working_days else named
    begins = datetime.combine(day, time(timing.minute // 60, timing.minute % 60), ZoneInfo(settings.zone))
    return Due(named, begins.astimezone(UTC), newest_whole(timing.kind, named))


def _worked_on(named: date, settings: DeskSettings) -> date:
    """The first day from the named one on on which the desk works; the named one where none is near."""
    days = (named + timedelta(days=ahead) for ahead in range(DAYS_BACK_AT_MOST))
    return next((day for day in days if is_working_day(day, settings)), named)
