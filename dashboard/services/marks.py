"""What stands on a time axis beside the figures: days of events, and when agreements changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from metrics.desk import DeskSettings


@dataclass(frozen=True)
class AxisMark:
    """Days of an event `[start, end)`, or the day from which something else was agreed or done (no end)."""

    start: date
    kind: Literal["event", "agreement", "measure"]
    end: date | None = None


def marks_of(settings: DeskSettings, measures: Iterable[date] = ()) -> tuple[AxisMark, ...]:
    """Every run of event days, every day on which agreements changed, the days of *measures*, in order of time."""
    found = [*_events(sorted(settings.event_days)), *(AxisMark(day, "agreement") for day in _agreements(settings))]
    found += [AxisMark(day, "measure") for day in measures]
    return tuple(sorted(found, key=lambda mark: mark.start))


def _events(days: Iterable[date]) -> Iterator[AxisMark]:
    run: list[date] = []
    for day in days:
        if run and day != run[-1] + timedelta(days=1):
            yield AxisMark(run[0], "event", run[-1] + timedelta(days=1))
            run = []
        run.append(day)
    if run:
        yield AxisMark(run[0], "event", run[-1] + timedelta(days=1))


def _agreements(settings: DeskSettings) -> set[date]:
    """The days from which other rules, or other targets, have held."""
    changed = {rules.until for rules in settings.earlier}
    changed |= {max(target.valid_from, target.since) for target in settings.targets}
    return changed - {date.min}
