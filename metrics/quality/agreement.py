"""How far those who read the same conversations agree: raw, Gwet's AC1, Krippendorff's alpha, agreement on failures.

Kappa is left out: where nearly all passes it falls to nothing though readers nearly always agree (Feinstein and
Cicchetti 1990). AC1 holds there, but flatters rare failures; so of the conversations that anybody failed it is also
told how many all failed. For answers with a half between, the same figures weigh how far two answers are apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.intervals import Z

Floats = npt.NDArray[np.float64]
Band = Literal["fine", "discuss", "rewrite"]
ENOUGH = 20
"""Below so many conversations read by two or more nothing is said."""
FINE, DISCUSSED = 0.80, 0.67
RESAMPLES = 1000
SEED = 7
_TAILS = (2.5, 97.5)


@dataclass(frozen=True)
class Agreement:
    """How far readers agree on one question; None where it is undefined, such as alpha where all gave the same.

    conversations: read by two or more · failed_by_any, failed_by_all: of these.
    """

    conversations: int
    raw: float | None
    ac1: float | None
    ac1_low: float | None
    ac1_high: float | None
    alpha: float | None
    failed_by_any: int
    failed_by_all: int

    @property
    def on_failures(self) -> float | None:
        """Of the conversations that anybody failed, the share that everybody failed."""
        return self.failed_by_all / self.failed_by_any if self.failed_by_any else None

    @property
    def is_enough(self) -> bool:
        return self.conversations >= ENOUGH

    @property
    def band(self) -> Band | None:
        """What to do about the question; None while there is too little to say."""
        if not self.is_enough or self.ac1 is None:
            return None
        return "fine" if self.ac1 >= FINE else "discuss" if self.ac1 >= DISCUSSED else "rewrite"


def counted(ratings: pl.DataFrame, scale: Sequence[float]) -> Floats:
    """How many readers gave each value of the scale: one row per conversation, one column per value.

    ratings: conversation, reader, value; null values (not applicable) count as not given.
    """
    known = ratings.drop_nulls("value")
    conversations = known["conversation"].unique(maintain_order=True)
    places = {name: place for place, name in enumerate(conversations)}
    columns = {value: place for place, value in enumerate(scale)}
    found = np.zeros((len(places), len(scale)))
    for conversation, value in known.select("conversation", "value").iter_rows():
        found[places[conversation], columns[value]] += 1
    return found


def agreement(counts: Floats, scale: Sequence[float]) -> Agreement:
    """The figures of a matrix as `counted` gives it; the scale is that of the question, not of the values seen."""
    paired = counts[counts.sum(axis=1) >= 2]
    nothing = Agreement(0, None, None, None, None, None, 0, 0)
    if not len(paired):
        return nothing
    weights = _weights(scale)
    low, high = _bootstrapped(counts, weights)
    failed = paired[:, _failed(scale)].sum(axis=1)
    return Agreement(
        conversations=len(paired), raw=_observed(paired, np.eye(len(scale))), ac1=gwet(counts, weights), ac1_low=low,
        ac1_high=high, alpha=krippendorff(counts, scale), failed_by_any=int((failed > 0).sum()),
        failed_by_all=int((failed == paired.sum(axis=1)).sum()),
    )  # fmt: skip


def _failed(scale: Sequence[float]) -> npt.NDArray[np.bool_]:
    """Which values of the scale count as failed: all but the best."""
    return np.array([value < max(scale) for value in scale])


def _weights(scale: Sequence[float]) -> Floats:
    """How nearly two values are the same: only the same ones on a scale of two, else by their distance squared."""
    values = np.array(scale, dtype=np.float64)
    span = values.max() - values.min()
    return np.asarray(1 - ((values[:, None] - values[None, :]) / span) ** 2)


def gwet(counts: Floats, weights: Floats) -> float | None:
    """Gwet's AC1, or AC2 where the weights are not all 0 and 1.

    Conversations that only one has read tell what is usual, too; None where nothing was read twice.
    """
    values = counts.shape[1]
    read = counts[counts.sum(axis=1) >= 1]
    paired = counts[counts.sum(axis=1) >= 2]
    if values < 2 or not len(paired):
        return None
    observed = _observed(paired, weights)
    usual = (read / read.sum(axis=1, keepdims=True)).mean(axis=0)
    chance = weights.sum() / (values * (values - 1)) * float((usual * (1 - usual)).sum())
    return None if chance >= 1 else float((observed - chance) / (1 - chance))


def _observed(paired: Floats, weights: Floats) -> float:
    readers = paired.sum(axis=1)
    near = paired @ weights
    return float(((paired * (near - 1)).sum(axis=1) / (readers * (readers - 1))).mean())


def krippendorff(counts: Floats, scale: Sequence[float]) -> float | None:
    """Krippendorff's alpha, by the squared distance of the values (nominal on a scale of two); None without variety."""
    paired = counts[counts.sum(axis=1) >= 2]
    apart = 1 - _weights(scale)
    readers = paired.sum(axis=1, keepdims=True)
    coincidences = np.einsum("ia,ib->ab", paired / (readers - 1), paired) - np.diag(
        (paired / (readers - 1)).sum(axis=0)
    )
    totals = coincidences.sum(axis=1)
    whole = totals.sum()
    expected = float(totals @ apart @ totals) / (whole - 1) if whole > 1 else 0.0
    return None if expected <= 0 else float(1 - (coincidences * apart).sum() / expected)


def _bootstrapped(counts: Floats, weights: Floats) -> tuple[float | None, float | None]:
    """The 95 % interval of AC1 over conversations drawn again with replacement; none below two of them."""
    rows = counts[counts.sum(axis=1) >= 2]
    if len(rows) < 2:
        return None, None
    picks = np.random.default_rng(SEED).integers(0, len(rows), size=(RESAMPLES, len(rows)))
    found = [value for pick in picks if (value := gwet(rows[pick], weights)) is not None]
    low, high = np.percentile(found, _TAILS)
    return float(low), float(high)


@dataclass(frozen=True)
class Bias:
    """By how much one reader gives more (+) or less (−) than the expert on the same conversations, in parts of 1."""

    reader: str
    answers: int
    value: float
    low: float | None
    high: float | None


def biases(ratings: pl.DataFrame, expert: str) -> tuple[Bias, ...]:
    """Everybody against the expert. ratings: conversation, question, reader, value (0 failed – 1 fine)."""
    keys = ["conversation", "question"]
    known = ratings.drop_nulls("value")
    right = known.filter(pl.col("reader") == expert).select(*keys, right="value")
    both = known.filter(pl.col("reader") != expert).join(right, on=keys)
    apart = both.with_columns(apart=pl.col("value") - pl.col("right"))
    told = apart.group_by("reader").agg(pl.len(), pl.col("apart").mean(), spread=pl.col("apart").std()).sort("reader")
    return tuple(_bias(*row) for row in told.select("reader", "len", "apart", "spread").iter_rows())


def _bias(reader: str, answers: int, value: float, spread: float | None) -> Bias:
    if spread is None or answers < ENOUGH:
        return Bias(reader, answers, value, None, None)
    half = Z * spread / answers**0.5
    return Bias(reader, answers, value, value - half, value + half)


SCALES = {2: (0.0, 1.0), 3: (0.0, 0.5, 1.0)}
FEW_FAILURES = 10
"""From so many conversations on that anybody failed, it counts how many all failed."""
HALF = 0.5
REWRITTEN_AT_MOST = 2


def by_question(ratings: pl.DataFrame) -> dict[str, Agreement]:
    """The agreement on each question, in the order of their names.

    ratings: conversation, question, scale (2 or 3 values), reader, value.
    """
    groups = sorted(ratings.group_by("question", "scale"), key=lambda one: str(one[0]))
    return {
        str(question): agreement(counted(rows, SCALES[int(str(scale))]), SCALES[int(str(scale))])
        for (question, scale), rows in groups
    }


def to_rewrite(found: dict[str, Agreement]) -> tuple[str, ...]:
    """The one or two questions on which readers agree least, where that is too little; nothing from a few readings."""
    poor = [name for name, one in found.items() if one.is_enough and _is_poor(one)]
    return tuple(sorted(poor, key=lambda name: _rank(found[name]))[:REWRITTEN_AT_MOST])


def _is_poor(one: Agreement) -> bool:
    misses = one.failed_by_any >= FEW_FAILURES and (one.on_failures or 0) < HALF
    return one.band == "rewrite" or misses


def _rank(one: Agreement) -> tuple[float, float]:
    seldom = one.on_failures if one.on_failures is not None and one.failed_by_any >= FEW_FAILURES else 1.0
    return seldom, one.ac1 if one.ac1 is not None else 1.0


def drift(ratings: pl.DataFrame) -> pl.DataFrame:
    """By how much each reader gave more (+) or less (−) than whoever read the same: reader, period, value, answers.

    ratings: conversation, question, reader, value, period.
    """
    keys = ["conversation", "question"]
    known = ratings.drop_nulls("value")
    others = known.select(*keys, other_reader="reader", other="value")
    pairs = known.join(others, on=keys).filter(pl.col("reader") != pl.col("other_reader"))
    apart = pairs.with_columns(apart=pl.col("value") - pl.col("other"))
    return (
        apart.group_by("reader", "period").agg(value=pl.col("apart").mean(), answers=pl.len()).sort("reader", "period")
    )


def alike(ratings: pl.DataFrame) -> pl.DataFrame:
    """In how many conversations all gave the same on each question, the least alike first.

    ratings: conversation, question, reader, value. Columns question, conversations, alike, failed_by_some: in how many
    some failed it and others did not.
    """
    value = pl.col("value")
    each = ratings.group_by("question", "conversation").agg(
        readers=pl.col("reader").n_unique(), same=value.n_unique() == 1,
        some=(value < 1).any() & ~(value < 1).all(),
    )  # fmt: skip
    told = each.filter(pl.col("readers") >= 2).group_by("question").agg(
        conversations=pl.len().cast(pl.Int64), alike=pl.col("same").sum().cast(pl.Int64),
        failed_by_some=pl.col("some").sum().cast(pl.Int64),
    )  # fmt: skip
    return told.sort(pl.col("alike") / pl.col("conversations"), "question")
