"""Text as a cell of a workbook can hold it, and how wide it is shown.

A spreadsheet would run what begins with an equals sign, and has no place for characters that XML does not know: these
go in as the format's own escapes (`_x0007_`), which programs that read a workbook turn back.
"""

import re
from unicodedata import east_asian_width

import polars as pl

LONGEST = 32_767
"""A cell holds no more UTF-16 units."""
_UNWRITABLE = "[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_FOUND = re.compile(_UNWRITABLE)


def as_cells(texts: pl.Series) -> pl.Series:
    """All texts of a column as cells can hold them; those that need no change, which are most, are left alone."""
    odd = texts.str.contains(_UNWRITABLE) | (texts.str.len_chars() * 2 > LONGEST)
    if not odd.any():
        return texts
    made = [None if text is None else escaped(fitting(text)) for text in texts]
    return pl.Series(texts.name, made, dtype=pl.String)


def cut(texts: pl.Series) -> int:
    """How many of these texts do not fit into a cell whole."""
    long = texts.filter(texts.str.len_chars() * 2 > LONGEST)
    return sum(escaped(fitting(text)) != escaped(text) if len(text) < LONGEST else True for text in long.drop_nulls())


def fitting(text: str) -> str:
    """The text as far as a cell holds it; where it is cut, an ellipsis is its end."""
    if len(text) * 2 <= LONGEST or _units(text) <= LONGEST:
        return text
    kept, units = 0, 0
    for char in text:
        units += 2 if char > "\uffff" else 1
        if units >= LONGEST:
            break
        kept += 1
    return text[:kept] + "…"


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def escaped(text: str) -> str:
    """The text with the format's own escapes, also for what would be taken for one."""
    made = _FOUND.sub(_escape, text)
    while len(made) > LONGEST:  # an escape is longer than what it stands for
        text = text.removesuffix("…")[: -max(1, (len(made) - LONGEST) // 7)] + "…"
        made = _FOUND.sub(_escape, text)
    return made


def _escape(found: re.Match[str]) -> str:
    return f"_x005F{found[0]}" if len(found[0]) > 1 else f"_x{ord(found[0]):04X}_"


def unescaped(text: str) -> str:
    """What a program that knows the escapes reads."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def shown_width(text: str) -> int:
    """How many narrow letters wide the longest line of a text is shown."""
    return max(
        (sum(2 if east_asian_width(char) in "WFA" else 1 for char in line) for line in text.split("\n")), default=0
    )


def shown_widths(texts: pl.Series) -> pl.Expr | pl.Series:
    """The same of a whole column, near enough: a letter of three bytes or more is a wide one."""
    return texts.str.len_chars() + (texts.str.len_bytes() - texts.str.len_chars()) // 2
