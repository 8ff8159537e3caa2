"""Past days on which far more or fewer came than level, weekday and calendar let expect, offered as events."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from metrics.desk import DeskSettings
from metrics.staffing.arrivals import history_of
from metrics.staffing.effects import days_of_events
from metrics.staffing.level_profile import HALF, fitted
from metrics.staffing.model import Event, Minutes, UnusualDay
from metrics.staffing.origins import LONG

FAR = 3.0
"""So many usual day errors off, and so many roots of the expected count: no false alarm in restless or small queues."""


def unusual_days(
    arrivals: pl.DataFrame, desk: DeskSettings, *, minutes: Minutes, until: date, events: Sequence[Event] = (),
    queues: Sequence[str] | None = None,
) -> tuple[UnusualDay, ...]:  # fmt: skip
    """The unusual days of the whole past before `until`, the newest first; days of known events are none.

    Queues with less than eight weeks of history have none: nothing is usual yet.
    """
    names = list(queues) if queues is not None else arrivals["queue"].unique().sort().to_list()
    found = [day for name in names for day in _of_queue(arrivals, name, desk, minutes, until, events)]
    return tuple(sorted(found, key=lambda one: (one.day, abs(one.times)), reverse=True))


def _of_queue(
    arrivals: pl.DataFrame, queue: str, desk: DeskSettings, minutes: Minutes, until: date, events: Sequence[Event]
) -> list[UnusualDay]:  # fmt: skip
    history = history_of(arrivals, queue, desk, minutes=minutes, until=until)
    known = days_of_events(history.past.rows.days, events, queue)
    past = history.past.without(known)
    if past.weeks < LONG:
        return []
    model, actual = fitted(past), past.counts.sum(axis=1)
    states, size = model.states, len(past.rows)
    logs = states.level[:-1] + states.weekday[np.arange(size), past.rows.weekday] + past.rows.tags @ model.tag_effects
    off = np.log(actual + HALF) - logs
    judged = past.usable & (np.arange(size) >= 3 * past.week)
    if not judged.any():
        return []
    usual = max(1.4826 * float(np.median(np.abs(off[judged] - np.median(off[judged])))), 0.02)
    expected = np.exp(logs)
    far = judged & (np.abs(off) > FAR * usual) & (np.abs(actual - expected) > FAR * np.sqrt(expected))
    named = [any(event.concerns(queue, day) for event in events) for day in past.rows.days]
    return [
        UnusualDay(queue, past.rows.days[at], float(actual[at]), float(expected[at]), float(off[at] / usual))
        for at in np.flatnonzero(far).tolist()
        if not named[at]
    ]
