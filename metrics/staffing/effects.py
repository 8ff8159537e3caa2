"""What events did to a queue, learned from earlier ones of the same name or kind, and what they will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics.staffing.level_profile import HALF, LevelProfile
from metrics.staffing.model import Event, Factor, is_meant
from metrics.staffing.past import Flags, Floats, Past
from metrics.staffing.simple_forecasts import mean_of_weeks

LARGEST = 4.0
"""No learned effect is beyond e to this: what lies farther off is a slip of the data, not an event."""


@dataclass(frozen=True)
class Seen:
    """One day of a past event: how far into it, from 0 to 1, and how far its total lay off the usual (log)."""

    place: float
    off: float


def days_of_events(past_days: Sequence[date], events: Sequence[Event], queue: str) -> Flags:
    """The days that are kept out of what a usual day is learned from: outages, and events that are not trained on."""
    kept_out = [event for event in events if event.kind == "outage" or not event.in_training]
    return np.array([any(event.concerns(queue, day) for event in kept_out) for day in past_days], dtype=np.bool_)


def effects_ahead(
    past: Past, made: LevelProfile | None, events: Sequence[Event], queue: str, days: Sequence[date]
) -> list[tuple[Factor, ...]]:  # fmt: skip
    """For each day ahead the factors of the events that concern it.

    A learned effect is that of the same part of earlier events, shrunk as far as the spread of ordinary days leaves it
    in doubt; of an event without any earlier one of its name or kind nothing is assumed.
    """
    coming = [event for event in events if any(event.concerns(queue, day) for day in days) and event.kind != "outage"]
    learned = {event: _seen(past, made, earlier_ones(event, events, queue), queue)
               for event in coming if event.effect == "learned"}  # fmt: skip
    spread = float(made.spread[0]) if made is not None else 0.15
    return [
        tuple(_factor(event, day, learned.get(event, []), spread) for event in coming if event.concerns(queue, day))
        for day in days
    ]


def earlier_ones(event: Event, events: Sequence[Event], queue: str) -> list[Event]:
    """Earlier events of the same name; where there are none, of the same kind."""
    before = [
        one for one in events
        if one.last < event.first and one.kind != "outage" and is_meant(queue, one.queues)
    ]  # fmt: skip
    named = [one for one in before if _name(one) == _name(event)]
    return named or [one for one in before if one.kind == event.kind and event.kind != "other"]


def _name(event: Event) -> str:
    """The name without a year, which tells one year's event from another's."""
    words = event.name.casefold().split()
    return " ".join(word for word in words if not (word.isdigit() and len(word) == 4)) or event.name.casefold()


def _seen(past: Past, made: LevelProfile | None, earlier: Sequence[Event], queue: str) -> list[Seen]:
    found = []
    for event in earlier:
        length = max((event.last - event.first).days, 1)
        before = next((at for at, day in enumerate(past.rows.days) if day >= event.first), len(past.rows))
        for at in range(before, len(past.rows)):
            day = past.rows.days[at]
            if not event.concerns(queue, day):
                break
            usual = _usual(past, made, before, at)
            if usual is not None and past.seen[at].any():
                off = float(np.log(past.counts[at].sum() + HALF)) - usual
                found.append(Seen((day - event.first).days / length, float(np.clip(off, -LARGEST, LARGEST))))
    return found


def _usual(past: Past, made: LevelProfile | None, before: int, at: int) -> float | None:
    """The logarithm of the total that the day would have had, as known before the event; None without any history."""
    if made is not None and before >= 3 * past.week:
        return float(made.logs(before, past.rows[before : at + 1])[-1])
    if not past.usable[:before].any():
        return None
    return float(np.log(mean_of_weeks(past.until(before), past.rows[at : at + 1]).sum() + HALF))


def _factor(event: Event, day: date, seen: Sequence[Seen], spread: float) -> Factor:
    if event.effect == "absolute":
        return Factor(event.name, 1.0, is_event=True, added=event.value)
    if event.effect == "percent":
        return Factor(event.name, max(1.0 + event.value, 0.0), is_event=True)
    return Factor(event.name, float(np.exp(_learned(event, day, seen, spread))), n=len(seen), is_event=True)


def _learned(event: Event, day: date, seen: Sequence[Seen], spread: float) -> float:
    """The mean effect of the days nearest to this part of the event, shrunk by what chance could have made of it."""
    if not seen:
        return 0.0
    place = (day - event.first).days / max((event.last - event.first).days, 1)
    nearest = min(abs(one.place - place) for one in seen)
    here = [one.off for one in seen if abs(one.place - place) <= nearest + 1e-9]
    whole = float(np.mean(np.square([one.off for one in seen])))
    return float(np.mean(here)) * (max(0.0, 1.0 - spread**2 / whole) if whole > 0 else 0.0)


def times(factors: Sequence[Factor]) -> Floats:
    """The product of the factors, and what is added, of one day."""
    return np.array([float(np.prod([one.factor for one in factors])), sum(one.added for one in factors)])
