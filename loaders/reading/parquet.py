"""Parquet: every column as text, nested values as JSON text."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import polars as pl

from loaders.base import LINE, ReadOptions
from loaders.reading.cells import cell_text
from loaders.reading.layout import column_names
from loaders.reading.parsed import Parsed, settled
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import PARQUET_DAMAGED

EXACT_FLOAT = 2.0**53


def read_parquet(path: Path, options: ReadOptions) -> Parsed:
    """A Parquet file as a table."""
    try:
        frame = pl.read_parquet(path, n_rows=options.max_rows, glob=False)
        names = column_names(frame.columns, frame.width)
        columns = [_text(column).rename(name) for column, name in zip(frame, names, strict=True)]
    except BaseException as error:  # a damaged file makes Polars panic, which is no Exception
        if isinstance(error, (KeyboardInterrupt, MemoryError)):
            raise
        raise Refusal(PARQUET_DAMAGED) from None
    lines = pl.Series(LINE, range(1, frame.height + 1), dtype=pl.UInt32)
    return settled(Parsed(frame=pl.DataFrame([lines, *columns]), headers=names, format="parquet"), None)


def _text(column: pl.Series) -> pl.Series:
    dtype = column.dtype
    if dtype.is_nested() or dtype == pl.Object:
        return _mapped(column, lambda value: json.dumps(value, ensure_ascii=False, default=str))
    if dtype == pl.Duration:
        return _mapped(column, _duration_text)
    if dtype == pl.Binary:
        return _mapped(column, _bytes_text)
    if dtype == pl.Datetime:
        return column.dt.to_string("iso:strict")
    if dtype.is_float():
        return _whole_numbers(column)
    return column.cast(pl.String)


def _duration_text(value: object) -> str:
    assert isinstance(value, timedelta)
    return cell_text(value)


def _bytes_text(value: object) -> str:
    assert isinstance(value, bytes)
    return value.decode("utf-8", "backslashreplace")


def _mapped(column: pl.Series, text: Callable[[object], str]) -> pl.Series:
    values = [None if value is None else text(value) for value in column.to_list()]
    return pl.Series(column.name, values, dtype=pl.String)


def _whole_numbers(column: pl.Series) -> pl.Series:
    """Numbers that are whole, as counts and identifiers are after a round through pandas, without a decimal point."""
    value = pl.col(column.name)
    whole = (value == value.round()) & (value.abs() < EXACT_FLOAT)
    text = pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
    return column.to_frame().select(text).to_series()
