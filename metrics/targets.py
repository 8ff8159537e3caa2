"""Which promise holds for a ticket: the most specific target whose conditions all hold on that day."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import reduce
from operator import and_

import polars as pl

from metrics.desk import Target, Thing


def by_precedence(targets: Sequence[Target], thing: Thing) -> list[Target]:
    """The targets of one thing, the winning ones first: most conditions, then latest, then shortest."""
    own = [target for target in targets if target.thing == thing]
    return sorted(own, key=lambda target: (-len(target.where), -target.valid_from.toordinal(), target.seconds))


def chosen(targets: Sequence[Target], thing: Thing, *, on: pl.Expr, columns: Collection[str]) -> pl.Expr:
    """Which of `by_precedence` holds on the local day *on*, by its place (UInt32); null where none does.

    A condition on a column that is not there never holds.
    """
    places = [
        pl.when(_holds(target, on)).then(pl.lit(place, pl.UInt32))
        for place, target in enumerate(by_precedence(targets, thing))
        if set(target.where) <= set(columns)
    ]
    return pl.coalesce(*places, pl.lit(None, pl.UInt32))


def _holds(target: Target, on: pl.Expr) -> pl.Expr:
    conditions = [pl.col(name) == value for name, value in target.where.items()]
    return reduce(and_, conditions, _is_in_force(target, on))


def _is_in_force(target: Target, on: pl.Expr) -> pl.Expr:
    begun = on >= max(target.valid_from, target.since)
    return begun if target.until == date.max else begun & (on < target.until)
