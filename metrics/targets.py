"""Which promise holds for a ticket: the most specific target whose conditions all hold on that day."""

from collections.abc import Collection, Sequence
from functools import reduce
from operator import and_

import polars as pl

from metrics.desk import Target, Thing


def by_precedence(targets: Sequence[Target], thing: Thing) -> list[Target]:
    """The targets of one thing, the winning ones first: most conditions, then latest, then shortest."""
    own = [target for target in targets if target.thing == thing]
    return sorted(own, key=lambda target: (-len(target.where), -target.valid_from.toordinal(), target.seconds))


def chosen(
    targets: Sequence[Target], thing: Thing, *, on: pl.Expr, columns: Collection[str]
) -> tuple[pl.Expr, pl.Expr]:
    """Seconds (Int64) and clock (String) of the target that holds on the local day *on*; null where none does.

    A condition on a column that is not there never holds.
    """
    usable = [target for target in by_precedence(targets, thing) if set(target.where) <= set(columns)]
    cases = [(_holds(target, on), target) for target in usable]
    seconds = [pl.when(holds).then(pl.lit(target.seconds, pl.Int64)) for holds, target in cases]
    clocks = [pl.when(holds).then(pl.lit(target.clock)) for holds, target in cases]
    return pl.coalesce(*seconds, pl.lit(None, pl.Int64)), pl.coalesce(*clocks, pl.lit(None, pl.String))


def _holds(target: Target, on: pl.Expr) -> pl.Expr:
    conditions = [pl.col(name) == value for name, value in target.where.items()]
    return reduce(and_, conditions, on >= target.valid_from)
