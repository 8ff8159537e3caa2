"""The whole of an answer: every metric for every group and period, what was not found as nothing or as unknown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.bins import Whole
from metrics.model import Metric, Stock, Total
from metrics.selection import PERIOD

FOUND = ("value", "n", "low", "high")


@dataclass(frozen=True)
class Groups:
    """The groups of an answer in their order, unknown last; each has a place."""

    texts: tuple[pl.Series, ...]
    """The values of each split, in order; a null stands after the last."""
    packed: Whole
    """The groups that there are, each as one number made of the places of its values."""

    @classmethod
    def of(cls, found: pl.DataFrame, by: Sequence[str]) -> "Groups":
        """Those of an answer's rows."""
        texts = tuple(found[name].drop_nulls().unique().sort() for name in by)
        return cls(texts, np.unique(_packed(found, by, texts)) if by else np.zeros(1, dtype=np.int64))

    def places(self, frame: pl.DataFrame, by: Sequence[str]) -> Whole:
        """The place of each row's group; -1 where there is no such group."""
        if not len(self.packed):
            return np.full(frame.height, -1, dtype=np.int64)
        asked = _packed(frame, by, self.texts)
        found = np.minimum(np.searchsorted(self.packed, asked), len(self.packed) - 1)
        return np.where(self.packed[found] == asked, found, -1)

    def named(self, by: Sequence[str], places: Whole) -> dict[str, pl.Series]:
        """The values of the splits of some groups."""
        rest, columns = self.packed[places], {}
        for name, texts in reversed(list(zip(by, self.texts, strict=True))):
            rest, value = np.divmod(rest, texts.len() + 1)
            columns[name] = texts.append(pl.Series([None], dtype=pl.String)).gather(value).alias(name)
        return {name: columns[name] for name in by}


def _packed(frame: pl.DataFrame, by: Sequence[str], texts: Sequence[pl.Series]) -> Whole:
    """One number for the values of a row's splits; of a text that is not among them a number that no group has."""
    packed, strangers = np.zeros(frame.height, dtype=np.int64), np.zeros(frame.height, dtype=np.bool_)
    for name, known in zip(by, texts, strict=True):
        column = frame[name]
        coded = column.cast(pl.Enum(known), strict=False)
        strangers += (coded.is_null() & column.is_not_null()).to_numpy()
        packed = packed * (known.len() + 1) + coded.to_physical().cast(pl.Int64).fill_null(known.len()).to_numpy()
    return np.where(strangers, -1, packed)


def completed(
    counted: Sequence[pl.DataFrame],
    metrics: Sequence[Metric],
    by: Sequence[str],
    periods: pl.DataFrame,
    unknown: pl.DataFrame,
) -> pl.DataFrame:
    """Rows `*by, period, metric, value, unit, n, low, high`, and whatever more the answers have, in order.

    `periods` are the axis, in order, and whether each has begun; `unknown` names groups by metric.
    """
    found = pl.concat(counted, how="diagonal_relaxed")
    groups = Groups.of(found, by)
    shape = len(metrics), periods.height, len(groups.packed)
    more = [name for name in found.columns if name not in {*by, PERIOD, "metric", "unit", *FOUND}]
    ids = [metric.id for metric in metrics]
    rows = np.full(shape, -1, dtype=np.int64)
    cell = _metrics(found, ids), _periods(found[PERIOD], periods[PERIOD]), groups.places(found, by)
    inside = np.logical_and.reduce([place >= 0 for place in cell])
    rows[tuple(place[inside] for place in cell)] = np.flatnonzero(inside)
    for place in range(len(ids)):
        rows[place] = rows[ids.index(ids[place])]
    untold = _untold(unknown, ids, groups, by, shape)
    return _rows(found, metrics, by, periods, groups, rows, untold, more)


def _rows(
    found: pl.DataFrame,
    metrics: Sequence[Metric],
    by: Sequence[str],
    periods: pl.DataFrame,
    groups: Groups,
    rows: Whole,
    untold: npt.NDArray[np.bool_],
    more: Sequence[str],
) -> pl.DataFrame:
    of_metric, of_period, of_group = (place.ravel() for place in np.indices(rows.shape))
    asked = pl.DataFrame({"metric": [m.id for m in metrics], "unit": [m.unit.value for m in metrics]})
    counts = np.array([isinstance(metric.value, Total | Stock) for metric in metrics], dtype=np.bool_)
    missing, begun = rows.ravel() < 0, periods["__begun"].to_numpy()
    nothing = missing & counts[of_metric] & begun[of_period]
    at = pl.Series(rows.ravel()).set(pl.Series(missing), None) if missing.any() else pl.Series(rows.ravel())
    told = found.select(pl.col(*FOUND, *more).gather(at))
    marked = told.with_columns(pl.Series("__untold", untold.ravel()), pl.Series("__nothing", nothing)).with_columns(
        value=pl.when("__untold").then(None).when("__nothing").then(0.0).otherwise("value"),
        n=pl.when("__untold").then(0).otherwise("n").fill_null(0),
    )
    return marked.select(
        *groups.named(by, of_group).values(), periods[PERIOD].gather(of_period),
        asked["metric"].gather(of_metric), "value", asked["unit"].gather(of_metric), "n", "low", "high", *more,
    )  # fmt: skip


def _metrics(found: pl.DataFrame, ids: Sequence[str]) -> Whole:
    unlike = list(dict.fromkeys(ids))
    coded = found["metric"].cast(pl.Enum(unlike)).to_physical().to_numpy()
    return np.array([ids.index(id) for id in unlike], dtype=np.int64)[coded]


def _periods(found: pl.Series, axis: pl.Series) -> Whole:
    """The place of each period on the axis, whose null stands last; -1 for one that is not on it."""
    known = axis.drop_nulls()
    if not known.len():
        return np.where(found.is_null().to_numpy(), np.int64(axis.len() - 1), np.int64(-1))
    begins, asked = known.to_physical().to_numpy(), found.cast(axis.dtype).to_physical().fill_null(-1).to_numpy()
    places = np.minimum(np.searchsorted(begins, asked), len(begins) - 1)
    unknown = np.int64(axis.len() - 1 if axis.null_count() else -1)
    return np.where(found.is_null().to_numpy(), unknown, np.where(begins[places] == asked, places, -1))


def _untold(
    unknown: pl.DataFrame, ids: Sequence[str], groups: Groups, by: Sequence[str], shape: tuple[int, int, int]
) -> npt.NDArray[np.bool_]:
    """The cells of which nothing is known."""
    marked = np.zeros(shape, dtype=np.bool_)
    if unknown.height:
        places, names = groups.places(unknown, by), unknown["metric"].to_list()
        for place, id in zip(places.tolist(), names, strict=True):
            if place >= 0:
                marked[[at for at, name in enumerate(ids) if name == id], :, place] = True
    return marked
