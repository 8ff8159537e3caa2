"""Single instants on the desk's clocks: when a time is up, and how much of it has passed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import polars as pl

from dashboard.desk import Desk
from dashboard.settings import settings_through
from metrics.calendar import BusinessClock, business_clock
from metrics.desk import DeskSettings
from metrics.tables import INSTANT

CALENDAR = "calendar"
Versions = tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class Hours:
    """The clocks of a desk by name; None, or a desk without calendars, is the clock that never stops."""

    zone: str
    versions: Versions = ()

    @property
    def settings(self) -> DeskSettings:
        return settings_through(self.zone, self.versions)

    def calendar_of(self, team: str | None) -> str | None:
        """Whose opening hours a team keeps; None on a desk without any."""
        settings = self.settings
        usual = settings.calendars[0].name if settings.calendars else None
        return settings.team_calendars.get(team, usual) if team is not None else usual

    def due(self, start: datetime, seconds: int, calendar: str | None) -> datetime:
        """The first instant at which that many seconds of the clock have passed since `start`."""
        if calendar is None:
            return start + timedelta(seconds=seconds)
        clock = _clock(self.zone, self.versions, start.year)
        frame = pl.DataFrame({"at": [start]}, schema={"at": INSTANT})
        found = frame.select(clock.due(pl.col("at"), pl.lit(seconds, pl.Int64), calendar=calendar)).item()
        return found if isinstance(found, datetime) else start + timedelta(seconds=seconds)

    def elapsed(self, start: datetime, end: datetime, calendar: str | None) -> int:
        """Whole seconds of the clock between two instants; 0 where the end is the earlier one."""
        if end <= start:
            return 0
        if calendar is None:
            return int((end - start).total_seconds())
        clock = _clock(self.zone, self.versions, start.year, end.year)
        frame = pl.DataFrame({"from": [start], "to": [end]}, schema={"from": INSTANT, "to": INSTANT})
        found = frame.select(clock.elapsed(pl.col("from"), pl.col("to"), calendar=calendar)).item()
        return max(int(found or 0), 0)

    def passed(self, frame: pl.DataFrame, start: str, end: str) -> pl.Series:
        """The same for every row of a frame, by its column `calendar` (null: day and night)."""
        whole = (pl.col(end) - pl.col(start)).dt.total_seconds()
        years = frame.select(
            pl.min_horizontal(start, end).dt.year().min(), until=pl.max_horizontal(start, end).dt.year().max()
        )
        first, last = years.row(0)
        if first is None or frame["calendar"].null_count() == frame.height:
            return frame.select(whole.clip(0)).to_series()
        clock = _clock(self.zone, self.versions, first, last)
        on_hours = clock.elapsed(pl.col(start), pl.col(end), calendar=pl.col("calendar"))
        return frame.select(pl.when(pl.col("calendar").is_null()).then(whole).otherwise(on_hours).clip(0)).to_series()

    def dues(self, frame: pl.DataFrame, start: str, seconds: str) -> pl.Series:
        """For every row when that many seconds have passed, by its column `calendar` (null: day and night)."""
        at = pl.col(start) + pl.duration(seconds=pl.col(seconds))
        years = frame.select(pl.col(start).dt.year().min(), until=pl.col(start).dt.year().max()).row(0)
        if years[0] is None or frame["calendar"].null_count() == frame.height:
            return frame.select(at.alias("due")).to_series()
        clock = _clock(self.zone, self.versions, *years)
        on_hours = clock.due(pl.col(start), pl.col(seconds).cast(pl.Int64), calendar=pl.col("calendar"))
        return frame.select(due=pl.coalesce(pl.when(pl.col("calendar").is_not_null()).then(on_hours), at)).to_series()


def hours_of(desk: Desk) -> Hours:
    """The clocks of a desk as it is set now."""
    zone, versions = desk.zone_and_agreements()
    return Hours(zone or "UTC", versions)


@lru_cache(maxsize=32)
def _clock(zone: str, versions: Versions, first_year: int, last_year: int | None = None) -> BusinessClock:
    until = max(first_year, last_year or first_year) + 2
    calendars = settings_through(zone, versions).calendars
    return business_clock(calendars, start=date(first_year, 1, 1), end=date(until, 1, 1))
