"""Rollups: small tables of counts, sums and histograms by local day and dimensions, made of facts, merging by adding.

Which there are follows from the declared metrics: for each instant that dates one, its counts and sums by day and a few
dimensions together, and a histogram of each duration whose quantiles are asked for. A rollup keeps apart the months in
which the tickets were created: one month is one partition, made anew without a look at any other.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl

from metrics.bins import FINE, PAIRED, Scale, Whole, bins_of
from metrics.facts import Facts
from metrics.lately import Lately
from metrics.local_time import local_times
from metrics.model import FactName, Measure, Metric, Quantile, Ratio, Spread, Stock, Total
from metrics.runs import Runs
from metrics.tallies import Codes, Columns, Groups

Grain = Literal["day", "week", "month"]
Tables = Mapping["Shape", pl.DataFrame]
Words = Mapping[tuple[str, str], pl.Series]
SUMMED = (("channel", "priority", "team"), ("agent",))
"""What counts and sums can be split and filtered by, each set by local day; `agent` is each metric's own person."""
OF_CREATION = (("team", "type"), ("channel", "weekday", "hour"))
"""The same for what is dated by creation, of which weekday and hour are, too."""
BINNED: tuple[tuple[Grain, str], ...] = (("day", "channel"), ("week", "team"))
"""What histograms can be split and filtered by, and how fine their periods are."""
OF_PEOPLE: tuple[Grain, str] = ("month", "agent")
"""The same for the histograms of PEOPLE; they are as large as all others together."""
PEOPLE = frozenset({f"{thing}_calendar_seconds" for thing in ("first_response", "next_response", "full_resolution")})
EXACT_BELOW = 200_000
"""A desk of fewer tickets is always answered from its facts: that is fast enough, and its quantiles are exact."""
CHOICES_AT_MOST = 64
UNDATED = -(2**31)
"""Stands for the day of rows whose instant is not known."""
MONTH, DAY, BIN, COUNT = "month", "day", "bin", "count"
ROWS = "rows:None"


@dataclass(frozen=True)
class Shape:
    """What one rollup holds: rows of a fact dated by `at`, by period and dimension columns; a histogram of `of`."""

    fact: FactName
    at: str
    dims: tuple[str, ...]
    grain: Grain = "day"
    of: str | None = None

    @property
    def name(self) -> str:
        """Names the rollup, in files too."""
        return ".".join((self.fact, self.at, self.grain, "+".join(self.dims), *([self.of] if self.of else [])))

    @property
    def scale(self) -> Scale:
        """People are many: their histograms have bins in pairs."""
        return PAIRED if self.grain == "month" else FINE

    @property
    def keys(self) -> list[str]:
        """The columns that tell its rows apart."""
        return [DAY, *self.dims, *([BIN] if self.of else [])]


@dataclass(frozen=True)
class Parts:
    """Rollups by partition: the tables with their `month`, the texts behind their codes, a mark of each month's facts.

    Codes of texts are places in `words`, 0 is unknown; a text that is new gets the next place.
    """

    tables: Tables = field(default_factory=dict)
    words: Words = field(default_factory=dict)
    marks: Mapping[FactName, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rollups:
    """The rollups of some facts, all partitions added up, and the texts behind their codes."""

    tables: Tables
    words: Words
    exact_below: int = EXACT_BELOW
    chosen: Lately[Whole] = field(
        init=False, default_factory=lambda: Lately(CHOICES_AT_MOST), repr=False, compare=False
    )
    """The rows of a rollup that filters hold: a page asks much about the same few."""
    _runs: dict["Shape", Runs] = field(init=False, default_factory=dict, repr=False, compare=False)

    def runs(self, shape: Shape) -> Runs:
        """A histogram laid out for questions, once."""
        if shape not in self._runs:
            keys = [DAY, *shape.dims]
            self._runs[shape] = Runs.of(self.tables[shape], keys, bins=BIN, counts=COUNT)
        return self._runs[shape]


def shapes(metrics: Iterable[Metric]) -> dict[Shape, tuple[str, ...]]:
    """The rollups that these metrics need, each with the names of the counts and sums in it."""
    needed: dict[tuple[FactName, str, str], dict[str, None]] = {}
    binned: dict[Shape, tuple[str, ...]] = {}
    for metric in metrics:
        for at in _instants(metric):
            needed.setdefault((metric.fact, at, metric.person), {ROWS: None}).update(dict.fromkeys(parts_of(metric)))
        if isinstance(metric.value, Quantile | Spread):
            for grain, dim in (*BINNED, *([OF_PEOPLE] if metric.value.of.column in PEOPLE else [])):
                dims = (_column(dim, metric.person),)
                binned[Shape(metric.fact, metric.at, dims, grain, metric.value.of.column)] = (COUNT,)
    summed: dict[Shape, dict[str, None]] = {}
    for (fact, at, person), parts in needed.items():
        for names in (*SUMMED, *(OF_CREATION if at == "created_at" else ())):
            shape = Shape(fact, at, tuple(_column(name, person) for name in names))
            summed.setdefault(shape, {}).update(parts)
    return {shape: tuple(parts) for shape, parts in summed.items()} | binned


def _column(dimension: str, person: str) -> str:
    return person if dimension == "agent" else dimension


def _instants(metric: Metric) -> tuple[str, ...]:
    match metric.value:
        case Stock(opened, closed):
            return tuple(dict.fromkeys((metric.at, opened, closed)))
        case Total() | Ratio():
            return (metric.at,)
        case _:
            return ()


def parts_of(metric: Metric) -> list[str]:
    """The counts and sums of a metric; where it counts something, also how many rows tell of it."""
    match metric.value:
        case Total(of):
            return [name for measure in (of, _known(of)) if (name := part(measure)) is not None]
        case Ratio(of, over):
            squares = [f"square:{of.column}"] if metric.interval == "normal" else []
            measures = (of, _known(of), over)
            return [name for measure in measures if (name := part(measure)) is not None] + squares
        case _:
            return []


def _known(measure: Measure) -> Measure:
    return measure if measure.column is None else Measure("present", measure.column)


def part(measure: Measure) -> str | None:
    """The name of a measure that adds up, None of one that does not."""
    return None if measure.kind == "values" else f"{measure.kind}:{measure.column}"


def updated(
    kept: Parts, facts: Facts, metrics: Iterable[Metric], *, on_fact: Callable[[FactName], None] = lambda _: None
) -> tuple[Parts, dict[FactName, set[int]]]:
    """The rollups of these facts, and which months of which fact were made anew: those whose facts are others.

    A change that reaches from one month into another has changed the facts of both. `on_fact` is told what begins.
    """
    wanted = shapes(metrics)
    tables: dict[Shape, pl.DataFrame] = {}
    words, marks, anew = dict(kept.words), {}, {}
    for fact in dict.fromkeys(shape.fact for shape in wanted):
        on_fact(fact)
        coded = _coded(facts, fact, [shape for shape in wanted if shape.fact == fact], wanted, words)
        own = {shape: parts for shape, parts in wanted.items() if shape.fact == fact and _has(coded, shape, parts)}
        marks[fact] = _marks(coded)
        before = kept.marks.get(fact, {}) if all(_holds(kept, shape, own[shape]) for shape in own) else {}
        anew[fact] = {month for month, mark in marks[fact].items() if before.get(month) != mark}
        fresh = partition_rollups(coded.filter(pl.col(MONTH).is_in(sorted(anew[fact]))), own)
        still = sorted(marks[fact].keys() - anew[fact])
        tables |= {shape: _joined(kept.tables.get(shape), still, table) for shape, table in fresh.items()}
    return Parts(tables, words, marks), anew


def rolled(facts: Facts, metrics: Iterable[Metric], words: Words, names: Collection[FactName]) -> Parts:
    """The rollups of some of these facts, by these codes of texts and new ones."""
    wanted = {shape: parts for shape, parts in shapes(metrics).items() if shape.fact in names}
    tables: dict[Shape, pl.DataFrame] = {}
    grown = dict(words)
    for fact in dict.fromkeys(shape.fact for shape in wanted):
        own = {shape: parts for shape, parts in wanted.items() if shape.fact == fact}
        coded = _coded(facts, fact, own, own, grown)
        tables |= partition_rollups(coded, {shape: own[shape] for shape in own if _has(coded, shape, own[shape])})
    return Parts(tables, grown)


class Sums:
    """A rollup in the making: tables are added as they come, those that are waiting when there are many of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = list(keys)
        self._tables: list[pl.DataFrame] = []
        self.count = 0

    def add(self, table: pl.DataFrame) -> None:
        """Another table of the same rollup."""
        self.count += 1
        self._tables.append(table)
        if sum(one.height for one in self._tables[1:]) > self._tables[0].height:
            self._tables = [self.table()]

    def table(self) -> pl.DataFrame:
        """All of them together, in the order of their keys."""
        if len(self._tables) == 1:
            return self._tables[0]
        whole = pl.concat(self._tables)
        return _added(whole, self._keys, [name for name in whole.columns if name not in self._keys])


def _holds(kept: Parts, shape: Shape, parts: Collection[str]) -> bool:
    return shape in kept.tables and set(kept.tables[shape].columns) == {MONTH, *shape.keys, *parts}


def _joined(older: pl.DataFrame | None, still: Collection[int], fresh: pl.DataFrame) -> pl.DataFrame:
    """The partitions that stay and those made anew, in order; each is in order itself."""
    if older is None or not still:
        return fresh
    return pl.concat([older.filter(pl.col(MONTH).is_in(still)), fresh]).sort(MONTH, maintain_order=True)


def partition_rollups(coded: pl.DataFrame, wanted: Mapping[Shape, Collection[str]]) -> dict[Shape, pl.DataFrame]:
    """The rollups of the partitions in this frame of coded facts: month, day, dimensions by code, counts and sums."""
    columns = Columns(coded)
    return {
        shape: _counted(columns, coded, shape) if shape.of else _summed(columns, shape, parts)
        for shape, parts in wanted.items()
    }


def merged(parts: Parts) -> dict[Shape, pl.DataFrame]:
    """The rollups of all partitions together, in the order of their keys."""
    return {
        shape: _added(
            table.drop(MONTH), shape.keys, [name for name in table.columns if name not in {MONTH, *shape.keys}]
        )
        for shape, table in parts.tables.items()
    }


def _coded(
    facts: Facts,
    fact: FactName,
    own: Collection[Shape],
    parts: Mapping[Shape, Collection[str]],
    words: dict[tuple[str, str], pl.Series],
) -> pl.DataFrame:
    """The columns that the rollups need, in whole numbers: months, days, codes; what is not there is left out."""
    frame = facts.frame(fact)
    dims = _there(frame, (dim for shape in own for dim in shape.dims))
    days = _there(frame, (shape.at for shape in own))
    used = {name.split(":")[1] for shape in own for name in parts[shape] if ":" in name}
    numbers = _there(frame, sorted(used | {shape.of for shape in own if shape.of}))
    for dim in dims:
        words[fact, dim] = _words(frame[dim], words.get((fact, dim)))
    created = pl.col("created_at")
    return frame.select(
        (created.dt.year().cast(pl.Int32) * 12 + created.dt.month() - 1).fill_null(0).alias(MONTH),
        *(
            at.dt.date().cast(pl.Int32).fill_null(UNDATED).alias(f"day:{name}")
            for name, at in local_times(frame, days, facts.zone).items()
        ),
        *(_code(dim, words[fact, dim]).alias(f"dim:{dim}") for dim in dims),
        *numbers,
    )


def _there(frame: pl.DataFrame, names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name in frame.columns]


def _has(coded: pl.DataFrame, shape: Shape, parts: Collection[str]) -> bool:
    """Whether the facts have all that a rollup is made of; a histogram needs whole numbers from 0 on."""
    columns = {f"day:{shape.at}", *(f"dim:{dim}" for dim in shape.dims)}
    columns |= {name.split(":")[1] for name in parts if ":" in name} - {"None"}
    if not columns <= set(coded.columns):
        return False
    if shape.of is None:
        return True
    return shape.of in coded.columns and coded[shape.of].dtype.is_integer() and not (coded[shape.of] < 0).any()


def _words(column: pl.Series, known: pl.Series | None) -> pl.Series:
    """The known texts, then the new ones in their order; place 0 stands for the unknown."""
    before = pl.Series("words", [None], dtype=pl.String) if known is None else known
    found = column.cast(pl.String).drop_nulls().unique()
    return pl.concat([before, found.filter(~found.is_in(before.drop_nulls().implode())).sort().alias("words")])


def _code(dim: str, words: pl.Series) -> pl.Expr:
    texts = pl.Enum(words.drop_nulls())
    return (pl.col(dim).cast(pl.String).cast(texts).to_physical().cast(pl.UInt32) + 1).fill_null(0)


def _marks(coded: pl.DataFrame) -> dict[int, int]:
    """Per month a number that other facts, rows in another order apart, are not likely to have."""
    hashed = pl.DataFrame({MONTH: coded[MONTH], "mark": coded.hash_rows(seed=7)})
    marks = hashed.group_by(MONTH).agg((pl.col("mark") // 2**20).sum(), pl.len().alias("rows"))
    return {month: mark * 2**20 + rows for month, mark, rows in marks.iter_rows()}


def _summed(columns: Columns, shape: Shape, parts: Collection[str]) -> pl.DataFrame:
    groups = columns.once((shape.at, shape.dims), lambda: Groups.by(_keys(columns, shape)))
    return _table([MONTH, *shape.keys], groups, columns.sums(groups, parts), parts)


def _counted(columns: Columns, coded: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """A histogram of one column."""
    bins = columns.once(("bins", shape.of, shape.scale), lambda: _binned(columns, coded, shape))
    groups = Groups.by([*_keys(columns, shape), bins])
    return _table([MONTH, *shape.keys], groups, {COUNT: groups.rows}, [COUNT])


def _keys(columns: Columns, shape: Shape) -> list[Codes]:
    """Month, period and dimensions, by which the rows of a rollup are grouped."""

    def begun() -> Codes:
        days = columns.codes(f"day:{shape.at}", apart=UNDATED)
        return days if shape.grain == "day" else days.mapped(_begin(days.values, shape.grain))

    begins = columns.once(("begin", shape.at, shape.grain), begun)
    return [columns.codes(MONTH), begins, *(columns.codes(f"dim:{dim}") for dim in shape.dims)]


def _binned(columns: Columns, coded: pl.DataFrame, shape: Shape) -> Codes:
    name = f"bin:{shape.of}"
    fine = columns.once((name,), lambda: Codes.of(bins_of(coded[shape.of or ""]).astype(np.int64)))
    if shape.scale == FINE:
        return fine
    return fine.mapped(
        pl.DataFrame({name: fine.values}).select(shape.scale.coarse(pl.col(name))).to_series().to_numpy()
    )


def _table(names: Sequence[str], groups: Groups, made: Mapping[str, Any], sums: Iterable[str]) -> pl.DataFrame:
    """The keys of the groups in their types, then what was counted and summed."""
    keys = zip(names, groups.values, strict=True)
    typed = {name: pl.Series(values).cast(TYPES.get(name, pl.UInt32())) for name, values in keys}
    return pl.DataFrame({**typed, **{name: made[name] for name in sums}})


def _begin(days: Whole, grain: Grain) -> Whole:
    """The day on which a day's period begins; weeks on Monday."""
    if grain == "week":
        begins = days - (days + 3) % 7
    else:
        begins = days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.where(days > UNDATED, begins, UNDATED)


TYPES = {MONTH: pl.Int32(), DAY: pl.Int32(), BIN: pl.Int16()}


def _added(table: pl.DataFrame, keys: list[str], sums: list[str]) -> pl.DataFrame:
    columns = Columns(table)
    groups = Groups.by([columns.codes(name, apart=UNDATED if name == DAY else None) for name in keys])
    return _table(keys, groups, {name: columns.added(groups, name) for name in sums}, sums)
