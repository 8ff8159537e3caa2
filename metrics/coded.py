"""Facts in small whole numbers, column by column as they are asked for: days, codes of texts, truth, bins.

Each column is made once for a frame and kept as long as the frame is. Rows stand as in the frame.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import finalize

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.bins import Small, Whole, bin_of
from metrics.lately import Lately
from metrics.model import Period
from metrics.slices import places_of_texts

Truth = npt.NDArray[np.bool_]
EPOCH_DAY = 719_163
"""The ordinal of 1970-01-01."""
UNDATED = -(2**31)
"""Stands for the day of rows whose instant is not known."""
UNKNOWN, FALSE, TRUE = 0, 1, 2
BLOCK = 1 << 16
"""So many rows tell together from which day to which they reach."""
CHOICES_AT_MOST = 6
"""The rows of so many filters are kept at once."""
SHARE = 8
"""A filter that more rows pass than this part, one in so many, is held against all rows one after the other."""
_KEPT: dict[int, "Coded"] = {}


class Coded:
    """The columns of one frame that were asked for so far."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._made: dict[tuple[str, str], Any] = {}
        self._chosen: Lately[Whole] = Lately(CHOICES_AT_MOST)

    def days(self, frame: pl.DataFrame, at: str) -> Small:
        """The local day of an instant, in days since 1970; UNDATED where it is not known."""

        def make() -> Small:
            local = pl.col(at).dt.convert_time_zone(self._zone).dt.date()
            return _of(frame, local.cast(pl.Int32).fill_null(UNDATED))

        return self._once("days", at, make)  # type: ignore[no-any-return]

    def window(self, frame: pl.DataFrame, at: str, period: Period | None) -> slice:
        """Rows outside of which no instant lies in the period: few, where rows stand in the order of time."""
        if period is None:
            return slice(0, frame.height)
        least, greatest = self._once("reach", at, lambda: _reach(self.days(frame, at)))
        inside = np.flatnonzero((greatest >= day_of(period)[0]) & (least < day_of(period)[1]))
        if not len(inside):
            return slice(0, 0)
        return slice(int(inside[0]) * BLOCK, min(frame.height, (int(inside[-1]) + 1) * BLOCK))

    def codes(self, frame: pl.DataFrame, column: str) -> tuple[Small, pl.Series]:
        """The place of each text among all of the column, and these in order; 0 and the first are the unknown."""

        def make() -> tuple[Small, pl.Series]:
            texts = frame[column].cast(pl.String)
            known = texts.drop_nulls().unique().sort()
            places = texts.cast(pl.Enum(known)).to_physical().cast(pl.UInt32)
            small = pl.UInt8 if known.len() < 255 else pl.UInt16 if known.len() < 65_535 else pl.UInt32
            coded = (places + 1).fill_null(0).cast(small).to_numpy()
            return coded, pl.concat([pl.Series([None], dtype=pl.String), known])

        return self._once("codes", column, make)  # type: ignore[no-any-return]

    def chosen(self, frame: pl.DataFrame, where: Mapping[str, Sequence[str | None]]) -> Whole:
        """The rows whose columns have one of these texts, in order: a page asks much about the same few."""
        key = frozenset((column, tuple(wanted)) for column, wanted in where.items())
        return self._chosen.of(key, lambda: self._having(frame, where))

    def _having(self, frame: pl.DataFrame, where: Mapping[str, Sequence[str | None]]) -> Whole:
        """The rows that pass the filter that fewest pass, narrowed by the others: of the many no other is looked at."""
        asked = {column: places_of_texts(self.codes(frame, column)[1], wanted) for column, wanted in where.items()}
        passed = {column: int(self._sorted(frame, column)[1][is_asked].sum()) for column, is_asked in asked.items()}
        first, *others = sorted(asked, key=passed.__getitem__)
        rows = self._coded_so(frame, first, asked[first], passed[first])
        for column in others:
            rows = rows[asked[column][self.codes(frame, column)[0][rows]]]
        return rows

    def _coded_so(self, frame: pl.DataFrame, column: str, is_asked: Truth, passed: int) -> Whole:
        """The rows whose code is among those asked for, in order."""
        if passed * SHARE > frame.height:
            return np.flatnonzero(is_asked[self.codes(frame, column)[0]])
        rows, counts = self._sorted(frame, column)
        ends = np.cumsum(counts)
        runs = [rows[ends[code] - counts[code] : ends[code]] for code in np.flatnonzero(is_asked)]
        found = np.concatenate(runs) if runs else rows[:0]
        return (found if len(runs) == 1 else np.sort(found)).astype(np.int64)

    def _sorted(self, frame: pl.DataFrame, column: str) -> tuple[Small, Whole]:
        """The rows by their code, those of one code in order, and how many each code has."""

        def make() -> tuple[Small, Whole]:
            codes, texts = self.codes(frame, column)
            return np.argsort(codes, kind="stable").astype(np.uint32), np.bincount(codes, minlength=len(texts))

        return self._once("sorted", column, make)  # type: ignore[no-any-return]

    def is_known(self, frame: pl.DataFrame, column: str) -> bool:
        """Whether every row tells it."""
        return self._once("known", column, lambda: bool((self.truth(frame, column) != UNKNOWN).all()))  # type: ignore[no-any-return]

    def truth(self, frame: pl.DataFrame, column: str) -> Small:
        """UNKNOWN, FALSE or TRUE; of a column that is not Boolean TRUE where it is known."""

        def make() -> Small:
            told = pl.col(column).is_not_null()
            if frame.schema[column] == pl.Boolean:
                told = pl.when(pl.col(column)).then(TRUE).when(told).then(FALSE).otherwise(UNKNOWN)
            else:
                told = pl.when(told).then(TRUE).otherwise(UNKNOWN)
            return _of(frame, told.cast(pl.UInt8))

        return self._once("truth", column, make)  # type: ignore[no-any-return]

    def shares(self, frame: pl.DataFrame, column: str, flag: str) -> dict[str, float]:
        """By text of a column the share of its rows with this flag, of those where the flag is known."""

        def make() -> dict[str, float]:
            codes, texts = self.codes(frame, column)
            cells = codes.astype(np.int64) * 3 + self.truth(frame, flag)
            told = np.bincount(cells, minlength=len(texts) * 3).reshape(-1, 3).tolist()
            rows = zip(texts.to_list(), told, strict=True)
            return {text: true / (false + true) for text, (_, false, true) in rows if text is not None and false + true}

        return self._once("shares", f"{column} {flag}", make)  # type: ignore[no-any-return]

    def bins(self, frame: pl.DataFrame, column: str) -> Small:
        """The logarithmic bin of a length of time, bins.UNKNOWN where it is not known."""
        return self._once("bins", column, lambda: _of(frame, bin_of(column)))  # type: ignore[no-any-return]

    def has_lengths(self, frame: pl.DataFrame, column: str) -> bool:
        """Whether a column holds whole numbers from 0 on, fit for bins."""
        fits = frame.schema[column].is_integer()
        return fits and self._once("fits", column, lambda: (frame[column].min() or 0) >= 0)  # type: ignore[operator]

    def _once(self, kind: str, column: str, make: Any) -> Any:
        key = kind, column
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def coded(frame: pl.DataFrame, zone: str) -> Coded:
    """What is kept of a frame, in the zone that its days are of."""
    kept = _KEPT.get(id(frame))
    if kept is None or kept._zone != zone:
        if kept is None:
            finalize(frame, _KEPT.pop, id(frame), None)
        kept = _KEPT[id(frame)] = Coded(zone)
    return kept


def within(frame: pl.DataFrame, at: str, period: Period | None, zone: str) -> pl.DataFrame:
    """The rows outside of which no instant lies in the period, and few others where rows stand in the order of time."""
    window = coded(frame, zone).window(frame, at, period)
    return frame.slice(window.start, window.stop - window.start)


def day_of(period: Period) -> tuple[int, int]:
    """The days of a half-open period, since 1970."""
    return period.start.toordinal() - EPOCH_DAY, period.end.toordinal() - EPOCH_DAY


def _of(frame: pl.DataFrame, made: pl.Expr) -> Small:
    return frame.lazy().select(made.alias("made")).collect(engine="streaming")["made"].to_numpy()


def _reach(days: Small) -> tuple[Whole, Whole]:
    """The first and the last known day of each block of rows."""
    begins = np.arange(0, len(days), BLOCK)
    if not len(begins):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    known = np.where(days == UNDATED, np.int32(2**31 - 1), days)
    return np.minimum.reduceat(known, begins).astype(np.int64), np.maximum.reduceat(days, begins).astype(np.int64)
