"""The whole of an answer: every metric for every group and period, what was not found as nothing or as unknown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.bins import Decimal, Whole
from metrics.model import Metric, Stock, Total
from metrics.pieces import NO_PERIOD, Keys, Piece
from metrics.selection import PERIOD

ERROR = "error"
"""The column of an answer that tells the greatest relative error of a value; only where some value has one."""
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Axis:
    """The periods of an answer in order, in whole numbers as in Keys, and whether each has begun."""

    periods: Whole
    begun: Truth
    dtype: pl.DataType | type[pl.DataType] = pl.Date

    def places(self, periods: Whole) -> Whole:
        """The place of each period; -1 for one that is not on the axis."""
        if not len(self.periods):
            return np.full(len(periods), -1, dtype=np.int64)
        if len(self.periods) == 1:
            return np.where(periods == self.periods[0], 0, -1)
        order = np.argsort(self.periods, kind="stable")
        found = order[np.minimum(np.searchsorted(self.periods, periods, sorter=order), len(order) - 1)]
        return np.where(self.periods[found] == periods, found, -1)

    def named(self, times: int, each: int) -> pl.Series:
        """The periods, each so many times in a row, all of it so many times over."""
        unit = "datetime64[D]" if self.dtype == pl.Date else "datetime64[us]"
        shown = np.where(self.periods == NO_PERIOD, np.datetime64("NaT").astype(np.int64), self.periods)
        column = pl.Series(PERIOD, np.tile(np.repeat(shown.astype(unit), each), times))
        return column if column.dtype == self.dtype else column.cast(self.dtype)


@dataclass(frozen=True)
class Groups:
    """The groups of an answer in their order, unknown last."""

    texts: tuple[list[str], ...]
    """The values of each split, in order; the unknown stands after the last."""
    packed: Whole
    """The groups that there are, each as one number made of the places of its values."""

    @classmethod
    def of(cls, keys: Sequence[Keys], splits: int) -> "Groups":
        """Those that any of the figures has."""
        texts = tuple(_ordered([one.texts[split] for one in keys]) for split in range(splits))
        if not splits:
            return cls((), np.zeros(1, dtype=np.int64))
        packed = [np.zeros(0, dtype=np.int64), *(_packed(one, texts) for one in keys)]
        return cls(texts, np.unique(np.concatenate(packed)))

    def places(self, keys: Keys) -> Whole:
        """The place of each figure's group; -1 where there is no such group."""
        if not self.texts or not len(self.packed):
            return np.full(keys.height, 0 if len(self.packed) else -1, dtype=np.int64)
        asked = _packed(keys, self.texts)
        found = np.minimum(np.searchsorted(self.packed, asked), len(self.packed) - 1)
        return np.where(self.packed[found] == asked, found, -1)

    def keys(self, periods: Whole) -> Keys:
        """What figures of all groups are of, each in each of these periods."""
        rest, columns = self.packed, []
        for texts in reversed(self.texts):
            rest, places = np.divmod(rest, len(texts) + 1)
            columns.append(np.repeat((places + 1) % (len(texts) + 1), len(periods)))  # the unknown stands first there
        named = tuple(pl.Series([None, *texts], dtype=pl.String) for texts in self.texts)
        return Keys(named, tuple(columns[::-1]), np.tile(periods, len(self.packed)))

    def named(self, by: Sequence[str], times: int) -> list[pl.Series]:
        """The values of the splits of all groups, so many times over."""
        rest, columns = self.packed, []
        for name, texts in reversed(list(zip(by, self.texts, strict=True))):
            rest, places = np.divmod(rest, len(texts) + 1)
            values = [*texts, None]
            column = pl.Series(name, [values[place] for place in places.tolist()], dtype=pl.String)
            columns.append(column.gather(pl.Series(np.tile(np.arange(len(places)), times))) if times != 1 else column)
        return columns[::-1]


def _ordered(texts: Sequence[pl.Series]) -> list[str]:
    """All texts, each once, in order; the same series is looked at once."""
    distinct = {id(one): one for one in texts}.values()
    return sorted({text for one in distinct for text in one.to_list() if text is not None})


def _packed(keys: Keys, texts: Sequence[list[str]]) -> Whole:
    """One number for the group of each figure; a text that is not there makes a number that no group has."""
    packed, strange = np.zeros(keys.height, dtype=np.int64), np.zeros(keys.height, dtype=np.bool_)
    for own, places, known in zip(keys.texts, keys.places, texts, strict=True):
        at = {text: place for place, text in enumerate(known)}
        moved = np.array([len(known) if text is None else at.get(text, -1) for text in own.to_list()], dtype=np.int64)
        placed = moved[places]
        strange |= placed < 0
        packed = packed * (len(known) + 1) + placed
    return np.where(strange, -1, packed)


def completed(
    pieces: Sequence[Piece],
    metrics: Sequence[Metric],
    by: Sequence[str],
    axis: Axis,
    unknown: Sequence[tuple[str, Keys]],
) -> pl.DataFrame:
    """Rows `*by, period, metric, value, unit, n, low, high` and, where some value has one, `error`.

    `unknown` names the groups of which nothing is known, by metric.
    """
    distinct = {id(piece.keys): piece.keys for piece in pieces}
    groups = Groups.of(list(distinct.values()), len(by))
    cells = {name: (axis.places(keys.periods), groups.places(keys)) for name, keys in distinct.items()}
    shape, ids = (len(metrics), len(axis.periods), len(groups.packed)), [metric.id for metric in metrics]
    answer = _Answer(shape, with_error=any(piece.error is not None for piece in pieces))
    for piece in pieces:
        answer.take(piece, ids.index(piece.metric), *cells[id(piece.keys)])
    for place, one in enumerate(ids):
        answer.repeat(ids.index(one), place)
    counts = np.array([isinstance(metric.value, Total | Stock) for metric in metrics], dtype=np.bool_)
    answer.numbers["value"][~answer.found & counts[:, None, None] & axis.begun[None, :, None]] = 0.0
    for one, keys in unknown:
        places = groups.places(keys)
        answer.forget([place for place, other in enumerate(ids) if other == one], places[places >= 0])
    return answer.frame(metrics, by, axis, groups)


class _Answer:
    """The numbers of all cells: metric by period by group."""

    def __init__(self, shape: tuple[int, int, int], *, with_error: bool) -> None:
        names = ("value", "low", "high", *([ERROR] if with_error else []))
        self.numbers: dict[str, Decimal] = {name: np.full(shape, np.nan) for name in names}
        self.n: Whole = np.zeros(shape, dtype=np.int64)
        self.found: Truth = np.zeros(shape, dtype=np.bool_)

    def take(self, piece: Piece, metric: int, periods: Whole, groups: Whole) -> None:
        """Put figures into their cells."""
        inside = (periods >= 0) & (groups >= 0)
        at = slice(None) if inside.all() else inside
        cell = (metric, periods[at], groups[at])
        self.found[cell] = True
        self.n[cell] = piece.n[at]
        for name, numbers in (("value", piece.value), ("low", piece.low), ("high", piece.high)):
            self.numbers[name][cell] = numbers[at]
        if piece.error is not None:
            self.numbers[ERROR][cell] = np.where(np.isnan(piece.value[at]), np.nan, piece.error)

    def repeat(self, metric: int, place: int) -> None:
        """A metric that is asked for twice is answered twice."""
        if metric != place:
            for numbers in (*self.numbers.values(), self.n, self.found):
                numbers[place] = numbers[metric]

    def forget(self, metrics: Sequence[int], groups: Whole) -> None:
        """Nothing is known of these."""
        for metric in metrics:
            self.numbers["value"][metric][:, groups] = np.nan
            self.n[metric][:, groups] = 0

    def frame(self, metrics: Sequence[Metric], by: Sequence[str], axis: Axis, groups: Groups) -> pl.DataFrame:
        """All cells as rows, in order."""
        count, periods, size = self.found.shape
        asked = np.repeat(np.arange(count), periods * size)
        texts = pl.DataFrame({"metric": [one.id for one in metrics], "unit": [one.unit.value for one in metrics]})
        named = texts.select(pl.all().gather(pl.Series(asked)))
        told = {name: pl.Series(name, one.ravel(), nan_to_null=True) for name, one in self.numbers.items()}
        return pl.DataFrame(
            [
                *groups.named(by, count * periods), axis.named(count, size), named["metric"], told["value"],
                named["unit"], pl.Series("n", self.n.ravel()), told["low"], told["high"],
                *([told[ERROR]] if ERROR in told else []),
            ]
        )  # fmt: skip
