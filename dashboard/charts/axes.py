"""Axes in people's units: durations as logarithms, shares in per cent, counts in whole numbers."""

import math
from collections.abc import Iterable
from typing import Any

from dashboard.format import duration, figure
from dashboard.wording import N_, _
from metrics.model import Unit

TICKS: tuple[float, ...] = (1, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400, 30 * 86400, 365 * 86400)
LEAST = 1.0
"""A wait of no time at all is drawn at one second: a logarithm knows no zero."""
STEPS = (1, 2, 2.5, 5, 10)
TICKS_WANTED = 5
NAMES: dict[Unit, str] = {
    Unit.COUNT: N_("number"),
    Unit.SHARE: N_("share"),
    Unit.SECONDS: N_("time"),
    Unit.SCORE: N_("score, 1 to 5"),
    Unit.POINTS: N_("points"),
    Unit.RATE: N_("per cent"),
    Unit.RATIO: N_("times"),
}
LIMITS: dict[Unit, tuple[float | None, float | None]] = {
    Unit.COUNT: (0, None),
    Unit.SHARE: (0, 1),
    Unit.SCORE: (1, 5),
    Unit.POINTS: (-100, 100),
    Unit.RATE: (0, None),
    Unit.RATIO: (0, None),
}
FROM_ZERO = frozenset({Unit.COUNT, Unit.RATE})
"""Read by their height; of the others the differences are what one looks for."""


def titled(text: str) -> dict[str, Any]:
    """The title of an axis, small, as every axis has one."""
    return {"text": text, "font": {"size": 12}}


def unit_name(unit: Unit) -> str:
    """What an axis of this unit is called where nothing nearer is known."""
    return _(NAMES.get(unit, N_("value")))


def value_axis(unit: Unit, values: Iterable[float | None], *, from_zero: bool | None = None) -> dict[str, Any]:
    """An axis of a metric's values that covers *values*, with ticks that read like the values on the page."""
    known = [value for value in values if value is not None]
    if unit is Unit.SECONDS:
        return {**log_durations(known), "title": titled(unit_name(unit))}
    low, high = _span(unit, known, from_zero=unit in FROM_ZERO if from_zero is None else from_zero)
    ticks = _ticks(low, high, whole=unit is Unit.COUNT)
    return {
        "range": [low, high],
        "tickvals": ticks,
        "ticktext": [_short(tick, unit) for tick in ticks],
        "title": titled(unit_name(unit)),
    }


def _short(tick: float, unit: Unit) -> str:
    text = figure(tick, unit)
    if unit in {Unit.SHARE, Unit.RATE}:
        return text.replace(".0%", "%")
    return text.removesuffix(".00").removesuffix(".0")


def _span(unit: Unit, known: list[float], *, from_zero: bool) -> tuple[float, float]:
    """What the axis covers: all values with some air, within what the unit allows."""
    floor, ceiling = LIMITS.get(unit, (None, None))
    least, most = (min(known), max(known)) if known else (floor or 0.0, 1.0 if ceiling is None else ceiling)
    air = (most - least) * 0.08 or abs(most) * 0.1 or 1.0
    low, high = least - air, most + air
    if floor is not None and least >= floor:
        low = max(low, floor - air * 0.3)
    if ceiling is not None and most <= ceiling:
        high = min(high, ceiling + air * 0.3)
    return (min(0.0, low + air) if from_zero else low), high


def _ticks(low: float, high: float, *, whole: bool) -> list[float]:
    """Round numbers within the axis, about five."""
    raw = (high - low) / TICKS_WANTED
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * step for step in STEPS if size * step >= raw)
    step = max(1.0, round(step)) if whole else step
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def log_durations(values: Iterable[float | None]) -> dict[str, Any]:
    """A logarithmic axis of durations that covers *values*, with ticks at 1 min, 10 min, 1 h, 1 d."""
    known = [max(value, LEAST) for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (60.0, 86400.0)
    low, high = low / 1.25, high * 1.25
    ticks = [tick for tick in TICKS if low <= tick <= high] or [known[0] if known else 3600]
    return {
        "type": "log",
        "range": [math.log10(low), math.log10(high)],
        "tickvals": ticks,
        "ticktext": [duration(tick) for tick in ticks],
        "minor": {"showgrid": False},
    }
