"""Arrivals per queue and interval, from tickets or from a switch's counts; an outage told apart from nobody coming.

Intervals stand on the wall clock of the desk's zone. On the day of a change of clocks an hour is missing or comes
twice; the instants are right, and a day's table of the wall clock has a hole, or the mean of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.calendar import open_spans
from metrics.desk import Calendar, DeskSettings, QueueGroup
from metrics.staffing.groups import queue_of
from metrics.staffing.model import ARRIVAL_FRAME, Minutes, Queue
from metrics.staffing.past import Floats, Past, Rows, past_of, rows_of

SILENCE = 14.0
"""A stretch without arrivals in which so many were expected is an outage: chance brings it once in a million (e⁻¹⁴)."""
DAY_MINUTES = 1440
RARELY, OFTEN = 0.15, 0.6
"""A weekday with arrivals on less than the lower share of its days, where another has more than the upper, is none of
the queue's working days."""
ENDED_AFTER = 21
"""A queue in which nothing came for so many days, though it used to, has ended."""


@dataclass(frozen=True)
class Interval:
    """A grid of intervals of a zone between two local days `[first, last)`."""

    zone: str
    minutes: Minutes
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last, time.min, ZoneInfo(self.zone)).astimezone(UTC)

    def frame(self) -> pl.DataFrame:
        """starts_at, day (local), slot (of the local wall clock, from 0)."""
        every = pl.datetime_range(self.start, self.end, f"{self.minutes}m", closed="left", time_unit="us", eager=True)
        local = pl.col("starts_at").dt.convert_time_zone(self.zone)
        of_day = local.dt.hour().cast(pl.Int64) * 60 + local.dt.minute().cast(pl.Int64)
        return pl.DataFrame({"starts_at": every}).with_columns(day=local.dt.date(), slot=of_day // self.minutes)


def from_tickets(
    tickets: pl.DataFrame, *, zone: str, minutes: Minutes, groups: Sequence[QueueGroup] = ()
) -> pl.DataFrame:
    """queue, starts_at, offered of ticket facts.

    Intervals in which nothing came have no row yet; `completed` gives them one.
    """
    rows = requests_of(tickets, groups, of=["created_at"])
    placed = rows.select("queue", starts_at=_floor(pl.col("created_at"), zone, minutes), offered=pl.lit(1.0))
    return _summed(placed)


def requests_of(tickets: pl.DataFrame, groups: Sequence[QueueGroup] = (), *, of: Sequence[str]) -> pl.DataFrame:
    """queue, and these columns, of the ticket facts that reached a person at a known time.

    Spam, merged and what a bot alone settled never reached one.
    """
    flag = pl.col("is_bot_only").fill_null(False) if "is_bot_only" in tickets.columns else pl.lit(value=False)
    is_human = pl.col("status").is_in(["spam", "merged"]).not_().fill_null(True) & ~flag
    is_timed = ~pl.col("date_only").list.contains("created_at").fill_null(False)
    return tickets.lazy().filter(is_human & is_timed).select(*of, queue=queue_of(groups)).collect()


def from_switch(calls: pl.DataFrame, *, zone: str, minutes: Minutes) -> pl.DataFrame:
    """The same of what a switch counted per interval; longer intervals are shared out evenly, shorter ones added up."""
    known = calls.filter(pl.col("offered").is_not_null() & pl.col("channel").is_not_null())
    parts = pl.max_horizontal(pl.col("minutes") // minutes, 1)
    spread = known.select(
        "channel", pl.col("interval_at"), offered=pl.col("offered").cast(pl.Float64) / parts,
        part=pl.int_ranges(parts.cast(pl.Int64)),
    ).explode("part", empty_as_null=True, keep_nulls=True)  # fmt: skip
    at = pl.col("interval_at") + pl.duration(minutes=pl.col("part") * minutes)
    return _summed(
        spread.select(queue=pl.col("channel"), starts_at=_floor(at, zone, minutes), offered=pl.col("offered"))
    )


def _floor(at: pl.Expr, zone: str, minutes: int) -> pl.Expr:
    """The start of the interval of the wall clock that an instant lies in, in UTC."""
    into = at.dt.convert_time_zone(zone)
    since = (into.dt.minute().cast(pl.Int64) % minutes) * 60 + into.dt.second().cast(pl.Int64)
    return (at.dt.truncate("1s") - pl.duration(seconds=since)).cast(ARRIVAL_FRAME["starts_at"])


def _summed(placed: pl.DataFrame) -> pl.DataFrame:
    return placed.group_by("queue", "starts_at").agg(pl.col("offered").sum()).sort("queue", "starts_at")


def completed(
    counted: pl.DataFrame, desk: DeskSettings, *, minutes: Minutes, until: datetime,
    zero_told: frozenset[str] = frozenset(),
) -> pl.DataFrame:  # fmt: skip
    """ARRIVAL_FRAME of all intervals from each queue's first arrival up to `until`: null where nothing was recorded.

    zero_told: queues whose source writes a row for an empty interval too, so that a missing row is an outage wherever
    that interval of the weekday usually has one.
    """
    begins = counted.group_by("queue").agg(first=pl.col("starts_at").min()).filter(pl.col("first") < until)
    if begins.is_empty():
        return pl.DataFrame(schema=ARRIVAL_FRAME)
    local = pl.col("first").dt.convert_time_zone(desk.zone).dt.date()
    since = begins.select("queue", since=local)
    first, last = since["since"].min(), until.astimezone(ZoneInfo(desk.zone)).date()
    assert isinstance(first, date)
    grid = Interval(desk.zone, minutes, first, last + timedelta(days=1)).frame().filter(pl.col("starts_at") < until)
    whole = since.sort("queue").join(grid, how="cross").filter(pl.col("day") >= pl.col("since"))
    known = whole.join(counted, on=["queue", "starts_at"], how="left", maintain_order="left")
    is_zero_told = pl.col("queue").is_in(list(zero_told))
    parts = (_told_by_zero(known.filter(is_zero_told)), _told_by_chance(known.filter(~is_zero_told)))
    told = pl.concat([part.select("queue", "starts_at", "offered") for part in parts]).sort("queue", "starts_at")
    return with_opening(told, desk, minutes=minutes)


def _told_by_zero(whole: pl.DataFrame) -> pl.DataFrame:
    """Empty intervals as 0, and as null where that interval of the weekday usually has a row."""
    usual = pl.col("offered").is_not_null().mean().over("queue", pl.col("day").dt.weekday(), "slot") >= 0.5
    return whole.with_columns(offered=pl.when(usual).then("offered").otherwise(pl.col("offered").fill_null(0.0)))


def _told_by_chance(whole: pl.DataFrame) -> pl.DataFrame:
    """Empty intervals as 0, and as null in stretches so long that somebody would have come."""
    filled = whole.with_columns(pl.col("offered").fill_null(0.0), weekday=pl.col("day").dt.weekday())
    busy = filled.with_columns(any_that_day=pl.col("offered").sum().over("queue", "day") > 0)
    mean = pl.col("offered").filter(pl.col("any_that_day")).mean().over("queue", "weekday", "slot").fill_null(0.0)
    stretch = (pl.col("offered") > 0).cum_sum().over("queue")
    silent = busy.with_columns(expected=mean, stretch=stretch).with_columns(
        missed=pl.col("expected").filter(pl.col("offered") == 0).sum().over("queue", "stretch")
    )
    return silent.with_columns(
        offered=pl.when((pl.col("offered") == 0) & (pl.col("missed") >= SILENCE)).then(None).otherwise("offered")
    )


def with_opening(frame: pl.DataFrame, desk: DeskSettings, *, minutes: Minutes) -> pl.DataFrame:
    """The frame with `is_open`: whether the desk's usual calendar is open at any time of the interval."""
    if not desk.calendars or frame.is_empty():
        return frame.with_columns(is_open=pl.lit(value=True))
    first, last = frame["starts_at"].min(), frame["starts_at"].max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    spans = open_spans(
        desk.calendars, desk.calendars[0].name, start=first, end=last + timedelta(minutes=minutes)
    )  # fmt: skip
    opened = pl.Series([span[0] for span in spans], dtype=ARRIVAL_FRAME["starts_at"])
    closed = pl.Series([span[1] for span in spans], dtype=ARRIVAL_FRAME["starts_at"])
    starts = frame["starts_at"]
    begun = opened.search_sorted(starts + timedelta(minutes=minutes), side="left")
    ended = closed.search_sorted(starts, side="right")
    return frame.with_columns(is_open=(begun > ended))


def calendar_of(desk: DeskSettings, day: date) -> Calendar | None:
    """The desk's usual calendar as it is in force on that day."""
    if not desk.calendars:
        return None
    mine = [one for one in desk.calendars if one.name == desk.calendars[0].name]
    in_force = [one for one in mine if one.valid_from <= day]
    return max(in_force, key=lambda one: one.valid_from) if in_force else mine[0]


def is_holiday(desk: DeskSettings, day: date) -> bool:
    """Whether a day is closed although its weekday is usually open."""
    calendar = calendar_of(desk, day)
    return calendar is not None and bool(calendar.weekly[day.weekday()]) and calendar.days.get(day) == ()


def is_made_up(desk: DeskSettings, day: date) -> bool:
    """Whether a day is open although its weekday is usually closed."""
    calendar = calendar_of(desk, day)
    return calendar is not None and not calendar.weekly[day.weekday()] and bool(calendar.days.get(day))


@dataclass(frozen=True)
class History:
    """A queue's past as the forecasters read it: its working weekdays and its days up to the last whole one."""

    queue: Queue
    past: Past
    weekdays: frozenset[int]
    slots: int
    ended: bool


def history_of(arrivals: pl.DataFrame, queue: str, desk: DeskSettings, *, minutes: Minutes, until: date) -> History:
    """The past of one queue of an ARRIVAL_FRAME, up to and without the local day `until`."""
    slots = DAY_MINUTES // minutes
    mine = arrivals.filter(pl.col("queue") == queue)
    local = pl.col("starts_at").dt.convert_time_zone(desk.zone)
    of_day = (local.dt.hour().cast(pl.Int64) * 60 + local.dt.minute().cast(pl.Int64)) // minutes
    placed = mine.with_columns(day=local.dt.date(), slot=of_day).filter(pl.col("day") < until)
    first = placed["day"].min()
    if not isinstance(first, date):
        nothing = rows_of([], [], weekdays=frozenset())
        return History(Queue.named(queue), past_of(nothing, np.zeros((0, slots))), frozenset(), slots, ended=False)
    days = [first + timedelta(days=more) for more in range((until - first).days)]
    table = _table(placed, first, len(days), slots)
    weekdays = _working_weekdays(days, table)
    kept = [at for at, day in enumerate(days) if _is_row(day, table[at], weekdays)]
    silent = [not np.nansum(table[at]) and np.isnan(table[at]).any() for at in kept]
    closed = [is_holiday(desk, days[at]) or is_silent for at, is_silent in zip(kept, silent, strict=True)]
    rows = rows_of([days[at] for at in kept], closed, weekdays=weekdays)
    recorded = np.where(np.array(silent, dtype=np.bool_).reshape(-1, 1), np.nan, table[kept])
    came = np.flatnonzero(np.nansum(table, axis=1) > 0)
    ended = bool(came.size) and len(days) - 1 - int(came[-1]) >= ENDED_AFTER
    return History(Queue.named(queue), past_of(rows, recorded), weekdays, slots, ended=ended)


def _table(placed: pl.DataFrame, first: date, days: int, slots: int) -> Floats:
    """Days × slots of the wall clock, NaN where nothing was recorded; an hour that comes twice counts by its mean."""
    at = ((placed["day"] - first).dt.total_days() * slots + placed["slot"]).to_numpy()
    offered = placed["offered"].to_numpy().astype(np.float64)
    known = ~np.isnan(offered)
    sums, counts = np.zeros(days * slots), np.zeros(days * slots)
    np.add.at(sums, at[known], offered[known])
    np.add.at(counts, at[known], 1.0)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1.0), np.nan).reshape(days, slots))


def _working_weekdays(days: Sequence[date], table: Floats) -> frozenset[int]:
    """The weekdays on which something usually comes; one that has not been yet is taken for one."""
    came = np.nansum(table, axis=1) > 0
    weekday = np.array([day.weekday() for day in days])
    shares = {kind: float(came[weekday == kind].mean()) for kind in range(7) if (weekday == kind).any()}
    most = max(shares.values(), default=0.0)
    known = {kind for kind, share in shares.items() if share > 0 and not (share < RARELY and most > OFTEN)}
    return frozenset(known | (set(range(7)) - set(shares)))


def _is_row(day: date, counts: Floats, weekdays: frozenset[int]) -> bool:
    return day.weekday() in weekdays or float(np.nansum(counts)) > 0


def rows_ahead(history: History, desk: DeskSettings, days: Sequence[date]) -> Rows:
    """The working days among those ahead; the day before the first tells whether it follows a closed one."""
    worked = [day for day in days if day.weekday() in history.weekdays or is_made_up(desk, day)]
    before = history.past.rows
    last = ([before.days[-1]], [bool(before.closed[-1])]) if len(before) else ([], [])
    closed = [is_holiday(desk, day) for day in worked]
    rows = rows_of([*last[0], *worked], [*last[1], *closed], weekdays=history.weekdays)
    return rows[len(last[0]) :]
