"""The strict count: judged by blocks or record by record, each record is counted once and told alike."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loaders.base import LINE
from loaders.reading import scan as scanning
from loaders.reading.delimited import _frame
from loaders.reading.scan import Scan, scan
from loaders.reading.tokens import record_at

PIECES = st.sampled_from(
    [
        b"a",
        b"b",
        b",",
        b'"',
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b'"",',
        b'"a",',
        b"a,b\n",
        b'"x\ny",z\n',
        b"\x00",
        b"\xffe9",
        b",,",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map(b"".join)


def judged(data: bytes, *, width: int, fast: bool, max_rows: int | None = None) -> Scan:
    fast_from = 0 if fast else len(data) + 1
    return scan(data, start=0, line=1, delimiter=b",", width=width, fast_from=fast_from, max_rows=max_rows)


def good_lines(found: Scan) -> list[int]:
    return [int(line) for part in found.lines for line in part]


def covered(found: Scan, data: bytes) -> bytes:
    return b"".join(data[start:end] for start, end in found.ranges)


@pytest.mark.parametrize("block", [7, 64, 1 << 20])
@given(data=TEXTS, width=st.integers(1, 4))
@settings(max_examples=300, deadline=None)
@example(data=b'a,"b\nc,d\n', width=2)
@example(data=b"a,b\r", width=2)
@example(data=b'"a"\r\n"b"', width=1)
@example(data=b"a,b,,\na,b\n", width=2)
def test_blocks_and_records_are_judged_alike(block: int, data: bytes, width: int) -> None:
    before = scanning.BLOCK, scanning.SMALLEST_BLOCK
    scanning.BLOCK = scanning.SMALLEST_BLOCK = block
    try:
        fast = judged(data, width=width, fast=True)
    finally:
        scanning.BLOCK, scanning.SMALLEST_BLOCK = before
    slow = judged(data, width=width, fast=False)
    assert good_lines(fast) == good_lines(slow)
    assert [reject.row for reject in fast.rejects] == [reject.row for reject in slow.rejects]
    assert (fast.good, fast.blank) == (slow.good, slow.blank)
    assert covered(fast, data) == covered(slow, data)


@given(data=TEXTS, width=st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_every_record_is_counted_once_and_polars_reads_the_same(data: bytes, width: int) -> None:
    found = judged(data, width=width, fast=False)
    names = tuple(f"c{number}" for number in range(width))
    frame = _frame(data, found, b",", names, path=None)
    assert frame.height == found.good == len(good_lines(found))
    cells = [row for start, end in found.ranges for row in rows_of(data[start:end], width, lone=not found.cr_only)]
    assert [[(cell or "").strip("\r") for cell in row] for row in frame.drop(LINE).rows()] == cells


def rows_of(part: bytes, width: int, *, lone: bool) -> Iterator[list[str]]:
    """The rows of good records; a carriage return alone is text where the record is whole only with it."""
    at = 0
    while at < len(part):
        record = record_at(part, at, b",")
        if lone and width > 1 and part[record.end : record.next] == b"\r":
            joined = record_at(part, at, b",", returns_are_text=True)
            record = joined if joined.damage is None and len(joined.cells) == width else record
        yield [cell.decode().strip("\r") for cell in record.cells][:width]
        at = record.next


@pytest.mark.parametrize("fast", [True, False])
def test_a_lone_carriage_return_inside_a_cell_is_text_where_lines_end_otherwise(fast: bool) -> None:
    data = b"1,hello \r\rworld,x\n2,b,c\n"
    found = judged(data, width=3, fast=fast)
    assert (found.good, found.blank, found.rejects, good_lines(found)) == (2, 0, [], [1, 4])
    assert _frame(data, found, b",", ("a", "b", "c"), path=None)["b"].to_list() == ["hello \r\rworld", "b"]


@pytest.mark.parametrize("fast", [True, False])
def test_a_carriage_return_between_two_whole_records_ends_the_first(fast: bool) -> None:
    found = judged(b"1,a,b\r2,c,d\n3,e,f\n", width=3, fast=fast)
    assert (found.good, good_lines(found)) == (3, [1, 2, 3])


@given(rows=st.lists(st.lists(st.text(alphabet='ab ,"\n\r中', max_size=6), min_size=3, max_size=3), max_size=30))
@settings(max_examples=200, deadline=None)
def test_a_file_written_by_the_book_is_read_cell_by_cell(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    data = text.getvalue().encode()
    found = judged(data, width=3, fast=False)
    assert not found.rejects
    frame = _frame(data, found, b",", ("a", "b", "c"), path=None)
    assert [[cell or "" for cell in row[1:]] for row in frame.rows()] == rows


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('x,5" screen', "bare_quote"),
        ('x,"5" screen', "text_after_quote"),
        ('x,"never closed', "unterminated_quote"),
        ("x,y,z", "too_many_cells"),
        ("x", "too_few_cells"),
        ("x,\x00", "nul_byte"),
    ],
)
@pytest.mark.parametrize("fast", [True, False])
def test_a_damaged_record_is_set_aside_whole_and_the_next_lines_stay(line: str, reason: str, *, fast: bool) -> None:
    data = f'1,a\r\n{line}\r\n3,"b\r\nb"\r\n5,c\r\n'.encode()
    found = judged(data, width=2, fast=fast)
    assert [(reject.line, reject.reason) for reject in found.rejects] == [(2, reason)]
    assert ",".join(found.rejects[0].cells) == line
    assert good_lines(found) == [1, 3, 5]


def test_line_numbers_are_physical_across_cells_with_line_ends() -> None:
    found = judged(b'"a\nb\r\nc",x\ny,z\n\n\nlast,"1\r2"\nend,w', width=2, fast=True)
    assert good_lines(found) == [1, 4, 7, 9]
    assert found.blank == 2


def test_old_mac_line_ends_part_records() -> None:
    for fast in (True, False):
        found = judged(b'a,b\r"c\rd",e\rf', width=2, fast=fast)
        assert good_lines(found) == [1, 2]
        assert [reject.line for reject in found.rejects] == [4]


def test_dense_damage_in_a_large_file_is_found_in_bounded_time() -> None:
    lines = [b'x,"y' if number % 50 == 0 else b"x,y" for number in range(60_000)]
    data = b"\n".join(lines) + b"\n"
    found = judged(data, width=2, fast=True)
    slow = judged(data, width=2, fast=False)
    assert found.records == slow.records
    assert good_lines(found) == good_lines(slow)
