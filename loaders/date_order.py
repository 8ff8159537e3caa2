"""Which of the numbers of a date is the day: settled by the values, else asked, never guessed."""

import polars as pl

from loaders.base import Note
from loaders.date_forms import Form, Order, asked_order
from loaders.errors import AmbiguousDatesError
from metrics.words import N_

CONTRADICTION = 0.01
"""Up to this share of the values that settle the order may contradict it; they are then bad dates."""

UNSETTLED = N_(
    "Nothing in {columns} settles whether day or month comes first (for example {example}); "
    "say whether the day (--date-format dmy) or the month (--date-format mdy) does."
)
CONTRADICTED = N_(
    "In {columns} some dates can only be day before month and others only month before day (for example {example}); "
    "correct the file, or say it with --date-format dmy or --date-format mdy."
)
SHORT_YEAR = N_(
    "The years in {columns} have two digits and may stand first or last (for example {example}); "
    "say it with --date-format dmy, mdy or ymd."
)
DAY_FIRST = N_("Dates in '{column}' are read day before month: {count} values can be read in no other way.")
MONTH_FIRST = N_("Dates in '{column}' are read month before day: {count} values can be read in no other way.")
LIKE_OTHERS = N_("Dates in '{column}' are read like those of '{other}', which are written in the same form.")


def settled_order(
    cells: pl.Series, form: Form, *, header: str, asked: str | None = None, like: tuple[str, Order] | None = None
) -> tuple[Order | None, Note | None]:
    """Whether day or month comes first, from the values; else from what was asked; else from a like column."""
    if not form.is_open:
        return None, None
    if asked and (order := asked_order(asked)) and (order != "ymd" or form.has_short_year):
        return order, None
    if form.has_short_year and _year_may_lead(cells):
        raise AmbiguousDatesError(SHORT_YEAR, columns=f"'{header}'", example=repr(cells.drop_nulls()[0]))
    days, months, differ = _order_proofs(cells)
    smaller, larger = sorted((days, months))
    if larger and smaller <= larger * CONTRADICTION:
        template = DAY_FIRST if days > months else MONTH_FIRST
        return ("dmy" if days > months else "mdy"), Note(template, {"column": header, "count": larger})
    if larger == 0 and not differ:
        return "dmy", None
    if larger == 0 and like:
        return like[1], Note(LIKE_OTHERS, {"column": header, "other": like[0]})
    sentence = CONTRADICTED if larger else UNSETTLED
    raise AmbiguousDatesError(sentence, columns=f"'{header}'", example=repr(cells.drop_nulls()[0]))


def _year_may_lead(cells: pl.Series) -> bool:
    """Whether `23/08/26` may begin with its year: the last numbers vary like days, the first ones like years."""
    numbers = cells.drop_nulls().str.extract_groups(r"^(?<a>\d{1,2})[-/.]\d{1,2}[-/.](?<c>\d{1,2})\b")
    first, last = (numbers.struct.field(name).cast(pl.UInt8) for name in ("a", "c"))
    return bool((last <= 31).all()) and first.n_unique() <= last.n_unique()


def _order_proofs(cells: pl.Series) -> tuple[int, int, bool]:
    """How many values prove day first, how many month first, and whether the order matters for any value."""
    numbers = cells.drop_nulls().str.extract_groups(r"^(?:[A-Za-z]{3}, )?(?<a>\d{1,2})[-/.](?<b>\d{1,2})[-/.]")
    first, second = (numbers.struct.field(name).cast(pl.UInt8) for name in ("a", "b"))
    days = int(((first > 12) & (first <= 31) & (second <= 12)).sum())
    months = int(((second > 12) & (second <= 31) & (first <= 12)).sum())
    return days, months, bool((first != second).any())
