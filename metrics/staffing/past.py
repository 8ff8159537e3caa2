"""A queue's past and the days ahead as numbers: one row per working day, one column per interval of the wall clock.

A row is a day on which the queue usually works; days on which it never does (a bank's Sundays) have none, so that lags
and weeks are counted in working days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MADE_UP = 7
"""The weekday of a day worked although its weekday usually is not: the mean of those that are."""
KINDS_OF_DAY = 8
TAGS = ("after_closed", "month_start", "month_end")
FIRST_DAYS, LAST_DAYS = 4, 29
MONSTROUS, TAMED_BY, TELLING = 3.0, 8, 3
"""A day of more than so many times the middle one of its weekday's last eight is cut down to that, once three tell."""
ENOUGH_SEEN = 0.5
"""A day of which less than this share of its usual arrivals could be recorded teaches nothing about its total."""


@dataclass(frozen=True)
class Rows:
    """Working days in order.

    closed: a weekday that is usually worked and was, or will be, closed · tags: 0 or 1, a column for each of TAGS.
    """

    days: tuple[date, ...]
    weekday: Whole
    closed: Flags
    tags: Floats

    def __len__(self) -> int:
        return len(self.days)

    def __getitem__(self, part: slice) -> "Rows":
        return Rows(self.days[part], self.weekday[part], self.closed[part], self.tags[part])


@dataclass(frozen=True)
class Past:
    """What came.

    counts: days × intervals, without holes: what was not recorded is filled in by the day's own level · tame: the same
    for learning, a monstrous day cut down to a large one · usable: days that a usual day is learned from · seen: which
    counts were recorded.
    """

    rows: Rows
    counts: Floats
    tame: Floats
    usable: Flags
    seen: Flags

    @property
    def week(self) -> int:
        """Working days in a week."""
        return max(int(np.count_nonzero(np.bincount(self.rows.weekday, minlength=KINDS_OF_DAY)[:MADE_UP])), 1)

    @property
    def weeks(self) -> float:
        return float(self.usable.sum()) / self.week

    def until(self, count: int) -> "Past":
        """The first so many days."""
        part = slice(0, count)
        return Past(self.rows[part], self.counts[part], self.tame[part], self.usable[part], self.seen[part])

    def without(self, days: Flags) -> "Past":
        """The same, with nothing learned from these days."""
        return replace(self, usable=self.usable & ~days)

    @property
    def actual(self) -> Floats:
        """What was recorded; NaN elsewhere."""
        return np.where(self.seen, self.counts, np.nan)


def rows_of(days: Sequence[date], closed: Sequence[bool], *, weekdays: frozenset[int]) -> Rows:
    """Rows for days in order; whoever works on a weekday that is not among these works a made-up day."""
    weekday = [day.weekday() if day.weekday() in weekdays else MADE_UP for day in days]
    is_closed = np.array(closed, dtype=np.bool_).reshape(len(days))
    after = [
        at > 0 and bool(is_closed[at - 1]) and not is_closed[at] and day - days[at - 1] <= timedelta(days=4)
        for at, day in enumerate(days)
    ]
    tags = [
        (float(is_after), float(day.day <= FIRST_DAYS), float(day.day >= LAST_DAYS))
        for day, is_after in zip(days, after, strict=True)
    ]
    return Rows(tuple(days), np.array(weekday, dtype=np.int64), is_closed, np.array(tags).reshape(-1, len(TAGS)))


def past_of(rows: Rows, recorded: Floats, *, learnable: Flags | None = None) -> Past:
    """What was recorded on each row, NaN where nothing was; learnable: days not kept out of training by an event."""
    seen = ~np.isnan(recorded)
    shape = _shape(recorded, rows.weekday)
    known = np.where(seen, shape[rows.weekday], 0.0).sum(axis=1)
    total = np.nansum(recorded, axis=1)
    enough = (known >= ENOUGH_SEEN) & seen.any(axis=1)
    level = np.where(enough, total / np.where(enough, known, 1.0), np.nan)
    level = np.where(np.isnan(level), _usual(level, rows), level)
    filled = np.where(seen, np.nan_to_num(recorded), level[:, None] * shape[rows.weekday])
    usable = enough & ~rows.closed
    usable = usable if learnable is None else usable & learnable
    return Past(rows, filled, filled * _taming(filled.sum(axis=1), rows.weekday, usable)[:, None], usable, seen)


def _taming(totals: Floats, weekday: Whole, usable: Flags) -> Floats:
    """By what each day is to be multiplied, so that none is beyond all that its weekday's last eight let expect.

    A day of a thousand times the usual is a slip of a source or an event that nobody entered; it may raise what is
    learned as a large day does, and no further. Only days before it tell, as on the day itself.
    """
    times = np.ones(totals.size)
    last: dict[int, list[float]] = {}
    for at, (total, kind, is_usable) in enumerate(zip(totals.tolist(), weekday.tolist(), usable.tolist(), strict=True)):
        before = last.setdefault(kind, [])
        if not is_usable:
            continue
        if len(before) >= TELLING:
            usual = median(before[-TAMED_BY:])
            times[at] = min(1.0, max(MONSTROUS * usual, usual + 6 * usual**0.5 + 6) / max(total, 1.0))
        before.append(total * times[at])
    return times


def middle(values: Floats) -> float:
    """The median, as numpy's, for less work where values are few."""
    ordered, half = np.sort(values), values.size // 2
    return float(ordered[half]) if values.size % 2 else float((ordered[half - 1] + ordered[half]) / 2)


def mean_row(rows: Floats) -> Floats:
    """The mean of rows, column by column, as numpy's, for less work where rows are few."""
    return np.asarray(np.add.reduce(rows, axis=0) / len(rows))


def _shape(recorded: Floats, weekday: Whole) -> Floats:
    """The mean day of each weekday, as shares that add up to 1; of all days where a weekday was never recorded."""
    whole = _means(recorded)
    shape = np.tile(whole, (KINDS_OF_DAY, 1))
    for kind in np.unique(weekday):
        mean = _means(recorded[weekday == kind])
        shape[kind] = np.where(np.isnan(mean), whole, mean)
    total = shape.sum(axis=1, keepdims=True)
    return np.where(total > 0, shape / np.where(total > 0, total, 1.0), 1.0 / max(recorded.shape[1], 1))


def _means(recorded: Floats) -> Floats:
    """The mean of each interval over the days on which it was recorded; 0 where it never was."""
    seen = (~np.isnan(recorded)).sum(axis=0)
    return np.asarray(np.nansum(recorded, axis=0) / np.maximum(seen, 1))


def _usual(level: Floats, rows: Rows) -> Floats:
    """The mean total of each row's weekday."""
    known = ~np.isnan(level)
    whole = float(level[known].mean()) if known.any() else 0.0
    usual = np.full(level.size, whole)
    for kind in np.unique(rows.weekday):
        mine = rows.weekday == kind
        if (mine & known).any():
            usual[mine] = level[mine & known].mean()
    return usual
