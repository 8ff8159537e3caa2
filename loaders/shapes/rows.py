"""What all shapes share: rules applied, rows set aside, the source's own columns kept, the final form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from loaders.base import Note, RawTable
from loaders.cells import Typed, clean
from loaders.mapping import Mapping as SourceMapping
from loaders.problems import ROW, Problem
from loaders.shapes.fields import AFTERS, OWN_PREFIX
from metrics.tables import INSTANT, SOURCE_FIELD_PREFIX, Table

_NOT_SLUG = re.compile(r"[^\w]+")
_TO_END_OF_DAY = timedelta(days=1) - timedelta(microseconds=1)


@dataclass(frozen=True)
class Shaped:
    """Canonical frames of one file with what was found while they were made."""

    tables: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Checked:
    """Rows that stay, and the problems of those that do not or that lost a value."""

    frame: pl.DataFrame
    problems: tuple[Problem, ...]


def completed(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame with every column of the table; what the file does not give is null."""
    absent = [
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in table.schema.items() if name not in frame.columns
    ]
    return frame.with_columns(absent) if absent else frame


def rejected(frame: pl.DataFrame, table: Table, headers: Mapping[str, str]) -> Checked:
    """Without the rows that break a rule of kind `rejected`; each goes with the first rule that it breaks."""
    problems = []
    for rule in table.rules:
        if rule.kind == "rejected" and rule.column in frame.columns:
            broken = frame.select((~rule.holds).fill_null(False)).to_series()
            if broken.any():
                problems.append(Problem(frame[ROW].filter(broken), headers.get(rule.column), rule.name, rejected=True))
                frame = frame.filter(~broken)
    told = {rule.column for rule in table.rules if rule.kind == "rejected"}
    for name in table.required:
        if name not in told and name in frame.columns and frame[name].null_count():
            empty = frame[name].is_null()
            problems.append(Problem(frame[ROW].filter(empty), headers.get(name), f"missing_{name}", rejected=True))
            frame = frame.filter(~empty)
    return Checked(frame, tuple(problems))


def flagged(frame: pl.DataFrame, table: Table, headers: Mapping[str, str | None]) -> Checked:
    """With null where a rule of kind `flagged` does not hold. A date without a time counts as the end of its day."""
    rules = [rule for rule in table.rules if rule.kind == "flagged" and rule.column in headers]
    needed = {name for rule in rules for name in rule.holds.meta.root_names()}
    rules = [rule for rule in rules if set(rule.holds.meta.root_names()) <= set(frame.columns)]
    seen = _ends_of_days(frame.select(ROW, *[name for name in frame.columns if name in needed or name == "date_only"]))
    broken = seen.select((~rule.holds).fill_null(False).alias(rule.name) for rule in rules)
    hit = [rule for rule in rules if broken[rule.name].any()]
    problems = tuple(Problem(frame[ROW].filter(broken[rule.name]), headers[rule.column], rule.name) for rule in hit)
    for rule in hit:
        cleared = frame[rule.column].zip_with(~broken[rule.name], frame[rule.column].clear(frame.height))
        frame = frame.with_columns(cleared.alias(rule.column))
        if frame.schema[rule.column] == INSTANT and "date_only" in frame.columns:
            frame = frame.with_columns(_timeless(rule.column, broken[rule.name]))
    return Checked(frame, problems)


def _timeless(name: str, broken: pl.Series) -> pl.Expr:
    """`date_only` with the name of an instant that happened, although its stamp is of no use."""
    named = pl.col("date_only").fill_null(pl.lit([], pl.List(pl.String)))
    more = named.list.set_union(pl.lit([name], pl.List(pl.String)))
    return pl.when(pl.lit(broken)).then(more).otherwise("date_only").alias("date_only")


def _ends_of_days(frame: pl.DataFrame) -> pl.DataFrame:
    if "date_only" not in frame.columns or frame["date_only"].null_count() == frame.height:
        return frame
    later = [n for n, dtype in frame.schema.items() if dtype == INSTANT and n not in ("created_at", "start_at")]
    return frame.with_columns(
        pl.when(pl.col("date_only").list.contains(name))
        .then(pl.col(name) + _TO_END_OF_DAY)
        .otherwise(pl.col(name))
        .alias(name)
        for name in later
    )


def own_columns(raw: RawTable, mapping: SourceMapping, typed: Typed) -> dict[str, str]:
    """Header -> `x_<slug>` of the columns kept as they are: the unmapped, and originals of translated values."""
    told = {header for name, header in mapping.columns.items() if not (name.startswith(OWN_PREFIX) or name in AFTERS)}
    mapped = told - set(typed.originals)
    return {header: slug for header, slug in slugs(raw.headers).items() if header not in mapped}


def slugs(headers: Sequence[str]) -> dict[str, str]:
    """Header -> `x_` and the header in lower snake case; Chinese stays; equal ones are numbered."""
    slug_of: dict[str, str] = {}
    taken: set[str] = set()
    for number, header in enumerate(headers, 1):
        spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", header.strip())
        base = SOURCE_FIELD_PREFIX + (_NOT_SLUG.sub("_", spaced).strip("_").lower() or f"column_{number}")
        name, again = base, 2
        while name in taken:
            name, again = f"{base}_{again}", again + 1
        taken.add(name)
        slug_of[header] = name
    return slug_of


def own_cells(raw: RawTable, mapping: SourceMapping, kept: Mapping[str, str], rows: pl.Series) -> pl.DataFrame:
    """The source's own columns of these raw rows, as text."""
    if not kept:
        return pl.DataFrame()
    frame = raw.frame.select(list(kept)) if rows.len() == raw.frame.height else raw.frame.select(list(kept))[rows]
    own = frame.select(clean(header, mapping.null_marks).alias(name) for header, name in kept.items())
    yes_no = [name for name in own.columns if _is_yes_no(own[name])]
    return own.with_columns(pl.col(yes_no).str.to_lowercase())


def _is_yes_no(cells: pl.Series) -> bool:
    """True and false in any spelling; a spreadsheet turns `true` into `TRUE`, which must not make it another value."""
    first = cells.drop_nulls().head(1).to_list()
    if not first or first[0].lower() not in ("true", "false"):
        return False
    return bool(cells.str.to_lowercase().is_in(["true", "false"]).all())


def conformed(frame: pl.DataFrame, table: Table, *, source: str) -> pl.DataFrame:
    """Exactly the table's columns in their order and types, then the source's own."""
    frame = completed(frame.with_columns(pl.lit(source).alias("source")), table)
    own = [name for name in frame.columns if name.startswith(SOURCE_FIELD_PREFIX)]
    return frame.select(
        [pl.col(name).cast(dtype) for name, dtype in table.schema.items()] + [pl.col(name) for name in own]
    )


def with_constants(frame: pl.DataFrame, mapping: SourceMapping, table: Table) -> pl.DataFrame:
    """Columns that the mapping gives for the whole file, such as one channel."""
    names = [name for name in ("channel", "team", "product", "language", "type") if name in mapping.options]
    given = [
        pl.lit(mapping.options[name]).alias(name)
        for name in names
        if name in table.schema and name not in frame.columns
    ]
    return frame.with_columns(given)
