"""What each method forecasts now, what it would have forecast on past days, and which of them has done best."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from metrics.staffing.level_profile import LevelProfile, carried_at, fitted, fitted_at
from metrics.staffing.model import Method
from metrics.staffing.past import Floats, Past, Rows
from metrics.staffing.simple_forecasts import mean_of_weeks, rank_profile, shapes_of

LONG, SHORT = 8, 2
"""Weeks of history from which on level × profile is used, for past forecasts too, so that their errors are those of
the present one; below the lower one nothing is forecast but an average."""
WEEKS_BACK, LEARNED = 16, 26
ENOUGH_ORIGINS = 8
Means = Mapping[Method, Floats]


@dataclass(frozen=True)
class Look:
    """What would have been forecast before day `origin` of the past for the days from then on, by each method."""

    origin: int
    means: Means


@dataclass(frozen=True)
class Judged:
    """A method and how it did on past days: WAPE and bias over one week ahead, over so many origins.

    by_origin: its error at each origin, as a part of all that came.
    """

    method: Method
    error: float | None
    bias: float | None
    origins: int
    by_origin: Floats


@dataclass(frozen=True)
class Learned:
    """What was learned from a past: level × profile, where there are weeks enough for it, and the shapes of days."""

    model: LevelProfile | None
    shapes: Floats


def learned(past: Past, *, with_tags: bool = True) -> Learned:
    """Learn from all of a past."""
    if past.weeks < LONG:
        return Learned(None, shapes_of(past))
    return _with_shapes(fitted(past, with_tags=with_tags))


def _with_shapes(model: LevelProfile) -> Learned:
    return Learned(model, shapes_of(_plain(model.past, model)))


def _plain(past: Past, model: LevelProfile) -> Past:
    """The past as it would have been on days without calendar effects."""
    return replace(past, tame=past.tame / np.exp(past.rows.tags @ model.tag_effects)[:, None])


def means_at(past: Past, origin: int, ahead: Rows, made: Learned) -> dict[Method, Floats]:
    """Days × intervals from before day `origin` on, by each method that so much history allows."""
    known = past.until(origin)
    mean = mean_of_weeks(known, ahead)
    if known.weeks < SHORT:
        return {"average_profile": mean}
    if made.model is None:
        return {"profile_3": rank_profile(known, ahead, made.shapes), "mean_8": mean}
    level = made.model.means(origin, ahead)
    ranked = rank_profile(_plain(known, made.model), ahead, made.shapes)
    ranked = ranked * np.exp(ahead.tags @ made.model.tag_effects)[:, None]
    both = np.where(ahead.closed[:, None], level, (level + ranked) / 2)
    return {"blend": both, "level_profile": level, "mean_8": mean}


def looks_back(past: Past, *, horizon: int, with_tags: bool = True) -> list[Look]:
    """Past forecasts, each made of what was known then, the oldest first.

    A forecaster is learned anew each week (less often from half a year on, when it hardly changes) and its states are
    carried through the days between; short histories are learned anew each day.
    """
    return learned_and_looks(past, horizon=horizon, with_tags=with_tags)[1]


def learned_and_looks(past: Past, *, horizon: int, with_tags: bool = True) -> tuple[Learned, list[Look]]:
    """What was learned from all of a past, and its past forecasts; together they take hardly more than either."""
    size, week = len(past.rows), past.week
    is_long = past.weeks >= LONG
    first = max(_after_weeks(past, LONG if is_long else SHORT), size - WEEKS_BACK * week)
    step = week * max(int(past.weeks // LEARNED), 1) if is_long else 1
    starts = list(range(first, size, step))
    ends = [min(start + step, size) for start in starts]
    if is_long:
        *models, newest = fitted_at(past, (*starts, size), with_tags=with_tags)
        shapes = [_with_shapes(model).shapes for model in models]
        told = carried_at(models, past, ends) if models else []
        made = [Learned(*one) for one in zip(told, shapes, strict=True)]
        whole = _with_shapes(newest)
    else:
        made = [learned(past.until(start), with_tags=with_tags) for start in starts]
        whole = learned(past, with_tags=with_tags)
    return whole, [
        Look(origin, means_at(past, origin, past.rows[origin : min(origin + horizon, size)], one))
        for start, end, one in zip(starts, ends, made, strict=True)
        for origin in range(start, end)
    ]


def _after_weeks(past: Past, weeks: int) -> int:
    """The first day before which so many weeks of usable days lie."""
    days = np.flatnonzero(np.cumsum(past.usable) >= weeks * past.week)
    return int(days[0]) + 1 if days.size else len(past.rows)


def judged(past: Past, looks: list[Look], methods: tuple[Method, ...], *, days: int) -> dict[Method, Judged]:
    """How each method did on usable days up to so many ahead."""
    found = {}
    for method in methods:
        pairs = [_compared(past, look, method, days) for look in looks]
        wrong = np.array([np.abs(was - said).sum() for was, said in pairs])
        actual = float(sum(was.sum() for was, _said in pairs))
        beside = float(sum((said - was).sum() for was, said in pairs))
        told = actual > 0
        by_origin = wrong / actual if told else wrong
        found[method] = Judged(
            method, float(by_origin.sum()) if told else None, beside / actual if told else None, len(looks), by_origin
        )
    return found


def _compared(past: Past, look: Look, method: Method, days: int) -> tuple[Floats, Floats]:
    """What came and what was forecast, interval by interval, on usable days, where it was recorded."""
    said = look.means[method][:days]
    part = slice(look.origin, look.origin + len(said))
    kept = past.seen[part] & past.usable[part, None]
    return past.counts[part][kept], said[kept]


def best(found: Mapping[Method, Judged], order: tuple[Method, ...], *, week: int) -> Method:
    """The first method of the order, unless another erred less by more than two standard errors of the difference.

    Between methods that are nearly as good, a choice made anew each week would follow chance. The 8-week mean is taken
    wherever it erred least: what is not better than what everybody does is not worth explaining.
    """
    usual = found[order[0]]
    if usual.error is None or usual.origins < ENOUGH_ORIGINS:
        return order[0]
    clearly = [method for method in order[1:] if method == "mean_8" or _is_clearly_better(found[method], usual, week)]
    return min((order[0], *clearly), key=lambda method: _error(found[method]))


def _error(one: Judged) -> float:
    return np.inf if one.error is None else one.error


def _is_clearly_better(one: Judged, usual: Judged, week: int) -> bool:
    """Origins of one week share most of their days, so that a week of them tells as much as one."""
    gain = usual.by_origin - one.by_origin
    independent = max(gain.size / week, 1.0)
    return bool(gain.mean() > 2 * float(gain.std(ddof=1)) / np.sqrt(independent))
