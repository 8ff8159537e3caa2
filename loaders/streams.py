"""Files of connectors, which put records of several kinds under one another: one table for each kind."""

import json
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from loaders.base import LINE, RawTable, no_rejects

KIND = "stream"
HOLDERS = ("data", "record")
"""Where connectors keep the record itself."""


def tables_in(raw: RawTable) -> tuple[RawTable, ...]:
    """The table as it is, or where it is a connector's file its records by kind, in the order of their first ones."""
    holder = next((name for name in HOLDERS if name in raw.headers), None)
    if KIND not in raw.headers or holder is None or not _are_objects(raw.frame[holder]):
        return (raw,)
    parts = raw.frame.filter(pl.col(holder).is_not_null()).partition_by(KIND, maintain_order=True, include_key=True)
    tables = [_opened(part, raw, holder) for part in parts]
    rest = raw.rows_read - sum(table.rows_read for table in tables)
    first = replace(tables[0], rejects=raw.rejects, rows_read=tables[0].rows_read + rest, blank=raw.blank)
    return (first, *tables[1:])


def _are_objects(cells: pl.Series) -> bool:
    known = cells.drop_nulls()
    return known.len() > 0 and bool(known.str.starts_with("{").all())


def _opened(part: pl.DataFrame, raw: RawTable, holder: str) -> RawTable:
    """The records of one kind with their own keys as columns; nested values stay JSON text."""
    records: list[Mapping[str, object]] = [json.loads(cell) for cell in part[holder]]
    headers = tuple(dict.fromkeys(key for record in records for key in record))
    cells = {key: pl.Series(key, [_text(record.get(key)) for record in records], dtype=pl.String) for key in headers}
    frame = pl.DataFrame([part[LINE], *cells.values()])
    return replace(raw, frame=frame, headers=headers, rejects=no_rejects(), rows_read=frame.height, blank=0,
                   sheet=str(part[KIND][0]))  # fmt: skip


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
