"""The mean of the last 8 weeks, which the trade uses, and the rank-3 profile model for short histories."""

import numpy as np

from metrics.staffing.past import MADE_UP, Floats, Past, Rows, Whole, mean_row

WEEKS = 8
RANK = 3
LEVEL_DAYS = 10
RANK_WEEKS = 52
"""Older days say nothing of the shapes of a day that these do not."""


def mean_of_weeks(past: Past, ahead: Rows, *, weeks: int = WEEKS) -> Floats:
    """Of each weekday the mean of its last usable days; of all days where it has none."""
    usable = np.flatnonzero(past.usable)
    whole = mean_row(past.tame[usable]) if usable.size else np.zeros(past.counts.shape[1])
    kinds, means = past.rows.weekday[usable], {}
    for kind in set(ahead.weekday.tolist()):
        mine = usable[kinds == kind][-weeks:]
        means[kind] = mean_row(past.tame[mine]) if mine.size else whole
    return np.stack([means[kind] for kind in ahead.weekday.tolist()]) if len(ahead) else np.zeros((0, whole.size))


def shapes_of(past: Past, *, rank: int = RANK) -> Floats:
    """The few daily shapes (of square roots, which evens out chance) that days are sums of: rank × intervals."""
    roots = _roots(past, _recent(past))
    busy = np.flatnonzero(roots.any(axis=0))
    within = roots[:, busy]
    found = np.zeros((min(rank, busy.size), roots.shape[1]))
    if busy.size:  # those of the singular value decomposition of the days, for less work
        found[:, busy] = np.linalg.eigh(within.T @ within)[1][:, -rank:].T
    return found


def _recent(past: Past) -> Whole:
    return np.flatnonzero(past.usable)[-RANK_WEEKS * past.week :]


def _roots(past: Past, days: Whole) -> Floats:
    """Square roots of counts, moved by a quarter; 0 in intervals in which nothing ever comes."""
    counts = past.tame[days]
    return np.where(counts.any(axis=0), np.sqrt(counts + 0.25), 0.0)


def rank_profile(past: Past, ahead: Rows, shapes: Floats) -> Floats:
    """Each day a sum of the shapes; what each of them weighs goes back from the last day to its weekday's mean
    (Shen and Huang)."""
    usable = _recent(past)
    if not usable.size:
        return np.zeros((len(ahead), past.counts.shape[1]))
    days, kinds = _roots(past, usable), past.rows.weekday[usable]
    weights = days @ shapes.T
    means = np.tile(mean_row(weights), (MADE_UP + 1, 1))
    for kind in set(kinds.tolist()):
        means[kind] = mean_row(weights[kinds == kind][-LEVEL_DAYS:])
    beside = weights - means[kinds]
    back = (beside[1:] * beside[:-1]).sum(axis=0) / np.maximum((beside[:-1] ** 2).sum(axis=0), 1e-9)
    fading = np.clip(back, -0.95, 0.95) ** (1 + np.arange(len(ahead)))[:, None] * beside[-1]
    return _squared((means[ahead.weekday] + fading) @ shapes) * _back(past.tame[usable], weights @ shapes)


def _squared(roots: Floats) -> Floats:
    return np.asarray(np.maximum(roots, 0.0) ** 2)


def _back(counts: Floats, roots: Floats) -> Floats:
    """By how much the squares of fitted roots lie off what came, interval by interval; matters where little comes."""
    fitted = _squared(roots).sum(axis=0)
    return np.asarray(counts.sum(axis=0) / np.where(fitted > 0, fitted, 1.0))
