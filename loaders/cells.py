"""The cells of a raw table as typed canonical columns: trimmed, nulls known, values translated, stamps in UTC."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from loaders.base import Note, RawTable
from loaders.date_forms import Order, form_of
from loaders.dates import DateOptions, Instants, merged, parse_instants
from loaders.durations import parse_seconds
from loaders.errors import AmbiguousDatesError, MappingError, ZoneNeededError
from loaders.mapping import Mapping as SourceMapping
from loaders.problems import ROW, Problem
from loaders.shapes.fields import SHAPES, Field
from loaders.synonyms import normal, value_synonyms
from metrics.tables import INSTANT
from metrics.words import N_

FLAGS = {"true": True, "yes": True, "1": True, "y": True, "t": True, "public": True, "是": True, "公开": True}
FLAGS |= {"false": False, "no": False, "0": False, "n": False, "f": False, "private": False, "否": False, "内部": False}
UNKNOWN_VALUES = N_("'{column}' holds values that are not known and were left empty: {values}.")
UNKNOWN_CHANNELS = N_("'{column}' holds values that are not known and count as other: {values}.")
_THREADS = min(8, os.cpu_count() or 1)
"""Columns are independent, and Polars works on them outside Python's lock."""
TIME_LEFT = "time_left"
"""The format of a verdict that a source writes as the time left before its target, negative once it is missed."""
DAMAGED_ID = r"^\d(?:[.,]\d+)?[Ee]\+\d+$"


@dataclass(frozen=True)
class Typed:
    """The mapped columns of a file, typed; one row per raw row, in file order, numbered by ROW.

    `originals`: header -> text of closed-set columns where translating lost something.
    """

    frame: pl.DataFrame
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    originals: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Read:
    """One typed column with what was found in it."""

    values: pl.Series
    flags: Mapping[str, pl.Series] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    dated: pl.Series | None = None
    lossy: bool = False


def read_cells(raw: RawTable, mapping: SourceMapping, *, zone: str | None) -> Typed:
    """Every mapped column brought to its canonical type; a value that cannot be read is null and a problem."""
    fields = SHAPES[mapping.shape]
    with ThreadPoolExecutor(_THREADS) as pool:
        cells = dict(
            zip(
                mapping.columns,
                pool.map(lambda name: _cleaned(raw, mapping, fields[name]), mapping.columns),
                strict=True,
            )
        )
        plain = [name for name in cells if fields[name].kind != "instant"]
        read = dict(zip(plain, pool.map(lambda name: _convert(cells[name], fields[name], mapping), plain), strict=True))
        read |= _instants(cells, raw, mapping, pool, zone=zone or mapping.zone)
    frame = pl.DataFrame([column.values.alias(name) for name, column in read.items()])
    frame = frame.with_columns(_date_only(read, frame.height)).with_row_index(ROW)
    problems = [
        Problem(rows, mapping.columns[name], reason)
        for name, column in read.items()
        for reason, rows in column.flags.items()
    ]
    notes = tuple(note for column in read.values() for note in column.notes)
    originals = tuple(mapping.columns[name] for name, column in read.items() if column.lossy)
    return Typed(frame, tuple(problems), notes, originals, mapping.columns)


def _cleaned(raw: RawTable, mapping: SourceMapping, field: Field) -> pl.Series:
    header = mapping.columns[field.name]
    cells = raw.frame.select(clean(header, mapping.null_marks, is_text=field.kind == "text"))
    return cells.to_series().alias(field.name)


def clean(header: str, null_marks: tuple[str, ...], *, is_text: bool = False) -> pl.Expr:
    """A raw column without outer spaces and null marks; what people wrote stays as it stands unless it is blank."""
    trimmed = pl.col(header).str.strip_chars()
    if is_text:
        return pl.when(trimmed != "").then(pl.col(header))
    return pl.when(~trimmed.is_in(["", *null_marks])).then(trimmed)


def _instants(
    cells: Mapping[str, pl.Series], raw: RawTable, mapping: SourceMapping, pool: ThreadPoolExecutor, *, zone: str | None
) -> dict[str, _Read]:
    """The instant columns; one that leaves day and month open is read like another in the same form."""
    names = [name for name in cells if SHAPES[mapping.shape][name].kind == "instant"]

    def options(name: str, like: tuple[str, Order] | None = None) -> DateOptions:
        asked = mapping.formats.get(name, mapping.formats.get("*"))
        return DateOptions(zone=zone, asked=asked, from_workbook=raw.format == "xlsx", like=like)

    def attempt(name: str) -> Instants | MappingError:
        try:
            return parse_instants(cells[name], header=mapping.columns[name], options=options(name))
        except (AmbiguousDatesError, ZoneNeededError) as error:
            return error

    tried = dict(zip(names, pool.map(attempt, names), strict=True))
    read = {name: found for name, found in tried.items() if isinstance(found, Instants)}
    refused = {name: error for name, error in tried.items() if isinstance(error, MappingError)}
    for name in [name for name, error in refused.items() if isinstance(error, AmbiguousDatesError)]:
        if like := _like(cells[name], read, mapping):
            del refused[name]
            read[name] = parse_instants(cells[name], header=mapping.columns[name], options=options(name, like))
    if refused:
        raise merged(list(refused.values()))
    return {name: _Read(read[name].at, read[name].flags, read[name].notes, read[name].date_only) for name in names}


def _like(cells: pl.Series, read: Mapping[str, Instants], mapping: SourceMapping) -> tuple[str, Order] | None:
    form = form_of(cells.drop_nulls()[0])
    like = {
        found.order: mapping.columns[name]
        for name, found in read.items()
        if form and found.form and found.order and found.form.date == form.date
    }
    return next(((header, order) for order, header in like.items()), None) if len(like) == 1 else None


def _date_only(read: Mapping[str, _Read], height: int) -> pl.Series:
    """Per row the names of its instants that have no usable time; null where there is none."""
    timeless = {name: mask for name, column in read.items() if (mask := _timeless(column, height)) is not None}
    if not timeless:
        return pl.Series("date_only", [None], dtype=pl.List(pl.String)).new_from_index(0, height)
    names = [pl.when(pl.col(name)).then(pl.lit(name)) for name in timeless]
    joined = pl.concat_list(names).list.drop_nulls()
    frame = pl.DataFrame(timeless).select(pl.when(joined.list.len() > 0).then(joined).alias("date_only"))
    return frame.to_series()


def _timeless(column: _Read, height: int) -> pl.Series | None:
    """Which rows have a date without a time, or a stamp that nobody can read: it happened, but not known when."""
    if column.values.dtype != INSTANT:
        return None
    flags = [rows for rows in column.flags.values() if rows.len()]
    if not flags:
        return column.dated
    unreadable = pl.int_range(height, eager=True).is_in(pl.concat(flags).cast(pl.Int64).implode())
    return unreadable if column.dated is None else column.dated | unreadable


def _convert(cells: pl.Series, field: Field, mapping: SourceMapping) -> _Read:
    own = mapping.values.get(field.name, {})
    if field.kind == "choice":
        return _choice(cells, field, own, mapping.columns[field.name])
    if own:
        cells = _translated(cells, own)
    if field.kind in ("whole", "decimal", "seconds", "flag"):
        return _typed(cells, field, mapping)
    return _identifier(cells) if field.kind == "id" else _Read(cells)


def _translated(cells: pl.Series, own: Mapping[str, str]) -> pl.Series:
    """Values named in the mapping's own table are replaced; all others stay."""
    table = {normal(raw): value for raw, value in own.items()}
    known = {value: table[normal(value)] or None for value in cells.drop_nulls().unique() if normal(value) in table}
    return (
        cells.replace_strict(list(known), list(known.values()), default=cells, return_dtype=pl.String)
        if known
        else cells
    )


def _typed(cells: pl.Series, field: Field, mapping: SourceMapping) -> _Read:
    readers: dict[str, Callable[[pl.Series], pl.Series]] = {
        "whole": _whole,
        "decimal": lambda text: _decimal(text, field.name),
        "seconds": lambda text: parse_seconds(text, unit=mapping.formats.get(field.name, "s")),
        "flag": _in_time if mapping.formats.get(field.name) == TIME_LEFT else _flag,
    }
    values = readers[field.kind](cells)
    bad = (values.is_null() & cells.is_not_null()).arg_true()
    reason = {"flag": "bad_yes_no", "seconds": "bad_duration"}.get(field.kind, "bad_number")
    return _Read(values, {reason: bad} if bad.len() else {})


def _flag(cells: pl.Series) -> pl.Series:
    return cells.str.to_lowercase().replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)


def _in_time(cells: pl.Series) -> pl.Series:
    """Kept or not, from the time that was left: `1:30` and `12` were in time, `-0:20` was not."""
    left = cells.str.extract(r"^(-?)\s*\d[\d:.]*\s*[a-z]*$")
    return (left == "").alias(cells.name)


def _whole(cells: pl.Series) -> pl.Series:
    numbers = cells.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    whole = numbers.round(0)
    return whole.set(((numbers - whole).abs() > 0) | ~numbers.is_finite(), None).cast(pl.Int64, strict=False)


def _decimal(cells: pl.Series, name: str) -> pl.Series:
    numbers = cells.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    numbers = numbers.set(~numbers.is_finite(), None)
    if name == "rating_score" and numbers.null_count() > cells.null_count():
        words = value_synonyms("rating_score")
        said = {word: float(words[normal(word)]) for word in cells.drop_nulls().unique() if normal(word) in words}
        if said:
            return numbers.fill_null(cells.replace_strict(said, default=None, return_dtype=pl.Float64))
    return numbers


def _identifier(cells: pl.Series) -> _Read:
    """Ids stay text; a column of whole numbers all written `3.0` loses the `.0`; spreadsheet damage is flagged."""
    known = cells.drop_nulls()
    if known.len() and known.head(50).str.ends_with(".0").all() and known.str.contains(r"^\d+\.0$").all():
        return _Read(cells.str.head(-2))
    damaged = cells.str.contains(DAMAGED_ID).fill_null(False)
    return _Read(cells, {"id_damaged_by_spreadsheet": damaged.arg_true()} if damaged.any() else {})


def _choice(cells: pl.Series, field: Field, own: Mapping[str, str], header: str) -> _Read:
    """A closed set: the mapping's own table, then the shipped synonyms; what is in neither is unknown."""
    words = value_synonyms(field.name) | {normal(raw): value for raw, value in own.items()}
    counts = cells.drop_nulls().value_counts(sort=True)
    said = counts.to_series(0)
    table = {raw: words[normal(raw)] or None for raw in said if normal(raw) in words}
    unknown = [raw for raw in said if raw not in table]
    values = cells.replace_strict(table, default=None, return_dtype=pl.String) if table else _nothing(cells)
    kept = [value for value in table.values() if value]
    lossy = bool(unknown) or len(set(kept)) < len(kept)
    if not unknown:
        return _Read(values, lossy=lossy)
    missed = values.is_null() & cells.is_in(unknown).fill_null(False)
    if field.name == "channel":
        values = values.set(missed, "other")
    shown = ", ".join(f"'{raw}' ({count})" for raw, count in counts.iter_rows() if raw not in table)
    template = UNKNOWN_CHANNELS if field.name == "channel" else UNKNOWN_VALUES
    note = Note(template, {"column": header, "values": shown[:1000]})
    return _Read(values, {f"unknown_{field.name}": missed.arg_true()}, (note,), lossy=True)


def _nothing(cells: pl.Series) -> pl.Series:
    return pl.Series(cells.name, [None], dtype=pl.String).new_from_index(0, cells.len())
