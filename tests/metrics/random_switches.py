"""Random desks with a switch, its people and a shop beside them."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from metrics.tables import STATE_KINDS
from tests.metrics.random_desks import BEGIN, SETTINGS, Row, mostly
from tests.metrics.test_further_oracle import wide_desks
from tests.oracles.beside import Beside
from tests.oracles.tickets import World

COST = 42.5
SWITCH_SETTINGS = replace(SETTINGS, hourly_cost=COST)
minutes = st.integers(-600, 9 * 1440).map(lambda minute: BEGIN + timedelta(minutes=minute))
few = st.none() | st.integers(0, 9)
KINDS = (*STATE_KINDS, "talking", "available", None)


@st.composite
def intervals(draw: st.DrawFn) -> Row:
    answered, abandoned = draw(few), draw(few)
    return {
        "source": draw(st.sampled_from(["a", "s"])), "start_at": draw(minutes),
        "minutes": draw(st.sampled_from([15, 30])),
        "channel": draw(st.sampled_from(["phone", "chat", None])), "team": draw(st.sampled_from(["night", None])),
        "offered": draw(few), "answered": answered, "abandoned": abandoned,
        "handle_seconds": draw(mostly(st.integers(0, 5000).map(float))),
        "answered_within_target": draw(mostly(st.integers(0, answered or 0))),
        "abandoned_within_target": draw(mostly(st.integers(0, abandoned or 0))),
        "abandoned_short": draw(mostly(st.integers(0, abandoned or 0))),
        "target_seconds": draw(st.sampled_from([None, 20, 20, 30])),
        "wait_seconds": draw(mostly(st.integers(0, 900).map(float))),
        "answered_wait_seconds": draw(mostly(st.integers(0, 900).map(float))),
    }  # fmt: skip


@st.composite
def states(draw: st.DrawFn) -> Row:
    start = draw(minutes)
    kind = draw(st.sampled_from(KINDS))
    return {
        "source": draw(st.sampled_from(["s", "s", "t"])), "agent": draw(st.sampled_from(["Ann", "Bob", "Zoe"])),
        "state": kind, "state_kind": kind, "team": draw(st.sampled_from(["night", None])), "start_at": start,
        "end_at": draw(mostly(st.integers(0, 1500).map(lambda length: start + timedelta(minutes=length)))),
    }  # fmt: skip


@st.composite
def outcomes(draw: st.DrawFn) -> Row:
    return {
        "source": "shop", "customer": draw(st.sampled_from(["Li", "Wu", "Xu"])), "at": draw(minutes),
        "kind": draw(st.sampled_from(["order", "repurchase", "churn"])), "value": None,
    }  # fmt: skip


@st.composite
def switch_desks(draw: st.DrawFn) -> tuple[World, Beside]:
    """A random desk, what its switch and its shop tell, seen at an instant that may lie before the newest of them."""
    world = draw(wide_desks())
    tickets = [{**row, "kb_article": draw(st.sampled_from(["KB-1", "No", None]))} for row in world.tickets]
    as_of = world.as_of + timedelta(days=draw(st.sampled_from([0, 2, 9, 20])))
    made = draw(st.lists(states(), max_size=14, unique_by=lambda row: (row["source"], row["agent"], row["start_at"])))
    bought = draw(st.lists(outcomes(), max_size=8))
    reaches_far = draw(st.booleans())
    if bought and reaches_far:
        bought.append({**bought[0], "at": as_of, "customer": "Xu"})
    beside = Beside(draw(st.lists(intervals(), max_size=8)), made, bought, SWITCH_SETTINGS.answer_within_seconds, COST)
    return replace(world, tickets=tickets, as_of=as_of), beside
