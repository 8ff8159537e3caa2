"""How promises stand: counts add up, causes share out the breaches, overruns fall into bins, the nearest due first."""

import math
import random
from collections import Counter
from datetime import timedelta
from functools import cache
from itertools import pairwise

import polars as pl
import pytest

from dashboard.services.analysis.sla import (
    OPENING,
    attainment,
    breaches,
    breaches_late_by,
    breaches_of,
    causes,
    of_thing,
    overruns,
    undecided,
    wish,
)
from metrics.desk import DeskSettings, Target
from metrics.facts import Facts
from metrics.model import Scope
from tests.builders import Row, at, change, desk, facts, period, ticket

SETTINGS = desk(
    Target("first_response", 3600, clock="calendar"),
    Target("resolution", 8 * 3600, clock="calendar"),
    Target("first_response", 600, clock="calendar", where={"channel": "chat"}),
)
AS_OF = "2026-03-31 12:00"
MARCH = Scope(period=period("2026-03-01", "2026-04-01"))


@cache
def busy() -> Facts:
    """200 tickets of March 2026, answered and resolved after all kinds of times; some not at all."""
    dice = random.Random(3)
    rows, changed = [], []
    for number in range(200):
        created = at("2026-03-01 00:00") + timedelta(minutes=dice.randrange(31 * 1440 - 720))
        answered = created + timedelta(seconds=round(10 ** dice.uniform(1, 5)))
        resolved = answered + timedelta(seconds=round(10 ** dice.uniform(2, 6)))
        known = {"first_responded_at": answered} if answered <= at(AS_OF) else {}
        is_done = resolved <= at(AS_OF) and dice.random() < 0.9
        if is_done:
            known |= {"first_responded_at": answered, "resolved_at": resolved, "status": "resolved"}
        elif dice.random() < 0.3:
            known["status"] = "pending"
        elif dice.random() < 0.2:
            known |= {"status": "closed", "closed_at": min(at(AS_OF), created + timedelta(minutes=5))}
        rows.append(ticket(str(number), created, channel=dice.choice(["chat", "email"]),  # type: ignore[arg-type]
                           team=dice.choice(["A", "B", None]), **known))  # fmt: skip
        changed += _changes(str(number), rows[-1])
    return facts(rows, changes=changed, settings=SETTINGS, as_of=AS_OF)


def _changes(ticket_id: str, row: Row) -> list[Row]:
    """What the source recorded: it became what it is now five minutes after it came."""
    later = min(at(AS_OF), row["created_at"] + timedelta(minutes=5))
    return [change(ticket_id, f"{later:%Y-%m-%d %H:%M}", row["status"], from_value="new")]


def instances(thing: str) -> list[Row]:
    return [row for row in busy().sla_instances.to_dicts() if row["thing"] == thing]


@pytest.mark.parametrize("thing", ["first_response", "resolution"])
def test_every_running_is_counted_once_in_its_state(thing: str) -> None:
    (row,) = [row for row in attainment(busy(), Scope()).to_dicts() if row["thing"] == thing]
    states = Counter(one["state"] for one in instances(thing))
    told = {"met": "met", "breached": "breached", "running": "running", "paused": "paused", "cancelled": "cancelled"}
    assert {state: row[column] for state, column in told.items()} == {state: states[state] for state in told}
    assert row["n"] == states["met"] + states["breached"]
    assert row["value"] == pytest.approx(states["met"] / row["n"])
    assert row["low"] < row["value"] < row["high"]


def test_a_period_counts_what_was_decided_in_it_and_what_runs_now() -> None:
    week = Scope(period=period("2026-03-09", "2026-03-16"))
    (row,) = [row for row in attainment(busy(), week).to_dicts() if row["thing"] == "first_response"]
    inside = [
        one for one in instances("first_response")
        if one["decided_at"] is not None and at("2026-03-09 00:00") <= one["decided_at"] < at("2026-03-16 00:00")
    ]  # fmt: skip
    assert row["met"] == sum(one["is_met"] for one in inside) > 0
    assert row["breached"] == sum(not one["is_met"] for one in inside) > 0
    assert row["running"] == sum(one["state"] == "running" for one in instances("first_response"))


def test_a_target_that_nobody_made_has_no_row() -> None:
    only = facts([ticket("1", first_responded_at="2026-03-02 09:05")], settings=desk(Target("first_response", 600)))
    assert attainment(only, Scope())["thing"].to_list() == ["first_response"]


@pytest.mark.parametrize("by", ["team", "channel", "hour", "thing", OPENING])
def test_causes_share_out_all_breaches(by: str) -> None:
    found = causes(busy(), SETTINGS, MARCH, by)
    assert found["breached"].sum() == breaches(busy(), MARCH).height
    assert found["part"].sum() == pytest.approx(1.0)
    assert found["n"].sum() == sum(row["n"] for row in attainment(busy(), MARCH).to_dicts())


def test_a_cause_holds_the_breaches_of_its_value() -> None:
    scope = of_thing(MARCH, "first_response")
    for row in causes(busy(), SETTINGS, scope, "team").iter_rows(named=True):
        mine = [one for one in instances("first_response") if one["team"] == row["value"] and one["is_met"] is not None]
        late = [one for one in mine if not one["is_met"]]
        assert (row["n"], row["breached"]) == (len(mine), len(late))
        assert row["share"] == pytest.approx(1 - len(late) / len(mine))
        assert breaches_of(busy(), SETTINGS, scope, "team", row["value"]).height == len(late)


def test_what_began_while_the_desk_was_closed_is_told_apart() -> None:
    rows = [
        ticket("open", "2026-03-02 11:30", first_responded_at="2026-03-02 15:00"),
        ticket("lunch", "2026-03-02 12:30", first_responded_at="2026-03-02 15:00"),
        ticket("closing", "2026-03-02 18:00", first_responded_at="2026-03-03 15:00"),
        ticket("saturday", "2026-03-07 10:00", first_responded_at="2026-03-09 15:00"),
    ]
    settings = desk(Target("first_response", 60))
    made = facts(rows, settings=settings, as_of=AS_OF)
    found = {row["value"]: row["n"] for row in causes(made, settings, Scope(), OPENING).to_dicts()}
    assert found == {"open": 1, "closed": 3}
    closed = breaches_of(made, settings, Scope(), OPENING, "closed")
    assert set(closed["ticket_id"]) == {"lunch", "closing", "saturday"}


def test_without_a_calendar_it_is_unknown_whether_the_desk_was_open() -> None:
    settings = DeskSettings(zone="UTC", calendars=(), targets=(Target("first_response", 60, clock="calendar"),))
    made = facts([ticket("1", first_responded_at="2026-03-02 15:00")], settings=settings)
    (row,) = causes(made, settings, Scope(), OPENING).to_dicts()
    assert (row["value"], row["breached"]) == (None, 1)


def test_nothing_in_scope_has_no_causes() -> None:
    nothing = Scope(period=period("2020-01-01", "2020-02-01"))
    assert causes(busy(), SETTINGS, nothing, "team").is_empty()
    assert causes(busy(), SETTINGS, nothing, OPENING).is_empty()


@pytest.mark.parametrize("clock", ["calendar", "business"])
def test_every_breach_is_in_the_bin_of_its_overrun(clock: str) -> None:
    found = overruns(busy(), MARCH, clock)  # type: ignore[arg-type]
    late = [
        one[f"sla_overrun_{clock}_seconds"] for one in busy().sla_instances.to_dicts()
        if one["state"] == "breached" and one["decided_at"] >= at("2026-03-01 00:00")
    ]  # fmt: skip
    assert found.n + found.unmeasured == len(late)
    for row in found.bins.iter_rows(named=True):
        assert row["n"] == sum(row["low"] <= one < row["high"] for one in late)
        behind = breaches_late_by(busy(), MARCH, clock, low=row["low"], high=row["high"])  # type: ignore[arg-type]
        assert behind.height == row["n"]
    edges = found.bins.select("low", "high").rows()
    assert all(math.isclose(before[1], after[0]) for before, after in pairwise(edges))


def test_the_bins_of_nothing_are_none() -> None:
    nothing = Scope(period=period("2020-01-01", "2020-02-01"))
    found = overruns(busy(), nothing, "calendar")
    assert (found.bins.height, found.n) == (0, 0)


def test_what_runs_stands_with_the_least_time_left_first_whatever_the_period() -> None:
    rows = undecided(busy(), Scope(period=period("2026-03-01", "2026-03-02")))
    expected = sorted(
        one["left_seconds"] for one in busy().sla_instances.to_dicts() if one["state"] in {"running", "paused"}
    )
    assert rows["left_seconds"].to_list() == expected
    assert len(expected) > 5


def test_a_filter_narrows_what_runs() -> None:
    rows = undecided(busy(), Scope(where={"channel": ("chat",)}))
    assert set(rows["channel"]) == {"chat"}
    assert rows.height == busy().sla_instances.filter(
        pl.col("state").is_in(["running", "paused"]), pl.col("channel") == "chat"
    ).height  # fmt: skip


def test_a_wish_is_that_of_the_mix_and_none_where_one_promise_has_none() -> None:
    said = [Target("first_response", 3600, "calendar", wanted=0.9),
            Target("first_response", 600, "calendar", where={"channel": "chat"}, wanted=0.6)]  # fmt: skip
    rows = [ticket(str(n), f"2026-03-0{n} 09:00", first_responded_at=f"2026-03-0{n} 09:05",
                   channel="chat" if n == 1 else "email") for n in (1, 2, 3)]  # fmt: skip
    made = facts(rows, settings=desk(*said), as_of=AS_OF)
    assert wish(made, MARCH) == pytest.approx(0.8)
    assert wish(made, Scope(where={"channel": ("chat",)})) == 0.6
    partly = desk(*said, Target("resolution", 60, "calendar"))
    resolved = [{**row, "resolved_at": row["first_responded_at"]} for row in rows]
    assert wish(facts(resolved, settings=partly, as_of=AS_OF), MARCH) is None
    assert wish(made, Scope(where={"channel": ("phone",)})) is None
