"""Every duration of a fact on both clocks."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from metrics.calendar import LAST_DAY, BusinessClock, CalendarError, business_clock
from metrics.desk import DeskSettings
from metrics.words import N_

CALENDAR = "__calendar"
"""Working column: the name of the calendar of the row's team."""


def clock_between(desk: DeskSettings, first: datetime | None, last: datetime) -> BusinessClock | None:
    """The business clock of the desk for these instants; None where the desk has no calendar."""
    if not desk.calendars:
        return None
    start, end = min(first or last, last).date(), min(last.date(), LAST_DAY) + timedelta(days=1)
    return business_clock(desk.calendars, start=start, end=end)


def calendar_of_team(desk: DeskSettings) -> pl.Expr:
    """The calendar's name for the row's team. Raises CalendarError where a team has one that the desk does not know."""
    names = [calendar.name for calendar in desk.calendars]
    for name in desk.team_calendars.values():
        if names and name not in names:
            known = ", ".join(f"“{name}”" for name in dict.fromkeys(names))
            raise CalendarError(N_("There is no calendar “{name}”; this desk has {known}."), name=name, known=known)
    usual = names[0] if names else None
    return (
        pl.col("team")
        .replace_strict(dict(desk.team_calendars) or {"": usual}, default=None, return_dtype=pl.String)
        .fill_null(pl.lit(usual, pl.String))
        .alias(CALENDAR)
    )


def calendar_seconds(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Whole seconds between two instants, fractions of each cut off first, as the business clock does."""
    return end.dt.epoch("s") - start.dt.epoch("s")


def business_seconds(clock: BusinessClock | None, start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Open seconds between two instants on the row's calendar; null without a calendar."""
    if clock is None:
        return pl.lit(None, pl.Int64)
    return clock.elapsed(start, end, calendar=pl.col(CALENDAR))


def with_durations(
    frame: pl.DataFrame, spans: Mapping[str, tuple[pl.Expr, pl.Expr]], clock: BusinessClock | None
) -> pl.DataFrame:
    """Add `<thing>_calendar_seconds` and `<thing>_business_seconds` for each (start, end); negative becomes null."""
    # The ends are settled in a step of their own: the business clock must not see an instant outside its days.
    edges = frame.with_columns(
        **{f"__{thing}_from": start for thing, (start, _) in spans.items()},
        **{f"__{thing}_to": pl.when(end >= start).then(end) for thing, (start, end) in spans.items()},
    )
    columns: dict[str, pl.Expr] = {}
    for thing in spans:
        start, end = pl.col(f"__{thing}_from"), pl.col(f"__{thing}_to")
        columns[f"{thing}_calendar_seconds"] = calendar_seconds(start, end)
        columns[f"{thing}_business_seconds"] = business_seconds(clock, start, end)
    return edges.with_columns(**columns).drop(f"__{thing}_{edge}" for thing in spans for edge in ("from", "to"))
