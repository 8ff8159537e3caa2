"""Calls, people's time and outcomes of random desks against a plain reading, minute by minute."""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from metrics.absence import absences
from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.facts import Facts, build_facts
from metrics.model import Metric, Period, Quotient, Ratio, Scope
from tests.builders import tables
from tests.metrics.random_switches import SWITCH_SETTINGS, switch_desks
from tests.metrics.test_oracle import WEEK, instant, read, within
from tests.oracles.beside import (
    COUNTS,
    NEVER_TOLD,
    OF_CALLS,
    OF_CONTACTS,
    OF_TIME,
    Beside,
    Piece,
    is_beside,
    pieces,
    quotient,
)
from tests.oracles.figures import wilson
from tests.oracles.tickets import Row, World
from tests.thorough import examples

BESIDE = [metric for metric in METRICS.values() if is_beside(metric.id)]
RUNS = settings(
    max_examples=int(os.environ.get("FLOORWALKER_DESKS", examples(10))),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.generate],
)
SPLITS = [(), ("channel",), ("agent",), ("team", "weekday"), ("source",)]
Bounds = tuple[float | None, float | None]


def built(world: World, beside: Beside) -> Facts:
    made = tables(
        world.tickets, world.messages, world.changes, world.ratings,  # type: ignore[arg-type]
        arrivals=beside.arrivals, agent_states=beside.states, outcomes=beside.outcomes,  # type: ignore[arg-type]
    )  # fmt: skip
    return build_facts(made, SWITCH_SETTINGS, as_of=world.as_of)


@RUNS
@given(switch_desks(), st.sampled_from([None, WEEK]), st.sampled_from(SPLITS))
def test_every_figure_of_calls_time_and_outcomes_is_what_its_rows_make(
    made: tuple[World, Beside], during: Period | None, by: tuple[str, ...]
) -> None:
    world, beside = made
    facts, lives = built(world, beside), read(world)
    whole = {metric.id: pieces(metric.id, world, beside, lives) for metric in BESIDE}
    for row in compute(BESIDE, facts, Scope(period=during), by=by).iter_rows(named=True):
        group = {name: row[name] for name in by}
        mine = [piece for piece in whole[row["metric"]] if all(piece.dims[name] == group[name] for name in by)]
        check(METRICS[row["metric"]], row, mine, whole[row["metric"]], world, during)


def check(metric: Metric, row: Row, mine: list[Piece], whole: list[Piece], world: World, during: Period | None) -> None:
    begins, ends = (instant(during.start, world), instant(during.end, world)) if during else (None, None)
    to_come = begins is not None and begins > world.as_of
    chosen = [piece for piece in mine if within(piece.at, begins, ends)]
    known = [piece for piece in chosen if piece.above is not None and piece.below is not None]
    if metric.id in COUNTS:
        absent = not whole or (metric.id == "calls_abandoned" and all(piece.above is None for piece in whole))
        untold = any(rows and all(piece.above is None for piece in rows) for rows in (mine, chosen))
        unknown = to_come or absent or untold
        value, n = (None, 0) if unknown else (sum(float(piece.above or 0) for piece in known), len(known))
        assert (row["value"], row["n"]) == (value, n), row
        return
    value, low, high = quotient(known)
    n = 0 if value is None else int(sum(piece.counts for piece in known))
    if isinstance(metric.value, Ratio):
        value = None if value is None else min(value, 1)
        low, high = (None, None) if value is None else wilson(value, n)
    elif isinstance(metric.value, Quotient):
        low, high = bounded(metric, low), bounded(metric, high)
    assert (row["value"], row["n"]) == (pytest.approx(value), n), row
    assert (row["low"], row["high"]) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6)), row


def bounded(metric: Metric, value: float | None) -> float | None:
    return None if value is None else max(0, min(value, 1 if metric.unit.value == "share" else value))


@RUNS
@given(switch_desks())
def test_a_figure_is_absent_where_no_row_tells_it_and_not_else(made: tuple[World, Beside]) -> None:
    world, beside = made
    absent, lives = absences(BESIDE, built(world, beside)), read(world)
    for id in OF_CALLS | OF_TIME | set(OF_CONTACTS):
        known = [
            piece for piece in pieces(id, world, beside, lives) if piece.above is not None and piece.below is not None
        ]
        if known:
            assert id not in absent, id
    assert set(absent) >= NEVER_TOLD


def test_all_that_stands_beside_the_tickets_is_here() -> None:
    named = {metric.id for metric in METRICS.values() if metric.fact in {"calls", "agent_time", "contacts"}}
    assert named | {"kb_use"} == {metric.id for metric in BESIDE}
