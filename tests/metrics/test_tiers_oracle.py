"""The steps of the tiers on random desks against a plain reading of each ticket's changes and messages."""

import os
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from metrics.desk import Target
from metrics.facts import build_facts
from metrics.facts.tiers import STEPS
from metrics.tables import TIERS
from tests.builders import tables
from tests.metrics.random_desks import SETTINGS, desks, moments, mostly
from tests.metrics.test_oracle import read
from tests.metrics.test_sla_oracle import expected, told
from tests.oracles.tickets import Promise, Row, World
from tests.oracles.tiers import steps
from tests.thorough import examples

RUNS = settings(
    max_examples=int(os.environ.get("FLOORWALKER_DESKS", examples(10))), deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], phases=[Phase.generate],
)  # fmt: skip
PROMISES = (
    Promise("acknowledge", 600, "business", {"tier": "first_line"}, date.min),
    Promise("acknowledge", 3600, "calendar", {"tier": "specialist"}, date.min),
    Promise("acknowledge", 60, "calendar", {"tier": "specialist", "channel": "chat"}, date(2026, 3, 27)),
    Promise("detailed_answer", 7200, "calendar", {"tier": "specialist"}, date.min),
    Promise("joint_start", 7200, "business", {"tier": "cross_team"}, date.min),
    Promise("interim_plan", 14_400, "calendar", {"tier": "cross_team"}, date.min),
    Promise("interim_plan", 86_400, "calendar", {"team": "day"}, date.min),
)
STEPPED = replace(
    SETTINGS,
    targets=tuple(Target(p.thing, p.seconds, p.clock, p.where, p.since) for p in PROMISES),  # type: ignore[arg-type]
)


@st.composite
def tier_changes(draw: st.DrawFn, ticket: Row, number: int) -> Row:
    return {
        "source": ticket["source"], "ticket_id": ticket["ticket_id"], "field": "tier", "sequence": 20 + number,
        "at": draw(moments | st.just(ticket["created_at"])), "from_value": draw(mostly(st.sampled_from(TIERS))),
        "to_value": draw(st.sampled_from(TIERS)), "by": draw(mostly(st.sampled_from(["Ann", "Eve"]))),
    }  # fmt: skip


@st.composite
def tiered_desks(draw: st.DrawFn) -> World:
    """A random desk whose tickets go from tier to tier, or stand in one, or of which nothing is told."""
    world = draw(desks())
    tickets, moves = [], []
    for row in world.tickets:
        escalated = draw(st.sampled_from([None, None, row["created_at"] + timedelta(minutes=30)]))
        day = draw(st.integers(0, 5)) == 0 and escalated is not None
        tickets.append({
            **row, "tier": draw(mostly(st.sampled_from(TIERS))), "escalated_at": escalated,
            "date_only": [*(row["date_only"] or []), "escalated_at"] if day else row["date_only"],
        })  # fmt: skip
        if row["source"] == "a" and draw(st.booleans()):
            continue
        moves += [draw(tier_changes(row, number)) for number in range(draw(st.integers(0, 3)))]
    newest = max([world.as_of, *(row["at"] for row in moves), *(row["escalated_at"] or world.as_of for row in tickets)])
    return replace(world, tickets=tickets, changes=[*world.changes, *moves], as_of=newest, promises=PROMISES)


def without_pauses(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A step is never paused."""
    return (*row[:7], *row[8:])


@RUNS
@given(tiered_desks())
def test_every_step_is_what_a_plain_reading_makes_of_it(world: World) -> None:
    made = tables(world.tickets, world.messages, world.changes, world.ratings)  # type: ignore[arg-type]
    facts = build_facts(made, STEPPED, as_of=world.as_of)
    rows = [row for row in facts.sla_instances.to_dicts() if row["thing"] in STEPS]
    found = sorted(((*without_pauses(told(row)), row["tier"]) for row in rows), key=str)
    lives = read(world)
    runs = list(steps(world, lives))
    assert found == sorted(((*without_pauses(expected(run)), run.ticket["tier"]) for run in runs), key=str)
    assert all(row["paused_calendar_seconds"] == 0 for row in rows)
