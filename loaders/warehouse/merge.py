"""Which of two rows with the same key stands: pure functions over frames.

The newer row wins as a whole. Newer is, in this order: the later `updated_at` where both rows know it; the later
`export_at`, the newest stamp of the file that the row came from; the later load. The newest instant of the row itself
is no witness: a reopened ticket loses its `resolved_at`, and its newer row would look older.

A column that the winning file does not have at all says nothing: the standing value stays. A column that it has
erases with its nulls.
"""

from dataclasses import dataclass

import polars as pl

from loaders.base import LINE
from metrics.tables import INSTANT, Table

MONTH = "month"
EXPORT_AT = "export_at"
HIDDEN = (MONTH, EXPORT_AT)
NO_MONTH = "unknown"
"""Month of a row whose dating instant is unknown (a rating without a time)."""
_OLD, _NEW = "__old", "__new"


@dataclass(frozen=True)
class Counts:
    """What a load did to the rows of one table; together every distinct key that came in."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.inserted + other.inserted, self.updated + other.updated, self.unchanged + other.unchanged)


@dataclass(frozen=True)
class Merged:
    """The rows to write, the standing rows (by position) that they replace, and the counts of keys."""

    rows: pl.DataFrame
    replaced: pl.Series
    counts: Counts


def row_key(table: Table) -> list[str]:
    """The key of a row within one source."""
    return [name for name in table.key if name != "source"]


def prepared(frame: pl.DataFrame, table: Table, *, export_at: object) -> pl.DataFrame:
    """The incoming rows with canonical types and the hidden columns, one row per key (the newest, else the last)."""
    types = {name: table.schema.get(name, pl.String()) for name in frame.columns if name != LINE}
    month = pl.col(table.at).dt.strftime("%Y-%m").fill_null(NO_MONTH)
    absent = [name for name in row_key(table) if name not in types]  # a switch's counts may name no channel or team
    typed = frame.select(
        *(pl.col(name).cast(dtype) for name, dtype in types.items()),
        *(pl.lit(None, dtype=table.schema[name]).alias(name) for name in absent),
    )
    hidden = typed.with_columns(month.alias(MONTH), pl.lit(export_at, dtype=INSTANT).alias(EXPORT_AT))
    return _one_per_key(hidden, row_key(table))


def _one_per_key(frame: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    if frame.select(_distinct(key)).item() == frame.height:
        return frame
    known = "updated_at" in frame.columns
    ordered = frame.sort("updated_at", nulls_last=False, maintain_order=True) if known else frame
    return ordered.unique(key, keep="last", maintain_order=True)


def _distinct(key: list[str]) -> pl.Expr:
    return (pl.col(key[0]) if len(key) == 1 else pl.struct(key)).n_unique()


def merged(standing: pl.DataFrame, incoming: pl.DataFrame, table: Table) -> Merged:
    """What the incoming rows change in the standing rows of the months concerned."""
    pairs = _paired(standing, incoming, row_key(table))
    new = incoming.select(pl.all().gather(pairs.filter(pl.col(_OLD).is_null())[_NEW]))
    won = pairs.filter(pl.col(_OLD).is_not_null() & _newer_wins())
    ours = incoming.select(pl.all().gather(won[_NEW]))
    theirs = standing.select(pl.all().gather(won[_OLD]))
    differs = _differs(ours, theirs)
    touched = differs | (ours[EXPORT_AT] > theirs[EXPORT_AT]).fill_null(value=False)
    kept = [name for name in theirs.columns if name not in ours.columns]
    winners = pl.concat([ours, theirs.select(kept)], how="horizontal").filter(touched)
    updated = int(differs.sum())
    counts = Counts(new.height, updated, pairs.height - new.height - updated)
    return Merged(pl.concat([new, winners], how="diagonal"), won[_OLD].filter(touched), counts)


def _paired(standing: pl.DataFrame, incoming: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Positions of the incoming rows, and of the standing row with the same key or null, with both rows' ages."""
    ages = [name for name in ("updated_at", EXPORT_AT) if name in incoming.columns]
    old = standing.select(*key, *(pl.col(name).alias(f"{name}{_OLD}") for name in ages if name in standing.columns))
    left = incoming.select(*key, *ages).with_row_index(_NEW)
    pairs = left.join(old.with_row_index(_OLD), on=key, how="left", nulls_equal=True, maintain_order="left")
    missing = [f"{name}{_OLD}" for name in ("updated_at", EXPORT_AT) if f"{name}{_OLD}" not in pairs.columns]
    absent = [name for name in ("updated_at",) if name not in pairs.columns]
    return pairs.with_columns(pl.lit(None, dtype=INSTANT).alias(name) for name in [*missing, *absent])


def _newer_wins() -> pl.Expr:
    updated, updated_old = pl.col("updated_at"), pl.col(f"updated_at{_OLD}")
    exported, exported_old = pl.col(EXPORT_AT), pl.col(f"{EXPORT_AT}{_OLD}")
    by_file = (exported >= exported_old).fill_null(exported_old.is_null())
    by_row = (updated > updated_old) | ((updated == updated_old) & by_file)
    return pl.when(updated.is_null() | updated_old.is_null()).then(by_file).otherwise(by_row)


def _differs(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.Series:
    said = [name for name in ours.columns if name != EXPORT_AT]
    unknown = [name for name in said if name not in theirs.columns]
    side = theirs.with_columns(pl.lit(None, dtype=ours.schema[name]).alias(name) for name in unknown)
    both = pl.concat([ours, side.select(pl.col(said).name.suffix(_OLD))], how="horizontal")
    return both.select(pl.any_horizontal(pl.col(n).ne_missing(pl.col(n + _OLD)) for n in said).alias("d"))["d"]
