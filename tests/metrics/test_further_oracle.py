"""The further figures of random desks against a plain reading of each ticket's life."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.model import Metric, Period, Quantile, Scope
from tests.metrics.random_desks import DESKS, desks, mostly
from tests.metrics.test_oracle import WEEK, belongs, built, instant, read, within
from tests.oracles.figures import Sample, figure, wilson
from tests.oracles.further import OWN, SHARES, Desk, consistency, gini, is_further, kaplan_meier, samples, waits
from tests.oracles.tickets import Life, Row, World

FURTHER = [metric for metric in METRICS.values() if is_further(metric.id)]
RUNS = settings(
    max_examples=DESKS, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Figure = tuple[float | None, int]


@st.composite
def wide_desks(draw: st.DrawFn) -> World:
    """A random desk with customers, escalations and answers to surveys, seen some days later."""
    world = draw(desks())
    as_of = world.as_of + timedelta(days=draw(st.sampled_from([0, 2, 8, 16])))
    tickets = [
        {
            **row, "customer": draw(mostly(st.sampled_from(["Li", "Wu"]))), "type": draw(st.sampled_from(["x", None])),
            "escalated_at": draw(mostly(st.sampled_from([row["created_at"]]))) if row["source"] == "b" else None,
            "x_fcr_survey": draw(st.sampled_from(["yes", "no", None])),
        }
        for row in world.tickets
    ]  # fmt: skip
    raised = [
        {
            "source": row["source"], "ticket_id": row["ticket_id"], "field": "tier", "sequence": 9,
            "at": row["created_at"], "from_value": "first_line", "to_value": draw(st.sampled_from(tuple(LINES))),
        }
        for row in tickets if row["source"] == "a" and draw(st.booleans())
    ]  # fmt: skip
    return replace(world, tickets=tickets, changes=[*world.changes, *raised], as_of=as_of)


LINES = ("first_line", "specialist", "cross_team")


@RUNS
@given(wide_desks(), st.sampled_from([None, WEEK]), st.sampled_from([(), ("channel",), ("agent",)]))
def test_every_further_figure_is_what_the_lives_of_tickets_make(
    world: World, during: Period | None, by: tuple[str, ...]
) -> None:
    lives = read(world)
    answer = compute(FURTHER, built(world), Scope(period=during), by=by)
    for row in answer.iter_rows(named=True):
        group, metric = {name: row[name] for name in by}, METRICS[row["metric"]]
        value, n = counted(metric, world, lives, group, during)
        assert (row["value"], row["n"]) == (pytest.approx(value, abs=1e-9), n), row
        if row["unit"] == "share" and value is not None:
            assert (row["low"], row["high"]) == pytest.approx(wilson(value, n))


def counted(metric: Metric, world: World, lives: Sequence[Life], group: Row, during: Period | None) -> Figure:
    begins, ends = (instant(during.start, world), instant(during.end, world)) if during else (None, None)
    if "_waiting_p" in metric.id:
        chosen = [(sample, over) for sample, over in waits(metric.id, world, lives) if belongs(sample, group)]
        inside = [(sample.worth, over) for sample, over in chosen if within(sample.at, begins, ends)]
        return kaplan_meier(inside, int(metric.id[-2:]) / 100)[0], len(inside)
    if metric.id in {"load_balance", "clearance_rate"}:
        mine = [life for life in lives if all(life.ticket[name] == value for name, value in group.items())]
        return (balance if metric.id == "load_balance" else clearance)(world, mine, begins, ends)
    every = [sample for sample in samples(metric.id, world, lives) if belongs(sample, group)]
    chosen_samples = [sample for sample in every if within(sample.at, begins, ends)]
    worths = [float(sample.worth) for sample in chosen_samples]
    if metric.id == "escalations":
        return escalations(world, lives, group, every, chosen_samples, begins)
    if metric.id == "response_consistency":
        return consistency(worths), len(worths)
    kind = f"p{round(metric.value.q * 100)}" if isinstance(metric.value, Quantile) else "mean"
    return figure(metric.id, kind, chosen_samples)


def escalations(
    world: World, lives: Sequence[Life], group: Row, every: list[Sample], chosen: list[Sample], begins: datetime | None
) -> Figure:
    mine = [life for life in lives if all(life.ticket[name] == value for name, value in group.items())]
    if (mine and not every) or (begins is not None and begins > world.as_of):
        return None, 0
    count = sum(bool(sample.worth) for sample in chosen)
    return count, count


def clearance(world: World, mine: list[Life], begins: datetime | None, ends: datetime | None) -> Figure:
    desk = Desk(world, mine)
    known = [life for life in mine if life.state is not None]
    came = sum(within(life.ticket["created_at"], begins, ends) for life in known)
    done = sum(bool(desk.resolved(life)) and within(life.at["full_resolution"], begins, ends) for life in known)
    to_come = begins is not None and begins > world.as_of
    return (done / came if came and not to_come else None), came


def balance(world: World, mine: list[Life], begins: datetime | None, ends: datetime | None) -> Figure:
    if begins is not None and begins > world.as_of:
        return None, 0
    last = world.as_of + timedelta(microseconds=1)
    end = min(last, ends) if ends else last
    there = [life for life in mine if life.state is not None and life.ticket["created_at"] < end]
    standing = [life for life in there if life.ended is None or life.ended >= end]
    people = {life.ticket["agent"] for life in there} - {None}
    loads = [sum(life.ticket["agent"] == person for life in standing) for person in sorted(people)]
    return gini(loads), sum(loads)


def test_the_further_figures_are_all_here() -> None:
    named = {metric.id for metric in FURTHER}
    assert named >= SHARES | OWN
    assert len(named) == len(SHARES) + len(OWN) + 2 * 12 + 2 * 10
