"""Judging a block of records at once: positions of quotes, delimiters and line ends as NumPy arrays."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from loaders.reading.tokens import Data, Record, record_at

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LF, CR, QUOTE, NUL, MARK = 10, 13, 34, 0, 255


@dataclass(frozen=True)
class Manner:
    """How a text is cut into records; `present` are the special bytes that it holds at all."""

    delimiter: bytes
    width: int
    cr_only: bool
    present: tuple[int, ...]

    @staticmethod
    def of(data: Data, start: int, *, delimiter: bytes, width: int, cr_only: bool) -> "Manner":
        special = (LF, CR, QUOTE, NUL, MARK)
        present = tuple(byte for byte in special if data.find(bytes([byte]), start) >= 0)
        return Manner(delimiter, width, cr_only, (delimiter[0], *present))


@dataclass(frozen=True)
class Judged:
    """The verdict on the whole records of a block, as offsets into the text."""

    ranges: list[tuple[int, int]]
    lines: npt.NDArray[np.uint32]
    blank: int
    others: list[tuple[Record, int]]
    """Records to set aside, with their lines."""
    end: int
    line: int
    stopped: bool
    """Whether something that only the tokenizer can judge stands at `end`."""


class _Block:
    """The special bytes of one block: where they stand, what they are, whether they are inside quotation marks."""

    def __init__(self, data: Data, start: int, size: int, manner: Manner) -> None:
        count = min(size, len(data) - start)
        self.view = np.frombuffer(data, np.uint8, count, start)
        following = data[start + count : start + count + 1]
        self.is_last, self.after = not following, following[0] if following else CR
        self.manner = manner
        special = self.view == manner.present[0]
        for byte in manner.present[1:]:
            special |= self.view == byte
        self.at = np.flatnonzero(special)
        self.kind = self.view[self.at]

    @cached_property
    def quotes(self) -> Flags:
        quotes: Flags = self.kind == QUOTE
        return quotes

    @cached_property
    def inside(self) -> Flags:
        """Whether quotation marks are open behind each special byte."""
        opened: Flags = (np.cumsum(self.quotes, dtype=np.int32) & 1).astype(np.bool_)
        return opened

    @cached_property
    def quoted(self) -> bool:
        return QUOTE in self.manner.present and bool(self.quotes.any())

    def outside(self, byte: int) -> Flags:
        """The places of a byte that are not inside quotation marks."""
        found: Flags = self.kind == byte
        if self.quoted:
            found &= ~self.inside
        return found

    def behind(self, places: Places) -> Bytes:
        """The byte behind each place."""
        last = self.view.size - 1
        found: Bytes = self.view[np.minimum(places + 1, last)]
        found[places == last] = self.after
        return found

    @cached_property
    def breaks(self) -> Flags:
        """Physical line ends, also inside quotation marks."""
        found: Flags = self.kind == LF
        if CR in self.manner.present:
            returns = np.flatnonzero(self.kind == CR)
            found[returns] = self.behind(self.at[returns]) != LF
        return found

    def limit(self) -> int:
        """Where the first quotation mark or carriage return out of place stands; the block's size where none does."""
        return min(self._stray_quote(), self._stray_return())

    def _stray_quote(self) -> int:
        if not self.quoted:
            return self.view.size
        places, opens = self.at[self.quotes], self.inside[self.quotes]
        first, last = places[opens], places[~opens]
        wrong_first = first[~(self._is_edge(self.view[np.maximum(first - 1, 0)]) | (first == 0))]
        wrong_last = last[~self._is_edge(self.behind(last))]
        return int(min([self.view.size, *wrong_first[:1], *wrong_last[:1]]))

    def _is_edge(self, neighbour: Bytes) -> Flags:
        part = self.manner.delimiter[0]
        edge: Flags = (neighbour == part) | (neighbour == LF) | (neighbour == CR) | (neighbour == QUOTE)
        return edge

    def _stray_return(self) -> int:
        """A lone carriage return ends a line only where all lines end so."""
        if CR not in self.manner.present or self.manner.cr_only:
            return self.view.size
        places = self.at[self.outside(CR)]
        lone = places[self.behind(places) != LF]
        return int(lone[0]) if lone.size else self.view.size


def judge_block(
    data: Data, start: int, line: int, manner: Manner, *, size: int, most: int | None = None
) -> Judged | None:
    """Judge the whole records of one block, at most so many; None where the block holds no whole record."""
    block = _Block(data, start, size, manner)
    limit = block.limit()
    index = _record_ends(block, limit)[:most]
    if not index.size:
        return Judged([], np.empty(0, np.uint32), 0, [], start, line, stopped=True) if limit < block.view.size else None
    ends = block.at[np.minimum(index, block.at.size - 1)] + 1 if block.at.size else index
    ends[index == block.at.size] = block.view.size
    starts = np.concatenate(([0], ends[:-1]))
    stops = _content_ends(block, index, ends)
    parts = _per_record(index, block.outside(manner.delimiter[0]))
    breaks = _per_record(index, block.breaks)
    doubtful = _doubtful(block, parts, breaks, starts, stops)
    whole = slice(doubtful)
    if doubtful == 0:
        return Judged([], np.empty(0, np.uint32), 0, [], start, line, stopped=True)
    spoilt = _spoilt(block, index)[whole]
    starts, ends, stops, parts, breaks = starts[whole], ends[whole], stops[whole], parts[whole], breaks[whole]
    lines = line + np.concatenate(([0], np.cumsum(breaks)[:-1]))
    blank = ((stops - starts) == parts) & ~spoilt
    good = (parts == manner.width - 1) & ~blank & ~spoilt
    others = [
        (record_at(data, start + int(starts[place]), manner.delimiter), int(lines[place]))
        for place in np.flatnonzero(~good & ~blank)
    ]
    return Judged(
        ranges=_joined(starts, ends, good, start),
        lines=lines[good].astype(np.uint32),
        blank=int(blank.sum()),
        others=others,
        end=start + int(ends[-1]),
        line=line + int(breaks.sum()),
        stopped=limit < block.view.size or doubtful is not None,
    )


def _record_ends(block: _Block, limit: int) -> Places:
    """Which special bytes end a record; one past the last where the text ends without a line end."""
    index: Places = np.flatnonzero(block.outside(CR if block.manner.cr_only else LF))
    if limit < block.view.size:
        return index[block.at[index] < limit]
    open_end = bool(block.quoted and block.inside[-1])
    last = int(block.at[index[-1]]) + 1 if index.size else 0
    if block.is_last and not open_end and last < block.view.size:
        index = np.append(index, block.at.size)
    return index


def _content_ends(block: _Block, index: Places, ends: Places) -> Places:
    """Where each record's content ends, before its line end."""
    content: Places = ends - (index < block.at.size)
    if CR in block.manner.present and not block.manner.cr_only:
        before = block.view[np.maximum(content - 1, 0)]
        content = content - ((before == CR) & (content > 0) & (index < block.at.size))
    return content


def _per_record(index: Places, flags: Flags) -> Places:
    """How many of the flagged places lie in each record; `index` is the place that ends it."""
    totals = np.concatenate(([0], np.cumsum(flags, dtype=np.int32)))
    found: Places = np.diff(totals[np.minimum(index + 1, flags.size)], prepend=0)
    return found


def _spoilt(block: _Block, index: Places) -> Flags:
    """Which records hold a zero byte or one that could not be decoded."""
    if NUL not in block.manner.present and MARK not in block.manner.present:
        return np.zeros(index.size, np.bool_)
    return _per_record(index, (block.kind == NUL) | (block.kind == MARK)) > 0


def _doubtful(block: _Block, parts: Places, breaks: Places, starts: Places, stops: Places) -> int | None:
    """The first record of a wrong width that spans lines or ends in empty cells: the tokenizer decides on it."""
    odd = np.flatnonzero(parts != block.manner.width - 1)
    last = block.view[np.maximum(stops[odd] - 1, 0)]
    unclear = (breaks[odd] > 1) | (last == block.manner.delimiter[0])
    unclear &= (stops[odd] - starts[odd]) != parts[odd]
    return int(odd[unclear][0]) if unclear.any() else None


def _joined(starts: Places, ends: Places, good: Flags, offset: int) -> list[tuple[int, int]]:
    """The ranges of good records, joined where they touch."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    return [
        (offset + int(starts[first]), offset + int(ends[stop - 1]))
        for first, stop in zip(edges[::2], edges[1::2], strict=True)
    ]
