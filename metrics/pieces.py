"""Figures before they are put together: of one metric in its groups and periods, as plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.bins import Decimal, Whole
from metrics.selection import PERIOD

NO_PERIOD = np.iinfo(np.int64).min
"""Stands for a period that is not known, and for the only one where no periods are asked for."""


@dataclass(frozen=True)
class Keys:
    """What some figures are of: a place among texts for each split, and a period.

    Periods are days since 1970, of hours microseconds of the local clock.
    """

    texts: tuple[pl.Series, ...]
    places: tuple[Whole, ...]
    periods: Whole

    @property
    def height(self) -> int:
        """How many figures there are."""
        return len(self.periods)


@dataclass(frozen=True)
class Piece:
    """The figures of one metric; nan is unknown. `error` is the greatest relative error of its values, None if none."""

    metric: str
    keys: Keys
    value: Decimal
    n: Whole
    low: Decimal
    high: Decimal
    error: float | None = None

    def frame(self, by: Sequence[str]) -> pl.DataFrame:
        """Rows `*by`, period in whole numbers, value, n."""
        named = zip(by, self.keys.texts, self.keys.places, strict=True)
        return pl.DataFrame(
            {
                **{name: texts.gather(pl.Series(places)) for name, texts, places in named},
                PERIOD: self.keys.periods,
                "value": pl.Series(self.value, nan_to_null=True),
                "n": self.n,
            }
        )


def piece_of(metric: str, frame: pl.DataFrame, by: Sequence[str]) -> Piece:
    """The piece of one metric from rows `*by, period, value, n, low, high`."""
    value, low, high = (frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("value", "low", "high"))
    return Piece(metric, keys_of(frame, by), value, frame["n"].cast(pl.Int64).fill_null(0).to_numpy(), low, high)


def keys_of(frame: pl.DataFrame, by: Sequence[str]) -> Keys:
    """The keys of rows with texts and local dates or hours."""
    coded = [_coded(frame[name]) for name in by]
    texts, places = tuple(one for one, _ in coded), tuple(one for _, one in coded)
    physical = frame[PERIOD].to_physical().cast(pl.Int64)
    return Keys(texts, places, physical.fill_null(NO_PERIOD).to_numpy())


def _coded(column: pl.Series) -> tuple[pl.Series, Whole]:
    """The texts of a column, the unknown first, and the place of each row's."""
    known = column.cast(pl.String).drop_nulls().unique()
    places = column.cast(pl.String).cast(pl.Enum(known)).to_physical().cast(pl.Int64) + 1
    return pl.concat([pl.Series([None], dtype=pl.String), known]), places.fill_null(0).to_numpy()
