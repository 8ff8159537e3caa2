"""Where the table stands in a sheet of cells: the lines above it, its header line, and its columns' names."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

DATED = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}([ T].*)?|\d{1,2}:\d\d(:\d\d)?"
)
NUMBER = re.compile(r"[-+]?[$€£¥]?\d[\d,.]*%?|[-+]?\d+(\.\d+)?[eE][-+]?\d+")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.\w+|https?://\S+")
TOTAL = re.compile(
    r"(grand |sub)?totals?|(the )?sum|[合总小共]\s*计|总\s*数|汇\s*总"
    r"|(total|合计|总计|共计?)\s*[:：]?\s*[\d,.]*\s*[条行]?(记录)?",
    re.IGNORECASE,
)
INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"


@dataclass(frozen=True)
class Layout:
    """The header is record `header` of the sample (None: the table has none); `width` columns."""

    header: int | None
    width: int
    first: int
    """Index of the first record below the header."""


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of cells that most records with cells have; of equally common ones the greater."""
    counts = Counter(len(row) for row in rows if any(row))
    return max(counts, key=lambda width: (counts[width], width), default=1)


def find_layout(rows: Sequence[Sequence[str]]) -> Layout:
    """The layout of a sample of records."""
    width = _filled_width(rows)
    first = next((index for index, row in enumerate(rows) if _starts_table(row, width)), None)
    if first is None:
        first = next((index for index, row in enumerate(rows) if any(row)), 0)
    below = [row for row in rows[first + 1 :] if any(row)]
    if is_data(rows[first], below):
        return Layout(None, max(len(rows[first]), usual_width(rows[first:])), first)
    return Layout(first, _padded_width(rows[first], below), first + 1)


def _filled_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells of a row the table fills: the width whose rectangle of filled cells is the largest."""
    counts = Counter(sum(bool(cell.strip()) for cell in row) for row in rows)
    return max(counts, key=lambda width: (width * sum(n for filled, n in counts.items() if filled >= width), width))


def _starts_table(row: Sequence[str], width: int) -> bool:
    """Whether most of the table's width is filled: titles and "exported at" lines above a table fill less."""
    filled = sum(bool(cell.strip()) for cell in row)
    half = 2 * filled > width or (2 * filled == width and len(row) >= width)
    return half and filled >= min(width, 2)


def _padded_width(header: Sequence[str], below: Sequence[Sequence[str]]) -> int:
    """The header's width, or more where nearly every record ends in the same number of extra empty cells."""
    usual = Counter(map(len, below)).most_common(1)
    if not usual or usual[0][0] <= len(header) or usual[0][1] < 0.9 * len(below):
        return len(header)
    extra = [cell for row in below if len(row) == usual[0][0] for cell in row[len(header) :]]
    return len(header) if any(extra) else usual[0][0]


def kind(cell: str) -> str:
    """What a cell looks like: empty, dated, number, address or text."""
    cell = cell.strip()
    patterns = (("dated", DATED), ("number", NUMBER), ("address", ADDRESS))
    return next((name for name, pattern in patterns if pattern.fullmatch(cell)), "text") if cell else "empty"


def is_data(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first line is clearly a record: its dates stand above dates, or most cells are above their like."""
    if not below:
        return False
    kinds = [kind(cell) for cell in row]
    likes = [
        name == Counter(kind(other[index]) for other in below if index < len(other)).most_common(1)[0][0]
        if any(index < len(other) for other in below)
        else False
        for index, name in enumerate(kinds)
    ]
    if any(like and name in ("dated", "address") for name, like in zip(kinds, likes, strict=True)):
        return True
    telling = sum(like and name == "number" for name, like in zip(kinds, likes, strict=True))
    return telling > 0 and 2 * telling >= sum(name != "empty" for name in kinds) and not _are_labels(row)


def _are_labels(row: Sequence[str]) -> bool:
    """Numbers that count on evenly, such as years or months, are column names rather than values."""
    numbers = [int(cell) for cell in row if cell.strip().isascii() and cell.strip().isdigit()]
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    return len(numbers) > 2 and len(steps) == 1 and steps != {0}


def column_names(header: Sequence[str] | None, width: int) -> tuple[str, ...]:
    """Names without invisible marks, each once: a blank becomes `column 3`, the second `x` becomes `x (2)`."""
    given = [cell.strip().strip(INVISIBLE).strip() for cell in header or ()]
    given += [""] * (width - len(given))
    reserved = {name for name in given if name}
    names: list[str] = []
    for position, name in enumerate(given, start=1):
        base = name or f"column {position}"
        taken = set(names) if name else {*names, *reserved}
        names.append(_unique(base, taken, reserved))
    return tuple(names)


def _unique(base: str, taken: set[str], reserved: set[str]) -> str:
    if base not in taken:
        return base
    number = 2
    while f"{base} ({number})" in taken | reserved:
        number += 1
    return f"{base} ({number})"


def is_summary(cells: Sequence[str]) -> bool:
    """Whether a record at the end of a table is a total rather than a row."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    others = [cell for cell in cells if cell.strip()][1:]
    return len(cells) > 1 and bool(TOTAL.fullmatch(first)) and all(kind(cell) == "number" for cell in others)
