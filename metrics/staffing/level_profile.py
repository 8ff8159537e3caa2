"""Level × profile: the default forecast.

log(day total) = level + weekday + calendar effects + a rest that fades (AR 1), each smoothed exponentially with clipped
errors; times the shape of its weekday over the day. All past states are kept, so that what would have been forecast on
each past day comes at no further cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from metrics.staffing.past import KINDS_OF_DAY, MADE_UP, TAGS, Flags, Floats, Past, Rows, Whole, mean_row, middle

LEVELS, WEEKDAYS, RESTS = (0.02, 0.05, 0.1, 0.2, 0.35), (0.05, 0.1, 0.2), (0.0, 0.3, 0.5, 0.7)
CLIP = 3.0
PROFILE_DECAY = 0.1
PROFILE_LEANS = 2.0
ALIKE = 0.15
CLOSED_PRIOR = float(np.log(0.35))
TAG_PRIOR = 2.0
"""An effect learned from n days is taken times n ÷ (n + this): towards none."""
TAG_CLIP = 0.5
ROUNDS = 3
HALF = 0.5
"""Added to a day's total, so that the logarithm of few is right on average."""


@dataclass(frozen=True)
class States:
    """Level and weekday effects before each day (n + 1 of them), the rest after each day, and the clipped errors."""

    level: Floats
    weekday: Floats
    rest: Floats
    fade: float

    def ahead(self, origin: int, weekday: Whole, leads: Whole) -> Floats:
        """log totals from the state before day `origin`, so many working days ahead (0: that day itself)."""
        rest = self.rest[origin - 1] if origin > 0 else 0.0
        return np.asarray(self.level[origin] + self.weekday[origin, weekday] + self.fade ** (leads + 1) * rest)


@dataclass(frozen=True)
class Rates:
    """How fast level and weekdays follow, how fast the rest fades, and from where all began."""

    level: float
    weekday: float
    fade: float
    start: tuple[float, Floats]
    scale: float


@dataclass(frozen=True)
class LevelProfile:
    """A fitted forecaster.

    tag_effects, closed_effect: logarithms, for each of TAGS and for closed days, with the days each was learned from ·
    shapes: per weekday shares of the day, before each of the last days and after the last · spread: day error (log) by
    lead · noise: how much more than by chance an interval varies within its day, as a squared share.
    """

    past: Past
    rates: Rates
    states: States
    tag_effects: Floats
    tag_days: Whole
    closed_effect: float
    closed_days: int
    shapes: Floats
    spread: Floats
    noise: float

    def logs(self, origin: int, ahead: Rows) -> Floats:
        """Logarithms of day totals, seen from before day `origin` of the past."""
        leads = np.arange(len(ahead))
        logs = self.states.ahead(origin, ahead.weekday, leads) + ahead.tags @ self.tag_effects
        closed = self.states.level[origin] + self.states.weekday[origin, ahead.weekday] + self.closed_effect
        return np.asarray(np.where(ahead.closed, closed, logs))

    def shape_before(self, origin: int) -> Floats:
        """Per weekday, shares of the day that add up to 1."""
        kept = self.shapes.shape[0]
        return np.asarray(self.shapes[max(kept - 1 - (len(self.past.rows) - origin), 0)])

    def means(self, origin: int, ahead: Rows) -> Floats:
        """Days × intervals."""
        return np.asarray(np.exp(self.logs(origin, ahead))[:, None] * self.shape_before(origin)[ahead.weekday])

    def spread_at(self, leads: Whole) -> Floats:
        known = np.array(_leads(self.past.week))
        return np.interp(leads, known, self.spread)


def fitted(past: Past, *, with_tags: bool = True) -> LevelProfile:
    """Learn a queue's level, weekdays, effects and shape. Needs three weeks of usable days."""
    return fitted_at(past, (len(past.rows),), with_tags=with_tags)[0]


def fitted_at(past: Past, sizes: Sequence[int], *, with_tags: bool = True) -> list[LevelProfile]:
    """The same of the first so many days, for each of some sizes: all of them in one pass over the days."""
    parts = [past.until(size) for size in sizes]
    whole = np.log(past.tame.sum(axis=1) + HALF)
    logs = [whole[:size] for size in sizes]
    found = _best(logs, parts, past)
    effects = [np.zeros(len(TAGS)) for _ in sizes]
    counted = [np.zeros(len(TAGS), dtype=np.int64) for _ in sizes]
    states = [one.states for one in found]
    for _ in range(ROUNDS if with_tags else 0):
        for at, part in enumerate(parts):
            more, counted[at] = _tag_effects(states[at], logs[at], part, effects[at])
            effects[at] = effects[at] + more
        plain = [one - part.rows.tags @ effect for one, part, effect in zip(logs, parts, effects, strict=True)]
        begun = [_start(one, part) for one, part in zip(plain, parts, strict=True)]
        rates = [replace(one.rates, start=new.start, scale=new.scale) for one, new in zip(found, begun, strict=True)]
        states = _followed(plain, parts, rates, past)
    plain = [one - part.rows.tags @ effect for one, part, effect in zip(logs, parts, effects, strict=True)]
    if with_tags:
        found = _best(plain, parts, past)
    shapes = shapes_before(past, sizes)
    return [
        _profile(*one) for one in zip(parts, plain, found, effects, counted, shapes, strict=True)
    ]  # fmt: skip


def _profile(
    past: Past, plain: Floats, found: "_Found", effects: Floats, counted: Whole, shape: Floats
) -> LevelProfile:  # fmt: skip
    states = found.states
    rest = plain - states.level[:-1] - states.weekday[np.arange(len(plain)), past.rows.weekday]
    shut = past.rows.closed & (np.nansum(past.actual, axis=1) > 0)
    shut[: past.week] = False
    return LevelProfile(
        past=past, rates=found.rates, states=states, tag_effects=effects, tag_days=counted,
        closed_effect=float((CLOSED_PRIOR + rest[shut].sum()) / (1 + shut.sum())), closed_days=int(shut.sum()),
        shapes=shape[None], spread=found.spread, noise=_noise(past, shape),
    )  # fmt: skip


def carried_at(made: Sequence[LevelProfile], past: Past, sizes: Sequence[int]) -> list[LevelProfile]:
    """The same over so many more days each: rates and effects as they were learned, states up to there."""
    parts = [past.until(size) for size in sizes]
    logs = [
        np.log(part.tame.sum(axis=1) + HALF) - part.rows.tags @ one.tag_effects
        for one, part in zip(made, parts, strict=True)
    ]
    states = _followed(logs, parts, [one.rates for one in made], past)
    begun = [len(one.past.rows) for one in made]
    asked = [at for begin, size in zip(begun, sizes, strict=True) for at in range(begin, size + 1)]
    shapes = dict(zip(asked, shapes_before(past, asked), strict=True))
    return [
        replace(one, past=part, states=state, shapes=np.stack([shapes[at] for at in range(begin, size + 1)]))
        for one, part, state, begin, size in zip(made, parts, states, begun, sizes, strict=True)
    ]


def _leads(week: int) -> tuple[int, ...]:
    return tuple(sorted({0, 1, 2, week - 1, 2 * week - 1} - {-1}))


@dataclass(frozen=True)
class _Found:
    """The smoothing that erred least, its states, and the spread of its errors at each lead."""

    rates: Rates
    states: States
    spread: Floats


def _best(logs: Sequence[Floats], parts: Sequence[Past], past: Past) -> list[_Found]:
    """For each part the smoothing that would have erred least over several leads."""
    begun = [_start(one, part) for one, part in zip(logs, parts, strict=True)]
    grid = np.array(list(product(LEVELS, WEEKDAYS)))
    level, weekday = _smoothed(logs, begun, grid, past)
    return [
        _chosen(one, part, rates, grid, level[: one.size + 1, at], weekday[: one.size + 1, at])
        for at, (one, part, rates) in enumerate(zip(logs, parts, begun, strict=True))
    ]


def _chosen(logs: Floats, past: Past, rates: Rates, grid: Floats, level: Floats, weekday: Floats) -> _Found:
    rest = _rests(logs, past, level, weekday, rates)
    warm, leads = min(logs.size // 2, 8 * past.week) // 2, _leads(past.week)
    errors = [_errors(logs, past, level, weekday, max(warm, lead + 1), lead) for lead in leads]
    losses, faded = [], []
    for fade in RESTS:
        ahead = [
            error - fade ** (lead + 1) * rest[at - lead - 1] for lead, (at, error) in zip(leads, errors, strict=True)
        ]
        losses.append(sum(mean_row(np.minimum(np.abs(e), 4 * rates.scale)) for e in ahead if e.size))
        faded.append(ahead)
    whole = np.broadcast_to(np.array(losses, dtype=np.float64).reshape(len(RESTS), -1), (len(RESTS), len(grid)))
    fade_at, place = (int(at) for at in np.unravel_index(int(whole.argmin()), whole.shape))
    fade = RESTS[fade_at]
    spread = np.array([_root(error[:, place]) for error in faded[fade_at]])
    found = replace(rates, level=float(grid[place, 0]), weekday=float(grid[place, 1]), fade=fade)
    return _Found(found, States(level[:, place], weekday[:, place], rest[:, place], fade), spread)


def _followed(logs: Sequence[Floats], parts: Sequence[Past], rates: Sequence[Rates], past: Past) -> list[States]:
    """The states of each part at its own pair of rates."""
    pairs = np.array([(one.level, one.weekday) for one in rates])
    level, weekday = _smoothed(logs, rates, pairs[:, None, :], past)
    made = []
    for at, (one, part, own) in enumerate(zip(logs, parts, rates, strict=True)):
        levels, weekdays = level[: one.size + 1, at], weekday[: one.size + 1, at]
        rest = _rests(one, part, levels, weekdays, own)[:, 0]
        made.append(States(levels[:, 0], weekdays[:, 0], rest, own.fade))
    return made


def _mean_of_worked(effects: Floats, weekday: Whole) -> Floats | float:
    worked = np.unique(weekday[weekday < MADE_UP])
    return np.asarray(effects[..., worked].mean(axis=-1)) if worked.size else 0.0


def _rests(logs: Floats, past: Past, level: Floats, weekday: Floats, rates: Rates) -> Floats:
    """What of each day its own level, after that day, did not take up; 0 on days that teach nothing."""
    after = level[1:] + weekday[np.arange(1, logs.size + 1), :, past.rows.weekday]
    bound = CLIP * rates.scale
    return np.clip(logs[:, None] - after, -bound, bound) * past.usable[:, None]


def _start(logs: Floats, past: Past) -> Rates:
    """Level, weekday effects and spread of the first weeks."""
    first = np.flatnonzero(past.usable)
    first = first[first < max(min(logs.size // 2, 8 * past.week), first[: past.week][-1] + 1 if first.size else 0)]
    level = middle(logs[first]) if first.size else 0.0
    effects = np.zeros(KINDS_OF_DAY)
    for kind in range(MADE_UP):
        mine = first[past.rows.weekday[first] == kind]
        if mine.size:
            effects[kind] = middle(logs[mine]) - level
    rest = logs[first] - level - effects[past.rows.weekday[first]]
    spread = middle(np.abs(rest)) * 1.48 if first.size else 0.0
    return Rates(0.1, 0.1, 0.0, (level, effects), max(spread, 0.01))


def _smoothed(
    logs: Sequence[Floats], begun: Sequence[Rates], grid: Floats, past: Past
) -> tuple[Floats, Floats]:  # fmt: skip
    """Level (days + 1 × parts × pairs of rates) and weekday effects (× kinds of day) before each day of each part.

    grid: pairs of rates, the same for all parts or each part's own. Behind a part's own end nothing is meant.
    """
    size, pairs = max(one.size for one in logs), grid.shape[-2]
    told = np.zeros((size, len(logs), 1))
    for at, one in enumerate(logs):
        told[: one.size, at, 0] = one
    rate, weekly = grid[..., 0], grid[..., 1] * (1 - grid[..., 0])
    level = np.empty((size + 1, len(logs), pairs))
    weekday = np.empty((size + 1, len(logs), pairs, KINDS_OF_DAY))
    now = np.repeat([[one.start[0]] for one in begun], pairs, axis=1)
    effects = np.repeat(np.array([one.start[1] for one in begun])[:, None], pairs, axis=1)
    width = np.repeat([[one.scale] for one in begun], pairs, axis=1)
    level[0], weekday[0] = now, effects
    days = zip(past.rows.weekday[:size].tolist(), past.usable[:size].tolist(), strict=True)
    for day, (kind, usable) in enumerate(days):
        if usable and kind < MADE_UP:
            bound = CLIP * width
            error = np.minimum(np.maximum(told[day] - now - effects[..., kind], -bound), bound)
            width = np.maximum(0.9 * width + 0.125 * np.abs(error), 0.005)
            now = now + rate * error
            effects[..., kind] += weekly * error
        level[day + 1], weekday[day + 1] = now, effects
    for at, one in enumerate(logs):
        mine = weekday[: one.size + 1, at]
        mine[..., MADE_UP] = _mean_of_worked(mine, past.rows.weekday[: one.size])
    return level, weekday


def _errors(
    logs: Floats, past: Past, level: Floats, weekday: Floats, first: int, lead: int
) -> tuple[Whole, Floats]:  # fmt: skip
    at = np.arange(first, logs.size)
    at = at[past.usable[at]]
    return at, logs[at, None] - level[at - lead] - weekday[at - lead, :, past.rows.weekday[at]]


def _root(errors: Floats) -> float:
    """Root mean square without the outermost."""
    if errors.size < 2:
        return 0.15
    low, high = np.quantile(errors, [0.02, 0.98])
    return float(np.sqrt(np.mean(np.clip(errors, low, high) ** 2)))


def _tag_effects(states: States, logs: Floats, past: Past, effects: Floats) -> tuple[Floats, Whole]:
    """How far tagged days lay beside what their week would have had, shrunk towards nothing."""
    size = logs.size
    rest = logs - past.rows.tags @ effects - states.level[:-1] - states.weekday[np.arange(size), past.rows.weekday]
    judged: Flags = past.usable & (np.arange(size) >= max(3 * past.week, 10))
    usual = middle(rest[judged]) if judged.any() else 0.0
    more, counted = np.zeros(len(TAGS)), np.zeros(len(TAGS), dtype=np.int64)
    for tag in range(len(TAGS)):
        mine = judged & (past.rows.tags[:, tag] > 0)
        counted[tag] = mine.sum()
        more[tag] = np.clip(rest[mine] - usual, -TAG_CLIP, TAG_CLIP).sum() / (mine.sum() + TAG_PRIOR)
    return more, counted


def shapes_before(past: Past, days: Sequence[int]) -> list[Floats]:
    """The shape of each weekday (kinds of day × intervals) before each of these days."""
    sums, wanted, made = np.zeros((KINDS_OF_DAY, past.counts.shape[1])), set(days), dict[int, Floats]()
    for day in range(max(wanted, default=-1) + 1):
        if day in wanted:
            made[day] = _leaning(sums)
        if day < len(past.rows) and past.usable[day] and past.rows.weekday[day] < MADE_UP:
            kind = past.rows.weekday[day]
            sums[kind] = (1 - PROFILE_DECAY) * sums[kind] + past.tame[day]
    return [made[day] for day in days]


def _leaning(sums: Floats) -> Floats:
    """Shares per weekday, each leaning towards those that are alike; a weekday without any has the mean of all."""
    total = sums.sum(axis=1)
    known = np.flatnonzero(total > 0)
    if not known.size:
        return np.full(sums.shape, 1.0 / max(sums.shape[1], 1))
    own = sums[known] / total[known, None]
    alike = (np.abs(own[:, None, :] - own[None, :, :]).sum(axis=2) < ALIKE) & ~np.eye(known.size, dtype=np.bool_)
    others = alike.sum(axis=1)
    pooled = alike @ own / np.maximum(others, 1)[:, None]
    weight = np.where(others > 0, PROFILE_LEANS, 0.0)[:, None]
    held = 1 / PROFILE_DECAY
    made = np.tile(mean_row(own), (KINDS_OF_DAY, 1))
    made[known] = (held * own + weight * pooled) / (held + weight)
    return np.asarray(made / made.sum(axis=1, keepdims=True))


def _noise(past: Past, shape: Floats) -> float:
    """How much more intervals vary around their day's shape than chance would, as a squared share."""
    recent = np.flatnonzero(past.usable)[-8 * past.week :]
    mean = shape[past.rows.weekday[recent]] * past.tame[recent].sum(axis=1, keepdims=True)
    beyond = ((past.tame[recent] - mean) ** 2 - mean).sum()
    return max(0.0, float(beyond / max((mean**2).sum(), 1e-9)))
