"""Axes that speak of seconds as people do."""

import math
from collections.abc import Iterable
from typing import Any

from dashboard.format import duration

TICKS: tuple[float, ...] = (1, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400, 30 * 86400, 365 * 86400)
LEAST = 1.0
"""A wait of no time at all is drawn at one second: a logarithm knows no zero."""


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
