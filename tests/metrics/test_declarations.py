"""A metric declared with one wrong word gives other figures: the desks on which oracles hold it would notice.

Declarations are data, so their mutants are made here and not from their lines: another instant, another person, another
column, another share of a quantile. Each must change what 160 random desks answer, by day and by person.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

import polars as pl
import pytest

from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import (
    Balance,
    Formula,
    Measure,
    Metric,
    Quantile,
    Ratio,
    Spread,
    Stock,
    Total,
    Turnover,
    Waiting,
)
from tests.metrics.many_desks import facts_of, many_desks, stamps

FACTS = ("tickets", "replies", "ratings", "sla_instances")
DECLARED = [metric for metric in METRICS.values() if metric.fact in FACTS]
INSTANTS = {
    "tickets": ("created_at", "first_response_at", "full_resolution_at", "ended_at", "first_response_decided_at"),
    "replies": ("asked_at", "answered_at", "next_response_decided_at", "created_at"),
    "ratings": ("rated_at", "surveyed_at", "created_at"),
    "sla_instances": ("started_at", "decided_at", "created_at"),
}
PEOPLE = {"tickets": ("agent", "first_response_by", "resolution_by")}
FLAGS = {
    "tickets": ("is_resolved", "is_reopened", "is_closed_without_resolution", "first_response_met", "resolution_met"),
    "replies": ("next_response_met", "is_first"),
    "ratings": ("is_satisfied", "is_given", "is_answered", "is_latest"),
    "sla_instances": ("is_met", "is_at_risk", "pauses_known"),
}
NUMBERS = {
    "tickets": ("reopens", "handoffs", "replies"), "replies": (), "ratings": ("score5", "nps_points"),
    "sla_instances": (),
}  # fmt: skip
NEVER_HERE = {"kb_use"}
"""What these desks tell nothing of."""
EQUAL: dict[str, set[str]] = {
    "resolution_rate": {f"value {Ratio(Measure('true', 'is_resolved'), Measure('present', 'is_inquiry_resolved'))}"},
}
"""Other words for the same: merged tickets and spam are never resolved. A resolved ticket ends with its resolution."""


@cache
def desks(later: int) -> Facts:
    """The same desks so many days after their newest stamp: in the midst of it, or when every window has gone by."""
    made = many_desks(160, 77)
    newest = max(at for desk in made for at in stamps(desk))
    return facts_of([replace(desk, as_of=newest + timedelta(days=later)) for desk in made])


def answers(metric: Metric) -> list[pl.DataFrame]:
    """What tells one declaration from another: by day, without a date, and by the person who is credited."""
    return [
        compute([metric], desks(later), by=by, every=every).drop("metric", "unit")
        for later in (-4, 60) for by, every in ((["team"], "day"), (["team"], None), (["agent"], None))
    ]  # fmt: skip


def other(name: str | None, among: tuple[str, ...]) -> Iterator[str]:
    yield from (candidate for candidate in among if candidate != name)


def measures(of: Measure, fact: str) -> Iterator[Measure]:
    column = of.column or ""
    if column.endswith("_seconds"):
        clocks = ("_calendar_", "_business_") if "_calendar_" in column else ("_business_", "_calendar_")
        yield replace(of, column=column.replace(*clocks))
    elif of.kind in {"sum", "values"}:
        yield from (replace(of, column=name) for name in other(column, NUMBERS[fact]))
    else:
        yield from (Measure("true" if of.kind == "rows" else of.kind, name) for name in other(column, FLAGS[fact]))
    if of.kind == "true":
        yield replace(of, kind="present")


def formulas(value: Formula, fact: str) -> Iterator[Formula]:
    match value:
        case Total(of):
            yield from (Total(changed) for changed in measures(of, fact))
        case Ratio(of, over):
            yield from (Ratio(changed, over) for changed in measures(of, fact))
            yield Ratio(of, Measure("rows"))
        case Quantile(of, q):
            yield from (Quantile(changed, q) for changed in measures(of, fact))
            yield from (replace(value, q=changed) for changed in (0.5, 0.75, 0.9, 0.95, 0.99) if changed != q)
        case Spread():
            yield replace(value, upper=0.75)
            yield replace(value, lower=0.25)
            yield from (replace(value, of=changed) for changed in measures(value.of, fact))
        case Waiting(took, _, q):
            yield from (replace(value, q=changed) for changed in (0.5, 0.75, 0.9, 0.95) if changed != q)
            yield replace(value, waiting=took)
            yield replace(value, took=took.replace("_calendar_", "_x_").replace("_business_", "_calendar_")
                          .replace("_x_", "_business_"))  # fmt: skip
        case Stock():
            yield replace(value, opened="first_response_at")
            yield replace(value, closed="first_response_at")
        case Balance():
            yield replace(value, closed="first_response_at")
            yield replace(value, among="resolution_by")
        case Turnover():
            yield replace(value, of_at="created_at")
            yield replace(value, of=Measure("present", "is_resolved"))


def mutants(metric: Metric) -> Iterator[tuple[str, Metric]]:
    """Every declaration with one wrong word, and which."""
    if not isinstance(metric.value, Stock | Balance):
        for name in other(metric.at, INSTANTS[metric.fact]):
            yield f"at {name}", replace(metric, at=name)
    if not isinstance(metric.value, Balance):
        for name in other(metric.person, PEOPLE.get(metric.fact, ())):
            yield f"person {name}", replace(metric, person=name)
    for value in formulas(metric.value, metric.fact):
        yield f"value {value}", replace(metric, value=value)


def unnoticed(metric: Metric) -> list[str]:
    told = answers(metric)
    same = (
        all(one.equals(other) for one, other in zip(answers(mutant), told, strict=True))
        for _, mutant in mutants(metric)
    )
    return [wrong for (wrong, _), kept in zip(mutants(metric), same, strict=True) if kept]


@pytest.mark.parametrize("id", [metric.id for metric in DECLARED if metric.id not in NEVER_HERE])
def test_one_wrong_word_in_a_declaration_is_noticed(id: str) -> None:
    metric = METRICS[id]
    assert sum(1 for _ in mutants(metric)) >= 2
    alike = {"at ended_at"} if metric.at == "full_resolution_at" else set()
    assert set(unnoticed(metric)) <= alike | EQUAL.get(id, set())
