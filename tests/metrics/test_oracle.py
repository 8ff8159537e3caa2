"""Facts and figures of random desks against a plain reading of each ticket's life."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.facts import Facts, build_facts
from metrics.model import Metric, Period, Quantile, Ratio, Scope, Stock, Total, Unit
from tests.builders import tables
from tests.metrics.random_desks import DESKS, SETTINGS, desks
from tests.oracles.beside import is_beside
from tests.oracles.figures import Sample, figure, open_at, samples, wilson
from tests.oracles.further import is_further
from tests.oracles.tickets import Life, Row, World, judge, live

WEEK = Period(date(2026, 3, 26), date(2026, 3, 30))
RUNS = settings(
    max_examples=DESKS, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def read(world: World) -> list[Life]:
    lives = [live(world, ticket) for ticket in world.tickets]
    judge(world, lives)
    return lives


def built(world: World) -> Facts:
    made = tables(world.tickets, world.messages, world.changes, world.ratings)  # type: ignore[arg-type]
    return build_facts(made, SETTINGS, as_of=world.as_of)


@RUNS
@given(desks())
def test_the_facts_of_every_ticket_are_those_of_its_life(world: World) -> None:
    found = {row["ticket_id"]: row for row in built(world).tickets.to_dicts()}
    for life in read(world):
        row = found[life.ticket["ticket_id"]]
        assert row["start_at"] == life.start
        for thing in ("first_response", "first_auto_response", "first_resolution", "full_resolution"):
            assert row[f"{thing}_at"] == life.at[thing], thing
        for thing, took in life.took.items():
            measured = (row[f"{thing}_calendar_seconds"], row[f"{thing}_business_seconds"])
            assert measured == (took or (None, None)), thing
        for thing, met in life.met.items():
            assert (row[f"{thing}_met"], row[f"{thing}_decided_at"]) == (met or (None, None)), thing
        assert row["ended_at"] == (life.ended if life.state is not None else None)
        assert (row["reopens"], row["handoffs"], row["replies"]) == tuple(
            life.counts[name] for name in ("reopens", "handoffs", "replies")
        )


@RUNS
@given(desks())
def test_the_waits_are_those_of_the_conversations(world: World) -> None:
    found = [
        (row["ticket_id"], row["is_first"], row["asked_at"], row["answered_at"], row["agent"],
         row["next_response_calendar_seconds"], row["next_response_business_seconds"],
         row["next_response_met"], row["next_response_decided_at"])
        for row in built(world).replies.to_dicts()
    ]  # fmt: skip
    expected = [
        (life.ticket["ticket_id"], wait["is_first"], wait["asked"], wait["answered"], wait["agent"],
         *(wait["took"] or (None, None)), *(wait["met"] or (None, None)))
        for life in read(world) for wait in life.waits
    ]  # fmt: skip
    assert sorted(found, key=str) == sorted(expected, key=str)


@RUNS
@given(desks(), st.sampled_from([None, WEEK]), st.sampled_from([(), ("channel",), ("agent",)]))
def test_every_metric_is_what_its_samples_make(world: World, during: Period | None, by: tuple[str, ...]) -> None:
    facts, lives = built(world), read(world)
    own = [metric for metric in METRICS.values() if not is_further(metric.id) and not is_beside(metric.id)]
    answer = compute(own, facts, Scope(period=during), by=by)
    for row in answer.iter_rows(named=True):
        group = {name: row[name] for name in by}
        check(row, counted(METRICS[row["metric"]], world, lives, group, during))


def check(row: Row, expected: tuple[float | None, int]) -> None:
    value, n = expected
    assert (row["value"], row["n"]) == (pytest.approx(value), n), row
    if row["unit"] == "share" and value is not None:
        assert (row["low"], row["high"]) == pytest.approx(wilson(value, n))


def counted(
    metric: Metric, world: World, lives: Sequence[Life], group: Row, during: Period | None
) -> tuple[float | None, int]:
    """Value and n of one metric; a count of which nothing is known in any period is unknown."""
    begins, ends = (instant(during.start, world), instant(during.end, world)) if during else (None, None)
    to_come = begins is not None and begins > world.as_of
    if isinstance(metric.value, Stock):
        mine = [life for life in lives if all(life.ticket[name] == value for name, value in group.items())]
        if to_come or (mine and all(life.state is None for life in mine)):
            return None, 0
        last = world.as_of + timedelta(microseconds=1)
        standing = len(open_at(mine, min(last, ends) if ends else last))
        return standing, standing
    every = [sample for sample in samples(metric.id, world, lives) if belongs(sample, group)]
    if isinstance(metric.value, Total) and metric.id != "tickets_created":
        if not every and _has_rows(metric, world, lives, group):
            return None, 0
        inside = _rows_inside(metric, lives, group, begins, ends)
    chosen = [sample for sample in every if within(sample.at, begins, ends)]
    if isinstance(metric.value, Total) and metric.value.of.kind == "sum" and not chosen and inside:
        return None, 0
    if isinstance(metric.value, Total) and to_come:
        return None, 0
    return figure(metric.id, kind(metric), chosen)


def _has_rows(metric: Metric, world: World, lives: Sequence[Life], group: Row) -> bool:
    if metric.fact in {"ratings", "sla_instances"}:
        return False
    return any(_rows(metric, lives, group)) and bool(world.tickets)


def _rows_inside(
    metric: Metric, lives: Sequence[Life], group: Row, begins: datetime | None, ends: datetime | None
) -> bool:
    return any(within(life.ticket["created_at"], begins, ends) for life in _rows(metric, lives, group))


def _rows(metric: Metric, lives: Sequence[Life], group: Row) -> Iterator[Life]:
    for life in lives:
        agent = life.people["resolution"] if metric.person == "resolution_by" else life.ticket["agent"]
        own = {**life.ticket, "agent": agent}
        if all(own[name] == value for name, value in group.items()):
            yield life


def belongs(sample: Sample, group: Row) -> bool:
    own = {**sample.ticket, "agent": sample.agent}
    return all(own.get(name) == value for name, value in group.items())


def within(at: datetime | None, begins: datetime | None, ends: datetime | None) -> bool:
    return begins is None or ends is None or (at is not None and begins <= at < ends)


def instant(day: date, world: World) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(world.zone))


def kind(metric: Metric) -> str:
    match metric.value:
        case Quantile(_, q):
            return f"p{round(q * 100)}"
        case Ratio():
            return "share" if metric.unit is Unit.SHARE else "mean"
        case _:
            return "total"
