"""The independent record count: which byte ranges hold well-formed records, and what is wrong with every other record.

Blocks of a large file are judged all at once with NumPy; a block ends at the first sign of damage, the damaged record
goes through the tokenizer, and judging by blocks goes on behind it. Both ways keep the same rules (tokens.py).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loaders.reading.tokens import Data, Record, damaged, record_at, shown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from loaders.reading.blocks import Judged

BLOCK = 1 << 20
SMALLEST_BLOCK = 1 << 16
LONGEST_RUN = 4096
LARGEST_BLOCK = 256 << 20
FAST_FROM = 1 << 20
"""Files below this many bytes are not worth importing NumPy for."""


@dataclass(frozen=True)
class Reject:
    """A record set aside."""

    line: int
    reason: str
    cells: list[str]
    value: str | None = None

    @property
    def row(self) -> tuple[int, None, str | None, str, str, str]:
        record = json.dumps(self.cells, ensure_ascii=False)
        return self.line, None, self.value, self.reason, "rejected", record


@dataclass
class Scan:
    """What was found: ranges of good records, the line of each, the rejects, and how many records were blank."""

    ranges: list[tuple[int, int]] = field(default_factory=list)
    lines: "list[list[int] | npt.NDArray[np.uint32]]" = field(default_factory=list)
    """Line numbers in order, in parts."""
    good: int = 0
    blank: int = 0
    rejects: list[Reject] = field(default_factory=list)
    cr_only: bool = False
    """Whether every line ends in a carriage return alone, as old Macs wrote it."""
    closed: bool = False
    """Whether the last range must not grow, because its last line ends unlike the others."""

    @property
    def records(self) -> int:
        return self.good + self.blank + len(self.rejects)

    def add_range(self, start: int, end: int) -> None:
        if self.ranges and self.ranges[-1][1] == start and not self.closed:
            self.ranges[-1] = (self.ranges[-1][0], end)
        else:
            self.ranges.append((start, end))
        self.closed = False

    def add(self, record: Record, line: int, width: int) -> None:
        """Judge one tokenized record."""
        if record.damage is None and len(record.cells) == width and record.end - record.start > width - 1:
            self.add_range(record.start, record.end if record.trimmed else record.next)
            self._add_line(line)
            self.good += 1
        else:
            self.set_aside(record, line, width)

    def set_aside(self, record: Record, line: int, width: int) -> None:
        """Count a record as blank, or reject it with its reason."""
        cells = [shown(cell) for cell in record.cells]
        if record.damage is not None:
            self.rejects.append(Reject(line, record.damage, cells))
        elif not any(map(str.strip, cells)):
            self.blank += 1
        else:
            reason = "too_many_cells" if len(cells) > width else "too_few_cells"
            self.rejects.append(Reject(line, reason, cells, str(len(cells))))

    def add_judged(self, judged: "Judged", width: int) -> None:
        """Take the verdict on a block."""
        for start, end in judged.ranges:
            self.add_range(start, end)
        if judged.lines.size:
            self.lines.append(judged.lines)
        self.good += judged.lines.size
        self.blank += judged.blank
        for record, line in judged.others:
            self.set_aside(record, line, width)

    def _add_line(self, line: int) -> None:
        last = self.lines[-1] if self.lines else None
        if isinstance(last, list):
            last.append(line)
        else:
            self.lines.append([line])


def scan(
    data: Data,
    *,
    start: int,
    line: int,
    delimiter: bytes,
    width: int,
    max_rows: int | None = None,
    fast_from: int = FAST_FROM,
    on_done: Callable[[float], None] = lambda _: None,
) -> Scan:
    """Judge every record from *start* on; *line* is the physical line there."""
    found = Scan(cr_only=data.find(b"\n", start) < 0)
    if len(data) - start >= fast_from and len(delimiter) == 1:
        _scan_blocks(data, start, line, delimiter, width, max_rows, on_done, found)
        return found
    while start < len(data) and (max_rows is None or found.good < max_rows):
        start, line = _scan_record(data, start, line, delimiter, width, found)
    return found


def _scan_blocks(
    data: Data,
    start: int,
    line: int,
    delimiter: bytes,
    width: int,
    max_rows: int | None,
    on_done: Callable[[float], None],
    found: Scan,
) -> None:
    from loaders.reading.blocks import Manner, judge_block

    manner = Manner.of(data, start, delimiter=delimiter, width=width, cr_only=found.cr_only)
    size, run = BLOCK, 1
    while start < len(data) and (max_rows is None or found.good < max_rows):
        most = None if max_rows is None else max_rows - found.good
        judged = judge_block(data, start, line, manner, size=size, most=most)
        if judged is None and start + size < len(data) and size < LARGEST_BLOCK:
            size *= 4  # a record longer than the block
            continue
        if judged is not None:
            found.add_judged(judged, width)
            # Where damage is dense, blocks become small and runs of the tokenizer long: no byte is judged often.
            run = min(2 * run, LONGEST_RUN) if judged.stopped and judged.end - start < size // 8 else 1
            size = max(SMALLEST_BLOCK, 2 * (judged.end - start)) if judged.stopped else min(2 * size, BLOCK)
            start, line = judged.end, judged.line
            on_done(start / len(data))
        for _ in range(run if judged is None or judged.stopped else 0):
            if start < len(data) and (max_rows is None or found.good < max_rows):
                start, line = _scan_record(data, start, line, delimiter, width, found)


def _scan_record(data: Data, start: int, line: int, delimiter: bytes, width: int, found: Scan) -> tuple[int, int]:
    """Judge the one record at *start* by the tokenizer; where the next one starts, and its line."""
    record = record_at(data, start, delimiter)
    if not found.cr_only and width > 1 and data[record.end : record.next] == b"\r":
        record = _rejoined(data, record, delimiter, width)
    record = _mended(data, record, delimiter, width)
    found.add(record, line, width)
    found.closed = not found.cr_only and data[record.end : record.next] == b"\r"
    return record.next, line + record.lines


def _rejoined(data: Data, record: Record, delimiter: bytes, width: int) -> Record:
    """A record that seems to end at a lone carriage return, where that return is text inside one of its cells."""
    whole = record_at(data, record.start, delimiter, returns_are_text=True)
    return whole if whole.damage is None and len(whole.cells) == width else record


def _mended(data: Data, record: Record, delimiter: bytes, width: int) -> Record:
    """A record of a wrong width, where that can be told apart from damage."""
    extra = len(record.cells) - width
    if record.damage is not None or extra == 0:
        return record
    if extra > 0 and data[record.end - extra : record.end] == delimiter * extra:  # only empty cells too many
        return record._replace(cells=record.cells[:width], end=record.end - extra, trimmed=True)
    return _unswallowed(data, record, delimiter, width)


def _unswallowed(data: Data, record: Record, delimiter: bytes, width: int) -> Record:
    """A record of a wrong width whose second line is a record of its own: the quotation mark is the damage."""
    if record.lines == 1:
        return record
    first = damaged(data, record.start, "unterminated_quote")
    second = record_at(data, first.next, delimiter)
    return first if second.damage is None and len(second.cells) == width > 1 else record
