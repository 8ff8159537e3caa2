"""A table with more rows than a sheet holds stands on several, whole and in order."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from dashboard.reports import split
from dashboard.reports.model import Column, Report, Sheet, Table, Words
from dashboard.reports.split import in_parts
from dashboard.reports.writing import write
from dashboard.wording import speaking

EXCEL = 1_048_576


def listed(rows: int) -> Sheet:
    frame = pl.DataFrame({"id": range(rows)})
    table = Table("tickets", "One row per ticket", (Column("id", "Ticket", "count"),), frame)
    return Sheet("tickets", "Tickets", (Words(("Above it.",)), table))


@given(rows=st.integers(0, 100), most=st.integers(1, 30))
def test_no_row_is_lost_or_told_twice(rows: int, most: int) -> None:
    with pytest.MonkeyPatch.context() as patched, speaking("en"):
        patched.setattr(split, "ROWS_AT_MOST", most)
        made = in_parts(listed(rows))
    tables = [table for sheet in made for table in sheet.tables]
    assert [row for table in tables for row in table.frame["id"]] == list(range(rows))
    assert max((table.frame.height for table in tables), default=0) <= most
    assert len({sheet.title for sheet in made}) == len({table.key for table in tables}) == len(made)
    for number, table in enumerate(tables, start=1):
        if len(made) > 1:
            assert f"Part {number} of {len(made)}" in table.notes[-1]
            assert f"of {rows}" in table.notes[-1]
        else:
            assert table.notes == ()


def test_what_is_written_fits_into_sheets_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "ROWS_AT_MOST", 4)
    with speaking("en"):
        write(Report("T", "about", in_parts(listed(10))), tmp_path / "split.xlsx", zone="UTC")
    book = load_workbook(tmp_path / "split.xlsx")
    assert book.sheetnames == ["Tickets", "Tickets (2)", "Tickets (3)"]
    texts = [[cell.value for cell in row if cell.value is not None] for row in book["Tickets (3)"].iter_rows()]
    assert ["Part 3 of 3, rows 9 to 10 of 10: a sheet holds no more."] in texts
    assert {"fw_tickets", "fw_tickets_2", "fw_tickets_3"} <= set(book.defined_names)


def test_a_full_part_leaves_room_for_what_stands_above_it() -> None:
    assert split.ROWS_AT_MOST + 1_000 < EXCEL
