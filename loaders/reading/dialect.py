"""Which character parts the columns of a text file, and where its table begins."""

import re
from dataclasses import dataclass, replace
from itertools import islice

from loaders.base import ReadOptions
from loaders.reading.encoding import Text
from loaders.reading.layout import Layout, find_layout, usual_width
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import DELIMITER, HEADER_LINE, HEADER_UNDECODABLE, NO_ROWS, TOO_WIDE
from loaders.reading.tokens import LINE_END, Data, Record, records, shown

CANDIDATES = (b",", b";", b"\t", b"|", b"^", b"\x1f")
FULL_WIDTH = "，".encode()
SUBSTITUTE = b"\x1e"
SEP_LINE = re.compile(rb'"?sep=([^\r\n"])"?\s*?(\r\n|\n|\r)', re.IGNORECASE)
SAMPLE_RECORDS = 120
SAMPLE_BYTES = 1 << 19
WIDEST = 4096


@dataclass(frozen=True)
class Dialect:
    """How a text file is laid out; `start` and `line` are where its first record below the header begins."""

    delimiter: bytes
    header: tuple[str, ...] | None
    header_line: int | None
    header_damaged: bool
    width: int
    start: int
    line: int
    preamble: tuple[str, ...]


@dataclass(frozen=True)
class _Sample:
    delimiter: bytes
    records: list[Record]
    lines: list[int]
    end: int
    """Where the record behind the last of the sample starts, and its line."""
    end_line: int

    @property
    def rows(self) -> list[list[str]]:
        return [cells_of(record, self.delimiter) for record in self.records]


def cells_of(record: Record, delimiter: bytes) -> list[str]:
    """The cells as text; those of a damaged record by its delimiters alone, without their quotation marks."""
    if record.damage not in ("bare_quote", "text_after_quote", "unterminated_quote"):
        return [shown(cell) for cell in record.cells]
    return [shown(cell).strip().strip('"') for cell in record.cells[0].split(delimiter)]


def find_dialect(text: Text, options: ReadOptions) -> Dialect:
    """The dialect of a text, as far as the options leave it open."""
    start, line, separator = text.start, 1, options.delimiter
    declared = SEP_LINE.match(text.data, start)
    if declared:
        start, line, separator = declared.end(), 2, separator or declared[1].decode("latin-1")
    if options.header_line:
        start, line = _line_start(text.data, text.start, options.header_line), options.header_line
    sample = _best_sample(text.data, start, line, _delimiter(separator))
    found = _described(sample, options.header_line)
    if found.width > WIDEST:
        raise Refusal(TOO_WIDE, columns=found.width, limit=WIDEST)
    above = _lines_between(text.data, text.start, start) if options.header_line else ()
    return replace(found, preamble=(*above, *found.preamble))


def _delimiter(given: str | None) -> bytes | None:
    if given is None:
        return None
    raw = given.encode()
    if given != "，" and (len(raw) != 1 or raw in b'"\r\n\x00'):
        raise Refusal(DELIMITER, delimiter=given)
    return raw


def _line_start(data: Data, start: int, line: int) -> int:
    ends = LINE_END.finditer(data, start)
    last = next(islice(ends, line - 2, None), None) if line > 1 else None
    if line > 1 and (last is None or last.end() >= len(data)):
        raise Refusal(HEADER_LINE, line=line)
    return last.end() if last else start


def _lines_between(data: Data, start: int, end: int) -> tuple[str, ...]:
    return tuple(filter(None, (shown(line).strip() for line in LINE_END.split(data[start:end]))))


def _sampled(data: Data, start: int, line: int, delimiter: bytes) -> _Sample:
    head = data[start : start + SAMPLE_BYTES]
    found: list[Record] = []
    lines: list[int] = []
    end = start
    for record in islice(records(head, 0, delimiter), SAMPLE_RECORDS):
        if record.next == len(head) and start + len(head) < len(data) and found:
            break  # the sample ends within this record
        found.append(record._replace(start=start + record.start, next=start + record.next))
        lines.append(line)
        end, line = start + record.next, line + record.lines
    return _Sample(delimiter, found, lines, end, line)


def _best_sample(data: Data, start: int, line: int, delimiter: bytes | None) -> _Sample:
    if delimiter == FULL_WIDTH:
        return _full_width_sample(data, start, line)
    if delimiter is not None:
        return _sampled(data, start, line, delimiter)
    samples = [_sampled(data, start, line, candidate) for candidate in CANDIDATES]
    best = max(samples, key=_score)
    if _score(best)[0] > 0:
        return best
    wide = _full_width_sample(data, start, line)
    return wide if _score(wide)[0] > 0 else samples[0]


def _full_width_sample(data: Data, start: int, line: int) -> _Sample:
    """Full-width commas are three bytes; a control character stands for them while the sample is cut."""
    head = data[start : start + SAMPLE_BYTES].replace(FULL_WIDTH, SUBSTITUTE)
    sample = _sampled(head, 0, line, SUBSTITUTE)
    return _Sample(FULL_WIDTH, sample.records, sample.lines, sample.end, sample.end_line)


def _score(sample: _Sample) -> tuple[float, int]:
    rows = [row for row in sample.rows if any(row)]
    width = usual_width(rows)
    if width < 2:
        return 0.0, width
    return round(sum(len(row) == width for row in rows) / len(rows), 1), width


def _described(sample: _Sample, header_line: int | None) -> Dialect:
    rows = sample.rows
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise Refusal(NO_ROWS)
    if header_line == 0:
        layout = Layout(None, usual_width(rows), 0)
    elif header_line:
        layout = Layout(0, len(rows[0]), 1)
    else:
        layout = find_layout(rows)
    record = sample.records[layout.header] if layout.header is not None else None
    if record is not None and record.damage in ("undecodable", "nul_byte"):
        raise Refusal(HEADER_UNDECODABLE, line=sample.lines[layout.header or 0])
    above = rows[: layout.header if layout.header is not None else layout.first]
    below = layout.first < len(sample.records)
    return Dialect(
        delimiter=sample.delimiter,
        header=tuple(rows[layout.header]) if layout.header is not None else None,
        header_line=sample.lines[layout.header] if layout.header is not None else None,
        header_damaged=record is not None and record.damage is not None,
        width=layout.width,
        start=sample.records[layout.first].start if below else sample.end,
        line=sample.lines[layout.first] if below else sample.end_line,
        preamble=tuple(" ".join(filter(None, map(str.strip, row))) for row in above if any(map(str.strip, row))),
    )
