"""Two sides of a desk, as a person names them, compared."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.people.permission import permission_of
from dashboard.services.facts.figures import facts_of
from metrics.catalog import metric
from metrics.comparison import compare
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.known_values import check_values
from metrics.model import Period, Scope
from metrics.selection import check_dimensions
from metrics.words import N_

Where = Mapping[str, tuple[str | None, ...]]


class SideError(ActionableError):
    """A side of a comparison that is neither a period nor a group."""

    def __init__(self, text: str) -> None:
        super().__init__(
            N_(
                "“{text}” is no side to compare. Write two days as 2026-11-01..2026-11-08 (without the last), "
                "or a group as channel=chat."
            ),
            text=text,
        )


@needs(Act.SEE_FIGURES)
def comparison(
    actor: Actor, desk: Desk, metric_ids: Sequence[str], *, to: str, of: str | None = None, where: Where | None = None
) -> pl.DataFrame:  # fmt: skip
    """Figures of the side *to* beside those of the side *of*, as `metrics.comparison.compare` gives them.

    Without *of*: the equally long period just before, or all other members of the dimension.
    Raises SideError, OverlapError, UnknownMetricError, UnknownDimensionError.
    """
    facts = facts_of(actor, desk)
    after = scope_of(to, where or {})
    before = scope_of(of, where or {}) if of is not None else counterpart(after, to, facts, where or {})
    for side in (after, before):
        check_dimensions(list(side.where), facts)
        check_values(side, facts)
    own = permission_of(actor)
    return compare([metric(id) for id in metric_ids], facts, own.asked(before), own.asked(after))


def scope_of(side: str, where: Where) -> Scope:
    """The scope that a side names: `DAY..DAY` or `DIM=VALUE`."""
    first, dots, last = side.partition("..")
    if dots:
        try:
            period = Period(date.fromisoformat(first), date.fromisoformat(last))
        except ValueError:
            raise SideError(side) from None
        if period.end <= period.start:
            raise SideError(side)
        return Scope(period=period, where=where)
    name, equals, value = side.partition("=")
    if not equals or not name:
        raise SideError(side)
    return Scope(where={**where, name: (value or None,)})


def counterpart(after: Scope, side: str, facts: Facts, where: Where) -> Scope:
    """What a side is compared with where nothing is named."""
    if after.period is not None:
        length = after.period.end - after.period.start
        return Scope(period=Period(after.period.start - length, after.period.start), where=where)
    name = side.partition("=")[0]
    check_dimensions([name], facts)
    own = set(after.where[name])
    known: list[Any] = facts.tickets[name].unique().sort().to_list()
    return Scope(where={**where, name: tuple(value for value in known if value not in own)})
