"""The facts of many random desks, built at once, against a plain reading of each desk by itself."""

from functools import cache

import pytest

from metrics.facts import Facts
from tests.metrics.many_desks import facts_of, many_desks
from tests.metrics.random_desks import CASES
from tests.metrics.test_oracle import read
from tests.metrics.test_sla_oracle import expected, told
from tests.oracles.sla import runnings
from tests.oracles.tickets import Life, World

EACH = 60
"""Desks that share one frame and one instant at which they are seen."""
Desks = list[tuple[World, list[Life]]]
THINGS = ("first_response", "first_auto_response", "first_resolution", "full_resolution")


@cache
def lived(seed: int) -> Desks:
    return [(desk, read(desk)) for desk in many_desks(EACH, seed)]


@cache
def ran(seed: int) -> list[tuple[object, ...]]:
    return sorted(((run.ticket["source"], *expected(run)) for desk, lives in lived(seed)
                   for run in runnings(desk, lives)), key=str)  # fmt: skip


def compare_tickets(facts: Facts, desks: Desks) -> None:
    found = {(row["source"], row["ticket_id"]): row for row in facts.tickets.to_dicts()}
    lives = [life for _, own in desks for life in own]
    assert len(found) == len(lives)
    for life in lives:
        row = found[life.ticket["source"], life.ticket["ticket_id"]]
        assert row["start_at"] == life.start
        assert {thing: row[f"{thing}_at"] for thing in THINGS} == {thing: life.at[thing] for thing in THINGS}
        measured = {thing: (row[f"{thing}_calendar_seconds"], row[f"{thing}_business_seconds"]) for thing in life.took}
        assert measured == {thing: took or (None, None) for thing, took in life.took.items()}
        kept = {thing: (row[f"{thing}_met"], row[f"{thing}_decided_at"]) for thing in life.met}
        assert kept == {thing: met or (None, None) for thing, met in life.met.items()}
        assert row["ended_at"] == (life.ended if life.state is not None else None)
        assert {name: row[name] for name in life.counts} == life.counts


def compare_waits(facts: Facts, desks: Desks) -> None:
    names = ("source", "ticket_id", "is_first", "asked_at", "answered_at", "agent", "next_response_calendar_seconds",
             "next_response_business_seconds", "next_response_met", "next_response_decided_at")  # fmt: skip
    found = sorted(facts.replies.select(names).iter_rows(), key=str)
    waits = [
        (life.ticket["source"], life.ticket["ticket_id"], wait["is_first"], wait["asked"], wait["answered"],
         wait["agent"], *(wait["took"] or (None, None)), *(wait["met"] or (None, None)))
        for _, lives in desks for life in lives for wait in life.waits
    ]  # fmt: skip
    assert found == sorted(waits, key=str)


@pytest.mark.parametrize("seed", range(max(1, CASES // EACH)))
def test_tickets_waits_and_runnings_are_those_of_each_desk_by_itself(seed: int) -> None:
    desks = lived(seed)
    facts = facts_of([desk for desk, _ in desks])
    compare_tickets(facts, desks)
    compare_waits(facts, desks)
    assert sorted(((row["source"], *told(row)) for row in facts.sla_instances.to_dicts()), key=str) == ran(seed)
