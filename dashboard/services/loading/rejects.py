"""The rows that a load set aside: kept as Parquet, given back as CSV to mend and load again."""

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.privacy.masking import masked_cell
from dashboard.services.analysis.unmasking import unmask_rejects
from dashboard.store import LoadRow
from loaders.base import REJECTS_SCHEMA
from loaders.errors import WarehouseError
from metrics.words import N_

KEPT_SCHEMA = {"file": pl.String(), **REJECTS_SCHEMA, "header": pl.String()}
"""As REJECTS_SCHEMA, with the file's name and, as a JSON array, its header."""

SUPERSEDED = "duplicate_ticket_id"
_NO_LOAD = N_("There is no load {load} on this desk; the page Data lists its loads by number.")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?%?")


@needs(Act.SEE_DATA)
def rejects_of(actor: Actor, desk: Desk, load_id: int) -> pl.DataFrame:
    """One row per problem of a load: `file`, `line`, `column`, `value`, `reason`, `kind`, `record`, `header`."""
    del actor  # rows that were set aside belong to no team
    path = _path(desk, load_id)
    return pl.read_parquet(path, glob=False) if path.is_file() else pl.DataFrame(schema=KEPT_SCHEMA)


@needs(Act.SEE_DATA)
def rejects_csv(actor: Actor, desk: Desk, load_id: int, *, file: str | None = None, reason: str | None = None) -> bytes:
    """The set-aside records in their file's own columns, as UTF-8 with a mark, so that Excel shows them right.

    Older rows of a ticket whose newer row was loaded are left out: loaded again, they would take its place.
    `file`: only those of one file of the load. Files with different headers are brought under all their columns.
    A cell that a spreadsheet would take for a formula gets an apostrophe in front. Empty where no row was set
    aside. What tells who customers are is masked, unless a `reason` is given, which is kept in the audit: only that
    file can be mended and loaded again. Raises NoReason, and WarehouseError for a load that is none.
    """
    _require_load(desk, load_id)
    kept = rejects_of(actor, desk, load_id).filter(pl.col("kind") == "rejected", pl.col("record").is_not_null())
    rejects = kept.filter(pl.col("reason") != SUPERSEDED)
    if file is not None:
        rejects = rejects.filter(pl.col("file") == file)
    if rejects.is_empty():
        return b""
    if reason is not None:
        unmask_rejects(actor, desk, load_id, reason=reason)
    records = rejects.unique(["file", "line"], keep="first", maintain_order=True)
    headers = [json.loads(header) for header in records["header"].unique(maintain_order=True)]
    columns = list(dict.fromkeys(name for header in headers for name in header))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in columns])
    writer.writerows(_rows(records, columns, _as_it_is if reason is not None else masked_cell))
    return buffer.getvalue().encode("utf-8-sig")


def _require_load(desk: Desk, load_id: int) -> None:
    with desk.reading() as session:
        row = session.get(LoadRow, load_id)
    if row is None or row.kind != "load":
        raise WarehouseError(_NO_LOAD, load=load_id)


def _as_it_is(_column: str, value: str) -> str:
    return value


def _rows(records: pl.DataFrame, columns: Sequence[str], shown: Callable[[str, str], str]) -> Iterator[list[str]]:
    for header_text, record_text in records.select("header", "record").iter_rows():
        header, cells = json.loads(header_text), json.loads(record_text)
        by_name = dict(zip(header, cells, strict=False))
        beyond = cells[len(header) :]  # a record with too many cells: the person sees all of them
        told = [(name, by_name.get(name)) for name in columns] + [("", cell) for cell in beyond]
        yield [_harmless(None if cell is None else shown(name, str(cell))) for name, cell in told]


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def kept_form(rejects: pl.DataFrame, *, file: str, headers: Sequence[str]) -> pl.DataFrame:
    """The rejects of one file as they are kept."""
    header = json.dumps(list(headers), ensure_ascii=False)
    return rejects.with_columns(file=pl.lit(file), header=pl.lit(header)).select(*KEPT_SCHEMA)


@needs(Act.LOAD_DATA)
def keep_rejects(actor: Actor, desk: Desk, load_id: int, frames: Sequence[pl.DataFrame]) -> None:
    """Write the rejects of a load that is about to be counted, over what a load that crashed left there."""
    del actor
    path = _path(desk, load_id)
    rejects = pl.concat([pl.DataFrame(schema=KEPT_SCHEMA), *frames])
    if rejects.is_empty():
        path.unlink(missing_ok=True)
        return
    unfinished = path.with_suffix(".unfinished")
    rejects.write_parquet(unfinished)
    os.replace(unfinished, path)


def _path(desk: Desk, load_id: int) -> Path:
    return desk.rejects_folder / f"{load_id}.parquet"
