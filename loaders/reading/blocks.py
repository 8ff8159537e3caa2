"""Judging a block of records at once: positions of quotes, delimiters and line ends as NumPy arrays."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from loaders.reading.tokens import Data, record_at

if TYPE_CHECKING:
    from loaders.reading.scan import Scan

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LF, CR, QUOTE, NUL, MARK = 10, 13, 34, 0, 255


def judge_block(
    data: Data,
    start: int,
    line: int,
    delimiter: bytes,
    width: int,
    found: "Scan",
    *,
    size: int,
    cr_only: bool,
    most: int | None,
) -> tuple[int, int, bool]:
    """Judge the whole records of one block; where to go on, the line there, and whether damage stopped it."""
    count = min(size, len(data) - start)
    block = np.frombuffer(data, np.uint8, count, start)
    following = data[start + count : start + count + 1]
    after = following[0] if following else LF
    part = delimiter[0]
    at = np.flatnonzero(
        (block == part) | (block == LF) | (block == CR) | (block == QUOTE) | (block == NUL) | (block == MARK)
    )
    kind = block[at]
    behind = _behind(block, at, after)
    inside = (np.cumsum(kind == QUOTE) & 1).astype(bool)
    is_line_end = (kind == LF) | ((kind == CR) & (behind != LF))
    limit = _first_damage(block, at, kind, behind, inside, part, cr_only=cr_only)

    is_end = (kind == (CR if cr_only else LF)) & ~inside & (at < limit)
    index: Places = np.flatnonzero(is_end)
    ends = at[index] + 1
    stops = _content_ends(block, at[index], cr_only=cr_only)
    is_last = not following and limit == count and not (inside.size and inside[-1])
    if is_last and (not ends.size or ends[-1] < count):
        index, ends, stops = np.append(index, at.size - 1), np.append(ends, count), np.append(stops, count)
    if most is not None:
        index, ends, stops = index[:most], ends[:most], stops[:most]
    if not ends.size:
        return start, line, limit < count

    per_record = _per_record(index, (kind == part) & ~inside)
    breaks = _per_record(index, is_line_end)
    starts = np.concatenate(([0], ends[:-1]))
    unclear = (per_record != width - 1) & ((breaks > 1) | (block[np.maximum(stops - 1, 0)] == part))
    doubtful = np.flatnonzero(unclear & (stops - starts != per_record))
    stopped = limit < count or bool(doubtful.size)
    if doubtful.size:  # a wrong width over several lines or with empty cells at the end: the tokenizer decides
        whole = slice(int(doubtful[0]))
        index, ends, stops, per_record, breaks = (
            index[whole],
            ends[whole],
            stops[whole],
            per_record[whole],
            breaks[whole],
        )
        starts = starts[whole]
        if not ends.size:
            return start, line, True
    spoilt = _per_record(index, (kind == NUL) | (kind == MARK)) > 0
    lines = line + np.concatenate(([0], np.cumsum(breaks)[:-1]))
    blank = ((stops - starts) == per_record) & ~spoilt
    good = (per_record == width - 1) & ~blank & ~spoilt
    _keep(found, start, starts, ends, lines, good)
    found.blank += int(blank.sum())
    for place in np.flatnonzero(~good & ~blank):
        found.set_aside(record_at(data, start + int(starts[place]), delimiter), int(lines[place]), width)
    return start + int(ends[-1]), line + int(breaks.sum()), stopped


def _behind(block: Bytes, at: Places, after: int) -> Bytes:
    """The byte behind each place; behind the block stands *after*."""
    behind = np.empty(at.size, np.uint8)
    if at.size:
        behind[:-1] = block[at[:-1] + 1]
        behind[-1] = block[at[-1] + 1] if at[-1] + 1 < block.size else after
    return behind


def _first_damage(
    block: Bytes, at: Places, kind: Bytes, behind: Bytes, inside: Flags, part: int, *, cr_only: bool
) -> int:
    """Where the first quotation mark or carriage return out of place stands; the block's size where none does."""
    quote = kind == QUOTE
    places, opens = at[quote], inside[quote]
    before = block[np.maximum(places - 1, 0)]
    may_open = (places == 0) | _is_edge(before, part)
    may_close = _is_edge(behind[quote], part)
    wrong = places[np.where(opens, ~may_open, ~may_close)]
    lone = LF if cr_only else CR
    stray = at[(kind == lone) & ~inside & ((behind != LF) | cr_only)]
    return int(min(wrong[0] if wrong.size else block.size, stray[0] if stray.size else block.size))


def _is_edge(neighbour: Bytes, part: int) -> Flags:
    edge: Flags = (neighbour == part) | (neighbour == LF) | (neighbour == CR) | (neighbour == QUOTE)
    return edge


def _content_ends(block: Bytes, at: Places, *, cr_only: bool) -> Places:
    if cr_only or not at.size:
        return at
    content: Places = at - ((block[np.maximum(at - 1, 0)] == CR) & (at > 0))
    return content


def _per_record(index: Places, flags: Flags) -> Places:
    """How many of the flagged places lie in each record; `index` is the place that ends it."""
    total = np.cumsum(flags)[index] if flags.size else np.zeros(index.size, np.int64)
    return np.diff(total, prepend=0)


def _keep(found: "Scan", start: int, starts: Places, ends: Places, lines: Places, good: Flags) -> None:
    """Add the good records' ranges, joined where they touch, and their lines."""
    if not good.any():
        return
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        found.add_range(start + int(starts[first]), start + int(ends[stop - 1]))
    found.lines.append(lines[good].astype(np.uint32))
    found.good += int(good.sum())
