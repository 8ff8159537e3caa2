"""Rows grouped by whole numbers, counted and summed: keys become places, several places one cell of a dense table.

Cells are in the order of their keys, so what comes out is in order without a sort. Whole numbers are added as such: no
sum is rounded on the way.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.bins import Decimal, Whole

Made = TypeVar("Made")
LONGEST = 1 << 62
"""Cells are numbered below this."""
ROOM = 1 << 16
CELLS_PER_ROW = 32
"""A dense table may have so many cells for each row, and ROOM more; beyond that the cells that occur are sorted."""
UNKNOWN, FALSE, TRUE, STATES = 0, 1, 2, 3


@dataclass(frozen=True)
class Codes:
    """A column of whole numbers as places among its values: `values[places]` is the column."""

    places: Whole
    values: Whole

    @classmethod
    def of(cls, numbers: Whole) -> "Codes":
        """All from the least to the greatest have a place; where most of these would stay empty, those that occur."""
        if not len(numbers):
            return cls(numbers, np.zeros(1, dtype=np.int64))
        low, high = int(numbers.min()), int(numbers.max())
        if high - low > ROOM + len(numbers):
            values, places = np.unique(numbers, return_inverse=True)
            return cls(places, values)
        return cls(numbers - low, np.arange(low, high + 1))

    @classmethod
    def sparse(cls, numbers: Whole, *, apart: int) -> "Codes":
        """Only numbers that occur have a place; `apart` is one that may lie far below the others."""
        away = numbers == apart
        known = numbers[~away] if away.any() else numbers
        if not len(known):
            return cls(np.zeros(len(numbers), dtype=np.int64), np.array([apart]))
        if int(known.max()) - int(known.min()) <= ROOM + len(known):
            low = int(known.min()) - 1
            placed = np.where(away, 0, numbers - low)
            there = np.bincount(placed) > 0
            values = np.where(np.arange(len(there)) == 0, apart, np.arange(len(there)) + low)
            return cls((np.cumsum(there) - 1)[placed], values[there])
        values, places = np.unique(numbers, return_inverse=True)
        return cls(places, values)

    def mapped(self, values: Whole) -> "Codes":
        """The same rows with another value in each place; values that are alike share theirs."""
        alike, place = np.unique(values, return_inverse=True)
        return Codes(place[self.places], alike)


@dataclass(frozen=True)
class Groups:
    """Rows by their keys, the groups in the order of these: the values of the keys, column by column, and the rows.

    `cells` has a number for each row, the same for rows of one group; `present` has those of the groups, rising.
    """

    values: list[Whole]
    rows: Whole
    cells: Whole
    present: Whole

    @classmethod
    def by(cls, keys: Sequence[Codes]) -> "Groups":
        """The rows grouped by several columns, the first one foremost."""
        sizes = [len(key.values) for key in keys]
        if prod(sizes) >= LONGEST:
            return cls._by_many(keys)
        cells = _cells(keys)
        if prod(sizes) > ROOM + CELLS_PER_ROW * len(cells):
            present, rows = np.unique(cells, return_counts=True)
        else:
            counted = np.bincount(cells, minlength=1)
            present = np.flatnonzero(counted)
            rows = counted[present]
        places = np.unravel_index(present, sizes)
        return cls([key.values[place] for key, place in zip(keys, places, strict=True)], rows, cells, present)

    @classmethod
    def _by_many(cls, keys: Sequence[Codes]) -> "Groups":
        """Where no number is long enough for all keys, those before the last one first."""
        head = cls.by(keys[:-1])
        whole = cls.by([Codes(head.of_row, np.arange(len(head.rows))), keys[-1]])
        before, last = whole.values
        return cls([*(values[before] for values in head.values), last], whole.rows, whole.cells, whole.present)

    @cached_property
    def of_row(self) -> Whole:
        """The group of each row, by its place."""
        size = int(self.present[-1]) + 1 if len(self.present) else 0
        if size > ROOM + CELLS_PER_ROW * len(self.cells):
            return np.searchsorted(self.present, self.cells)
        place = np.zeros(size, dtype=np.int64)
        place[self.present] = np.arange(len(self.present))
        return place[self.cells]

    def states(self, told: Whole) -> tuple[Whole, Whole]:
        """How many rows of each group are known, and how many true, of UNKNOWN, FALSE and TRUE."""
        counted = np.bincount(self._of_state + told, minlength=STATES * len(self.rows)).reshape(-1, STATES)
        return counted[:, FALSE] + counted[:, TRUE], counted[:, TRUE]

    @cached_property
    def _of_state(self) -> Whole:
        return self.of_row * STATES

    def sums(self, values: Whole) -> Whole:
        """The sum of whole numbers in each group."""
        added = np.zeros(len(self.rows), dtype=np.int64)
        np.add.at(added, self.of_row, values)
        return added

    def decimal_sums(self, values: Decimal) -> Decimal:
        """The sum of decimal numbers in each group."""
        return np.bincount(self.of_row, weights=values, minlength=len(self.rows)).astype(np.float64)


def _cells(keys: Sequence[Codes]) -> Whole:
    """The number of each row's cell in a table of all keys; a key that has one value needs no place in it."""
    several = [key for key in keys if len(key.values) > 1]
    if not several:
        return np.zeros(len(keys[0].places), dtype=np.int64)
    cells = several[0].places
    for key in several[1:]:
        cells = cells * len(key.values)
        cells += key.places
    return cells


class Columns:
    """The columns of a frame of whole numbers as they are asked for, each made once."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._made: dict[tuple[object, ...], Any] = {}

    @property
    def height(self) -> int:
        return self._frame.height

    def codes(self, name: str, *, apart: int | None = None) -> Codes:
        """A column without unknown values, by which rows can be grouped."""

        def make() -> Codes:
            numbers = self._frame[name].cast(pl.Int64).to_numpy()
            return Codes.of(numbers) if apart is None else Codes.sparse(numbers, apart=apart)

        return self.once(("codes", name), make)

    def once(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """What is made of the columns, kept by a name."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]  # type: ignore[no-any-return]

    def sums(self, groups: Groups, names: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
        """Counts and sums by group, named `kind:column`: the present, the true, the sum, the sum of squares."""
        found: dict[str, npt.NDArray[Any]] = {}
        for name in names:
            kind, column = name.split(":")
            if name not in found:
                found |= self._of_column(groups, kind, column)
        return found

    def added(self, groups: Groups, name: str) -> npt.NDArray[Any]:
        """The sum of a column that has no unknown values."""
        values = self._frame[name].to_numpy()
        return groups.decimal_sums(values) if self._frame.schema[name].is_float() else groups.sums(values)

    def _of_column(self, groups: Groups, kind: str, column: str) -> dict[str, npt.NDArray[Any]]:
        name, unknown = f"{kind}:{column}", self._unknown(column)
        if kind == "rows" or (kind == "present" and unknown == 0):
            return {name: groups.rows}
        if unknown == self.height:
            none = np.zeros(len(groups.rows), dtype=np.float64 if self._is_decimal(kind, column) else np.int64)
            return {name: none}
        if kind in {"present", "true"}:
            present, true = groups.states(self._states(column))
            return {f"present:{column}": present, **({f"true:{column}": true} if self._is_flag(column) else {})}
        values = self._values(column)
        if kind == "square":
            return {name: groups.decimal_sums(self.once(("squares", column), lambda: np.square(values, dtype=float)))}
        return {name: groups.decimal_sums(values) if self._is_decimal(kind, column) else groups.sums(values)}

    def _unknown(self, column: str) -> int | None:
        return None if column == "None" else self._frame[column].null_count()

    def _is_flag(self, column: str) -> bool:
        return self._frame.schema[column] == pl.Boolean

    def _is_decimal(self, kind: str, column: str) -> bool:
        return kind == "square" or (kind == "sum" and self._frame.schema[column].is_float())

    def _states(self, column: str) -> Whole:
        """UNKNOWN, FALSE or TRUE of each row; of what is no truth FALSE where it is known."""
        told = (
            pl.col(column).cast(pl.UInt8) + FALSE
            if self._is_flag(column)
            else pl.col(column).is_not_null().cast(pl.UInt8)
        )
        return self.once(
            ("states", column),
            lambda: self._frame.select(told.fill_null(UNKNOWN)).to_series().to_numpy(),
        )

    def _values(self, column: str) -> npt.NDArray[Any]:
        """The values with 0 in the place of the unknown."""
        return self.once(("values", column), lambda: self._frame[column].fill_null(0).to_numpy())
