"""Every duration of a fact on both clocks, and whether what was promised was kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from metrics.calendar import LAST_DAY, BusinessClock, CalendarError, business_clock
from metrics.desk import DeskSettings, Thing
from metrics.tables import INSTANT
from metrics.targets import by_precedence, chosen
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
        .replace_strict(dict(desk.team_calendars) or {"": ""}, default=usual, return_dtype=pl.String)
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


def with_attainment(
    frame: pl.DataFrame,
    thing: Thing,
    desk: DeskSettings,
    *,
    span: str,
    start: str,
    done: str,
    until: pl.Expr,
    known: pl.Expr,
    clock: BusinessClock | None,
) -> pl.DataFrame:
    """Add `<thing>_target_seconds`, `<thing>_met` and `<thing>_decided_at`.

    span: the durations' name · start, done: the instants that begin and end it · until: where a span that never ended
    stops counting (the end of the ticket, else as_of) · known: whether it can be told that it did not end.
    met is null while running, where no target applies, where the clock stopped before the target, and where unknown.
    """
    targeted = _with_target(frame, thing, desk, start=start).with_columns(until.alias("__until"))
    on_calendar = pl.col("__clock") == "calendar"
    took = pl.when(on_calendar).then(f"{span}_calendar_seconds").otherwise(f"{span}_business_seconds")
    begin, end = pl.col(start), pl.col("__until")
    undone = pl.when(pl.col(done).is_null() & known)
    ran = undone.then(
        pl.when(on_calendar).then(calendar_seconds(begin, end)).otherwise(business_seconds(clock, begin, end))
    )
    target = pl.col(f"{thing}_target_seconds")
    met = pl.when(pl.col(done).is_not_null()).then(took <= target).when(ran > target).then(False)
    judged = targeted.with_columns(met.alias(f"{thing}_met"))
    return judged.with_columns(_decided_at(thing, start=start, done=done, clock=clock)).drop("__clock", "__until")


def _with_target(frame: pl.DataFrame, thing: Thing, desk: DeskSettings, *, start: str) -> pl.DataFrame:
    """Add the seconds of the target in force on the day of *start*, and its clock."""
    day = pl.col(start).dt.convert_time_zone(desk.zone).dt.date()
    targets = by_precedence(desk.targets, thing)
    seconds = pl.lit(pl.Series([target.seconds for target in targets], dtype=pl.Int64))
    clocks = pl.lit(pl.Series([target.clock for target in targets], dtype=pl.String))
    place = chosen(desk.targets, thing, on=pl.col("__day"), columns=frame.columns)
    placed = frame.with_columns(__day=day).with_columns(__place=place).drop("__day")
    looked_up = {f"{thing}_target_seconds": seconds.gather("__place"), "__clock": clocks.gather("__place")}
    return placed.with_columns(**looked_up).drop("__place")


def _decided_at(thing: Thing, *, start: str, done: str, clock: BusinessClock | None) -> pl.Expr:
    target, met = pl.col(f"{thing}_target_seconds"), pl.col(f"{thing}_met")
    is_calendar = pl.col("__clock") == "calendar"
    on_calendar = pl.col(start) + pl.duration(seconds=target)
    breached = pl.when(~met & ~is_calendar).then(start)
    on_business = pl.lit(None, INSTANT) if clock is None else clock.due(breached, target, calendar=pl.col(CALENDAR))
    due = pl.when(is_calendar).then(on_calendar).otherwise(on_business)
    return pl.when(met).then(done).when(~met).then(due).alias(f"{thing}_decided_at")
