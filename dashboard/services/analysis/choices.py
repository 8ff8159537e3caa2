"""Which values of each dimension a filter can offer, the frequent ones first."""

import polars as pl

from dashboard.privacy.masking import is_personal, masked
from metrics.compute import dimensions
from metrics.facts import Facts
from metrics.tables import SOURCE_FIELD_PREFIX

IN_ORDER = ("weekday", "hour")
PEOPLE = ("first_response_by", "resolution_by")
"""Whoever answered or resolved is credited for it, also where another person has the ticket now."""
VALUES_AT_MOST = 1000
"""So many values of a dimension can be chosen from; a longer list no browser searches."""
FIELD_VALUES_AT_MOST = 200
"""A source's own field with more different values is an id or free text, not something to filter by."""


def values_to_choose(facts: Facts) -> dict[str, tuple[str | None, ...]]:
    """The values that exist by dimension, unknown (None) last; a dimension without any known value is left out.

    So is a source's own field that says who customers are: by it no figure is split.
    """
    found = {name: _values(facts.tickets, name) for name in dimensions(facts) if name in facts.tickets.columns}
    return {
        name: values[:VALUES_AT_MOST]
        for name, values in found.items()
        if any(value is not None for value in values)
        and (not name.startswith(SOURCE_FIELD_PREFIX) or _is_harmless(name, values))
    }


def _is_harmless(name: str, values: tuple[str | None, ...]) -> bool:
    if len(values) > FIELD_VALUES_AT_MOST or is_personal(name):
        return False
    return all(value is None or masked(value) == value for value in values)


def _values(tickets: pl.DataFrame, name: str) -> tuple[str | None, ...]:
    counts = tickets[name].value_counts(sort=True, name="n")
    listed: list[str | None] = sorted(counts[name].to_list(), key=lambda value: value is None)
    if name in IN_ORDER:
        listed = sorted(listed, key=lambda value: (value is None, value))
    if name == "agent":
        known = set(listed)
        others = {person for column in PEOPLE for person in tickets[column].unique().drop_nulls()} - known
        listed = [*sorted(others), *listed] if None not in known else [*listed[:-1], *sorted(others), None]
    return tuple(listed)
