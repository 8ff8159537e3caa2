"""CSV and its relatives: the strict count first, then Polars on the well-formed records alone; both must agree."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from loaders.base import LINE, ReadOptions
from loaders.reading.dialect import FULL_WIDTH, Dialect, find_dialect
from loaders.reading.encoding import Text, read_text
from loaders.reading.layout import column_names
from loaders.reading.parsed import Notes, Parsed, frame_of, settled
from loaders.reading.refusal import Refusal
from loaders.reading.scan import Reject, Scan, scan
from loaders.reading.sentences import COUNTS_DIFFER, HEADER_DAMAGED, HEADER_MADE
from loaders.reading.tokens import LINE_END, Data, records, shown

OnDone = Callable[[float], None]
PREVIEW_BYTES_PER_ROW = 1 << 13
PREVIEW_BYTES = 1 << 20


def read_delimited(path: Path, scratch: Path, options: ReadOptions, on_done: OnDone) -> Parsed:
    """A delimited text file as a table."""
    limit = None if options.max_rows is None else PREVIEW_BYTES + options.max_rows * PREVIEW_BYTES_PER_ROW
    text = read_text(path, scratch, encoding=options.encoding, limit=limit, thorough=False)
    try:
        return read_records(text, find_dialect(text, options), options, on_done)
    except pl.exceptions.ComputeError:
        if text.checked:
            raise
    text = read_text(path, scratch, encoding=options.encoding, limit=limit)
    return read_records(text, find_dialect(text, options), options, on_done)


def read_records(text: Text, dialect: Dialect, options: ReadOptions, on_done: OnDone) -> Parsed:
    """The records of a text whose layout is known."""
    data, stand_in = _single_byte(text, dialect)
    names = column_names(dialect.header, dialect.width)
    delimiter = stand_in or dialect.delimiter
    if dialect.width == 1 and options.delimiter is None:
        delimiter = _unused(data)  # nothing parts the only column
    start = _shifted(text, dialect, data)
    found = scan(
        data,
        start=start,
        line=dialect.line,
        delimiter=delimiter,
        width=dialect.width,
        max_rows=options.max_rows,
        on_done=on_done,
    )
    path = text.path if data is text.data else None
    frame = _frame(data, found, delimiter, names, path=path)
    rejects = found.rejects
    if stand_in:
        mark = stand_in.decode()
        frame = frame.with_columns(pl.col(names).str.replace_all(mark, "，", literal=True))
        rejects = [Reject(r.line, r.reason, [cell.replace(mark, "，") for cell in r.cells], r.value) for r in rejects]
    parsed = Parsed(
        frame=frame,
        headers=names,
        format="csv",
        rejects=rejects,
        blank=found.blank,
        encoding=text.encoding,
        delimiter=dialect.delimiter.decode() if dialect.width > 1 else None,
        header_line=dialect.header_line,
        preamble=dialect.preamble,
        notes=[*text.notes, *_notes(dialect, options)],
    )
    return settled(parsed, dialect.header)


def _notes(dialect: Dialect, options: ReadOptions) -> Notes:
    if dialect.header_line is None and options.header_line is None:
        return [(HEADER_MADE, {})]
    return [(HEADER_DAMAGED, {"line": dialect.header_line})] if dialect.header_damaged else []


def _single_byte(text: Text, dialect: Dialect) -> tuple[Data, bytes | None]:
    """Full-width commas replaced by a control character that the text does not hold."""
    if dialect.delimiter != FULL_WIDTH:
        return text.data, None
    stand_in = _unused(text.data)
    return text.data[:].replace(FULL_WIDTH, stand_in), stand_in


def _unused(data: Data) -> bytes:
    """A control character that the text does not hold."""
    marks = (bytes([code]) for code in (31, 30, 29, 28, *range(1, 9), *range(14, 28)))
    return next((mark for mark in marks if data.find(mark) < 0), b"\x7f")


def _shifted(text: Text, dialect: Dialect, data: Data) -> int:
    """Where the records start; counted in lines where bytes were replaced."""
    if data is text.data:
        return dialect.start
    ends = LINE_END.finditer(data, text.start)
    place = text.start
    for _ in range(dialect.line - 1):
        end = next(ends, None)
        place = end.end() if end else len(data)
    return place


def _frame(data: Data, found: Scan, delimiter: bytes, names: tuple[str, ...], *, path: Path | None) -> pl.DataFrame:
    """The good records by Polars; its count must be that of the scan, else the tokenizer's own cells are taken."""
    if not found.good:
        return frame_of([], [], names)
    source, skip = _source(data, found, path)
    frame = pl.read_csv(
        source,
        has_header=False,
        skip_lines=skip,
        separator=delimiter.decode(),
        infer_schema=False,
        schema=dict.fromkeys(names, pl.String()),
        eol_char="\r" if found.cr_only else "\n",
        low_memory=False,
        glob=False,  # a browser saves a second copy as `export[1].csv`, which as a pattern is `export1.csv`
    )
    if frame.height != found.good:
        frame = _tokenized(data, found, delimiter, names)
    if frame.height != found.good:
        raise Refusal(COUNTS_DIFFER, first=found.good, second=frame.height)
    return frame.insert_column(0, _lines(found))


def _lines(found: Scan) -> pl.Series:
    parts = [pl.Series(LINE, part, dtype=pl.UInt32) for part in found.lines]
    return pl.concat(parts) if len(parts) > 1 else parts[0]


def _source(data: Data, found: Scan, path: Path | None) -> tuple[Path | bytes, int]:
    """The good records alone, or the file itself and the lines to skip where nothing follows that is not good."""
    start, end = found.ranges[0]
    head = data[:start]
    skip = head.count(b"\n")
    whole = len(found.ranges) == 1 and end == len(data) and not found.cr_only
    if path is not None and whole and (head.endswith(b"\n") or head in (b"", b"\xef\xbb\xbf")):
        return path, skip
    parts = [data[start:end] for start, end in found.ranges]
    line_end = b"\r" if found.cr_only else b"\n"
    return b"".join(part if part.endswith(line_end) else part.removesuffix(b"\r") + line_end for part in parts), 0


def _tokenized(data: Data, found: Scan, delimiter: bytes, names: tuple[str, ...]) -> pl.DataFrame:
    rows = [
        [shown(cell) for cell in record.cells]
        for start, end in found.ranges
        for record in records(data[start:end], 0, delimiter)
    ]
    return frame_of(rows, [0] * len(rows), names).drop(LINE)
