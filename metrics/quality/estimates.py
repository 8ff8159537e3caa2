"""What a sample says of all conversations: the weighted share that passes, its interval, a verdict, what would help.

The interval is Wilson's on an effective sample size (Franco and others, J. Surv. Stat. Methodol. 2019), with half a
pass and half a failure added to each stratum for the variance alone, so that it does not collapse where none failed.
What was drawn and not read leaves no gap: those read of its stratum stand for it. Where nothing of a stratum has been
read, the share told is that of the rest, and how much that is is told beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isnan, sqrt
from typing import Literal

import polars as pl

from metrics.intervals import Z

Verdict = Literal["meets", "below", "unsettled"]
SEARCHED = 1_000_000
"""Beyond so many further reviews a verdict counts as out of reach."""
STRATA = {"stratum": pl.String, "size": pl.Float64, "reviewed": pl.Int64, "passed": pl.Int64}
"""What an estimate is made of: one row per draw and stratum; size is of the eligible conversations."""


@dataclass(frozen=True)
class Estimate:
    """A share of all conversations with its 95 % interval; None where nothing was read.

    reviewed: so many conversations were read · effective: so many of a simple random sample would tell as much ·
    covered: the part of all conversations that the share speaks of.
    """

    value: float | None
    low: float | None
    high: float | None
    reviewed: int
    effective: float
    covered: float = 1.0


NOTHING = Estimate(None, None, None, 0, 0.0, 0.0)


def wilson(share: float, effective: float) -> tuple[float, float]:
    """Wilson's interval of a share that was seen in a sample of that effective size; the share itself where endless."""
    if effective == inf:
        return share, share
    middle = (share + Z**2 / (2 * effective)) / (1 + Z**2 / effective)
    spread = sqrt(share * (1 - share) / effective + Z**2 / (4 * effective**2))
    half = Z / (1 + Z**2 / effective) * spread
    return (0.0 if share <= 0 else max(0.0, middle - half)), (1.0 if share >= 1 else min(1.0, middle + half))


def of_strata(strata: pl.DataFrame) -> Estimate:
    """The share that passes of all conversations of the strata (columns as STRATA)."""
    told = strata.filter(pl.col("reviewed") > 0)
    if told.is_empty():
        return NOTHING
    whole = float(strata["size"].sum())
    size, n, x = (told[name].cast(pl.Float64) for name in ("size", "reviewed", "passed"))
    part = size / size.sum()
    smooth = (x + 0.5) / (n + 1)
    missed = (1 - n / size).clip(0.0, 1.0)
    variance = float((part**2 * missed * smooth * (1 - smooth) / n).sum())
    share, centre = float((part * x / n).sum()), float((part * smooth).sum())
    return _told(share, centre, variance, int(n.sum()), float(size.sum()) / whole if whole else 0.0)


def of_units(passed: pl.Series, chance: pl.Series, *, covered: float = 1.0) -> Estimate:
    """The same of conversations that were read with these probabilities, such as those of one person (Hájek)."""
    n = passed.len()
    if n == 0:
        return NOTHING
    y, w = passed.cast(pl.Float64), 1 / chance
    total = float(w.sum())
    share = float((w * y).sum()) / total
    centre = (n * share + 0.5) / (n + 1)
    spread = float(((1 - chance) * w**2 * (y - centre) ** 2).sum()) / total**2
    everything = float(chance.min()) >= 1  # type: ignore[arg-type]
    variance = 0.0 if everything else spread * n / max(n - 1, 1) + 1 / (2 * n**2)
    return _told(share, centre, variance, n, covered)


def _told(share: float, centre: float, variance: float, reviewed: int, covered: float) -> Estimate:
    effective = centre * (1 - centre) / variance if variance > 0 else inf
    low, high = wilson(share, effective)
    return Estimate(share, low, high, reviewed, effective, covered)


def verdict(found: Estimate, line: float) -> Verdict:
    """Whether the share meets the line; unsettled while the line lies within the interval."""
    if found.low is None or found.high is None:
        return "unsettled"
    if found.low >= line:
        return "meets"
    return "below" if found.high < line else "unsettled"


def more_to_settle(found: Estimate, line: float) -> int | None:
    """About how many more reviews would settle the verdict if the share stays what it is; None: out of reach."""
    if found.value is None:
        return None
    if verdict(found, line) != "unsettled":
        return 0
    gain = found.effective / found.reviewed
    low, high = found.reviewed, SEARCHED
    if not _settles(found.value, high * gain, line):
        return None
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _settles(found.value, middle * gain, line) else (middle, high)
    return high - found.reviewed


def _settles(share: float, effective: float, line: float) -> bool:
    low, high = wilson(share, effective)
    return low >= line or high < line


def half_width(strata: pl.DataFrame, fails: Mapping[str, float], draws: int) -> float:
    """How far up and down the interval would reach after so many draws like this one.

    strata: stratum, size, drawn · fails: stratum -> share taken to fail.
    """
    rates = [fails[name] for name in strata["stratum"]]
    rows = strata.with_columns(pl.Series("fails", rates, dtype=pl.Float64), pl.col("size").cast(pl.Float64))
    rows = rows.filter(pl.col("drawn") > 0)
    if rows.is_empty():
        return 1.0
    part = rows["size"] / rows["size"].sum()
    n = rows["drawn"].cast(pl.Float64)
    smooth = (n * draws * (1 - rows["fails"]) + 0.5) / (n * draws + 1)
    variance = float((part**2 * (1 - n / rows["size"]).clip(0.0, 1.0) * smooth * (1 - smooth) / (n * draws)).sum())
    centre = float((part * smooth).sum())
    low, high = wilson(centre, centre * (1 - centre) / variance if variance > 0 else inf)
    return (high - low) / 2


@dataclass(frozen=True)
class _Room:
    """A stratum of which more can be read, and how many more it is given so far."""

    name: str
    size: float
    reviewed: int
    share: float
    left: int
    more: int = 0

    @property
    def gain(self) -> float:
        """How much one more review takes off the variance of the whole."""
        read = max(self.reviewed + self.more, 0.5)
        return self.size**2 * self.share * (1 - self.share) * (1 / read - 1 / (self.reviewed + self.more + 1))


def narrowing(strata: pl.DataFrame, extra: int) -> dict[str, int]:
    """Where the next reviews narrow the interval most: stratum -> how many of them, one after the other (Neyman).

    strata: as STRATA with `left`, how many can still be drawn of each.
    """
    rows = strata.select("stratum", "size", "reviewed", "passed", "left").sort("stratum").iter_rows()
    rooms = {row[0]: _Room(row[0], float(row[1]), row[2], (row[3] + 0.5) / (row[2] + 1), row[4]) for row in rows}
    for _review in range(extra):
        fit = [room for room in rooms.values() if room.more < room.left]
        if not fit:
            break
        best = max(fit, key=lambda room: room.gain)
        rooms[best.name] = replace(best, more=best.more + 1)
    return {name: room.more for name, room in rooms.items() if room.more}


def reviews_for(line: float, failures: int) -> int:
    """So many reviews with that many failures put the lower end of a simple sample's interval on the line."""
    low, high = failures, SEARCHED
    while low + 1 < high:
        middle = (low + high) // 2
        meets = wilson((middle - failures) / middle, middle)[0] >= line
        low, high = (low, middle) if meets else (middle, high)
    return high


def finite(found: Estimate) -> Estimate:
    """The same with an effective size that can be written down, for files: where all were read, how many."""
    return (
        replace(found, effective=float(found.reviewed)) if found.effective == inf or isnan(found.effective) else found
    )
