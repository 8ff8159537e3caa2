"""Level × profile: the default forecast.

log(day total) = level + weekday + calendar effects + a rest that fades (AR 1), each smoothed exponentially with clipped
errors; times the shape of its weekday over the day. All past states are kept, so that what would have been forecast on
each past day comes at no further cost.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from metrics.staffing.past import KINDS_OF_DAY, MADE_UP, TAGS, Flags, Floats, Past, Rows, Whole

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
    logs = np.log(past.tame.sum(axis=1) + HALF)
    effects = np.zeros(len(TAGS))
    counted = np.zeros(len(TAGS), dtype=np.int64)
    rates, states, spread = _best(logs, past)
    for _ in range(ROUNDS if with_tags else 0):
        more, counted = _tag_effects(states, logs, past, effects)
        effects = effects + more
        plain = logs - past.rows.tags @ effects
        begun = _start(plain, past)
        states = _followed(plain, past, replace(rates, start=begun.start, scale=begun.scale))
    plain = logs - past.rows.tags @ effects
    if with_tags:
        rates, states, spread = _best(plain, past)
    rest = plain - states.level[:-1] - states.weekday[np.arange(len(logs)), past.rows.weekday]
    shut = past.rows.closed & (np.nansum(past.actual, axis=1) > 0)
    shut[: past.week] = False
    return LevelProfile(
        past=past, rates=rates, states=states, tag_effects=effects, tag_days=counted,
        closed_effect=float((CLOSED_PRIOR + rest[shut].sum()) / (1 + shut.sum())), closed_days=int(shut.sum()),
        shapes=_shapes(past, 1), spread=spread, noise=_noise(past),
    )  # fmt: skip


def carried(made: LevelProfile, past: Past) -> LevelProfile:
    """The same over a longer past: rates and effects as they were learned, states up to its end."""
    logs = np.log(past.tame.sum(axis=1) + HALF) - past.rows.tags @ made.tag_effects
    shapes = _shapes(past, len(past.rows) - len(made.past.rows) + 1)
    return replace(made, past=past, states=_followed(logs, past, made.rates), shapes=shapes)


def _leads(week: int) -> tuple[int, ...]:
    return tuple(sorted({0, 1, 2, week - 1, 2 * week - 1} - {-1}))


def _best(logs: Floats, past: Past) -> tuple[Rates, States, Floats]:
    """The smoothing that would have erred least over several leads, and its spread at each of them."""
    rates = _start(logs, past)
    grid = np.array(list(product(LEVELS, WEEKDAYS)))
    level, weekday = _smoothed(logs, past, rates, grid)
    rest = _rests(logs, past, level, weekday, rates)
    warm, leads = min(logs.size // 2, 8 * past.week) // 2, _leads(past.week)
    errors = [_errors(logs, past, level, weekday, max(warm, lead + 1), lead) for lead in leads]
    losses, faded = [], []
    for fade in RESTS:
        ahead = [
            error - fade ** (lead + 1) * rest[at - lead - 1] for lead, (at, error) in zip(leads, errors, strict=True)
        ]
        losses.append(sum(np.minimum(np.abs(e), 4 * rates.scale).mean(axis=0) for e in ahead if e.size))
        faded.append(ahead)
    whole = np.broadcast_to(np.array(losses, dtype=np.float64).reshape(len(RESTS), -1), (len(RESTS), len(grid)))
    fade_at, place = (int(at) for at in np.unravel_index(int(whole.argmin()), whole.shape))
    fade = RESTS[fade_at]
    spread = np.array([_root(error[:, place]) for error in faded[fade_at]])
    found = replace(rates, level=float(grid[place, 0]), weekday=float(grid[place, 1]), fade=fade)
    return found, States(level[:, place], weekday[:, place], rest[:, place], fade), spread


def _followed(logs: Floats, past: Past, rates: Rates) -> States:
    """The states at one pair of rates; as `_smoothed`, in plain numbers, which is quicker for one."""
    level, weekday = np.empty(logs.size + 1), np.empty((logs.size + 1, KINDS_OF_DAY))
    now, effects, width = rates.start[0], rates.start[1].tolist(), rates.scale
    rate, weekly = rates.level, rates.weekday * (1 - rates.level)
    level[0], weekday[0] = now, effects
    days = zip(logs.tolist(), past.rows.weekday.tolist(), past.usable.tolist(), strict=True)
    for day, (log, kind, usable) in enumerate(days):
        if usable and kind < MADE_UP:
            error = max(-CLIP * width, min(CLIP * width, log - now - effects[kind]))
            width = max(0.9 * width + 0.125 * abs(error), 0.005)
            now += rate * error
            effects[kind] += weekly * error
        level[day + 1], weekday[day + 1] = now, effects
    weekday[:, MADE_UP] = _mean_of_worked(weekday, past)
    rest = _rests(logs, past, level[:, None], weekday[:, None, :], rates)[:, 0]
    return States(level, weekday, rest, rates.fade)


def _mean_of_worked(weekday: Floats, past: Past) -> Floats | float:
    worked = np.unique(past.rows.weekday[past.rows.weekday < MADE_UP])
    return np.asarray(weekday[..., worked].mean(axis=-1)) if worked.size else 0.0


def _rests(logs: Floats, past: Past, level: Floats, weekday: Floats, rates: Rates) -> Floats:
    """What of each day its own level, after that day, did not take up; 0 on days that teach nothing."""
    after = level[1:] + weekday[np.arange(1, logs.size + 1), :, past.rows.weekday]
    bound = CLIP * rates.scale
    return np.clip(logs[:, None] - after, -bound, bound) * past.usable[:, None]


def _start(logs: Floats, past: Past) -> Rates:
    """Level, weekday effects and spread of the first weeks."""
    first = np.flatnonzero(past.usable)
    first = first[first < max(min(logs.size // 2, 8 * past.week), first[: past.week][-1] + 1 if first.size else 0)]
    level = float(np.median(logs[first])) if first.size else 0.0
    effects = np.zeros(KINDS_OF_DAY)
    for kind in range(MADE_UP):
        mine = first[past.rows.weekday[first] == kind]
        if mine.size:
            effects[kind] = np.median(logs[mine]) - level
    rest = logs[first] - level - effects[past.rows.weekday[first]]
    spread = float(np.median(np.abs(rest))) * 1.48 if first.size else 0.0
    return Rates(0.1, 0.1, 0.0, (level, effects), max(spread, 0.01))


def _smoothed(logs: Floats, past: Past, rates: Rates, grid: Floats) -> tuple[Floats, Floats]:
    """Level (n + 1 × grid) and weekday effects (× kinds of day) before each day, for each pair of rates."""
    rate, weekly = grid[:, 0], grid[:, 1] * (1 - grid[:, 0])
    level = np.empty((logs.size + 1, len(grid)))
    weekday = np.empty((logs.size + 1, len(grid), KINDS_OF_DAY))
    now, effects = np.full(len(grid), rates.start[0]), np.tile(rates.start[1], (len(grid), 1))
    width = np.full(len(grid), rates.scale)
    level[0], weekday[0] = now, effects
    for day, (kind, usable) in enumerate(zip(past.rows.weekday.tolist(), past.usable.tolist(), strict=True)):
        if usable and kind < MADE_UP:
            bound = CLIP * width
            error = np.minimum(np.maximum(logs[day] - now - effects[:, kind], -bound), bound)
            width = np.maximum(0.9 * width + 0.125 * np.abs(error), 0.005)
            now = now + rate * error
            effects[:, kind] += weekly * error
        level[day + 1], weekday[day + 1] = now, effects
    weekday[:, :, MADE_UP] = _mean_of_worked(weekday, past)
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
    usual = float(np.median(rest[judged])) if judged.any() else 0.0
    more, counted = np.zeros(len(TAGS)), np.zeros(len(TAGS), dtype=np.int64)
    for tag in range(len(TAGS)):
        mine = judged & (past.rows.tags[:, tag] > 0)
        counted[tag] = mine.sum()
        more[tag] = np.clip(rest[mine] - usual, -TAG_CLIP, TAG_CLIP).sum() / (mine.sum() + TAG_PRIOR)
    return more, counted


def _shapes(past: Past, origins: int) -> Floats:
    """The shape of each weekday before each of the last days and after the last: (origins, kinds of day, intervals)."""
    size, width = past.counts.shape
    sums, kept = np.zeros((KINDS_OF_DAY, width)), []
    for day in range(size + 1):
        if day > size - origins:
            kept.append(_leaning(sums))
        if day < size and past.usable[day] and past.rows.weekday[day] < MADE_UP:
            kind = past.rows.weekday[day]
            sums[kind] = (1 - PROFILE_DECAY) * sums[kind] + past.tame[day]
    return np.stack(kept)


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
    made = np.tile(own.mean(axis=0), (KINDS_OF_DAY, 1))
    made[known] = (held * own + weight * pooled) / (held + weight)
    return np.asarray(made / made.sum(axis=1, keepdims=True))


def _noise(past: Past) -> float:
    """How much more intervals vary around their day's shape than chance would, as a squared share."""
    shape, recent = _shapes(past, 1)[-1], np.flatnonzero(past.usable)[-8 * past.week :]
    mean = shape[past.rows.weekday[recent]] * past.tame[recent].sum(axis=1, keepdims=True)
    beyond = ((past.tame[recent] - mean) ** 2 - mean).sum()
    return max(0.0, float(beyond / max((mean**2).sum(), 1e-9)))
