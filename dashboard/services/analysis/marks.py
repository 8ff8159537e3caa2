"""What stands on a time axis beside the figures: days of events, and when agreements changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from metrics.desk import DeskSettings
from metrics.staffing.model import Event

DAY = timedelta(days=1)


@dataclass(frozen=True)
class AxisMark:
    """Days of an event `[start, end)`, or the day from which something else was agreed or done (no end).

    name: what people call it, where it has a name of its own.
    """

    start: date
    kind: Literal["event", "agreement", "measure"]
    end: date | None = None
    name: str = ""


def marks_of(
    settings: DeskSettings, measures: Iterable[date] = (), events: Iterable[Event] = ()
) -> tuple[AxisMark, ...]:
    """Every run of event days, every day on which agreements changed, the days of *measures*, in order of time.

    *events*: those that people have entered by name; they stand for the event days on which they lie.
    """
    named = [AxisMark(one.first, "event", one.last + DAY, one.name) for one in events]
    unnamed = {day for day in settings.event_days if not any(one.start <= day < (one.end or day) for one in named)}
    found = [*named, *_events(sorted(unnamed)), *(AxisMark(day, "agreement") for day in _agreements(settings))]
    found += [AxisMark(day, "measure") for day in measures]
    return tuple(sorted(found, key=lambda mark: mark.start))


def _events(days: Iterable[date]) -> Iterator[AxisMark]:
    run: list[date] = []
    for day in days:
        if run and day != run[-1] + DAY:
            yield AxisMark(run[0], "event", run[-1] + DAY)
            run = []
        run.append(day)
    if run:
        yield AxisMark(run[0], "event", run[-1] + DAY)


def _agreements(settings: DeskSettings) -> set[date]:
    """The days from which other rules, or other targets, have held."""
    changed = {rules.until for rules in settings.earlier}
    changed |= {max(target.valid_from, target.since) for target in settings.targets}
    return changed - {date.min}
