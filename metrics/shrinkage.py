"""Fair estimates of many people at once: what each has shown, drawn towards what is usual as far as the data are few.

Of forty people with thirty tickets each the best and the worst look so by chance alone. Empirical Bayes learns from all
of them how much people differ at all, and judges each by that: shares beta-binomial, lengths of time normal in their
logarithms. How much people differ is itself not known exactly, so it is averaged over what the data leave possible,
not fixed at its best value; else intervals of a small team would be too narrow.
"""

from collections.abc import Callable
from math import lgamma

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

TAIL = 0.025
SPREADS = 40
"""In so many steps the size of the differences between people is tried."""
POINTS = 800
"""Of so many values is each person's estimate made up; between them it is straight."""
LEAST_PEOPLE = 3
"""From fewer nothing can be learnt of how much people differ."""
SMALLEST, LARGEST = 2.0, 1e5
"""Of the weight of the usual, in tickets: from people who have nothing in common to people who are all alike."""
NARROWEST, WIDEST = 1e-4, 3.0
"""Of the deviation between people's typical times, in logarithms: 3 is twenty times as long and as short."""
REACH = 8.0


def shrunk_shares(people: pl.DataFrame) -> pl.DataFrame:
    """Add value, low, high, differs to rows of `hits`, `n` and `expected`.

    expected: the share that anybody would have had with these tickets (case mix), the same for all where it is not
    known; between 0 and 1, ends left out · value: the estimate of the person's own share · low, high: its 95 % interval
    · differs: whether that leaves `expected` out. Null for nobody known (n = 0) and for fewer than three people.
    """
    known = people["n"].to_numpy() > 0
    if known.sum() < LEAST_PEOPLE:
        return _untold(people)
    hits, n, usual = (people[name].cast(pl.Float64).to_numpy()[known] for name in ("hits", "n", "expected"))
    usual = np.clip(usual, 1e-6, 1 - 1e-6)
    weights = np.geomspace(SMALLEST, LARGEST, SPREADS)
    fits = np.array([_beta_binomial(hits, n, usual, weight).sum() for weight in weights])
    # Prior: the part of the differences that is not chance, 1 / (1 + weight), anywhere between 0 and 1 on its root.
    prior = -1.5 * np.log1p(weights) + np.log(weights)
    likely = _normed(fits + prior)
    grid = np.linspace(0, 1, POINTS + 1)
    grid = (grid[1:] + grid[:-1]) / 2

    def density(person: int) -> Floats:
        above = hits[person] + weights * usual[person]
        below = n[person] - hits[person] + weights * (1 - usual[person])
        return _mixed_beta(grid, above, below, likely)

    within = 1 / (weights[:, None] + n[None, :])  # how much of the usual is taken over is weight / (weight + n)
    apart = usual * (1 - usual) * (1 / (1 + weights)[:, None] + 1 / n[None, :])
    told = _told(people, known, grid, density, usual, _unsure(likely, weights[:, None] * within, apart))
    return told.with_columns(pl.col("low", "high").clip(0, 1))


def shrunk_times(people: pl.DataFrame) -> pl.DataFrame:
    """Add value, low, high, differs to rows of `mean_log`, `error`, `n` and `expected_log`.

    mean_log: the mean logarithm of a person's times · error: its standard error · expected_log: that of anybody with
    these tickets. value, low and high are logarithms, too: their exponents are typical times. Null as in
    `shrunk_shares`, and where the error is not known.
    """
    usable = people["error"].is_not_null() & (people["n"] > 0)
    known = usable.to_numpy()
    if known.sum() < LEAST_PEOPLE:
        return _untold(people)
    means, errors, usual = (
        people[name].cast(pl.Float64).to_numpy()[known] for name in ("mean_log", "error", "expected_log")
    )
    errors = np.maximum(errors, 1e-6)
    apart = means - usual
    spreads = np.geomspace(NARROWEST, WIDEST, SPREADS)
    variances = spreads[:, None] ** 2 + errors[None, :] ** 2
    fits = (-0.5 * np.log(variances) - 0.5 * apart**2 / variances).sum(axis=1)
    likely = _normed(fits + np.log(spreads))  # flat on the deviation itself
    span = float(np.abs(apart).max() + REACH * errors.max())
    grid = np.linspace(-span, span, POINTS)

    def density(person: int) -> Floats:
        kept = spreads**2 / (spreads**2 + errors[person] ** 2)
        deviation = np.maximum(np.sqrt(kept) * errors[person], (grid[1] - grid[0]) / 2)
        distance = (grid[None, :] - (kept * apart[person])[:, None]) / deviation[:, None]
        return np.asarray(((likely / deviation)[:, None] * np.exp(-0.5 * distance**2)).sum(axis=0))

    unsure = _unsure(likely, errors[None, :] ** 2 / variances, variances)
    told = _told(people, known, grid, density, np.zeros_like(usual), unsure)
    return told.with_columns(pl.col("value", "low", "high") + pl.col("expected_log"))


def _beta_binomial(hits: Floats, n: Floats, usual: Floats, weight: float) -> Floats:
    """The logarithm of how likely each count is, up to what does not depend on the weight."""
    above, below = usual * weight, (1 - usual) * weight
    return np.array([
        _log_beta(a + h, b + m - h) - _log_beta(a, b) for h, m, a, b in zip(hits, n, above, below, strict=True)
    ])  # fmt: skip


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _mixed_beta(grid: Floats, above: Floats, below: Floats, likely: Floats) -> Floats:
    """The density of a mixture of beta distributions on the grid."""
    scale = np.array([_log_beta(a, b) for a, b in zip(above, below, strict=True)])
    logs = (above - 1)[:, None] * np.log(grid) + (below - 1)[:, None] * np.log1p(-grid) - scale[:, None]
    return np.asarray((likely[:, None] * np.exp(np.minimum(logs, 700))).sum(axis=0))


def _unsure(likely: Floats, taken: Floats, apart: Floats) -> Floats:
    """The variance that a person's estimate has because the usual itself is told by a few people only (Morris).

    taken: the part of the usual in each estimate, by spread and person · apart: the variance of one person around it.
    """
    of_usual = 1 / (1 / apart).sum(axis=1)
    return np.asarray((likely[:, None] * taken**2 * of_usual[:, None]).sum(axis=0))


def _normed(logs: Floats) -> Floats:
    shares = np.exp(logs - logs.max())
    return np.asarray(shares / shares.sum())


def _told(
    people: pl.DataFrame, known: npt.NDArray[np.bool_], grid: Floats, density: Callable[[int], Floats], usual: Floats,
    unsure: Floats,
) -> pl.DataFrame:  # fmt: skip
    found = [_summary(grid, density(person), float(unsure[person])) for person in range(int(known.sum()))]
    columns = {name: np.array([row[place] for row in found]) for place, name in enumerate(("value", "low", "high"))}
    columns["differs"] = (columns["low"] > usual) | (columns["high"] < usual)
    return people.with_columns(*(_placed(name, values, known) for name, values in columns.items()))


def _summary(grid: Floats, density: Floats, unsure: float) -> tuple[float, float, float]:
    """Mean and both bounds of a density on an even grid, the bounds wider by what is not known of the usual."""
    mass = density / density.sum()
    below = np.cumsum(mass) - mass / 2
    low, high = np.interp([TAIL, 1 - TAIL], below, grid)
    mean = float((mass * grid).sum())
    variance = float((mass * (grid - mean) ** 2).sum())
    wider = np.sqrt(1 + unsure / variance) if variance > 0 else 1.0
    return mean, float(mean - (mean - low) * wider), float(mean + (high - mean) * wider)


def _placed(name: str, values: npt.NDArray[np.generic], known: npt.NDArray[np.bool_]) -> pl.Series:
    places = np.where(known, np.cumsum(known) - 1, 0)
    spread = pl.Series(name, values).gather(places)
    return spread.set(pl.Series(~known), None)


def _untold(people: pl.DataFrame) -> pl.DataFrame:
    none = pl.lit(None, pl.Float64)
    return people.with_columns(value=none, low=none, high=none, differs=pl.lit(None, pl.Boolean))
