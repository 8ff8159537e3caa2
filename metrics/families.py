"""Families of metrics that differ only in clock and statistic, written as a loop instead of by hand."""

from collections.abc import Iterator
from typing import Literal, get_args

from metrics.intervals import smallest_bounded_n
from metrics.model import (
    Better,
    Clock,
    FactName,
    Formula,
    Measure,
    Metric,
    NeedName,
    Quantile,
    Ratio,
    Unit,
    Waiting,
)

Statistic = Literal["p50", "p75", "p90", "p95", "p99", "mean"]
CLOCKS: tuple[Clock, ...] = get_args(Clock)
STATISTICS: tuple[Statistic, ...] = get_args(Statistic)
SETTLED = 7
"""After so many days a ticket has as a rule been resolved or reopened if it ever is; younger ones are provisional."""
ENOUGH = 30
"""Below so many a share or a mean ranks nobody: its 95 % interval is wider than a third of the scale."""


def share(
    id: str,
    *,
    true: str,
    fact: FactName,
    at: str,
    source: str,
    person: str = "agent",
    better: Better = "higher",
    settles_after_days: int | None = None,
    needs: tuple[NeedName, ...] = (),
) -> Metric:
    """The share of rows whose Boolean column is true among those where it is known."""
    return Metric(
        id=id, unit=Unit.SHARE, fact=fact, at=at, value=Ratio(Measure("true", true), Measure("present", true)),
        better=better, interval="wilson", source=source, minimum_n=ENOUGH, person=person,
        settles_after_days=settles_after_days, needs=needs,
    )  # fmt: skip


def times(
    thing: str, *, fact: FactName, at: str, source: str, person: str = "agent", needs: tuple[NeedName, ...] = ()
) -> Iterator[Metric]:
    """`<thing>_<clock>_<statistic>` over both clocks and all statistics of the column `<thing>_<clock>_seconds`."""
    for clock in CLOCKS:
        for statistic in STATISTICS:
            formula = _formula(f"{thing}_{clock}_seconds", statistic)
            quantile = isinstance(formula, Quantile)
            yield Metric(
                id=f"{thing}_{clock}_{statistic}",
                unit=Unit.SECONDS,
                fact=fact,
                at=at,
                value=formula,
                better="lower",
                interval="order_statistic" if quantile else "normal",
                wording_id=thing,
                source=source,
                minimum_n=max(10, smallest_bounded_n(formula.q)) if isinstance(formula, Quantile) else ENOUGH,
                person=person,
                needs=needs,
            )


def waits(thing: str, *, fact: FactName, at: str, source: str, person: str = "agent") -> Iterator[Metric]:
    """`<thing>_<clock>_waiting_<quantile>`: the quantiles of `times`, with the waits that still go on."""
    for clock in CLOCKS:
        took, waiting = f"{thing}_{clock}_seconds", f"{thing}_waiting_{clock}_seconds"
        for statistic in STATISTICS:
            if statistic == "mean":
                continue
            q = int(statistic[1:]) / 100
            yield Metric(
                id=f"{thing}_{clock}_waiting_{statistic}",
                unit=Unit.SECONDS,
                fact=fact,
                at=at,
                value=Waiting(took, waiting, q),
                better="lower",
                interval="greenwood",
                wording_id=f"{thing}_waiting",
                source=source,
                minimum_n=max(10, smallest_bounded_n(q)),
                person=person,
            )


def _formula(column: str, statistic: Statistic) -> Formula:
    if statistic == "mean":
        return Ratio(Measure("sum", column), Measure("present", column))
    return Quantile(Measure("values", column), int(statistic[1:]) / 100)
