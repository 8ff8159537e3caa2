"""Every duration of a fact on both clocks."""

from collections.abc import Iterator, Mapping, Sequence
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


def second_of(instant: str) -> str:
    """The working column with the seconds since 1970 of an instant, see `with_clocks`."""
    return f"__second:{instant}"


def opened_by(instant: str) -> str:
    """The working column with the open seconds before an instant, see `with_clocks`."""
    return f"__opened:{instant}"


def with_clocks(frame: pl.DataFrame, instants: Sequence[str], clock: BusinessClock | None) -> pl.DataFrame:
    """Add where both clocks stand at some instants of the row, looked up once for all that is measured between them.

    What stands there before already, stays. Before its first day the business clock stands nowhere (null).
    """
    asked = [name for name in instants if opened_by(name) not in frame.columns]
    twins: dict[str, str] = {}
    for place, name in enumerate(asked):
        twins[name] = next((one for one in asked[:place] if frame[one].equals(frame[name])), name)
    found = frame.with_columns(
        expression for name in dict.fromkeys(twins.values()) for expression in _clocks(frame, name, clock)
    )
    alike = {of(name): pl.col(of(twin)) for name, twin in twins.items() for of in (second_of, opened_by)}
    return found.with_columns(**alike)


def _clocks(frame: pl.DataFrame, name: str, clock: BusinessClock | None) -> Iterator[pl.Expr]:
    at = pl.col(name)
    if frame[name].null_count() == frame.height:
        yield from (pl.lit(None, pl.Int64).alias(of(name)) for of in (second_of, opened_by))
        return
    yield at.dt.epoch("s").alias(second_of(name))
    opened = pl.lit(None, pl.Int64)
    if clock is not None:
        opened = clock.seconds(pl.when(at >= clock.since).then(at), calendar=pl.col(CALENDAR))
    yield opened.alias(opened_by(name))


def between(start: str, end: str, *, where: pl.Expr) -> dict[str, pl.Expr]:
    """Seconds on the `calendar` and the `business` clock between two instants of `with_clocks`, in some rows."""
    return {
        "calendar": pl.when(where).then(pl.col(second_of(end)) - pl.col(second_of(start))),
        "business": pl.when(where).then(pl.col(opened_by(end)) - pl.col(opened_by(start))),
    }


def of_some(frame: pl.DataFrame, rows: pl.Expr, columns: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Add columns that are worked out for some rows only; the others have null."""
    places = frame.select(rows.arg_true()).to_series()
    found = frame.lazy().filter(rows).select(**columns).collect(engine="in-memory")
    return frame.with_columns(
        pl.Series(name, [None], dtype=values.dtype).new_from_index(0, frame.height).scatter(places, values)
        for name, values in found.to_dict().items()
    )


def with_durations(
    frame: pl.DataFrame, spans: Mapping[str, tuple[pl.Expr, pl.Expr]], clock: BusinessClock | None
) -> pl.DataFrame:
    """Add `<thing>_calendar_seconds` and `<thing>_business_seconds` for each (start, end); negative becomes null."""
    # The ends are settled in a step of their own: the business clock must not see an instant outside its days.
    edges = frame.with_columns(
        **{f"__{thing}_from": start for thing, (start, _) in spans.items()},
        **{f"__{thing}_to": pl.when(end >= start).then(end) for thing, (start, end) in spans.items()},
    )
    for thing in spans:
        start, end = pl.col(f"__{thing}_from"), pl.col(f"__{thing}_to")
        seconds = {"calendar": calendar_seconds(start, end), "business": business_seconds(clock, start, end)}
        named = {f"{thing}_{name}_seconds": value for name, value in seconds.items()}
        edges = of_some(edges, end.is_not_null(), named)
    return edges.drop(f"__{thing}_{edge}" for thing in spans for edge in ("from", "to"))
