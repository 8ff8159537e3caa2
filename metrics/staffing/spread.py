"""How far actual arrivals lie beside their forecast: P10 and P90 of an interval, and the error that chance leaves.

Conformal where enough past forecasts tell it: their errors, in units that grow as the forecast does, group of leads by
group. Before that simulated: a day's own factor, what intervals vary within a day, and chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, floor, lgamma, log

import numpy as np

from metrics.staffing.model import Method
from metrics.staffing.origins import ENOUGH_ORIGINS, Look
from metrics.staffing.past import Flags, Floats, Past

LOW, HIGH = 0.1, 0.9
GROWS = 0.01
LEAST = 0.05
"""A forecast is taken as at least this when errors are put in units of it."""
DRAWS, SEED, TAILS = 800, 20_030_303, 6
UNTOLD = 0.15
"""The day error taken where no past forecast tells one."""


def groups_of(leads: int, week: int) -> list[tuple[int, int]]:
    """Leads (0: the next day) whose errors are alike: the next day, the rest of the week, each week or two after."""
    bounds = [0, 1, week, 2 * week, 4 * week, 8 * week]
    cut = [bound for bound in dict.fromkeys(bounds) if bound < leads] + [leads]
    return [(low, high) for low, high in pairwise(cut) if high > low]


@dataclass(frozen=True)
class Factors:
    """For leads `[begin, end)`: how many units below and above the forecast the band reaches (below is negative)."""

    begin: int
    end: int
    low: float
    high: float


def factors_of(past: Past, looks: Sequence[Look], method: Method, leads: int) -> list[Factors] | None:
    """The band's reach by the errors of past forecasts; None where fewer than ENOUGH_ORIGINS tell of the next days.

    Few independent stretches of days tell of far leads: the band is widened as a t-interval is. Leads that nothing
    tells of have the reach of the ones before.
    """
    made: list[Factors] = []
    for begin, end in groups_of(leads, past.week):
        found = _errors(past, looks, method, begin, end)
        if len(found) >= ENOUGH_ORIGINS:
            made.append(Factors(begin, end, *_quantiles(found, end - begin)))
        elif made:
            made.append(replace(made[-1], begin=begin, end=end))
        else:
            return None
    return made


def conformal(mean: Floats, factors: Sequence[Factors]) -> tuple[Floats, Floats]:
    """low, high of a forecast, never below 0 and never beside it."""
    unit, low, high = _unit(mean), mean.copy(), mean.copy()
    for one in factors:
        part = slice(one.begin, one.end)
        low[part] += one.low * unit[part]
        high[part] += one.high * unit[part]
    return np.minimum(np.maximum(low, 0.0), mean), np.maximum(high, mean)


def _unit(mean: Floats) -> Floats:
    held = np.maximum(mean, LEAST)
    return np.asarray(np.sqrt(held + GROWS * held**2))


def _errors(past: Past, looks: Sequence[Look], method: Method, begin: int, end: int) -> list[Floats]:
    """Errors in units of the forecast, one entry for each past day forecast at such a lead."""
    found = []
    for look in looks:
        said = look.means[method]
        for lead in range(begin, min(end, len(said))):
            day = look.origin + lead
            if past.usable[day]:
                error = (past.counts[day] - said[lead]) / _unit(said[lead])
                found.append(error[past.seen[day] & is_telling(past.counts[day], said[lead])])
    return [one for one in found if one.size]


def _quantiles(found: Sequence[Floats], stretch: int) -> tuple[float, float]:
    low, middle, high = np.quantile(np.concatenate(found), [LOW, 0.5, HIGH])
    told = max(len(found) / stretch, 1.0)
    wider = np.sqrt(1 + 1 / told) * (1 + 1 / (4 * told))
    return float(middle + (low - middle) * wider), float(middle + (high - middle) * wider)


def simulated(mean: Floats, spread: Floats, noise: float) -> tuple[Floats, Floats]:
    """low, high: a day's factor has so much spread (log, by day), its intervals so much noise, the rest is chance."""
    dice = np.random.default_rng(SEED)
    low, high = np.zeros_like(mean), np.zeros_like(mean)
    for day, (means, width) in enumerate(zip(mean, spread, strict=True)):
        tails = dice.standard_t(TAILS, DRAWS) / np.sqrt(TAILS / (TAILS - 2))
        rate = np.exp(np.clip(width * tails, -3, 3))[:, None] * means
        if noise > 1e-6:
            rate = rate * dice.gamma(1 / noise, noise, size=rate.shape)
        low[day], high[day] = np.quantile(dice.poisson(np.minimum(rate, 1e12)), [LOW, HIGH], axis=0)
    return np.minimum(low, mean), np.maximum(high, mean)


def day_spread(past: Past, looks: Sequence[Look], method: Method) -> float:
    """The spread of day errors (log) of past forecasts; UNTOLD where there are too few."""
    errors = [
        log((past.counts[look.origin].sum() + 0.5) / (look.means[method][0].sum() + 0.5))
        for look in looks
        if len(look.means[method]) and past.usable[look.origin]
    ]
    return float(np.sqrt(np.mean(np.square(errors)))) if len(errors) >= ENOUGH_ORIGINS else UNTOLD


def covered(past: Past, looks: Sequence[Look], method: Method, *, days: int) -> float | None:
    """The share of past intervals inside a band that the other half of the past forecasts makes."""
    half, inside, total = len(looks) // 2, 0, 0
    for mine, others in ((looks[:half], looks[half:]), (looks[half:], looks[:half])):
        factors = factors_of(past, others, method, days)
        if factors is None:
            return None
        for look in mine:
            low, high = conformal(look.means[method][:days], factors)
            part = slice(look.origin, look.origin + len(low))
            kept = past.seen[part] & past.usable[part, None] & is_telling(past.counts[part], look.means[method][:days])
            inside += int((is_inside(past.counts[part], low, high) & kept).sum())
            total += int(kept.sum())
    return inside / total if total else None


def is_telling(counts: Floats, mean: Floats) -> Flags:
    """Whether an interval says anything of a band: a night in which nobody comes as nobody was expected does not."""
    return np.asarray((mean >= LEAST) | (counts > 0))


def is_inside(counts: Floats, low: Floats, high: Floats) -> Flags:
    """Whether counts lie in the band."""
    return np.asarray((counts >= low) & (counts <= high))


def floor_of(mean: Floats) -> float | None:
    """The WAPE that is left where every interval's mean is known: chance alone. None where nothing is expected."""
    whole = float(mean.sum())
    means, counts = np.unique(np.round(mean[mean > 0], 3), return_counts=True)
    return (
        float(sum(count * _off(value) for value, count in zip(means, counts, strict=True))) / whole if whole else None
    )


def _off(mean: float) -> float:
    """By how much a count of this mean lies off it, on average (Poisson)."""
    if mean <= 0:
        return 0.0
    whole = floor(mean)
    return 2 * exp(-mean + (whole + 1) * log(mean) - lgamma(whole + 1))
