"""The answered beside all who waited, and busy hours beside the rest: the same percentiles on two sides."""

from dataclasses import dataclass, replace

import polars as pl

from dashboard.services.analysis.responses import LEVELS, ResponseThing, level
from metrics.catalog import metric
from metrics.comparison import compare
from metrics.compute import compute, rows_that
from metrics.facts import Facts
from metrics.model import Clock, Scope
from metrics.selection import in_period


@dataclass(frozen=True)
class BothWaits:
    """Rows `level`, `value`, `low`, `high`, `n` of the answered alone and of all who waited; `result` as computed."""

    answered: pl.DataFrame
    everybody: pl.DataFrame
    result: pl.DataFrame
    still_waiting: int


def aware_ids(thing: ResponseThing, clock: Clock) -> tuple[str, ...]:
    """The percentiles in which those still waiting count."""
    return tuple(f"{thing}_{clock}_waiting_{name}" for name in LEVELS)


def naive_ids(thing: ResponseThing, clock: Clock) -> tuple[str, ...]:
    """The percentiles of the answered."""
    return tuple(level(thing, clock, name) for name in LEVELS)


def both_waits(facts: Facts, scope: Scope, *, thing: ResponseThing, clock: Clock) -> BothWaits:
    """Percentiles of the answered, and of all whose wait began in the scope, those still waiting included."""
    ids = (*naive_ids(thing, clock), *aware_ids(thing, clock))
    result = compute([metric(one) for one in ids], facts, scope)
    sides = (result.head(len(LEVELS)), result.tail(len(LEVELS)))
    answered, everybody = (_with_level(side) for side in sides)
    return BothWaits(answered, everybody, result, _still_waiting(facts, scope, thing, clock))


def _with_level(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.Series("level", LEVELS), "value", "low", "high", "n")


def _still_waiting(facts: Facts, scope: Scope, thing: ResponseThing, clock: Clock) -> int:
    """How many of the waits that began in the scope go on at as_of."""
    of = metric(aware_ids(thing, clock)[0])
    goes_on = pl.col(f"{thing}_waiting_{clock}_seconds").is_not_null()
    inside = goes_on & in_period(scope, of.at, facts.zone)
    return rows_that(inside, of, facts, scope, columns=("ticket_id",)).height


@dataclass(frozen=True)
class Peaks:
    """Percentiles in busy hours and in the rest, as `compute` splits them, and the differences with their intervals."""

    busy: pl.DataFrame
    rest: pl.DataFrame
    result: pl.DataFrame
    difference: pl.DataFrame


def peaks(facts: Facts, scope: Scope, *, thing: ResponseThing, clock: Clock) -> Peaks | None:
    """Waits of what was asked in peak hours or on event days beside the rest; None where one of them has nothing."""
    ids = peak_ids(thing, clock)
    metrics = [metric(one) for one in ids]
    result = compute(metrics, facts, scope, by=("peak",))
    sides = [result.filter(pl.col("peak") == side) for side in ("yes", "no")]
    if any(side.is_empty() or not side["n"].sum() for side in sides):
        return None
    rest, busy = (replace(scope, where={**scope.where, "peak": (side,)}) for side in ("no", "yes"))
    ladder_busy, ladder_rest = (_with_level(side.head(len(LEVELS))) for side in sides)
    return Peaks(ladder_busy, ladder_rest, result, compare(metrics, facts, rest, busy))


def peak_ids(thing: ResponseThing, clock: Clock) -> tuple[str, ...]:
    """The percentiles, then the share within target."""
    return (*naive_ids(thing, clock), f"{thing}_within_target")
