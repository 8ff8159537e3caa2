"""The rest of a day that has begun: its forecast by what has come so far, shrunk by how much that tells."""

from dataclasses import dataclass

import numpy as np

from metrics.staffing.past import Floats
from metrics.words import N_

ENOUGH = 0.25
"""From this share of the day's expected requests on the morning tells more than it misleads."""
TOO_EARLY = N_("Only {share} of the day's requests were due by now; the forecast is not moved before {enough}.")


@dataclass(frozen=True)
class Update:
    """What the day has shown. factor: of the rest of the day, 1 where it is too early · share: of the day's expected
    requests that were due so far · came, expected: so far · rest: intervals still to come, moved by the factor."""

    factor: float
    share: float
    came: float
    expected: float
    rest: Floats

    @property
    def is_moved(self) -> bool:
        return self.share >= ENOUGH


def updated(mean: Floats, came: Floats, *, spread: float, noise: float = 0.0) -> Update:
    """Move the rest of a day. mean: all its intervals · came: those that are over, NaN where nothing was recorded.

    The day's own factor has spread `spread` (log); of what came so far chance and the intervals' own noise tell how
    much it says: factor = (k + g · came ÷ expected) ÷ (k + g), k = 1 ÷ spread², g = expected² ÷ its variance. The plain
    ratio of the two follows every slow first hour.
    """
    over = np.flatnonzero(~np.isnan(came[: mean.size]))
    expected, seen, whole = float(mean[over].sum()), float(came[over].sum()), float(mean.sum())
    rest = mean[came.size :]
    if whole <= 0 or expected <= 0:
        return Update(1.0, 0.0, seen, expected, rest)
    share = expected / whole
    told = expected**2 / (expected + noise * float((mean[over] ** 2).sum()))
    steady = 1 / max(spread, 1e-3) ** 2
    factor = (steady + told * seen / expected) / (steady + told) if share >= ENOUGH else 1.0
    return Update(factor, share, seen, expected, rest * factor)
