"""Whether what a scope filters by is there at all: a mistyped value would answer 0 as if nothing had happened."""

from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches

import polars as pl

from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.model import Scope
from metrics.tables import TABLES
from metrics.words import N_

PEOPLE = ("agent", "first_response_by", "resolution_by")
"""Whom figures may credit: a filter by `agent` asks for any of them."""
NAMED_AT_MOST = 8
ALWAYS_THERE = {
    "weekday": tuple("1234567"),
    "hour": tuple(f"{hour:02}" for hour in range(24)),
    "peak": ("yes", "no"),
}


class UnknownValueError(ActionableError):
    """No row of the desk has that value of a dimension."""

    def __init__(self, dimension: str, value: str, known: list[str]) -> None:
        near = get_close_matches(value, known, n=3, cutoff=0.5)
        if near:
            template = N_("No ticket of this desk has {dimension} “{value}”. Did you mean {near}?")
        elif len(known) <= NAMED_AT_MOST:
            template = N_("No ticket of this desk has {dimension} “{value}”. There are: {known}.")
        else:
            template = N_("No ticket of this desk has {dimension} “{value}”. `floorwalker show --by {dimension}` lists "
                          "what there is.")  # fmt: skip
        super().__init__(
            template, dimension=dimension, value=value, near=_quoted(near), known=_quoted(known[:NAMED_AT_MOST])
        )


def check_values(scope: Scope, facts: Facts) -> None:
    """Raises UnknownValueError for the first value that the desk does not have and that no desk could have."""
    for name, values in scope.where.items():
        possible = _possible(name)
        for value in values:
            if value is not None and value not in possible and not _is_there(name, value, facts):
                raise UnknownValueError(name, value, _known(name, facts))


def _possible(name: str) -> tuple[str, ...]:
    """The values that every desk may have by the contract, whether this one has them now or not."""
    column = next((column for column in TABLES["tickets"].columns if column.name == name), None)
    return ALWAYS_THERE.get(name, (column.values or ()) if column else ())


def _is_there(name: str, value: str, facts: Facts) -> bool:
    return any((column == value).any() for column in _columns(name, facts))


def _known(name: str, facts: Facts) -> list[str]:
    return sorted({value for column in _columns(name, facts) for value in column.unique().drop_nulls()})


def _columns(name: str, facts: Facts) -> Iterator[pl.Series]:
    wanted = PEOPLE if name == "agent" else (name,)
    frames = (getattr(facts, one.name) for one in fields(facts))
    for frame in frames:
        if isinstance(frame, pl.DataFrame):
            yield from (frame[column] for column in wanted if frame.schema.get(column) == pl.String)


def _quoted(values: list[str]) -> str:
    return ", ".join(f"“{value}”" for value in values)
