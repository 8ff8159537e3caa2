"""How well the forecast would have done: made again at past origins, and held against what came."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from metrics.staffing.arrivals import History
from metrics.staffing.forecast import ahead_of
from metrics.staffing.model import Method
from metrics.staffing.origins import LONG, learned, means_at
from metrics.staffing.past import Flags, Floats, Past
from metrics.staffing.spread import floor_of, is_inside, is_telling
from metrics.words import N_

ORIGINS = 16
FIRST_WEEKS = 14
"""Back-tests begin after so many weeks, where the history allows."""
RESULT: Mapping[str, pl.DataType] = {
    "queue": pl.String(), "model": pl.String(), "horizon": pl.String(), "wape": pl.Float64(), "bias": pl.Float64(),
    "coverage": pl.Float64(), "floor": pl.Float64(), "origins": pl.Int64(), "intervals": pl.Int64(),
}  # fmt: skip
"""model: `forecast` is what would have been shown, by the method chosen at each origin · bias: (forecast − actual) ÷
actual · coverage: of the 80 % band · floor: WAPE by chance alone."""
TOO_SHORT = N_("“{queue}” has {days} working days; a back-test needs five weeks.")
RIVALS = ("forecast", "level_profile", "without_tags", "profile_3", "mean_8", "week_before")


@dataclass
class _Sums:
    """What is added up over origins for one model and horizon."""

    wrong: float = 0.0
    beside: float = 0.0
    actual: float = 0.0
    inside: int = 0
    judged: int = 0
    intervals: int = 0

    def add(self, was: Floats, said: Floats, seen: Flags, band: tuple[Floats, Floats] | None) -> None:
        self.wrong += float(np.abs(was - said)[seen].sum())
        self.beside += float((said - was)[seen].sum())
        self.actual += float(was[seen].sum())
        self.intervals += int(seen.sum())
        if band is not None:
            judged = seen & is_telling(was, said)
            self.inside += int((is_inside(was, *band) & judged).sum())
            self.judged += int(judged.sum())


@dataclass(frozen=True)
class BackTest:
    """`frame` conforms to RESULT; methods: method -> at how many origins it was chosen; refused: why there is none."""

    frame: pl.DataFrame
    methods: Mapping[Method, int] = field(default_factory=dict)
    refused: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


def back_test(history: History, *, origins: int = ORIGINS) -> BackTest:
    """Forecast two weeks at each of some past origins; days that were closed or not recorded are not judged."""
    past, queue = history.past, history.queue.name
    at = _origins(past, origins)
    if not at:
        return BackTest(pl.DataFrame(schema=RESULT), refused=TOO_SHORT, params={"queue": queue, "days": len(past.rows)})
    sums: dict[tuple[str, str], _Sums] = {}
    methods: dict[Method, int] = {}
    floors: dict[str, list[float]] = {}
    for origin in at:
        said, band, method = _at(history, origin)
        methods[method] = methods.get(method, 0) + 1
        for horizon, part in _horizons(past.week).items():
            days = slice(origin + part.start, origin + part.stop)
            seen = past.seen[days] & ~past.rows.closed[days, None]
            floors.setdefault(horizon, []).append(floor_of(said["forecast"][part]) or 0.0)
            for model, mean in said.items():
                cut = (band[0][part], band[1][part]) if model == "forecast" else None
                sums.setdefault((model, horizon), _Sums()).add(past.counts[days], mean[part], seen, cut)
    rows = [_row(queue, model, horizon, one, float(np.mean(floors[horizon])), len(at))
            for (model, horizon), one in sums.items()]  # fmt: skip
    return BackTest(pl.DataFrame(rows, schema=RESULT, orient="row"), methods)


def _origins(past: Past, wanted: int) -> list[int]:
    """Origins at even distances, the last with two whole weeks after it."""
    size, week = len(past.rows), past.week
    last = size - 2 * week
    first = FIRST_WEEKS * week
    if last - first < wanted - 1:
        first = min(first, max(2 * week + 1, last - wanted + 1))
    if last < first or last < 3 * week:
        return []
    step = max((last - first) // max(wanted - 1, 1), 1)
    return list(range(first, last + 1, step))[:wanted]


def _horizons(week: int) -> dict[str, slice]:
    return {"day_1": slice(0, 1), "week_1": slice(0, week), "week_2": slice(week, 2 * week),
            "two_weeks": slice(0, 2 * week)}  # fmt: skip


def _at(history: History, origin: int) -> tuple[dict[str, Floats], tuple[Floats, Floats], Method]:
    """What each model would have said before that day, the band of what would have been shown, and by which method."""
    past = history.past.until(origin)
    rows = history.past.rows[origin : origin + 2 * past.week]
    known = History(history.queue, past, history.weekdays, history.slots, ended=False)
    shown = ahead_of(known, rows)
    means = means_at(past, origin, rows, learned(past))
    said: dict[str, Floats] = {"forecast": shown.mean}
    said |= {name: mean for name, mean in means.items() if name != "blend"}
    if past.weeks >= LONG:
        said["without_tags"] = means_at(past, origin, rows, learned(past, with_tags=False))["blend"]
    said["week_before"] = _week_before(past, rows.weekday.tolist())
    return said, (shown.low, shown.high), shown.told.method


def _week_before(past: Past, weekdays: list[int]) -> Floats:
    """Each weekday as it was last time."""
    last = {}
    for kind in set(weekdays):
        mine = np.flatnonzero(past.usable & (past.rows.weekday == kind))
        last[kind] = past.counts[mine[-1]] if mine.size else past.counts[-1]
    return np.stack([last[kind] for kind in weekdays])


def _row(queue: str, model: str, horizon: str, one: _Sums, floor: float, origins: int) -> tuple[object, ...]:
    known = one.actual > 0
    return (
        queue, model, horizon, one.wrong / one.actual if known else None, one.beside / one.actual if known else None,
        one.inside / one.judged if one.judged else None, floor, origins, one.intervals,
    )  # fmt: skip
