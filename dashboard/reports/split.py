"""Tables with more rows than a sheet holds, on several sheets; each says which part it is."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

from dashboard.format import count
from dashboard.reports.model import Sheet, Table
from dashboard.wording import _

ROWS_AT_MOST = 1_000_000
"""Below the 1,048,576 of one sheet, with room for what stands above a table."""


def in_parts(sheet: Sheet) -> tuple[Sheet, ...]:
    """The sheet, or where a table of it is too long, that one over as many sheets as it takes."""
    long = next((table for table in sheet.tables if table.frame.height > ROWS_AT_MOST), None)
    if long is None:
        return (sheet,)
    first, *others = _parts(long)
    blocks = tuple(first if block is long else block for block in sheet.blocks)
    return (
        replace(sheet, blocks=blocks),
        *(Sheet(f"{sheet.key}_{number}", f"{sheet.title} ({number})", (table,))
          for number, table in enumerate(others, start=2)),
    )  # fmt: skip


def _parts(table: Table) -> Iterator[Table]:
    rows = table.frame.height
    parts = ceil(rows / ROWS_AT_MOST)
    for number in range(parts):
        frame = table.frame.slice(number * ROWS_AT_MOST, ROWS_AT_MOST)
        begin = number * ROWS_AT_MOST + 1
        note = _(
            "Part {part} of {parts}, rows {first} to {last} of {all}: a sheet holds no more.",
            part=number + 1, parts=parts, first=count(begin), last=count(begin + frame.height - 1), all=count(rows),
        )  # fmt: skip
        key = table.key if number == 0 else f"{table.key}_{number + 1}"
        yield replace(table, key=key, frame=frame, notes=(*table.notes, note))
